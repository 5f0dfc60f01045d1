"""The connection pool to the one Postgres database that holds both schemas."""

import logging
import os
from collections.abc import Callable, Mapping
from typing import Any

import psycopg2
from psycopg2 import extensions
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL, ExceptionContext, make_url
from sqlalchemy.exc import ArgumentError

from quickbooks_sync.model.errors import ConfigurationError, SyncError, UnreachableError
from quickbooks_sync.model.json_text import parse_json, to_json
from quickbooks_sync.model.unreadable import read_date, read_moment, read_number
from quickbooks_sync.postgres.database.refused import hide_values, is_lost, to_sync_error

DATABASE_VARIABLE = "QUICKBOOKS_SYNC_DATABASE_URL"

CONNECT_SECONDS = 10
#: The longest statement is a COPY or merge of one batch; what takes longer hangs.
STATEMENT_SECONDS = 600

#: What PostgreSQL says at connect when trying again cannot help.
_LASTING_REFUSALS = ("authentication failed", "does not exist", "no pg_hba.conf entry")


def build_engine(url: str | None = None, *, environ: Mapping[str, str] = os.environ) -> Engine:
    """Build the engine for `url`, or for the one that QUICKBOOKS_SYNC_DATABASE_URL names.

    JSONB columns give and take `Decimal` numbers; sessions run in UTC. A day, a moment or a number that Python cannot
    hold comes as `Unreadable`, so that the rows beside it can be read. Nothing is connected yet. Whatever
    PostgreSQL refuses is raised as one of the sync's own errors, which hold no value of a row; nor does what
    SQLAlchemy logs, at any level.

    Raises:
        ConfigurationError: There is no URL, or it is not one of PostgreSQL. Later, on first use:
            the server refuses the user or has no such database.
        UnreachableError: On first use or later: the server does not answer.
        RetryableError: Later: a deadlock or the like.
        FatalError: Later: what was sent is refused, by a constraint or a trigger, say.
    """
    engine = create_engine(
        parse_database_url(url or environ.get(DATABASE_VARIABLE, "")),
        json_serializer=to_json,
        json_deserializer=parse_json,
        hide_parameters=True,
        logging_name=_LOGGING_NAME,
        pool_pre_ping=True,
        pool_recycle=1800,
        connect_args={
            "connect_timeout": CONNECT_SECONDS,
            "application_name": "quickbooks-sync",
            "options": f"-c timezone=UTC -c statement_timeout={STATEMENT_SECONDS * 1000}",
            "keepalives_idle": 30,
            "keepalives_interval": 10,
            "keepalives_count": 3,
        },
    )
    _refuse_without_values(engine)
    event.listen(engine, "connect", _read_each_value_alone)
    event.listen(engine, "handle_error", _to_sync_error)
    return engine


#: PostgreSQL's types by their numbers: date, timestamp, timestamp with zone, numeric.
_READERS: Mapping[tuple[int, ...], Callable[[str], Any]] = {
    (1082,): read_date,
    (1114, 1184): read_moment,
    (1700,): read_number,
}


def _read_each_value_alone(driver_connection: Any, _record: Any) -> None:
    """Read values so that one which Python cannot hold does not raise for the whole result."""
    for numbers, read in _READERS.items():
        extensions.register_type(_to_type(numbers, read), driver_connection)


def _to_type(numbers: tuple[int, ...], read: Callable[[str], Any]) -> Any:
    def cast(text: Any, _cursor: Any) -> Any:
        return None if text is None else read(text)

    return extensions.new_type(numbers, read.__name__, cast)


def _refuse_without_values(engine: Engine) -> None:
    """Translate refusals where statements are run: what is raised later than that would be chained to them."""
    dialect = engine.dialect

    def do_execute(cursor: Any, statement: str, parameters: Any, context: Any) -> bool:
        run = dialect.do_execute
        return _run(lambda: run(cursor, statement, parameters, context), statement)

    def do_executemany(cursor: Any, statement: str, parameters: Any, context: Any) -> bool:
        run = dialect.do_executemany
        return _run(lambda: run(cursor, statement, parameters, context), statement)

    def do_execute_no_params(cursor: Any, statement: str, context: Any) -> bool:
        run = dialect.do_execute_no_params
        return _run(lambda: run(cursor, statement, context), statement)

    for listener in (do_execute, do_executemany, do_execute_no_params):
        event.listen(engine, listener.__name__, listener)


def _run(run: Callable[[], None], statement: str) -> bool:
    """Run a statement; a lost connection is left to SQLAlchemy, whose pool must hear of it."""
    try:
        run()
    except psycopg2.Error as error:
        if is_lost(error):
            raise
        refusal = to_sync_error(error, statement)
    else:
        return True
    raise refusal


def _is_no_row(record: logging.LogRecord) -> bool:
    """SQLAlchemy logs the rows of every result at DEBUG, whatever `hide_parameters` says."""
    return record.levelno > logging.DEBUG


_LOGGING_NAME = "quickbooks-sync"
logging.getLogger(f"sqlalchemy.engine.Engine.{_LOGGING_NAME}").addFilter(_is_no_row)


def parse_database_url(url: str) -> URL:
    """Parse a PostgreSQL URL and settle its driver.

    A bare `postgresql://` means psycopg 3 to SQLAlchemy 2.1; COPY is written for psycopg2.
    """
    if not url:
        raise ConfigurationError(
            f"There is no database URL: set {DATABASE_VARIABLE} to "
            "postgresql+psycopg2://user:password@host:port/database."
        )
    try:
        parsed = make_url(url)
    except ArgumentError:
        parsed = URL.create("unreadable")
    if parsed.drivername.partition("+")[0] not in ("postgresql", "postgres"):
        raise ConfigurationError(
            f"{DATABASE_VARIABLE} does not hold a PostgreSQL URL; write "
            "postgresql+psycopg2://user:password@host:port/database."
        )
    return parsed.set(drivername="postgresql+psycopg2")


def _to_sync_error(context: ExceptionContext) -> SyncError | None:
    if context.is_pre_ping:
        return None  # The pool takes another connection, which is refused by name if it cannot be had either.
    original = context.original_exception
    is_connecting = context.connection is None
    if not (context.is_disconnect or is_connecting):
        if not isinstance(original, psycopg2.Error):
            return None
        # At COMMIT, that is: a constraint that was deferred. SQLAlchemy chains the original.
        refusal = to_sync_error(original, context.statement or "")
        hide_values(original)
        return refusal
    where = _place(context.engine)
    said = _first_line(original)
    if any(sign in said for sign in _LASTING_REFUSALS):
        return ConfigurationError(
            f"PostgreSQL at {where} refused the connection: {said}. Correct {DATABASE_VARIABLE}.",
            server=where,
        )
    return UnreachableError(
        f"PostgreSQL at {where} did not answer: {said}. "
        f"Check that it runs and that {DATABASE_VARIABLE} names it; what was not committed is undone.",
        server=where,
    )


def _place(engine: Engine | None) -> str:
    if engine is None:
        return "an unknown address"
    return f"{engine.url.host or 'localhost'}:{engine.url.port or 5432}/{engine.url.database}"


def _first_line(error: Any) -> str:
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[0].rstrip(".")
