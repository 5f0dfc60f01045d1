"""Settings of a connected company: read from QuickBooks once a day, proposed, confirmed, kept."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from cryptography.fernet import Fernet
from sqlalchemy import update

from quickbooks_sync.model.errors import SettingsError
from quickbooks_sync.postgres import tables
from quickbooks_sync.postgres.connection.companies import connect_company
from quickbooks_sync.quickbooks.oauth import exchange_code
from quickbooks_sync.record_types.registry import RECORD_TYPES
from quickbooks_sync.settings import (
    confirm_settings,
    ensure_reference,
    propose_settings,
    read_reference,
    read_settings,
)
from quickbooks_sync.settings.storage import read_stored
from quickbooks_sync.workspace import Workspace, open_workspace
from tests.support.servers import allowing

REALM = "9341450000000001"


@pytest.fixture(scope="module")
def emulator_url(start_module_emulator: Callable[..., Any]) -> str:
    """URL of an emulator with the sample companies."""
    return str(start_module_emulator().url)


@pytest.fixture
def workspace(fresh_database_url: str, emulator_url: str) -> Iterator[Workspace]:
    """A workspace whose sample company was just connected."""
    extra = {"api_url": emulator_url, "token_url": f"{emulator_url}/oauth2/v1/tokens/bearer"}
    opened = open_workspace(
        {"QUICKBOOKS_SYNC_KEY": Fernet.generate_key().decode(), **allowing(emulator_url)},
        connection={"login": "demo-client", "password": "demo-secret", "extra": extra},
        database_url=fresh_database_url,
    )
    grant = exchange_code(opened.app, consent(emulator_url, opened.app.redirect_uri))
    connect_company(opened, grant, REALM, 1)
    yield opened
    opened.close()


def consent(emulator_url: str, redirect_uri: str) -> str:
    """Consent as a person would and return the code of the redirect."""
    asked = {
        "client_id": "demo-client",
        "response_type": "code",
        "scope": "com.intuit.quickbooks.accounting",
        "redirect_uri": redirect_uri,
        "state": "s",
    }
    answer = requests.post(
        f"{emulator_url}/connect/oauth2",
        params=asked,
        data={"realmId": REALM, "decision": "connect"},
        allow_redirects=False,
        timeout=30,
    )
    return parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]


def metered_reads(emulator_url: str) -> int:
    """Return how many metered reads the company has answered."""
    answer = requests.get(f"{emulator_url}/_emulator/counters", timeout=30).json()
    return int(answer[REALM]["metered_reads"])


def test_the_sample_company_lacks_nothing_once_its_proposals_are_confirmed(
    workspace: Workspace,
) -> None:
    proposals = {one.name: one for one in propose_settings(workspace, REALM)}
    settings = confirm_settings(workspace, REALM, {})

    assert all(one.value is not None and one.because for one in proposals.values())
    assert "Sales (Id" in proposals["invoice_line_item"].because
    for record_type in ("customer", "invoice", "payment", "inventory_item"):
        assert settings.missing(RECORD_TYPES[record_type].needed_settings) == ()
    assert settings.home_currency == "USD"
    assert settings.custom_txn_numbers
    assert settings.book_close_date == date(2024, 12, 31)
    assert settings.inventory_start_date == date(2025, 1, 1)


def test_nothing_proposed_is_used_before_it_is_confirmed(workspace: Workspace) -> None:
    propose_settings(workspace, REALM)

    with workspace.engine.connect() as connection:
        settings = read_settings(connection, REALM)

    assert settings.income_account is None
    assert "income_account" in settings.missing(RECORD_TYPES["inventory_item"].needed_settings)


def test_a_confirmed_setting_survives_the_next_proposal(workspace: Workspace) -> None:
    propose_settings(workspace, REALM)
    confirm_settings(workspace, REALM, {"deposit_account": "Checking", "opening_stock": "push"})

    propose_settings(workspace, REALM)
    settings = confirm_settings(workspace, REALM, {})

    accounts = {one["Name"]: one["Id"] for one in _reference(workspace).accounts}
    assert settings.deposit_account == accounts["Checking"]
    assert settings.opening_stock == "push"


def test_quickbooks_is_asked_once_a_day(workspace: Workspace, emulator_url: str) -> None:
    before = metered_reads(emulator_url)

    propose_settings(workspace, REALM)
    propose_settings(workspace, REALM)
    assert metered_reads(emulator_url) == before + 6

    with workspace.engine.begin() as connection:
        stale = tables.company_reference.c.fetched_at - timedelta(hours=25)
        connection.execute(update(tables.company_reference).values(fetched_at=stale))
    ensure_reference(workspace, REALM)
    assert metered_reads(emulator_url) == before + 12


def test_one_impossible_value_confirms_none(workspace: Workspace) -> None:
    propose_settings(workspace, REALM)

    with pytest.raises(SettingsError, match="income_account cannot be 'Checking'"):
        confirm_settings(workspace, REALM, {"income_account": "Checking", "nightly": "on"})

    with workspace.engine.connect() as connection:
        assert not any(one.is_confirmed for one in read_stored(connection, REALM).values())
        assert not read_settings(connection, REALM).nightly


def test_the_nightly_setting_switches_the_company(workspace: Workspace) -> None:
    propose_settings(workspace, REALM)

    assert confirm_settings(workspace, REALM, {"nightly": "on"}).nightly
    assert confirm_settings(workspace, REALM, {}).nightly
    assert not confirm_settings(workspace, REALM, {"nightly": "off"}).nightly


def test_an_empty_value_forgets_a_setting(workspace: Workspace) -> None:
    propose_settings(workspace, REALM)
    confirm_settings(workspace, REALM, {})

    settings = confirm_settings(workspace, REALM, {"deposit_account": ""})

    assert settings.missing(RECORD_TYPES["payment"].needed_settings) == ("deposit_account",)


def test_settings_are_confirmed_only_after_the_company_was_read(workspace: Workspace) -> None:
    with pytest.raises(SettingsError, match="settings propose"):
        confirm_settings(workspace, REALM, {"stock_owner": "loupe"})


def _reference(workspace: Workspace) -> Any:
    with workspace.engine.connect() as connection:
        return read_reference(connection, REALM)
