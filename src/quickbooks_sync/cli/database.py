"""`quickbooks-sync db`: the schema of the database."""

import typer

from quickbooks_sync.postgres.engine import build_engine
from quickbooks_sync.postgres.migrations import newest_revision, read_revision, upgrade_database

app = typer.Typer(help="Create or upgrade the database's schema.", no_args_is_help=True)


@app.command()
def upgrade() -> None:
    """Apply every migration that is missing; safe to repeat."""
    engine = build_engine()
    try:
        typer.echo(f"The database is at revision {upgrade_database(engine)}.")
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
