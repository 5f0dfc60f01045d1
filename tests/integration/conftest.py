"""A connected company between a real emulator and a real database, and flows that run step by step."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from cryptography.fernet import Fernet
from sqlalchemy import select

from quickbooks_sync import steps
from quickbooks_sync.flows import FLOWS, FlowOptions, RunSummary, flow_named
from quickbooks_sync.json_text import to_json
from quickbooks_sync.postgres import schema
from quickbooks_sync.postgres.companies import connect_company
from quickbooks_sync.quickbooks import oauth
from quickbooks_sync.settings import confirm_settings, propose_settings
from quickbooks_sync.workspace import Workspace, open_workspace

REALM = "9341450000000001"
ORGANIZATION = 1
_numbers = count(1)


@dataclass
class House:
    """One Loupe organization and one QuickBooks company, and everything that runs between them."""

    workspace: Workspace
    emulator_url: str
    realm_id: str = REALM
    runs: list[RunSummary] = field(default_factory=list)

    def run(self, name: str, **options: Any) -> RunSummary:
        """Run one flow, step by step, as its DAG does; `finish` runs whatever happens."""
        flow = flow_named(name)
        chosen = FlowOptions(realm_id=self.realm_id, **options)
        key = f"test-{next(_numbers)}"
        run = steps.check(self.workspace, flow, chosen, run_key=key, triggered_by="test")
        failed = ["load"]
        try:
            batches = steps.extract(self.workspace, run)
            for batch in batches:
                steps.transform(self.workspace, run, batch)
                steps.validate(self.workspace, run, batch)
            steps.gate(self.workspace, run)
            for batch in batches:
                steps.load(self.workspace, run, batch)
            failed = []
        finally:
            summary = steps.finish(self.workspace, run, failed_steps=failed)
            self.runs.append(summary)
        return summary

    def run_all(self, **options: Any) -> dict[str, RunSummary]:
        """Run all eight flows in the first-sync order."""
        return {flow.name: self.run(flow.name, **options) for flow in FLOWS}

    def rows(self, table: str, *conditions: Any) -> list[dict[str, Any]]:
        """Read a table of either schema (`customer`, `link` ...)."""
        found = {one.name: one for one in schema.metadata.tables.values()}[table]
        with self.workspace.engine.connect() as connection:
            return [dict(row) for row in connection.execute(select(found)).mappings()]

    def insert(self, table: str, **values: Any) -> int:
        """Insert a Loupe row; returns its key."""
        found = schema.metadata.tables[f"loupe.{table}"]
        values.setdefault("organization_id", ORGANIZATION)
        with self.workspace.engine.begin() as connection:
            result = connection.execute(found.insert().values(**values))
            return int(result.inserted_primary_key[0])

    def update(self, table: str, key: int, **values: Any) -> None:
        """Change a Loupe row, as an operator of Loupe would."""
        found = schema.metadata.tables[f"loupe.{table}"]
        (key_column,) = found.primary_key
        with self.workspace.engine.begin() as connection:
            connection.execute(found.update().where(key_column == key).values(**values))

    def side_door(self, path: str, body: Any = None) -> Any:
        """Ask the emulator's side door."""
        url = f"{self.emulator_url}/_emulator/{path}"
        if body is None:
            answer = requests.get(url, timeout=10)
        else:
            answer = requests.post(url, json=body, timeout=10)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def records(self, run: RunSummary, outcome: str | None = None) -> list[dict[str, Any]]:
        """Return what a run said of its records."""
        return [
            row
            for row in self.rows("run_record")
            if row["run_id"] == run["run_id"] and outcome in (None, row["outcome"])
        ]

    def client(self) -> Any:
        """A client of the company, for a look at QuickBooks."""
        return self.workspace.client(self.realm_id)


def connect(workspace: Workspace, emulator_url: str, realm_id: str) -> None:
    """Consent as an admin would in the browser, and store the grant."""
    state = "state-of-the-test"
    asked = oauth.authorize_url(workspace.app, state)
    page = requests.get(asked, timeout=10)
    page.raise_for_status()
    query = {name: values[0] for name, values in parse_qs(urlsplit(asked).query).items()}
    answer = requests.post(
        f"{emulator_url}/connect/oauth2",
        data={**query, "realm_id": realm_id, "realmId": realm_id, "decision": "connect"},
        allow_redirects=False,
        timeout=10,
    )
    given = parse_qs(urlsplit(answer.headers["location"]).query)
    grant = oauth.exchange_code(workspace.app, given["code"][0])
    connect_company(workspace, grant, given["realmId"][0], ORGANIZATION)


def build_workspace(database_url: str, emulator_url: str, data_docs: Path) -> Workspace:
    """A workspace as the environment variables of a deployment would make it."""
    extra = {
        "environment": "sandbox",
        "api_url": emulator_url,
        "discovery_url": f"{emulator_url}/.well-known/openid_sandbox_configuration",
        "redirect_uri": "http://localhost:8765/callback",
    }
    connection = {
        "conn_type": "quickbooks",
        "login": "demo-client",
        "password": "demo-secret",
        "extra": extra,
    }
    return open_workspace(
        {
            **os.environ,
            "QUICKBOOKS_SYNC_DATABASE_URL": database_url,
            "QUICKBOOKS_SYNC_KEY": Fernet.generate_key().decode(),
            "AIRFLOW_CONN_QUICKBOOKS_DEFAULT": to_json(connection),
            "QUICKBOOKS_SYNC_DATA_DOCS": str(data_docs),
        }
    )


BuildHouse = Callable[..., House]


@pytest.fixture
def build_house(
    fresh_database_url: str, start_emulator: Any, tmp_path: Path
) -> Iterator[BuildHouse]:
    """A function that connects a company and confirms its proposed settings."""
    opened: list[Workspace] = []

    def build(*, seed: bool = True, confirm: bool = True, **settings: str) -> House:
        emulator = start_emulator(seed=seed)
        workspace = build_workspace(fresh_database_url, emulator.url, tmp_path / "docs")
        opened.append(workspace)
        connect(workspace, emulator.url, REALM)
        if confirm:
            propose_settings(workspace, REALM)
            confirm_settings(workspace, REALM, {"opening_stock": "push", **settings})
        return House(workspace, emulator.url)

    yield build
    for workspace in opened:
        workspace.close()


@pytest.fixture
def house(build_house: BuildHouse) -> House:
    """The sample company, connected, settings confirmed, Loupe empty."""
    return build_house()


