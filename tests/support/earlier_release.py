"""An installation as an earlier release left it: database, QuickBooks companies, and the runs that were open."""

import gzip
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg2
from sqlalchemy import Engine, create_engine, text

from quickbooks_sync.model.flow import BatchManifest, RunManifest
from quickbooks_sync.model.json_text import parse_json
from quickbooks_sync.workspace import open_workspace
from tests.support.installation import House, build_environment
from tests.support.servers import StartEmulator

#: Realm id and Loupe organization of the companies in a dump.
COMPANIES = (("9341450000000001", 1), ("9341450000000777", 2))
#: How long after the dump the emulator's clock goes on: the next working hours of the companies.
LATER = timedelta(hours=2)

Row = dict[str, Any]


@dataclass(frozen=True)
class OpenRun:
    """A run that was under way at the dump, as its orchestrator remembers it."""

    run: RunManifest
    batches: list[BatchManifest]


@dataclass(frozen=True)
class EarlierRelease:
    """A dump, restored, and the installation around it.

    Attributes:
        houses: The companies of the dump.
        open_runs: The runs that were under way in them.
        engine: The restored database, which was not upgraded.
    """

    houses: tuple[House, ...]
    open_runs: tuple[OpenRun, ...]
    engine: Engine

    def read(self, table: str) -> list[Row]:
        """Read a table of `quickbooks_sync` or `loupe` as JSON values, whatever its columns are."""
        schema = table if "." in table else f"quickbooks_sync.{table}"
        with self.engine.connect() as connection:
            return list(connection.scalars(text(f"select to_jsonb(t) from {schema} as t")))

    def execute(self, statement: str) -> None:
        """Change the database."""
        with self.engine.begin() as connection:
            connection.execute(text(statement))


Restore = Callable[[], EarlierRelease]


@contextmanager
def restored(
    dump: Path, database_url: str, start_emulator: StartEmulator, folder: Path
) -> Iterator[EarlierRelease]:
    """Restore a dump into an empty database, and serve its companies.

    The emulator's clock stands where the dump was made, so that grants and remembered answers are as old as they were.

    Args:
        dump: The folder of the dump.
        database_url: An empty database.
        start_emulator: Starts an emulator on a data folder.
        folder: Where the emulator and the reports may write.
    """
    from quickbooks_emulator.model.clock import MovableClock

    left = parse_json((dump / "left_running.json").read_text())
    data = folder / "emulator"
    data.mkdir()
    (data / "emulator.sqlite3").write_bytes(_unpack(dump / "emulator.sqlite3.gz"))
    clock = MovableClock()
    clock.put(datetime.fromisoformat(left["made_at"]) + LATER)
    emulator = start_emulator(seed=False, data_folder=data, clock=clock)
    hosts = urlsplit(left["emulator"]).netloc, urlsplit(emulator.url).netloc
    _execute(database_url, _unpack(dump / "loupe.sql.gz").decode().replace(*hosts))
    environment = build_environment(database_url, emulator.url, folder / "docs", left["key"])
    workspace = open_workspace(environment)
    engine = create_engine(database_url)
    houses = tuple(House(workspace, emulator.url, realm, number) for realm, number in COMPANIES)
    open_runs = tuple(OpenRun(entry["run"], entry["batches"]) for entry in left["running"])
    yield EarlierRelease(houses, open_runs, engine)
    engine.dispose()
    workspace.close()


def _unpack(file: Path) -> bytes:
    return gzip.decompress(file.read_bytes())


def _execute(database_url: str, script: str) -> None:
    connection = psycopg2.connect(database_url.replace("+psycopg2", "", 1), connect_timeout=10)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(script)
    finally:
        connection.close()
