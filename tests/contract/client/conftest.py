"""A client and an emulator that it talks to."""

import logging
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import requests

from quickbooks_sync.grant import Grant
from quickbooks_sync.quickbooks.client import QuickBooksClient
from quickbooks_sync.quickbooks.oauth import App, refresh
from quickbooks_sync.quickbooks.patience import Patience
from quickbooks_sync.quickbooks.throttle import Unthrottled

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
