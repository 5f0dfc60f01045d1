"""Consent, code exchange and refresh against the emulator's pages."""

import socket
import threading
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from quickbooks_sync.model.errors import (
    ConfigurationError,
    ConnectionNeededError,
    UnexpectedAnswerError,
    UnreachableError,
)
from quickbooks_sync.model.grant import GrantRefusedError
from quickbooks_sync.quickbooks.callback import listen_for_callback, receive_callback
from quickbooks_sync.quickbooks.oauth import App, authorize_url, exchange_code, refresh
from tests.contract.client.conftest import REALM, Door

TOKEN_PATH = "/oauth2/v1/tokens/bearer"


def _app(door: Door, **extra: Any) -> App:
    addresses = {
        "authorize_url": f"{door.url}/connect/oauth2",
        "token_url": door.url + TOKEN_PATH,
        "redirect_uri": f"http://localhost:{_free_port()}/callback",
    }
    keys = {"login": "demo-client", "password": "demo-secret"}
    connection = {**keys, "extra": {**addresses, **extra}}
    return App.from_connection(connection, allowed_hosts=door.allowed)


def _free_port() -> int:
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))
        port: int = opened.getsockname()[1]
        return port


def _consent(address: str, **answer: str) -> requests.Response:
    """Do what a person does in the browser, up to the page at the redirect URI."""
    assert requests.get(address, timeout=10).status_code == 200
    return requests.post(address, data=answer, timeout=10)


def test_a_company_is_connected_by_consent(door: Door) -> None:
    app = _app(door)
    with listen_for_callback(app.redirect_uri, "the-state") as listener:
        page = _consent(authorize_url(app, "the-state"), realmId=REALM)
        callback = listener.wait(5)
    assert page.status_code == 200
    assert callback.realm_id == REALM
    grant = exchange_code(app, callback.code)
    assert (grant.refresh_expires_at - grant.access_expires_at).days > 90
    assert grant.refresh_hard_expires_at is not None


def test_a_code_works_once(door: Door) -> None:
    app = _app(door)
    with listen_for_callback(app.redirect_uri, "s") as listener:
        _consent(authorize_url(app, "s"), realmId=REALM)
        code = listener.wait(5).code
    exchange_code(app, code)
    with pytest.raises(GrantRefusedError):
        exchange_code(app, code)


def test_a_declined_consent_is_told(door: Door) -> None:
    app = _app(door)
    with listen_for_callback(app.redirect_uri, "s") as listener:
        _consent(authorize_url(app, "s"), decision="decline")
        with pytest.raises(ConnectionNeededError, match="declined"):
            listener.wait(5)


def test_an_answer_with_another_state_is_refused_and_the_wait_goes_on(door: Door) -> None:
    app = _app(door)
    with listen_for_callback(app.redirect_uri, "ours") as listener:
        forged = {"code": "c", "state": "theirs", "realmId": "1"}
        assert requests.get(app.redirect_uri, params=forged, timeout=10).status_code == 400
        genuine = {"code": "ok", "state": "ours", "realmId": REALM}
        assert requests.get(app.redirect_uri, params=genuine, timeout=10).status_code == 200
        assert listener.wait(5).code == "ok"


def test_other_addresses_of_the_listener_are_empty(door: Door) -> None:
    app = _app(door)
    with listen_for_callback(app.redirect_uri, "s"):
        other = app.redirect_uri.replace("/callback", "/favicon.ico")
        assert requests.get(other, timeout=10).status_code == 404


def test_nobody_answering_ends_the_wait(door: Door) -> None:
    with pytest.raises(ConnectionNeededError, match="nobody consented"):
        receive_callback(_app(door).redirect_uri, "s", 0.05)


def test_the_address_is_announced_once_it_answers(door: Door) -> None:
    app = _app(door)
    query = {"code": "c", "state": "s", "realmId": REALM}

    def visit() -> None:
        visitor = threading.Thread(
            target=lambda: requests.get(app.redirect_uri, params=query, timeout=10)
        )
        visitor.start()

    assert receive_callback(app.redirect_uri, "s", 5, on_listening=visit).code == "c"


def test_a_taken_port_is_named() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ConfigurationError, match=str(port)):
            receive_callback(f"http://localhost:{port}/callback", "s", 1)


def test_a_redirect_elsewhere_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="not an http address on this machine"):
        receive_callback("https://app.example/callback", "s", 1)


def test_addresses_come_from_the_discovery_document(door: Door, app: App) -> None:
    address = urlsplit(authorize_url(app, "s"))
    assert f"{address.scheme}://{address.netloc}" == door.url
    assert parse_qs(address.query)["state"] == ["s"]


def test_a_page_that_is_no_discovery_document_is_refused(door: Door) -> None:
    addresses = {"authorize_url": None, "token_url": None, "discovery_url": f"{door.url}/healthz"}
    with pytest.raises(ConfigurationError, match="discovery_url"):
        authorize_url(_app(door, **addresses), "s")


def test_a_refresh_gives_the_next_grant(door: Door) -> None:
    grant = refresh(_app(door), door.tokens()["refresh_token"])
    assert grant.access_token
    assert grant.refresh_token


def test_a_dead_refresh_token_is_refused(door: Door) -> None:
    with pytest.raises(GrantRefusedError):
        refresh(_app(door), "RT1-dead")


def test_a_wrong_secret_is_a_matter_of_configuration(door: Door) -> None:
    app = _app(door)
    wrong = App(**{**vars(app), "client_secret": "wrong"})
    with pytest.raises(ConfigurationError, match="client id and secret"):
        refresh(wrong, door.tokens()["refresh_token"])


def test_a_failing_token_endpoint_is_asked_again(door: Door) -> None:
    door.fault("status", path=TOKEN_PATH, status=503, body="<html>")
    assert refresh(_app(door), door.tokens()["refresh_token"]).access_token


def test_a_code_is_never_sent_twice(door: Door) -> None:
    door.fault("status", path=TOKEN_PATH, status=503)
    with pytest.raises(UnreachableError):
        exchange_code(_app(door), "some-code")


def test_an_error_body_is_not_taken_for_a_grant(door: Door) -> None:
    door.fault("status", path=TOKEN_PATH, status=200, body='{"error": "temporarily"}')
    with pytest.raises(UnexpectedAnswerError, match="temporarily"):
        refresh(_app(door), "RT1-x")
