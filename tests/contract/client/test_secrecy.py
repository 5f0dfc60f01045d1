"""No token, secret or customer's data in logs, reprs and messages."""

import traceback
from typing import Any

import pytest

from quickbooks_sync.model.errors import SyncError
from quickbooks_sync.model.grant import GrantRefusedError
from quickbooks_sync.quickbooks.batch import BatchRequest, serialise_batch
from quickbooks_sync.quickbooks.oauth import refresh
from quickbooks_sync.quickbooks.query import build_select, quote

NAME = "Confidential Collector"
EMAIL = "collector@hidden.example"
DEAD = "RT1-secret-but-dead"


def _exercise(setup: Any) -> list[str]:
    """Do everything that touches tokens and names, failing included; returns what errors say."""
    said = []
    client = setup.client
    created = {"DisplayName": NAME, "PrimaryEmailAddr": {"Address": EMAIL}}
    body = serialise_batch([BatchRequest("1", "create", "Customer", created)])
    said.append(repr(client.send_batch(body, "secrecy-1")))
    said.append(repr(client.query(build_select("Customer", f"DisplayName = {quote(NAME)}"))))
    setup.door.fault("expire_token", path="/query")
    client.count("Customer", f"DisplayName = {quote(NAME)}")
    setup.door.fault("cut_before_commit", path="/query", times=9)
    for attempt in (
        lambda: client.query(build_select("Customer", f"DisplayName = {quote(NAME)}")),
        lambda: client.send("Customer", created, request_id="secrecy-2"),
        lambda: refresh(setup.tokens.app, DEAD),
    ):
        try:
            attempt()
        except (SyncError, GrantRefusedError):
            said.append(traceback.format_exc())
    assert len(said) == 5
    return said


def test_nothing_secret_or_personal_is_logged_or_said(
    setup: Any, all_logs: pytest.LogCaptureFixture
) -> None:
    issued = [setup.tokens.current, setup.tokens.refresh_token]
    said = _exercise(setup)
    secret = [
        *issued,
        setup.tokens.current,
        setup.tokens.refresh_token,
        "demo-secret",
        DEAD,
        EMAIL,
        NAME,
        "Confidential",
    ]
    ours = [
        r for r in all_logs.records if not r.name.startswith(("quickbooks_emulator", "uvicorn"))
    ]
    assert any(record.name.startswith("urllib3") for record in ours)
    for text in [record.getMessage() for record in ours] + said:
        assert not [one for one in secret if one in text], "a secret or a customer's data is shown"


def test_reprs_hold_no_secret(setup: Any) -> None:
    shown = repr(setup.tokens.app) + repr(refresh(setup.tokens.app, setup.tokens.refresh_token))
    assert "demo-secret" not in shown
    assert setup.tokens.refresh_token not in shown
    assert "token=" not in shown
