"""The connection type `quickbooks`: Airflow knows it, and its Test button really asks."""

import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.resources import files
from typing import Any

import pytest

from quickbooks_airflow.hooks import QuickBooksHook, to_database_url
from quickbooks_airflow.provider import get_provider_info
from tests.airflow.books import REALM, SECRET, Books, fetch_grant
from tests.support.servers import ALLOW_VARIABLE


def test_airflow_knows_the_connection_type() -> None:
    from airflow.sdk.providers_manager_runtime import ProvidersManagerTaskRuntime

    hook = ProvidersManagerTaskRuntime().hooks["quickbooks"]

    assert hook is not None
    assert hook.hook_name == "QuickBooks Online"
    assert hook.connection_id_attribute_name == "quickbooks_conn_id"
    assert hook.connection_testable


def test_the_form_offers_what_the_sync_reads() -> None:
    (described,) = get_provider_info()["connection-types"]
    fields = described["conn-fields"]

    assert fields["environment"]["schema"]["enum"] == ["sandbox", "production"]
    assert set(fields) == {
        *("environment", "redirect_uri", "api_url", "monthly_reads"),
        *("discovery_url", "authorize_url", "token_url"),
    }


def test_the_provider_description_fits_airflows_schema() -> None:
    import jsonschema

    schema = json.loads((files("airflow") / "provider_info.schema.json").read_text())
    jsonschema.validate(get_provider_info(), schema)


def test_the_test_button_asks_the_company_and_costs_one_metered_read(books: Books) -> None:
    before = books.read_counters()

    is_ok, message = QuickBooksHook().test_connection()

    assert is_ok, message
    assert REALM in message
    assert "one metered read" in message
    after = books.read_counters()
    assert sum(after.values()) - sum(before.values()) == 1


@pytest.mark.usefixtures("books")
def test_airflow_reaches_the_hook_from_its_own_connection() -> None:
    from airflow.sdk import Connection

    is_ok, message = Connection.get("quickbooks_default").test_connection()

    assert is_ok, message


def test_without_a_connected_company_the_test_says_what_to_do(
    books: Books,
) -> None:
    books.write("delete from quickbooks_sync.company_setting")
    books.write("delete from quickbooks_sync.company_reference")
    books.write("delete from quickbooks_sync.company_grant")
    books.write("delete from quickbooks_sync.company")

    is_ok, message = QuickBooksHook().test_connection()

    assert not is_ok
    assert "quickbooks-sync connect" in message


@pytest.mark.usefixtures("books")
def test_a_server_that_does_not_answer_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    changed = json.loads(_read_variable("AIRFLOW_CONN_QUICKBOOKS_DEFAULT"))
    changed["extra"]["discovery_url"] = "http://127.0.0.1:1/discovery"
    monkeypatch.setenv("QUICKBOOKS_SYNC_ALLOW_HOSTS", f"{os.environ[ALLOW_VARIABLE]},127.0.0.1:1")
    monkeypatch.setenv("AIRFLOW_CONN_QUICKBOOKS_DEFAULT", json.dumps(changed))

    is_ok, message = QuickBooksHook().test_connection()

    assert not is_ok
    assert "127.0.0.1" in message
    assert SECRET not in message


@pytest.mark.usefixtures("books")
def test_the_discovery_request_carries_nothing_of_the_connection(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with _recording_server() as (url, seen):
        changed = json.loads(_read_variable("AIRFLOW_CONN_QUICKBOOKS_DEFAULT"))
        changed["extra"] |= {"discovery_url": f"{url}/discovery", "realm_id": "12345"}
        monkeypatch.setenv(ALLOW_VARIABLE, f"{os.environ[ALLOW_VARIABLE]},{url[7:]}")
        monkeypatch.setenv("AIRFLOW_CONN_QUICKBOOKS_DEFAULT", json.dumps(changed))

        QuickBooksHook().test_connection()

    path, headers = seen[0]
    assert path == "/discovery"
    assert "authorization" not in headers
    told = " ".join([*headers, *headers.values()]).casefold()
    assert not [
        secret for secret in (SECRET, "demo-client", "12345", "redirect_uri") if secret in told
    ]


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"])
def test_the_discovery_request_over_http_takes_no_proxy(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    from quickbooks_airflow.discovery import DiscoveryHook

    for other in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy"):
        monkeypatch.delenv(other, raising=False)
    with _recording_server() as (url, seen), _recording_server() as (proxy, seen_by_proxy):
        monkeypatch.setenv(ALLOW_VARIABLE, url[7:])
        monkeypatch.setenv(name, proxy)
        DiscoveryHook(f"{url}/discovery").fetch_document()
    assert len(seen) == 1
    assert seen_by_proxy == []


@pytest.mark.parametrize("field", ["api_url", "token_url", "authorize_url", "discovery_url"])
def test_the_test_button_takes_nothing_to_a_foreign_host(
    books: Books, monkeypatch: pytest.MonkeyPatch, field: str
) -> None:
    before = _state(books)
    books.write("update quickbooks_sync.company_grant set access_expires_at = now()")
    with _recording_server() as (url, seen):
        changed = json.loads(_read_variable("AIRFLOW_CONN_QUICKBOOKS_DEFAULT"))
        changed["extra"][field] = f"{url}/x"
        monkeypatch.setenv("AIRFLOW_CONN_QUICKBOOKS_DEFAULT", json.dumps(changed))

        is_ok, message = QuickBooksHook().test_connection()

    assert not is_ok
    assert field in message
    assert seen == []
    assert _state(books)[1:] == before[1:]


def test_the_test_button_renews_stores_and_marks_nothing(books: Books) -> None:
    books.write("update quickbooks_sync.company_grant set access_expires_at = '2026-01-02 03:04Z'")
    before, counted = _state(books), books.read_counters()

    is_ok, message = QuickBooksHook().test_connection()

    assert is_ok, message
    assert (
        "its access token has run out (2026-01-02 03:04 UTC), and the next run renews it" in message
    )
    assert _state(books) == before
    assert books.read_counters() == counted


@pytest.mark.parametrize("status", [400, 401, 429, 500])
def test_a_refusal_that_the_test_button_gets_changes_nothing(books: Books, status: int) -> None:
    ended = {"Fault": {"Error": [{"Message": "x", "code": "6190"}], "type": "ValidationFault"}}
    books.order_fault(
        kind="status",
        status=status,
        match={"path_contains": "/companyinfo"},
        body=json.dumps(ended),
        headers={"Retry-After": "0"},
    )
    before = _state(books)

    is_ok, message = QuickBooksHook().test_connection()

    assert not is_ok
    assert REALM in message
    assert _state(books) == before


def test_a_connection_of_another_app_sees_no_token(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = json.loads(_read_variable("AIRFLOW_CONN_QUICKBOOKS_DEFAULT"))
    changed["login"] = "another-app"
    monkeypatch.setenv("AIRFLOW_CONN_QUICKBOOKS_DEFAULT", json.dumps(changed))
    before, counted = _state(books), books.read_counters()

    is_ok, message = QuickBooksHook().test_connection()

    assert not is_ok
    assert "belongs to the Intuit app demo-client" in message
    assert _state(books) == before
    assert books.read_counters() == counted


def test_a_grant_that_is_not_bound_is_not_bound_by_the_test_button(books: Books) -> None:
    books.write(
        "update quickbooks_sync.company_grant set client_id = null, token_host = null, api_host = null"
    )
    before = _state(books)

    is_ok, message = QuickBooksHook().test_connection()

    assert is_ok, message
    assert "the next run binds it" in message
    assert _state(books) == before


def test_the_test_button_asks_each_of_several_companies(books: Books) -> None:
    from quickbooks_sync.postgres.connection.companies import connect_company

    other = "9341450000000002"
    with QuickBooksHook().opened_workspace() as workspace:
        connect_company(workspace, fetch_grant(books.emulator_url, other), other, 2)

    is_ok, message = QuickBooksHook().test_connection()
    _, of_one = QuickBooksHook(realm_id=other).test_connection()

    assert is_ok, message
    assert "2 companies are connected." in message
    assert REALM in message
    assert other in message
    assert REALM not in of_one


@pytest.mark.usefixtures("books")
def test_the_test_button_does_not_tell_where_the_database_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    loupe = json.loads(_read_variable("AIRFLOW_CONN_LOUPE_DEFAULT")) | {"port": 1}
    monkeypatch.setenv("AIRFLOW_CONN_LOUPE_DEFAULT", json.dumps(loupe))

    is_ok, message = QuickBooksHook().test_connection()

    assert not is_ok
    assert "Loupe's database did not answer" in message
    assert ":1/" not in message


def _state(books: Books) -> tuple[Any, ...]:
    """What the test must not change; the grant comes first."""
    return (
        books.read("select * from quickbooks_sync.company_grant"),
        books.read("select * from quickbooks_sync.company"),
        books.read("select * from quickbooks_sync.pending_grant"),
    )


@pytest.mark.usefixtures("books")
def test_a_client_asks_for_the_company() -> None:
    assert QuickBooksHook(realm_id=REALM).get_conn().company_info()["CompanyName"]


def test_a_database_password_survives_the_way_into_the_url() -> None:
    from airflow.sdk import Connection
    from sqlalchemy.engine import make_url

    connection = Connection(
        conn_id="loupe_default",
        conn_type="postgres",
        host="db",
        port=5432,
        login="etl",
        password="p@ss:w/rd%",
        schema="loupe",
        extra='{"sslmode": "require"}',
    )

    url = make_url(to_database_url(connection))

    assert url.drivername == "postgresql+psycopg2"
    assert url.password == "p@ss:w/rd%"
    assert url.query == {"sslmode": "require"}


def _read_variable(name: str) -> str:
    return os.environ[name]


@contextmanager
def _recording_server() -> Iterator[tuple[str, list[tuple[str, dict[str, str]]]]]:
    seen: list[tuple[str, dict[str, str]]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append((self.path, {k.casefold(): v for k, v in self.headers.items()}))
            body = b'{"issuer": "here"}'
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Keep the test's output clean."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", seen
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
