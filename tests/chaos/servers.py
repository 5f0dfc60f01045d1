"""Starts what a run needs: a PostgreSQL server, an emulator in a process of its own, connected companies."""

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg2
import requests
from sqlalchemy import create_engine

from demo.embedded_postgres import EmbeddedPostgres, remove_cluster, start_postgres
from demo.processes import Processes, answers, find_free_port, wait_until
from quickbooks_sync.postgres.connection import grants
from quickbooks_sync.postgres.migrations import upgrade_database
from quickbooks_sync.quickbooks.patience import Patience
from quickbooks_sync.settings import confirm_settings, propose_settings
from quickbooks_sync.workspace import Workspace, open_workspace
from tests.chaos.books import Books
from tests.chaos.child import end_all
from tests.chaos.company import Company
from tests.support.installation import UNHURRIED, build_environment, connect

FIRST_REALM = 9341450000000101

#: The waits of a nightly run would make a step last minutes.
HASTY = Patience(
    attempts=3,
    first_wait=0.002,
    longest_wait=0.01,
    throttled_wait=0.02,
    longest_retry_after=0.05,
    timeout=(5, 20),
)


@dataclass
class Servers:
    """What runs: the database, the emulator, and the workspace that joins the two.

    Attributes:
        workspace: What the syncs use.
        emulator_url: Where QuickBooks is.
        companies: The companies.
        switches: The emulator's switches as they stand now.
        processes: The processes that run, and those still to be started.
        postgres: The server of the database.
        folder: Where data and logs are.
        environment: The variables under which another process opens the same workspace.
        seconds_ahead: How far QuickBooks' clock is ahead of ours.
    """

    workspace: Workspace
    emulator_url: str
    companies: tuple[Company, ...]
    switches: dict[str, Any]
    processes: Processes
    postgres: EmbeddedPostgres
    folder: Path
    environment: Mapping[str, str]
    seconds_ahead: int

    def side_door(self, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """Ask the emulator's side door."""
        url = f"{self.emulator_url}/_emulator/{path}"
        if body is None:
            answer = requests.get(url, timeout=20)
        else:
            answer = requests.post(url, json=body, timeout=20)
        answer.raise_for_status()
        return answer.json()

    def clear_faults(self) -> None:
        """Forget the faults that did not strike."""
        self.side_door("reset", {})
        self.side_door("clock", {"advance_seconds": self.seconds_ahead})
        self.side_door("switches", self.switches)

    def let_lists_lag(self, seconds: int) -> None:
        """Hide records entered from now on from lists for so long; what was entered before is listed."""
        self.switches["late_rows"] = seconds
        self.let_lists_catch_up()

    def let_lists_catch_up(self) -> None:
        """List everything that was entered up to now."""
        now = datetime.fromisoformat(self.side_door("clock", {})["now"])
        # The companies were opened before the clock was put back.
        self.switches["listed_until"] = int(now.timestamp()) + max(0, -self.seconds_ahead)
        self.side_door("switches", self.switches)

    def reconnect(self, company: Company) -> None:
        """Consent anew, as an admin does whose company needs attention."""
        connect(self.workspace, self.emulator_url, company.realm_id, company.organization_id)
        self.workspace.engine.dispose()


@contextmanager
def running(
    folder: Path,
    companies: Sequence[Mapping[str, bool]],
    switches: Mapping[str, Any],
    seconds_ahead: int = 0,
) -> Iterator[Servers]:
    """Start everything, yield it, and stop everything.

    Args:
        folder: For data and logs; one of this run's own.
        companies: What is special about each company that shares the database: attributes of `Company`.
        switches: The emulator's switches to turn.
        seconds_ahead: How far QuickBooks' clock is to be ahead of ours.
    """
    with Processes(folder / "logs") as processes:
        postgres = start_postgres(processes, folder / "postgres", is_durable=False)
        postgres.ensure_databases(["chaos"])
        _upgrade(postgres.url("chaos"))
        url = _start_emulator(processes, folder)
        environment = build_environment(postgres.url("chaos"), url, folder / "docs")
        workspace = _hasty(open_workspace(environment))
        address = postgres.connection_url("chaos")
        made = tuple(_company(url, address, number, one) for number, one in enumerate(companies))
        servers = Servers(
            workspace,
            url,
            made,
            dict(switches),
            processes,
            postgres,
            folder,
            environment,
            seconds_ahead,
        )
        for one in made:
            _furnish(servers, one)
        servers.clear_faults()
        workspace.engine.dispose()
        try:
            yield servers
        finally:
            end_all()
            for one in made:
                one.database.close()
            workspace.close()
    remove_cluster(folder / "postgres")


def _hasty(workspace: Workspace) -> Workspace:
    grants.LOCK_SECONDS = 3  # a holder that stands still in a refresh has the others give up soon
    return replace(workspace, patience=HASTY, pace=UNHURRIED)


def _company(emulator_url: str, address: str, number: int, special: Mapping[str, Any]) -> Company:
    realm_id = str(FIRST_REALM + number)
    database = psycopg2.connect(address, connect_timeout=10, options="-c lock_timeout=300")
    database.autocommit = True
    books = Books(emulator_url, realm_id)
    return Company(realm_id, number + 1, books, database, **special)


def _furnish(servers: Servers, company: Company) -> None:
    preferences = {
        "TaxPrefs": {"UsingSalesTax": company.has_tax, "PartnerTaxEnabled": False},
        "CurrencyPrefs": {"MultiCurrencyEnabled": company.has_currencies},
    }
    order = {"realm": company.realm_id, "name": f"Company {company.organization_id}"}
    servers.side_door("companies", {**order, "preferences": preferences})
    servers.reconnect(company)
    propose_settings(servers.workspace, company.realm_id)
    chosen = {
        "max_deleted_ratio": "1",
        "max_rejected_ratio": "1",
        "opening_stock": "push",
        "tax": "total_tax" if company.has_tax else "none",
    }
    if company.has_stock_in_quickbooks:
        chosen |= {"opening_stock": "none", "stock_owner": "quickbooks"}
    confirm_settings(servers.workspace, company.realm_id, chosen)


def _upgrade(url: str) -> None:
    engine = create_engine(url)
    upgrade_database(engine)
    engine.dispose()


def _start_emulator(processes: Processes, folder: Path) -> str:
    port = find_free_port()
    program = "from quickbooks_emulator.cli import app; app()"
    options = ["--data", str(folder / "emulator"), "--port", str(port)]
    command = [sys.executable, "-c", program, "serve", *options, "--side-door", "--no-limits"]
    child = processes.start("emulator", command, environment=os.environ)
    url = f"http://127.0.0.1:{port}"
    wait_until(lambda: answers(f"{url}/_emulator/counters"), child, seconds=60)
    return url
