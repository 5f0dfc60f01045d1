"""A client and an emulator that it talks to."""

import json
import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from quickbooks_sync.model.grant import Grant
from quickbooks_sync.quickbooks.client import QuickBooksClient
from quickbooks_sync.quickbooks.oauth import App, refresh
from quickbooks_sync.quickbooks.patience import Patience
from tests.support.unthrottled import Unthrottled

REALM = "9341450000000001"
SECOND_REALM = "9341450000000002"

#: Waits short enough for tests; what is waited for is asserted on the throttle instead.
BRISK = Patience(
    attempts=3, first_wait=0.01, longest_wait=0.02, throttled_wait=0.02, timeout=(2, 5)
)


@dataclass
class Door:
    """The emulator's side door."""

    url: str

    @property
    def allowed(self) -> frozenset[str]:
        """What lets a client send tokens here."""
        return frozenset({self.url.partition("://")[2]})

    def post(self, name: str, order: dict[str, Any]) -> dict[str, Any]:
        answer = requests.post(f"{self.url}/_emulator/{name}", json=order, timeout=10)
        assert answer.status_code == 200, answer.text
        document: dict[str, Any] = answer.json()
        return document

    def fault(self, kind: str, *, path: str = "", method: str = "", **rest: Any) -> None:
        self.post(
            "faults", {"match": {"method": method, "path_contains": path}, "kind": kind, **rest}
        )

    def counters(self) -> dict[str, Any]:
        answer = requests.get(f"{self.url}/_emulator/counters", timeout=10)
        found: dict[str, Any] = answer.json().get(REALM, {})
        return found

    def tokens(self, realm: str = REALM) -> dict[str, Any]:
        return self.post("tokens", {"realm": realm})


@dataclass
class Tokens:
    """Tokens in memory; renewed for real."""

    app: App
    current: str = field(repr=False)
    refresh_token: str = field(repr=False)
    renewals: int = 0

    def access_token(self) -> str:
        return self.current

    def refreshed(self, after: str) -> str:
        assert after == self.current
        grant: Grant = refresh(self.app, self.refresh_token)
        self.current, self.refresh_token = grant.access_token, grant.refresh_token
        self.renewals += 1
        return self.current


class NotedThrottle(Unthrottled):
    """Lets everything pass, and notes what it was told."""

    def __init__(self) -> None:
        self.requests: list[bool] = []
        self.pauses: list[float] = []

    def wait_for_request(self, *, is_batch: bool = False) -> None:
        self.requests.append(is_batch)

    def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)


@dataclass
class Setup:
    """A client with everything it was built from."""

    client: QuickBooksClient
    door: Door
    tokens: Tokens
    throttle: NotedThrottle
    calls: Counter[str]
    stops: list[str]


BuildSetup = Callable[..., Setup]


@pytest.fixture(scope="module")
def door(start_module_emulator: Any) -> Door:
    return Door(start_module_emulator().url)


@pytest.fixture
def app(door: Door) -> App:
    return App.from_connection(
        {
            "login": "demo-client",
            "password": "demo-secret",
            "extra": {
                "api_url": door.url,
                "discovery_url": f"{door.url}/.well-known/openid_sandbox_configuration",
            },
        },
        allowed_hosts=door.allowed,
    )


@dataclass(frozen=True)
class NotedCalls:
    """A meter that notes what was counted, and allows everything."""

    calls: Counter[str]

    def ensure_allowed(self, kind: str) -> None:
        """Allow it."""

    def count(self, kind: str, number: int) -> None:
        self.calls[kind] += number


@pytest.fixture
def setup(door: Door, app: App) -> Iterator[Setup]:
    door.post("reset", {})
    issued = door.tokens()
    tokens = Tokens(app, issued["access_token"], issued["refresh_token"])
    throttle, calls, stops = NotedThrottle(), Counter[str](), []

    with QuickBooksClient(
        realm_id=REALM,
        api_url=door.url,
        tokens=tokens,
        throttle=throttle,
        meter=NotedCalls(calls),
        patience=BRISK,
        on_stop=stops.append,
        allowed_hosts=door.allowed,
    ) as client:
        yield Setup(client, door, tokens, throttle, calls, stops)


@pytest.fixture
def client(setup: Setup) -> QuickBooksClient:
    return setup.client


@pytest.fixture
def all_logs(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """Everything that any library logs, down to DEBUG."""
    caplog.set_level(logging.DEBUG)
    return caplog


@dataclass
class ScriptedServer:
    """A server that answers as told, whatever it is asked.

    Attributes:
        answers: What to answer, in order; the last one for ever. Documents become JSON, bytes go as they are.
        status: Of every answer.
        headers: Of every answer.
        pause: Seconds after each byte of a body.
        preface: What goes before the body, in the same slow way: chunks of headers, say.
        asked: The statements, or else the paths, that were asked.
    """

    url: str = ""
    answers: list[Any] = field(default_factory=list)
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    pause: float = 0
    preface: bytes = b""
    asked: list[str] = field(default_factory=list)

    def next_body(self) -> bytes:
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return answer if isinstance(answer, bytes) else json.dumps(answer).encode()


def _handler_of(server: ScriptedServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            server.asked.append(parse_qs(parts.query).get("query", [parts.path])[0])
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            body = server.next_body()
            self.send_response_only(server.status)
            for name, value in {"Content-Length": str(len(body)), **server.headers}.items():
                self.send_header(name, value)
            self.flush_headers()
            try:
                self._send(server.preface + b"\r\n" + body)
            except OSError:
                self.close_connection = True

        do_POST = do_GET  # noqa: N815 - the base class's name

        def _send(self, body: bytes) -> None:
            if not server.pause:
                self.wfile.write(body)
                return
            for number in range(len(body)):
                self.wfile.write(body[number : number + 1])
                time.sleep(server.pause)

        def log_message(self, format: str, *args: object) -> None: ...  # noqa: A002

    return Handler


@pytest.fixture
def scripted() -> Iterator[ScriptedServer]:
    """A server whose answers the test writes."""
    server = ScriptedServer()
    with ThreadingHTTPServer(("127.0.0.1", 0), _handler_of(server)) as listening:
        listening.daemon_threads = True
        server.url = f"http://127.0.0.1:{listening.server_port}"
        thread = threading.Thread(target=listening.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield server
        listening.shutdown()
        thread.join()


class FixedTokens:
    """A token for servers that look at none."""

    def access_token(self) -> str:
        return "fixed"

    def refreshed(self, after: str) -> str:
        return after


@pytest.fixture
def talk_to(scripted: ScriptedServer) -> Iterator[Callable[..., QuickBooksClient]]:
    """A function that builds a client of the scripted server, with some limits of its own."""
    with ExitStack() as stack:

        def build(**limits: Any) -> QuickBooksClient:
            client = QuickBooksClient(
                realm_id=REALM,
                api_url=scripted.url,
                tokens=FixedTokens(),
                throttle=Unthrottled(),
                patience=replace(BRISK, **limits),
                allowed_hosts=frozenset({scripted.url.partition("://")[2]}),
            )
            return stack.enter_context(client)

        yield build


@pytest.fixture
def reader(talk_to: Callable[..., QuickBooksClient]) -> QuickBooksClient:
    """A client of the scripted server."""
    return talk_to()
