"""Parts of a transaction that are undone alone."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import Connection, text

from quickbooks_sync.postgres.database.refused import about


@contextmanager
def savepoint(connection: Connection, names: Sequence[str] = ()) -> Iterator[None]:
    """Undo what is written here where it is refused, and nothing else.

    What the database would check at commit, it checks at the end of this part: by then nothing could be told apart.

    Args:
        connection: An open transaction.
        names: What to call the only record that is written here, where that check refuses it.
    """
    with connection.begin_nested():
        yield
        with about(names):
            connection.execute(text("set constraints all immediate"))
        connection.execute(text("set constraints all deferred"))


@contextmanager
def undone(connection: Connection) -> Iterator[None]:
    """Undo in the end whatever is written here: it was only tried."""
    nested = connection.begin_nested()
    try:
        yield
    finally:
        nested.rollback()
