"""Brings a database to the newest schema: `upgrade_database(engine)`, safe to repeat and to run twice at once.

Alembic needs no configuration file here: the scripts live in this package, the connection is handed over.
A schema change is a new module in `versions`; a test compares the result with `schema.metadata`.
"""

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import OperationalError, ProgrammingError

from quickbooks_sync.model.errors import (
    ConfigurationError,
    FatalError,
    RetryableError,
    UnreachableError,
)
from quickbooks_sync.postgres.tables import LOUPE_SCHEMA, SYNC_SCHEMA

VERSION_TABLE = "schema_version"

#: Any number that nothing else in the database uses for an advisory lock.
_UPGRADE_LOCK = 7_305_001_002
_LOCK_TIMEOUT = "60s"


def upgrade_database(engine: Engine) -> str:
    """Apply every migration that is missing, in one transaction, and return the newest revision.

    Args:
        engine: A database whose role may create schemas, or in which both exist already.

    Raises:
        UnreachableError: The server does not answer, or another upgrade holds the lock.
        ConfigurationError: The role lacks a right, or tables stand in the way that this
            project did not create.
    """
    try:
        with engine.begin() as connection:
            return _upgrade(connection)
    except UnreachableError:
        raise
    except (OperationalError, RetryableError) as error:
        raise UnreachableError(
            f"The database {_name(engine)} could not be upgraded: {_first_line(error)} "
            "Check that the server runs and that no other upgrade is under way, then try again.",
            server="postgres",
        ) from None
    except (ProgrammingError, FatalError) as error:
        raise ConfigurationError(
            f"The schema of the database {_name(engine)} could not be upgraded: "
            f"{_first_line(error)} Nothing was changed. The role needs the right to create "
            f"schemas, and {LOUPE_SCHEMA} and {SYNC_SCHEMA} must not hold tables made otherwise."
        ) from None


def read_revision(connection: Connection) -> str | None:
    """Return the revision the database stands at; `None` when it was never upgraded."""
    options = {"version_table": VERSION_TABLE, "version_table_schema": SYNC_SCHEMA}
    return MigrationContext.configure(connection, opts=options).get_current_revision()


def newest_revision() -> str:
    """Return the revision that `upgrade_database` brings a database to."""
    head = ScriptDirectory.from_config(build_config()).get_current_head()
    return str(head)


def build_config(connection: Connection | None = None) -> Config:
    """Return Alembic's configuration for this package; `env.py` uses the connection."""
    config = Config()
    config.set_main_option("script_location", "quickbooks_sync.postgres:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _upgrade(connection: Connection) -> str:
    connection.execute(text(f"set local lock_timeout = '{_LOCK_TIMEOUT}'"))
    connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _UPGRADE_LOCK})
    for schema in (LOUPE_SCHEMA, SYNC_SCHEMA):
        connection.execute(text(f"create schema if not exists {schema}"))
    command.upgrade(build_config(connection), "head")
    return str(read_revision(connection))


def _name(engine: Engine) -> str:
    return f"{engine.url.database} on {engine.url.host or 'the local server'}"


def _first_line(error: Exception) -> str:
    message = str(getattr(error, "orig", error)).strip().splitlines()
    return f"{message[0].rstrip('.')}." if message else "no reason was given."
