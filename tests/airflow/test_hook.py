"""The connection type `quickbooks`: Airflow knows it, and its Test button really asks."""

import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from quickbooks_airflow.hooks import QuickBooksHook, to_database_url
from quickbooks_airflow.provider import get_provider_info
from tests.airflow.books import REALM, SECRET, Books


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
    from airflow.providers_manager import _create_provider_info_schema_validator

    validator = _create_provider_info_schema_validator()
    assert isinstance(validator, jsonschema.protocols.Validator)
    validator.validate(get_provider_info())


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
        changed["extra"] |= {"discovery_url": f"{url}/discovery?x=1", "realm_id": "12345"}
        monkeypatch.setenv("AIRFLOW_CONN_QUICKBOOKS_DEFAULT", json.dumps(changed))

        QuickBooksHook().test_connection()

    path, headers = seen[0]
    assert path == "/discovery?x=1"
    assert "authorization" not in headers
    told = " ".join([*headers, *headers.values()]).casefold()
    assert not [
        secret for secret in (SECRET, "demo-client", "12345", "redirect_uri") if secret in told
    ]


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
