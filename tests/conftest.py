"""What several kinds of tests share: one PostgreSQL server a session, fresh databases, and running emulators.

Everything heavy is imported inside its fixture, so that unit tests need neither a server nor its packages.
"""

import itertools
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ALLOW_VARIABLE = "QUICKBOOKS_SYNC_ALLOW_HOSTS"
TEST_DATABASE_VARIABLE = "QUICKBOOKS_SYNC_TEST_DATABASE_URL"
_numbers = itertools.count(1)


@dataclass(frozen=True)
class RunningEmulator:
    """An emulator that answers on a loopback port, side door open."""

    url: str
    data_folder: Path


StartEmulator = Callable[..., RunningEmulator]


def allowing(*urls: str) -> dict[str, str]:
    """The variable that lets tokens go to the servers of a test."""
    return {ALLOW_VARIABLE: ",".join(url.partition("://")[2] for url in urls)}


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """SQLAlchemy URL of a server's maintenance database, for a superuser.

    The server is the session's own embedded one, or the one that QUICKBOOKS_SYNC_TEST_DATABASE_URL names.
    """
    given = os.environ.get(TEST_DATABASE_VARIABLE)
    if given:
        yield given
        return
    from demo.embedded_postgres import remove_cluster, start_postgres
    from demo.processes import Processes

    folder = tmp_path_factory.mktemp("postgres-server")
    with Processes(folder / "logs") as processes:
        yield start_postgres(processes, folder / "postgres", is_durable=False).url("postgres")
    remove_cluster(folder / "postgres")


@pytest.fixture(scope="session")
def migrated_template(postgres_url: str) -> Iterator[str]:
    """Name of a database with every migration applied; copied for each test module."""
    with _database(postgres_url, f"template_{os.getpid()}") as url:
        _upgrade(url)
        yield url.rpartition("/")[2]


@pytest.fixture(scope="module")
def database_url(postgres_url: str, migrated_template: str) -> Iterator[str]:
    """URL of a database of the test module's own: both schemas, no rows."""
    with _database(postgres_url, f"test_{os.getpid()}_{next(_numbers)}", migrated_template) as url:
        yield url


@pytest.fixture
def fresh_database_url(postgres_url: str, migrated_template: str) -> Iterator[str]:
    """URL of a database of the single test's own: both schemas, no rows."""
    with _database(postgres_url, f"test_{os.getpid()}_{next(_numbers)}", migrated_template) as url:
        yield url


@pytest.fixture(scope="session")
def start_session_emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StartEmulator]:
    """As `start_emulator`, the emulators living as long as the session."""
    with ExitStack() as stack:
        yield _emulator_starter(stack, tmp_path_factory)


@pytest.fixture(scope="module")
def start_module_emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StartEmulator]:
    """As `start_emulator`, the emulators living as long as the test module."""
    with ExitStack() as stack:
        yield _emulator_starter(stack, tmp_path_factory)


@pytest.fixture
def start_emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StartEmulator]:
    """A function that starts an emulator in this process, over real HTTP.

    Call it as `start_emulator(seed=True, data_folder=None, **options)`; the options go to
    `quickbooks_emulator.app.create_app`, with the side door open and rate limits off by default.
    """
    with ExitStack() as stack:
        yield _emulator_starter(stack, tmp_path_factory)


@pytest.fixture
def emulator(start_emulator: StartEmulator) -> RunningEmulator:
    """An emulator with the sample companies in it, fresh for the test."""
    return start_emulator()


def _emulator_starter(stack: ExitStack, folders: pytest.TempPathFactory) -> StartEmulator:
    def start(
        *, seed: bool = True, data_folder: Path | None = None, **options: Any
    ) -> RunningEmulator:
        from quickbooks_emulator.app import create_app

        data = data_folder or folders.mktemp("emulator")
        app = create_app(data, **{"side_door": True, "limits": False, "sample": seed, **options})
        return RunningEmulator(stack.enter_context(_served(app)), data)

    return start


@contextmanager
def _served(app: Any) -> Iterator[str]:
    import uvicorn

    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        _wait_for(lambda: server.started or not thread.is_alive())
        assert server.started, "the emulator ended instead of serving"
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=10)
        listener.close()


def _wait_for(condition: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds} s in vain"
        time.sleep(0.01)


@contextmanager
def _database(postgres_url: str, name: str, template: str | None = None) -> Iterator[str]:
    _execute(
        postgres_url, f"create database {name}" + (f" template {template}" if template else "")
    )
    try:
        yield f"{postgres_url.rpartition('/')[0]}/{name}"
    finally:
        _execute(postgres_url, f"drop database {name} with (force)")


def _execute(postgres_url: str, statement: str) -> None:
    import psycopg2

    connection = psycopg2.connect(postgres_url.replace("+psycopg2", "", 1), connect_timeout=10)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
    finally:
        connection.close()


def _upgrade(url: str) -> None:
    from sqlalchemy import create_engine

    from quickbooks_sync.postgres.migrations import upgrade_database

    engine = create_engine(url)
    upgrade_database(engine)
    engine.dispose()
