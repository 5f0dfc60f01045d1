"""An installation: a connected company between a real emulator and a real database, whose flows run in this process."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
from cryptography.fernet import Fernet
from sqlalchemy import select

from quickbooks_sync.commands import steps
from quickbooks_sync.model.flow import (
    BatchManifest,
    FlowOptions,
    RunManifest,
    RunSummary,
)
from quickbooks_sync.model.json_text import to_json
from quickbooks_sync.postgres import tables
from quickbooks_sync.postgres.connection.companies import connect_company
from quickbooks_sync.postgres.connection.throttle import Bucket
from quickbooks_sync.quickbooks import oauth
from quickbooks_sync.record_types.registry import FLOWS, flow_named
from quickbooks_sync.settings import confirm_settings, propose_settings
from quickbooks_sync.workspace import Workspace, open_workspace
from tests.support.servers import allowing

REALM = "9341450000000001"
ORGANIZATION = 1
#: The pace is tested by itself; here it would only slow the tests down.
UNHURRIED = (Bucket("requests", 10_000, 10_000), Bucket("batches", 10_000, 10_000))
_numbers = count(1)


@dataclass
class House:
    """One Loupe organization and one QuickBooks company, and everything that runs between them."""

    workspace: Workspace
    emulator_url: str
    realm_id: str = REALM
    organization_id: int = ORGANIZATION
    runs: list[RunSummary] = field(default_factory=list)

    def run(self, name: str, *, key: str | None = None, **options: Any) -> RunSummary:
        """Run one flow as the command line does; how it ended is kept in `runs`, whatever it raised."""
        run_key = key or f"test-{next(_numbers)}"
        try:
            summary = steps.run_flow(
                self.workspace,
                flow_named(name),
                FlowOptions(realm_id=self.realm_id, **options),
                run_key=run_key,
                triggered_by="test",
            )
        except Exception:
            self.runs += self._summaries(run_key)
            raise
        self.runs.append(summary)
        return summary

    def check(self, name: str, *, key: str | None = None, **options: Any) -> RunManifest:
        """Open a run of a flow and leave it open."""
        chosen = FlowOptions(realm_id=self.realm_id, **options)
        run_key = key or f"test-{next(_numbers)}"
        return steps.check(
            self.workspace, flow_named(name), chosen, run_key=run_key, triggered_by="test"
        )

    def _summaries(self, run_key: str) -> list[RunSummary]:
        """How the run of a key ended; empty where it was refused before it was opened."""
        return [
            RunSummary(
                run_id=row["run_id"],
                status=row["status"],
                reason=row["reason"],
                counts=row["counts"],
                metered_reads=row["metered_reads"],
                writes=row["writes"],
            )
            for row in self.rows("run")
            if (row["realm_id"], row["run_key"]) == (self.realm_id, run_key)
        ]

    def finish(self, run: RunManifest, *failed_steps: str) -> RunSummary:
        """Close a run that `check` opened."""
        return steps.finish(self.workspace, run, failed_steps=failed_steps)

    def run_all(self, **options: Any) -> dict[str, RunSummary]:
        """Run all eight flows in the first-sync order."""
        return {flow.name: self.run(flow.name, **options) for flow in FLOWS}

    def rows(self, table: str) -> list[dict[str, Any]]:
        """Read a table of either schema (`customer`, `link` ...)."""
        found = {one.name: one for one in tables.metadata.tables.values()}[table]
        with self.workspace.engine.connect() as connection:
            return [dict(row) for row in connection.execute(select(found)).mappings()]

    def insert(self, table: str, **values: Any) -> int:
        """Insert a Loupe row; returns its key."""
        found = tables.metadata.tables[f"loupe.{table}"]
        values.setdefault("organization_id", self.organization_id)
        with self.workspace.engine.begin() as connection:
            result = connection.execute(found.insert().values(**values))
            return int(result.inserted_primary_key[0])

    def update(self, table: str, key: int, **values: Any) -> None:
        """Change a Loupe row, as an operator of Loupe would."""
        found = tables.metadata.tables[f"loupe.{table}"]
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

    def said(self, run: RunSummary, **key: Any) -> list[str]:
        """Return the outcomes a run noted for a record (`loupe_id=` or `quickbooks_id=`)."""
        ((name, value),) = key.items()
        return [one["outcome"] for one in self.records(run) if one[name] == value]

    def row(self, table: str, key: int) -> dict[str, Any]:
        """Read one row of Loupe by its key."""
        (found,) = [one for one in self.rows(table) if one[f"{table}_id"] == key]
        return found

    def link(self, record_type: str, **key: Any) -> dict[str, Any] | None:
        """Read a link by `loupe_id=` or `quickbooks_id=`."""
        ((name, value),) = key.items()
        found = [
            one
            for one in self.rows("link")
            if (one["realm_id"], one["record_type"], one[name])
            == (self.realm_id, record_type, value)
        ]
        return found[0] if found else None

    def quickbooks_id(self, record_type: str, loupe_id: int) -> str:
        """The QuickBooks Id of a linked row."""
        link = self.link(record_type, loupe_id=loupe_id)
        assert link is not None, f"{record_type} {loupe_id} is not linked"
        return str(link["quickbooks_id"])

    def loupe_id(self, record_type: str, quickbooks_id: str) -> int:
        """The Loupe id of a linked record."""
        link = self.link(record_type, quickbooks_id=quickbooks_id)
        assert link is not None, f"QuickBooks {record_type} {quickbooks_id} is not linked"
        return int(link["loupe_id"])

    def writes(self) -> int:
        """How many writes the emulator has counted for the company."""
        counters = self.side_door("counters").get(self.realm_id) or {}
        return int(counters.get("core_writes", 0))

    def order_fault(self, kind: str, path_contains: str = "/batch", **order: Any) -> None:
        """Order a fault of the emulator for a request to come."""
        self.side_door("faults", {"kind": kind, "match": {"path_contains": path_contains}, **order})

    def environment(self) -> dict[str, str]:
        """The variables under which another process opens the same workspace."""
        url = self.workspace.engine.url.render_as_string(hide_password=False)
        docs, key = self.workspace.data_docs, self.workspace.key
        return build_environment(url, self.emulator_url, docs, key)

    def prepare(self, name: str, **options: Any) -> tuple[RunManifest, list[BatchManifest]]:
        """Run a flow up to the point where its batches are loaded."""
        run = self.check(name, **options)
        batches = steps.extract(self.workspace, run)
        for batch in batches:
            steps.transform(self.workspace, run, batch)
            steps.validate(self.workspace, run, batch)
        steps.gate(self.workspace, run)
        return run, batches

    def load(self, run: RunManifest, batches: list[BatchManifest]) -> dict[str, int]:
        """Load batches that `prepare` left; returns the last one's counts."""
        counts: dict[str, int] = {}
        for batch in batches:
            counts = steps.load(self.workspace, run, batch)
        return counts

    def client(self) -> Any:
        """A client of the company, for a look at QuickBooks."""
        return self.workspace.client(self.realm_id)


def connect(
    workspace: Workspace, emulator_url: str, realm_id: str, organization_id: int = ORGANIZATION
) -> None:
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
    connect_company(workspace, grant, given["realmId"][0], organization_id)


def build_environment(
    database_url: str, emulator_url: str, data_docs: Path, key: str | None = None
) -> dict[str, str]:
    """The environment variables of a deployment."""
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
    return {
        **os.environ,
        "QUICKBOOKS_SYNC_DATABASE_URL": database_url,
        "QUICKBOOKS_SYNC_KEY": key or Fernet.generate_key().decode(),
        "AIRFLOW_CONN_QUICKBOOKS_DEFAULT": to_json(connection),
        "QUICKBOOKS_SYNC_DATA_DOCS": str(data_docs),
        **allowing(emulator_url),
    }


def build_workspace(database_url: str, emulator_url: str, data_docs: Path) -> Workspace:
    """A workspace as the environment variables of a deployment would make it, but for the pace."""
    environment = build_environment(database_url, emulator_url, data_docs)
    return replace(open_workspace(environment), pace=UNHURRIED)


BuildHouse = Callable[..., House]


def furnish(house: House, *, seed: bool, confirm: bool = True, **settings: str) -> House:
    """Connect the company, made first unless it is a sample one, and confirm its proposed settings."""
    if not seed:
        house.side_door("companies", {"realm": house.realm_id, "name": "Empty Company"})
    connect(house.workspace, house.emulator_url, house.realm_id, house.organization_id)
    if confirm:
        propose_settings(house.workspace, house.realm_id)
        confirm_settings(house.workspace, house.realm_id, {"opening_stock": "push", **settings})
    return house
