"""What several kinds of tests share: one PostgreSQL server a session, fresh databases, and running emulators.

Everything heavy is imported inside its fixture, so that unit tests need neither a server nor its packages.
"""

import itertools
import os
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.support.servers import (
    RunningEmulator,
    StartEmulator,
    database,
    emulator_starter,
    upgrade,
)

TEST_DATABASE_VARIABLE = "QUICKBOOKS_SYNC_TEST_DATABASE_URL"
_numbers = itertools.count(1)


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
    with database(postgres_url, f"template_{os.getpid()}") as url:
        upgrade(url)
        yield url.rpartition("/")[2]


@pytest.fixture(scope="module")
def database_url(postgres_url: str, migrated_template: str) -> Iterator[str]:
    """URL of a database of the test module's own: both schemas, no rows."""
    with database(postgres_url, f"test_{os.getpid()}_{next(_numbers)}", migrated_template) as url:
        yield url


@pytest.fixture
def fresh_database_url(postgres_url: str, migrated_template: str) -> Iterator[str]:
    """URL of a database of the single test's own: both schemas, no rows."""
    with database(postgres_url, f"test_{os.getpid()}_{next(_numbers)}", migrated_template) as url:
        yield url


@pytest.fixture(scope="session")
def start_session_emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StartEmulator]:
    """As `start_emulator`, the emulators living as long as the session."""
    with ExitStack() as stack:
        yield emulator_starter(stack, tmp_path_factory)


@pytest.fixture(scope="module")
def start_module_emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StartEmulator]:
    """As `start_emulator`, the emulators living as long as the test module."""
    with ExitStack() as stack:
        yield emulator_starter(stack, tmp_path_factory)


@pytest.fixture
def start_emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StartEmulator]:
    """A function that starts an emulator in this process, over real HTTP.

    Call it as `start_emulator(seed=True, data_folder=None, **options)`; the options go to
    `quickbooks_emulator.app.create_app`, with the side door open and rate limits off by default.
    """
    with ExitStack() as stack:
        yield emulator_starter(stack, tmp_path_factory)


@pytest.fixture
def emulator(start_emulator: StartEmulator) -> RunningEmulator:
    """An emulator with the sample companies in it, fresh for the test."""
    return start_emulator()
