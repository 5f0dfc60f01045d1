"""A proxy that the environment names sees nothing that is sent over plain http."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from quickbooks_sync.model.errors import SyncError
from quickbooks_sync.quickbooks.app import App
from quickbooks_sync.quickbooks.client import QuickBooksClient
from quickbooks_sync.quickbooks.oauth import exchange_code, refresh, revoke
from quickbooks_sync.quickbooks.patience import Patience
from tests.contract.client.conftest import REALM
from tests.contract.client.test_foreign_host import FixedTokens, Recorder, recording
from tests.support.unthrottled import Unthrottled

NAMES = ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy")


@pytest.fixture
def server() -> Iterator[Recorder]:
    """The server that tokens are for."""
    with recording() as server:
        yield server


@pytest.fixture(params=NAMES)
def proxy(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Recorder]:
    """A proxy that notes what it is given, named by one variable."""
    for name in (*NAMES, "NO_PROXY", "no_proxy", "HTTPS_PROXY", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    with recording() as proxy:
        monkeypatch.setenv(request.param, proxy.url)
        yield proxy


def _app(server: Recorder, **changes: Any) -> App:
    here = frozenset({server.url.partition("://")[2]})
    addresses = {"api_url": server.url, "token_url": f"{server.url}/token", **changes}
    return App("demo-client", "demo-secret", allowed_hosts=here, **addresses)


def _client(app: App, session: requests.Session | None = None) -> QuickBooksClient:
    return QuickBooksClient(
        realm_id=REALM,
        api_url=app.api_url,
        tokens=FixedTokens(app),
        throttle=Unthrottled(),
        patience=Patience(attempts=1, timeout=(2, 5)),
        session=session,
        allowed_hosts=app.allowed_hosts,
    )


def test_the_proxy_of_these_tests_sees_what_is_not_kept_from_it(
    server: Recorder, proxy: Recorder
) -> None:
    requests.get(server.url, timeout=5)
    assert (len(proxy.seen), server.seen) == (1, [])


def test_tokens_and_secrets_do_not_pass_it(server: Recorder, proxy: Recorder) -> None:
    app = _app(server)
    asked = [
        lambda: refresh(app, "RT-secret"),
        lambda: exchange_code(app, "code-secret"),
        lambda: revoke(app, "RT-secret"),
        _client(app).company_info,
        lambda: _client(app).send("Customer", {"DisplayName": "x"}, request_id="1"),
    ]
    for ask in asked:
        with pytest.raises(SyncError):
            ask()
    assert proxy.seen == []
    assert len(server.seen) >= len(asked)


def test_a_proxy_of_a_session_that_is_handed_in_is_not_used(
    server: Recorder, proxy: Recorder
) -> None:
    with requests.Session() as session:
        for name in ("http", "all", "http://127.0.0.1", "all://127.0.0.1"):
            session.proxies[name] = proxy.url
        with pytest.raises(SyncError):
            _client(_app(server), session).company_info()
    assert proxy.seen == []
    assert server.seen


def test_nor_does_the_discovery(server: Recorder, proxy: Recorder) -> None:
    names = ("authorization_endpoint", "token_endpoint", "revocation_endpoint")
    server.answer = (200, {}, json.dumps(dict.fromkeys(names, f"{server.url}/x")))
    app = _app(server, token_url=None, discovery_url=f"{server.url}/discovery")
    assert app.address("token") == f"{server.url}/x"
    assert proxy.seen == []
    assert len(server.seen) == 1


def test_an_https_address_goes_through_the_tunnel_of_a_proxy(
    proxy: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy.url)
    with pytest.raises(SyncError):
        _client(App("demo-client", "demo-secret")).company_info()
    assert len(proxy.refused) == 1
    assert proxy.refused[0].startswith("CONNECT sandbox-quickbooks.api.intuit.com:443 ")
    proxy.ensure_blind()
