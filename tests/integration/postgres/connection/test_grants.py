"""Grants: encrypted, refreshed once whoever asks, never lost."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any
from urllib.parse import parse_qs

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import Engine, Row, select, text

from quickbooks_sync.model.errors import (
    ConfigurationError,
    ConnectionNeededError,
    GrantMismatchError,
    RetryableError,
    UnexpectedAnswerError,
    UnreachableError,
)
from quickbooks_sync.model.grant import Grant
from quickbooks_sync.model.json_text import to_json
from quickbooks_sync.postgres.connection import grants
from quickbooks_sync.postgres.connection.companies import read_company, write_company
from quickbooks_sync.postgres.connection.grant_rows import bind_unbound
from quickbooks_sync.postgres.connection.grants import GrantTokens, parse_key, write_grant
from quickbooks_sync.postgres.connection.stored_token import StoredToken, StoredTokenUnusableError
from quickbooks_sync.postgres.database.engine import build_engine
from quickbooks_sync.postgres.tables import company_grant
from quickbooks_sync.quickbooks.oauth import TOKEN_URL, App
from tests.support.many_processes import read_token, run_in_processes

KEY = Fernet.generate_key().decode()
_realms = count(100)


class TokenServer(ThreadingHTTPServer):
    """Issues tokens, and is harder than Intuit: a refresh token works once."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _TokenHandler)
        self.asked: list[str] = []
        self.alive = {"RT-0"}
        self.failures: list[int] = []
        self.before_answer: Callable[[], None] = lambda: None
        self.lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/token"

    def answer(self, refresh_token: str) -> tuple[int, dict[str, Any]]:
        with self.lock:
            self.asked.append(refresh_token)
            number = len(self.asked)
            if self.failures:
                return self.failures.pop(0), {}
            if refresh_token not in self.alive:
                return 400, {"error": "invalid_grant"}
            self.alive = {f"RT-{number}"}
        self.before_answer()
        return 200, {
            "access_token": f"AT-{number}",
            "refresh_token": f"RT-{number}",
            "expires_in": 3600,
            "x_refresh_token_expires_in": 8726400,
        }


class _TokenHandler(BaseHTTPRequestHandler):
    server: TokenServer

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        status, document = self.server.answer(form["refresh_token"][0])
        body = to_json(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@pytest.fixture
def server() -> Iterator[TokenServer]:
    with TokenServer() as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield running
        running.shutdown()
        thread.join()


@pytest.fixture
def app(server: TokenServer) -> App:
    allowed = frozenset({f"127.0.0.1:{server.server_port}"})
    return App("client", "secret", token_url=server.url, allowed_hosts=allowed)


@pytest.fixture(scope="module")
def engine(database_url: str) -> Iterator[Engine]:
    made = build_engine(database_url)
    yield made
    made.dispose()


def _grant(minutes: int, number: int = 0) -> Grant:
    now = datetime.now(UTC)
    return Grant(
        access_token=f"AT-{number}",
        refresh_token=f"RT-{number}",
        access_expires_at=now + timedelta(minutes=minutes),
        refresh_expires_at=now + timedelta(days=100),
    )


@pytest.fixture
def realm(engine: Engine) -> str:
    """A company whose access token has just expired."""
    realm_id = str(next(_realms))
    with engine.begin() as connection:
        write_company(
            connection,
            realm_id=realm_id,
            organization_id=int(realm_id),
            company_name="Test",
            environment="sandbox",
        )
        write_grant(connection, realm_id, _grant(minutes=-1), KEY)
    return realm_id


def _row(engine: Engine, realm: str) -> Row[Any]:
    with engine.connect() as connection:
        return connection.execute(
            select(company_grant).where(company_grant.c.realm_id == realm)
        ).one()


def _stored_refresh_token(engine: Engine, realm: str) -> str:
    return parse_key(KEY).decrypt(_row(engine, realm).refresh_token).decode()


def test_tokens_are_stored_encrypted(engine: Engine, realm: str) -> None:
    row = _row(engine, realm)
    assert b"AT-0" not in row.access_token
    assert b"RT-0" not in row.refresh_token
    assert _stored_refresh_token(engine, realm) == "RT-0"


def test_a_valid_token_is_given_without_asking(
    engine: Engine, realm: str, app: App, server: TokenServer
) -> None:
    with engine.begin() as connection:
        write_grant(connection, realm, _grant(minutes=30), KEY)
    assert GrantTokens(engine, app, realm, KEY).access_token() == "AT-0"
    assert server.asked == []


def test_an_expired_token_is_renewed_and_stored(engine: Engine, realm: str, app: App) -> None:
    tokens = GrantTokens(engine, app, realm, KEY)
    assert tokens.access_token() == "AT-1"
    assert _stored_refresh_token(engine, realm) == "RT-1"
    assert _row(engine, realm).rotations == 1
    assert GrantTokens(engine, app, realm, KEY).access_token() == "AT-1"


def test_a_refused_token_is_renewed_though_it_should_last(
    engine: Engine, realm: str, app: App, server: TokenServer
) -> None:
    with engine.begin() as connection:
        write_grant(connection, realm, _grant(minutes=30), KEY)
    tokens = GrantTokens(engine, app, realm, KEY)
    assert tokens.refreshed(tokens.access_token()) == "AT-1"
    assert tokens.refreshed("AT-0") == "AT-1", "it is newer already"
    assert server.asked == ["RT-0"]


@pytest.mark.parametrize("after", [None, "AT-0"])
def test_twenty_processes_renew_once(
    database_url: str, engine: Engine, realm: str, app: App, server: TokenServer, after: str | None
) -> None:
    waiting = threading.Event()
    server.before_answer = lambda: [None, waiting.wait(0.5)][0]
    given = (database_url, app, realm, KEY, after)
    assert run_in_processes(read_token, [given] * 20) == ["AT-1"] * 20
    assert server.asked == ["RT-0"]
    assert _row(engine, realm).rotations == 1


def test_threads_of_one_process_renew_once(
    engine: Engine, realm: str, app: App, server: TokenServer
) -> None:
    tokens = GrantTokens(engine, app, realm, KEY)
    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(tokens.access_token) for _ in range(8)]
    assert [one.result() for one in asked] == ["AT-1"] * 8
    assert server.asked == ["RT-0"]


def test_a_refused_renewal_calls_for_a_person(
    engine: Engine, realm: str, app: App, server: TokenServer
) -> None:
    server.alive = set()
    with pytest.raises(ConnectionNeededError, match="quickbooks-sync connect"):
        GrantTokens(engine, app, realm, KEY).access_token()
    with engine.connect() as connection:
        company = read_company(connection, realm)
    assert company.status == "needs_attention"
    assert company.status_reason is not None
    assert "Reconnect" in company.status_reason
    assert _stored_refresh_token(engine, realm) == "RT-0"


def test_a_failing_token_endpoint_is_no_refusal(
    engine: Engine, realm: str, app: App, server: TokenServer
) -> None:
    server.failures = [503] * 4
    with pytest.raises(UnreachableError):
        GrantTokens(engine, app, realm, KEY).access_token()
    with engine.connect() as connection:
        assert read_company(connection, realm).status == "connected"
    assert GrantTokens(engine, app, realm, KEY).access_token().startswith("AT-")


def test_a_new_token_survives_a_broken_database_session(
    postgres_url: str, engine: Engine, realm: str, app: App, server: TokenServer
) -> None:
    server.before_answer = lambda: _cut_idle_transactions(postgres_url, engine)
    assert GrantTokens(engine, app, realm, KEY).access_token() == "AT-1"
    assert _stored_refresh_token(engine, realm) == "RT-1"


def _cut_idle_transactions(postgres_url: str, engine: Engine) -> None:
    outside = build_engine(postgres_url)
    cut = text(
        "select pg_terminate_backend(pid) from pg_stat_activity "
        "where datname = :name and state = 'idle in transaction'"
    )
    with outside.connect() as connection:
        assert connection.execute(cut, {"name": engine.url.database}).rowcount == 1
    outside.dispose()


def test_a_hanging_renewal_is_not_waited_for_without_end(
    engine: Engine, realm: str, app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grants, "LOCK_SECONDS", 1)
    with engine.begin() as connection:
        connection.execute(
            select(company_grant).where(company_grant.c.realm_id == realm).with_for_update()
        )
        with pytest.raises(RetryableError, match="Another process"):
            GrantTokens(engine, app, realm, KEY).access_token()


def test_a_company_without_grant_must_be_connected(engine: Engine, app: App) -> None:
    with pytest.raises(ConnectionNeededError, match="no grant"):
        GrantTokens(engine, app, "999999", KEY).access_token()


def test_another_key_is_told_apart_from_a_lost_grant(engine: Engine, realm: str, app: App) -> None:
    with pytest.raises(ConfigurationError, match="another key"):
        GrantTokens(engine, app, realm, Fernet.generate_key().decode()).access_token()


def test_a_former_key_still_decrypts(engine: Engine, realm: str, app: App) -> None:
    newest = Fernet.generate_key().decode()
    assert GrantTokens(engine, app, realm, f"{newest},{KEY}").access_token() == "AT-1"
    assert parse_key(newest).decrypt(_row(engine, realm).refresh_token) == b"RT-1"


@pytest.mark.parametrize(
    "key", ["short", f"{KEY},", "x" * 44], ids=["short", "open list", "no base64"]
)
def test_a_key_that_is_none_is_refused_without_showing_it(key: str) -> None:
    with pytest.raises(ConfigurationError, match="not a Fernet key") as caught:
        parse_key(key)
    assert key not in str(caught.value)


def _binding(engine: Engine, realm: str) -> tuple[str | None, str | None, str | None]:
    row = _row(engine, realm)
    return row.client_id, row.token_host, row.api_host


def test_a_grant_of_an_older_version_is_bound_by_its_first_use(
    engine: Engine, realm: str, app: App, server: TokenServer
) -> None:
    assert _binding(engine, realm) == (None, None, None)
    GrantTokens(engine, app, realm, KEY).access_token()
    here = f"127.0.0.1:{server.server_port}"
    assert _binding(engine, realm) == ("client", here, "sandbox-quickbooks.api.intuit.com")


def test_a_fresh_grant_of_an_older_version_is_bound_without_being_renewed(
    engine: Engine, realm: str, app: App, server: TokenServer
) -> None:
    with engine.begin() as connection:
        write_grant(connection, realm, _grant(minutes=30), KEY)
    GrantTokens(engine, app, realm, KEY).access_token()
    assert _binding(engine, realm)[0] == "client"
    assert server.asked == []


@pytest.mark.parametrize("minutes", [-1, 30], ids=["to be renewed", "fresh"])
@pytest.mark.parametrize("changed", ["client_id", "token_url", "api_url", "environment"])
def test_another_apps_hosts_or_environments_grant_is_neither_sent_nor_decrypted(
    engine: Engine, realm: str, app: App, server: TokenServer, changed: str, minutes: int
) -> None:
    with engine.begin() as connection:
        write_grant(connection, realm, _grant(minutes), KEY, app.binding)
    production = {"environment": "production", "api_url": "https://quickbooks.api.intuit.com"}
    changes: dict[str, Any] = {
        "client_id": {"client_id": "another"},
        "token_url": {"token_url": TOKEN_URL},
        "api_url": {"api_url": server.url.removesuffix("/token")},
        "environment": production,
    }
    other = replace(app, **changes[changed])
    undecipherable = Fernet.generate_key().decode()
    tokens = GrantTokens(engine, other, realm, undecipherable)
    for ask in (tokens.access_token, lambda: tokens.refreshed("AT-0")):
        with pytest.raises(GrantMismatchError, match=f"connect --realm {realm}") as caught:
            ask()
        assert "client" in caught.value.message or changed == "environment"
    assert server.asked == []
    with engine.connect() as connection:
        assert read_company(connection, realm).status == "connected"


def test_a_mere_look_renews_binds_and_marks_nothing(
    engine: Engine, realm: str, app: App, server: TokenServer
) -> None:
    server.alive = set()
    before = _row(engine, realm)
    with pytest.raises(StoredTokenUnusableError, match="the next run binds it"):
        StoredToken(engine, app, realm, KEY).access_token()
    assert _row(engine, realm) == before

    with engine.begin() as connection:
        write_grant(connection, realm, _grant(minutes=-1), KEY, app.binding)
    before = _row(engine, realm)
    with pytest.raises(StoredTokenUnusableError, match="the next run renews it"):
        StoredToken(engine, app, realm, KEY).access_token()
    with pytest.raises(ConfigurationError, match="Nothing was renewed"):
        StoredToken(engine, app, realm, KEY).refreshed("AT-0")
    assert _row(engine, realm) == before
    assert server.asked == []


def test_an_upgrade_binds_the_grants_of_the_apps_environment(
    engine: Engine, realm: str, app: App
) -> None:
    with engine.begin() as connection:
        write_company(
            connection,
            realm_id="77",
            organization_id=77,
            company_name="Real",
            environment="production",
        )
        write_grant(connection, "77", _grant(minutes=30), KEY)
    assert realm in bind_unbound(engine, app)
    assert _binding(engine, realm)[0] == "client"
    assert _binding(engine, "77") == (None, None, None)
    assert bind_unbound(engine, replace(app, client_id="another")) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"refresh_token": None},
        {"refresh_token": ""},
        {"access_token": "A\nB"},
        {"expires_in": "NaN"},
    ],
)
def test_a_renewal_that_cannot_be_used_leaves_the_grant_as_it_was(
    engine: Engine,
    realm: str,
    app: App,
    server: TokenServer,
    monkeypatch: pytest.MonkeyPatch,
    changes: dict[str, Any],
) -> None:
    before = _stored(engine, realm)
    with monkeypatch.context() as patch:
        good = {"access_token": "AT-x", "refresh_token": "RT-x", "expires_in": 3600}
        patch.setattr(server, "answer", lambda _token: (200, {**good, **changes}))
        with pytest.raises(UnexpectedAnswerError, match="what was stored before is as it was"):
            GrantTokens(engine, app, realm, KEY).access_token()
    assert _stored(engine, realm) == before
    with engine.connect() as connection:
        assert read_company(connection, realm).status == "connected"
    assert GrantTokens(engine, app, realm, KEY).access_token() == "AT-1"


def _stored(engine: Engine, realm: str) -> tuple[Any, ...]:
    """The tokens, their ends, and how often they were renewed."""
    row = _row(engine, realm)
    ends = row.access_expires_at, row.refresh_expires_at, row.refresh_hard_expires_at
    return row.access_token, row.refresh_token, *ends, row.rotations
