"""What tests run against: emulators in this process over real HTTP, and databases of a PostgreSQL server.

Everything heavy is imported inside its function, so that unit tests need neither a server nor its packages.
"""

import atexit
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


@dataclass(frozen=True)
class RunningEmulator:
    """An emulator that answers on a loopback port, side door open."""

    url: str
    data_folder: Path


StartEmulator = Callable[..., RunningEmulator]


def allowing(*urls: str) -> dict[str, str]:
    """The variable that lets tokens go to the servers of a test."""
    return {ALLOW_VARIABLE: ",".join(url.partition("://")[2] for url in urls)}


def emulator_starter(stack: ExitStack, folders: pytest.TempPathFactory) -> StartEmulator:
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
        _join_ending()
        _ending.append((thread, listener))


#: Emulators that were told to end. uvicorn takes two tenths of a second for it, during which the next test goes on.
_ending: list[tuple[threading.Thread, socket.socket]] = []


@atexit.register
def _join_ending() -> None:
    while _ending:
        thread, listener = _ending.pop()
        thread.join(timeout=10)
        listener.close()


def _wait_for(condition: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds} s in vain"
        time.sleep(0.01)


@contextmanager
def database(postgres_url: str, name: str, template: str | None = None) -> Iterator[str]:
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


def upgrade(url: str) -> None:
    from sqlalchemy import create_engine

    from quickbooks_sync.postgres.migrations import upgrade_database

    engine = create_engine(url)
    upgrade_database(engine)
    engine.dispose()
