"""`quickbooks-sync db`: the schema of the database."""

import os

import typer
from sqlalchemy import Engine

from quickbooks_sync.cli.printing import to_visible
from quickbooks_sync.model.errors import ConfigurationError, RetryableError
from quickbooks_sync.postgres.connection.grant_rows import bind_unbound, read_unbound
from quickbooks_sync.postgres.connection.one_company import read_crowded
from quickbooks_sync.postgres.database.engine import build_engine
from quickbooks_sync.postgres.migrations import newest_revision, read_revision, upgrade_database
from quickbooks_sync.workspace import CONNECTION_VARIABLE, read_app

app = typer.Typer(help="Create or upgrade the database's schema.", no_args_is_help=True)


@app.command()
def upgrade() -> None:
    """Apply every migration that is missing; safe to repeat."""
    engine = build_engine()
    try:
        typer.echo(f"The database is at revision {upgrade_database(engine)}.")
        with engine.connect() as connection:
            crowded, has_unbound = read_crowded(connection), bool(read_unbound(connection))
        for sentence in crowded:
            typer.echo(to_visible(sentence))
        if has_unbound:
            _bind(engine)
    finally:
        engine.dispose()


@app.command()
def revision() -> None:
    """Show the database's revision and the newest one."""
    engine = build_engine()
    try:
        with engine.connect() as connection:
            found = read_revision(connection) or "none"
    finally:
        engine.dispose()
    typer.echo(f"The database is at revision {found}; the newest is {newest_revision()}.")


def _bind(engine: Engine) -> None:
    """Bind the grants of an older version to the app of this environment; that may wait, the upgrade is done."""
    later = (
        "The first run of each company binds its grant to the app that the connection then names."
    )
    if not os.environ.get(CONNECTION_VARIABLE):
        typer.echo(
            f"Grants are not bound to an app yet: {CONNECTION_VARIABLE} is not set here. {later}"
        )
        return
    try:
        app = read_app(os.environ)
        bound = bind_unbound(engine, app)
    except (ConfigurationError, RetryableError) as error:
        typer.echo(f"Grants are not bound to an app yet: {error.message} {later}", err=True)
        return
    if bound:
        typer.echo(f"Bound to the Intuit app {app.client_id}: the grants of {', '.join(bound)}.")
