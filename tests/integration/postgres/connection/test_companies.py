"""Connected companies, connecting one, and the workspace that steps work with."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from cryptography.fernet import Fernet
from sqlalchemy import Engine, insert, select

from quickbooks_sync.model.errors import (
    CompanyStoppedError,
    ConfigurationError,
    ConnectionNeededError,
)
from quickbooks_sync.model.grant import Grant
from quickbooks_sync.postgres.connection.companies import (
    connect_company,
    mark_needs_attention,
    read_companies,
    read_company,
    resolve_company,
)
from quickbooks_sync.postgres.tables import run
from quickbooks_sync.quickbooks.batch import BatchRequest, serialise_batch
from quickbooks_sync.quickbooks.oauth import refresh
from quickbooks_sync.workspace import Workspace, open_workspace
from tests.support.servers import allowing

FIRST, SECOND = "9341450000000001", "9341450000000002"
TOKEN_PATH = "/oauth2/v1/tokens/bearer"


@pytest.fixture
def environ(fresh_database_url: str, emulator: Any) -> dict[str, str]:
    connection = {
        "conn_type": "quickbooks",
        "login": "demo-client",
        "password": "demo-secret",
        "extra": {
            "environment": "sandbox",
            "api_url": emulator.url,
            "discovery_url": f"{emulator.url}/.well-known/openid_sandbox_configuration",
        },
    }
    return {
        "QUICKBOOKS_SYNC_DATABASE_URL": fresh_database_url,
        "QUICKBOOKS_SYNC_KEY": Fernet.generate_key().decode(),
        "AIRFLOW_CONN_QUICKBOOKS_DEFAULT": json.dumps(connection),
        **allowing(emulator.url),
    }


@pytest.fixture
def workspace(environ: dict[str, str]) -> Iterator[Workspace]:
    opened = open_workspace(environ)
    yield opened
    opened.close()


def _grant(workspace: Workspace, realm: str) -> Grant:
    issued = requests.post(
        f"{workspace.app.api_url}/_emulator/tokens", json={"realm": realm}, timeout=10
    ).json()
    return refresh(workspace.app, issued["refresh_token"])


def _connect(workspace: Workspace, realm: str, organization: int = 1) -> Any:
    return connect_company(workspace, _grant(workspace, realm), realm, organization)


def test_connecting_stores_the_grant_and_the_name(workspace: Workspace) -> None:
    company = _connect(workspace, FIRST)
    assert (company.company_name, company.status) == ("Loupe Gemstones Co.", "connected")
    assert company.connected_at is not None
    assert workspace.client(FIRST).count("Customer") > 0


def test_reconnecting_clears_the_need_for_attention(workspace: Workspace) -> None:
    _connect(workspace, FIRST)
    mark_needs_attention(workspace.engine, FIRST, "Reconnect it.")
    with workspace.engine.connect() as connection:
        assert read_company(connection, FIRST).status_reason == "Reconnect it."
    company = _connect(workspace, FIRST)
    assert (company.status, company.status_reason) == ("connected", None)


def test_a_company_belongs_to_one_organization(workspace: Workspace) -> None:
    _connect(workspace, FIRST, organization=1)
    with pytest.raises(ConfigurationError, match="already belongs to Loupe organization 1"):
        _connect(workspace, FIRST, organization=2)


def test_a_grant_is_kept_though_the_name_cannot_be_read(workspace: Workspace) -> None:
    grant = _grant(workspace, SECOND)
    with pytest.raises(CompanyStoppedError):
        connect_company(workspace, grant, FIRST, 1)
    with workspace.engine.connect() as connection:
        company = read_company(connection, FIRST)
    assert (company.company_name, company.status) == (FIRST, "needs_attention")


def test_a_realm_id_has_digits_only(workspace: Workspace) -> None:
    with pytest.raises(ConfigurationError, match="digits"):
        connect_company(workspace, _grant(workspace, FIRST), "../1", 1)


def test_the_only_company_is_the_default(workspace: Workspace) -> None:
    _connect(workspace, FIRST)
    with workspace.engine.connect() as connection:
        assert resolve_company(connection, None).realm_id == FIRST
        with pytest.raises(ConnectionNeededError, match="these are: 9341450000000001"):
            resolve_company(connection, "123")


def test_one_of_several_must_be_named(workspace: Workspace) -> None:
    _connect(workspace, FIRST)
    _connect(workspace, SECOND, organization=2)
    with workspace.engine.connect() as connection:
        names = [company.company_name for company in read_companies(connection)]
        assert names == ["Loupe Gemstones Co.", "Second Facet LLC"]
        with pytest.raises(ConfigurationError, match=f"{FIRST}.*{SECOND}"):
            resolve_company(connection, None)


def test_no_company_says_how_to_connect(workspace: Workspace) -> None:
    with (
        workspace.engine.connect() as connection,
        pytest.raises(ConnectionNeededError, match="quickbooks-sync connect"),
    ):
        resolve_company(connection, None)


def test_a_runs_calls_are_counted_on_it(workspace: Workspace) -> None:
    _connect(workspace, FIRST)
    run_id = _open_run(workspace.engine)
    client = workspace.client(FIRST, run_id)
    client.count("Customer")
    client.send("Customer", {"DisplayName": "Counted"}, request_id="counted")
    with workspace.engine.connect() as connection:
        row = connection.execute(select(run).where(run.c.run_id == run_id)).one()
    assert (row.metered_reads, row.writes) == (1, 1)


def _open_run(engine: Engine) -> int:
    values = {
        "realm_id": FIRST,
        "run_key": "k",
        "record_type": "customer",
        "direction": "pull",
        "mode": "full",
        "fence": 1,
    }
    with engine.begin() as connection:
        made = connection.execute(insert(run).values(**values).returning(run.c.run_id))
        return int(made.scalar_one())


def test_a_company_that_quickbooks_refuses_needs_attention(workspace: Workspace) -> None:
    _connect(workspace, FIRST)
    ended = {"Fault": {"Error": [{"Message": "x", "code": "6190"}], "type": "ValidationFault"}}
    order = {"kind": "status", "status": 400, "body": json.dumps(ended)}
    match = {"path_contains": "/query"}
    url = f"{workspace.app.api_url}/_emulator/faults"
    requests.post(url, json={**order, "match": match}, timeout=10)
    with pytest.raises(CompanyStoppedError):
        workspace.client(FIRST).count("Customer")
    with workspace.engine.connect() as connection:
        company = read_company(connection, FIRST)
    assert company.status == "needs_attention"
    assert "subscription" in str(company.status_reason)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("QUICKBOOKS_SYNC_DATABASE_URL", ""),
        ("QUICKBOOKS_SYNC_DATABASE_URL", "mysql://x/y"),
        ("QUICKBOOKS_SYNC_DATABASE_URL", "no url"),
        ("QUICKBOOKS_SYNC_KEY", ""),
        ("QUICKBOOKS_SYNC_KEY", "short"),
        ("AIRFLOW_CONN_QUICKBOOKS_DEFAULT", ""),
        ("AIRFLOW_CONN_QUICKBOOKS_DEFAULT", "[]"),
        ("AIRFLOW_CONN_QUICKBOOKS_DEFAULT", "quickbooks://x"),
        ("QUICKBOOKS_SYNC_ALLOW_HOSTS", "127.0.0.1"),
        ("QUICKBOOKS_SYNC_ALLOW_HOSTS", "http://127.0.0.1:8090"),
    ],
)
def test_a_wrong_variable_is_named(variable: str, value: str) -> None:
    sound = {
        "QUICKBOOKS_SYNC_DATABASE_URL": "postgresql://u:p@127.0.0.1/x",
        "QUICKBOOKS_SYNC_KEY": Fernet.generate_key().decode(),
        "AIRFLOW_CONN_QUICKBOOKS_DEFAULT": '{"login": "a", "password": "b"}',
    }
    open_workspace(sound).close()
    with pytest.raises(ConfigurationError, match=variable):
        open_workspace({**sound, variable: value})


def test_the_mappings_come_from_the_include_folder(environ: dict[str, str], tmp_path: Path) -> None:
    opened = open_workspace({**environ, "QUICKBOOKS_SYNC_INCLUDE": str(tmp_path)})
    assert opened.mappings == tmp_path / "mappings"
    assert opened.expectations == tmp_path / "expectations"
    opened.close()


def test_a_workspace_shows_no_secret(workspace: Workspace) -> None:
    assert workspace.key not in repr(workspace)
    assert "demo-secret" not in repr(workspace)


def test_intuits_own_limits_are_never_met(
    environ: dict[str, str], start_emulator: Any, caplog: pytest.LogCaptureFixture
) -> None:
    limited = start_emulator(limits=True)
    connection = json.loads(environ["AIRFLOW_CONN_QUICKBOOKS_DEFAULT"])
    del connection["extra"]["discovery_url"]
    connection["extra"] |= {"api_url": limited.url, "token_url": f"{limited.url}{TOKEN_PATH}"}
    opened = open_workspace({**environ, **allowing(limited.url)}, connection=connection)
    _connect(opened, FIRST)
    client = opened.client(FIRST)
    for number in range(20):
        client.count("Customer")
        if number % 4 == 0:
            payload = {"DisplayName": f"Paced {number}"}
            batch = serialise_batch([BatchRequest("1", "create", "Customer", payload)])
            client.send_batch(batch, f"paced-{number}")
    assert "RateLimitedError" not in caplog.text
    opened.close()
