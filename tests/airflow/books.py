"""Both sides for a test: Loupe's sample records in Postgres, and a connected company in a running emulator."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from cryptography.fernet import Fernet
from sqlalchemy import Engine, text
from sqlalchemy.engine import make_url

from tests.support.servers import allowing

REALM = "9341450000000001"
SECRET = "demo-secret"


@dataclass(frozen=True)
class Books:
    """A connected company.

    Attributes:
        engine: Loupe's database.
        emulator_url: QuickBooks' address.
        data_docs: Folder of the validation reports.
    """

    engine: Engine
    emulator_url: str
    data_docs: Path

    def read(self, statement: str, **values: Any) -> list[Any]:
        """Return the rows of a query."""
        with self.engine.connect() as connection:
            return list(connection.execute(text(statement), values))

    def write(self, statement: str) -> None:
        """Execute a statement on its own."""
        with self.engine.begin() as connection:
            connection.execute(text(statement))

    def order_fault(self, **fault: Any) -> None:
        """Let the emulator fail; see its side door."""
        requests.post(
            f"{self.emulator_url}/_emulator/faults", json=fault, timeout=10
        ).raise_for_status()

    def read_counters(self) -> dict[str, int]:
        """Return how often the company was read and written, as the emulator counted."""
        counted = requests.get(f"{self.emulator_url}/_emulator/counters", timeout=10).json()
        return dict(counted[REALM])


def set_connections(
    monkeypatch: pytest.MonkeyPatch, database_url: str, emulator_url: str, data_docs: Path
) -> None:
    """Give Airflow the two connections, as a deployment does by environment variables."""
    url = make_url(database_url)
    quickbooks = {
        "conn_type": "quickbooks",
        "login": "demo-client",
        "password": SECRET,
        "extra": {
            "environment": "sandbox",
            "api_url": emulator_url,
            "discovery_url": f"{emulator_url}/.well-known/openid_sandbox_configuration",
            "redirect_uri": "http://127.0.0.1:8765/callback",
        },
    }
    loupe = {
        "conn_type": "postgres",
        "host": url.host,
        "port": url.port,
        "login": url.username,
        "password": url.password,
        "schema": url.database,
    }
    monkeypatch.setenv("AIRFLOW_CONN_QUICKBOOKS_DEFAULT", json.dumps(quickbooks))
    monkeypatch.setenv("AIRFLOW_CONN_LOUPE_DEFAULT", json.dumps(loupe))
    monkeypatch.setenv("QUICKBOOKS_SYNC_KEY", Fernet.generate_key().decode())
    monkeypatch.setenv("QUICKBOOKS_SYNC_DATA_DOCS", str(data_docs))
    for name, value in allowing(emulator_url).items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("QUICKBOOKS_SYNC_DATABASE_URL", raising=False)


@contextmanager
def opened_books(database_url: str, emulator_url: str, data_docs: Path) -> Iterator[Books]:
    """Connect the sample company, confirm its proposed settings, and write Loupe's sample records."""
    from demo.loupe_sample import ensure_loupe_sample
    from quickbooks_airflow.hooks import QuickBooksHook
    from quickbooks_sync.postgres.connection.companies import connect_company
    from quickbooks_sync.settings import confirm_settings, propose_settings

    ensure_loupe_sample(database_url)
    with QuickBooksHook().opened_workspace() as workspace:
        connect_company(workspace, fetch_grant(emulator_url), REALM, organization_id=1)
        propose_settings(workspace, REALM)
        confirm_settings(workspace, REALM, {"opening_stock": "push"})
        yield Books(workspace.engine, emulator_url, data_docs)


def fetch_grant(emulator_url: str, realm_id: str = REALM) -> Any:
    from quickbooks_sync.model.grant import Grant

    answer = requests.post(
        f"{emulator_url}/_emulator/tokens", json={"realm": realm_id}, timeout=10
    ).json()
    now = datetime.now(UTC)
    return Grant(
        access_token=answer["access_token"],
        refresh_token=answer["refresh_token"],
        access_expires_at=now + timedelta(seconds=answer["expires_in"]),
        refresh_expires_at=now + timedelta(seconds=answer["x_refresh_token_expires_in"]),
    )
