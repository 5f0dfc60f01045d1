"""A foreign host never sees a token: a real server records whatever reaches it, and it must be nothing of ours."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from quickbooks_sync.model.errors import ConfigurationError, SyncError
from quickbooks_sync.quickbooks.app import App
from quickbooks_sync.quickbooks.client import QuickBooksClient
from quickbooks_sync.quickbooks.oauth import authorize_url, exchange_code, refresh, revoke
from quickbooks_sync.quickbooks.patience import Patience
from tests.contract.client.conftest import REALM
from tests.support.unthrottled import Unthrottled

KEYS = {"login": "demo-client", "password": "demo-secret"}
SECRETS = ("AT-secret", "RT-secret", "demo-secret", "ZGVtby1jbGllbnQ6", "code-secret")


@dataclass
class Recorder:
    """A server that notes all it gets, and answers as it is told."""

    url: str
    seen: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    answer: tuple[int, dict[str, str], str] = (401, {}, "{}")

    def ensure_blind(self) -> None:
        """Fail where anything secret arrived."""
        for request in self.seen:
            assert "\nauthorization:" not in request.casefold()
            assert not [secret for secret in SECRETS if secret in request]


@dataclass
class FixedTokens:
    """Gives one token and renews it through an app."""

    app: App

    def access_token(self) -> str:
        return "AT-secret"

    def refreshed(self, after: str) -> str:
        return refresh(self.app, f"RT-secret{after}").access_token


@contextmanager
def recording() -> Iterator[Recorder]:
    """Serve a recorder on a port of its own."""

    class Handler(BaseHTTPRequestHandler):
        def _note(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            recorder.seen.append(f"{self.command} {self.path}\n{self.headers}\n{body}")
            status, headers, text = recorder.answer
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(text))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(text.encode())

        do_GET = do_POST = _note  # noqa: N815 - http.server's names

        def do_CONNECT(self) -> None:
            recorder.refused.append(self.requestline)
            self.send_error(403)

        def log_message(self, *_: object) -> None:
            """Keep the test's output clean."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        recorder = Recorder(f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield recorder
        server.shutdown()
        thread.join()


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    """The foreign host."""
    with recording() as foreign:
        yield foreign


@pytest.fixture
def trusted() -> Iterator[Recorder]:
    """A server that the deployment names, and that turns against it."""
    with recording() as named:
        yield named


def build_client(app: App, api_url: str | None = None) -> QuickBooksClient:
    return QuickBooksClient(
        realm_id=REALM,
        api_url=api_url or app.api_url,
        tokens=FixedTokens(app),
        throttle=Unthrottled(),
        patience=Patience(attempts=1, timeout=(2, 5)),
        allowed_hosts=app.allowed_hosts,
    )


@pytest.mark.parametrize("name", ["api_url", "authorize_url", "token_url", "discovery_url"])
@pytest.mark.parametrize("environment", ["sandbox", "production"])
def test_an_extra_cannot_name_it(recorder: Recorder, name: str, environment: str) -> None:
    extra = {"environment": environment, name: f"{recorder.url}/x"}
    with pytest.raises(ConfigurationError, match=name):
        App.from_connection({**KEYS, "extra": extra})
    assert recorder.seen == []


def test_a_client_that_is_built_directly_sends_nothing(recorder: Recorder) -> None:
    with build_client(App("demo-client", "demo-secret"), recorder.url) as client:
        for ask in (
            client.company_info,
            lambda: client.send("Customer", {"DisplayName": "x"}, request_id="1"),
        ):
            with pytest.raises(ConfigurationError, match="api_url"):
                ask()
    assert recorder.seen == []


def test_an_app_that_was_tampered_with_sends_nothing(recorder: Recorder) -> None:
    app = App("demo-client", "demo-secret")
    object.__setattr__(app, "token_url", f"{recorder.url}/token")
    for ask in (refresh, revoke, exchange_code):
        with pytest.raises(ConfigurationError, match="token_url"):
            ask(app, "RT-secret")
    assert recorder.seen == []


def trusting(trusted: Recorder, **changes: Any) -> App:
    """An app of a deployment that trusts one server."""
    here = trusted.url.partition("://")[2]
    return App("demo-client", "demo-secret", allowed_hosts=frozenset({here}), **changes)


@pytest.mark.parametrize(
    "endpoint", ["authorization_endpoint", "token_endpoint", "revocation_endpoint"]
)
def test_a_discovery_document_cannot_name_it(
    recorder: Recorder, trusted: Recorder, endpoint: str
) -> None:
    named = ("authorization_endpoint", "token_endpoint", "revocation_endpoint")
    document = dict.fromkeys(named, f"{trusted.url}/x") | {endpoint: f"{recorder.url}/x"}
    trusted.answer = (200, {}, json.dumps(document))
    app = trusting(
        trusted, authorize_url=None, token_url=None, discovery_url=f"{trusted.url}/{endpoint}"
    )

    ask = {
        "authorization_endpoint": lambda: authorize_url(app, "s"),
        "token_endpoint": lambda: refresh(app, "RT-secret"),
        "revocation_endpoint": lambda: revoke(app, "RT-secret"),
    }[endpoint]
    with pytest.raises(ConfigurationError, match=f"{endpoint} that the connection's discovery_url"):
        ask()
    assert recorder.seen == []
    assert len(trusted.seen) == 1
    trusted.ensure_blind()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_to_it_is_not_followed(
    recorder: Recorder, trusted: Recorder, status: int
) -> None:
    trusted.answer = (status, {"Location": f"{recorder.url}/x"}, "{}")
    here = f"{trusted.url}/{status}"
    app = trusting(trusted, api_url=here, token_url=here)
    discovering = trusting(trusted, token_url=None, discovery_url=here)
    asked = [
        lambda: refresh(app, "RT-secret"),
        lambda: revoke(app, "RT-secret"),
        lambda: exchange_code(app, "code-secret"),
        lambda: refresh(discovering, "RT-secret"),
        build_client(app).company_info,
    ]
    for ask in asked:
        with pytest.raises(SyncError):
            ask()
    assert len(trusted.seen) == len(asked)
    assert recorder.seen == []
