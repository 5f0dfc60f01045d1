"""Stopping a load in the middle of its transaction, so that its process can be killed there."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import text

from tests.support.installation import House


def wait_until(condition: Callable[[], bool], seconds: float = 60) -> None:
    """Wait for a condition, and fail when it does not come about in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds} s in vain"
        time.sleep(0.05)


@contextmanager
def links_locked(house: House) -> Iterator[None]:
    """Let nobody write links: a load stops in the middle of its transaction."""
    with house.workspace.engine.connect() as connection, connection.begin():
        connection.execute(text("lock table quickbooks_sync.link in exclusive mode"))
        yield


def waits_for_lock(house: House) -> bool:
    """Whether a process waits for a lock in the installation's database."""
    with house.workspace.engine.connect() as connection:
        statement = text(
            "select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
            " and datname = current_database()"
        )
        return bool(connection.execute(statement).scalar_one())
