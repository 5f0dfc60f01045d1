"""Puts the commands together, and turns every expected error into a message and an exit status."""

from typing import Any

import typer
from typer.core import TyperGroup

from quickbooks_sync.cli import acting, activity, companies, database, reads, review, settings
from quickbooks_sync.model.errors import ConfigurationError, SyncError

#: Exit statuses: 1 try again or look into it, 2 something must be changed first.
FAILED, MISCONFIGURED = 1, 2

#: SQLSTATE of a missing table, schema or column.
_NOT_THERE = ("42P01", "3F000", "42703")


class SyncGroup(TyperGroup):
    """A command group whose expected errors end in one message on stderr, never a traceback."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command that was asked for."""
        try:
            return super().invoke(ctx)
        except SyncError as error:
            if error.facts.get("sqlstate") in _NOT_THERE:
                stop(
                    "The database is not at this version's schema. Run `quickbooks-sync db upgrade`.",
                    MISCONFIGURED,
                )
            stop(error.message, MISCONFIGURED if isinstance(error, ConfigurationError) else FAILED)


def stop(message: str, status: int) -> None:
    """Say what is wrong on stderr and end with a status."""
    typer.echo(message, err=True)
    raise typer.Exit(status)


app = typer.Typer(
    cls=SyncGroup,
    name="quickbooks-sync",
    help="Keeps QuickBooks Online and Loupe Factory the same: customers, invoices, payments, items.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(database.app, name="db")
app.command("connect")(companies.connect)
app.command("disconnect")(companies.disconnect)
app.command("companies")(companies.companies)
app.add_typer(settings.app, name="settings")
app.command("review")(review.review)
app.command("runs")(activity.runs)
app.command("reads")(reads.reads)
app.command("records")(activity.records)
app.command("waiting")(activity.waiting)
app.command("missing")(activity.missing)
app.command("rejected")(activity.rejected)
app.command("conflicts")(activity.conflicts)
app.command("decide")(acting.decide)
app.command("link")(acting.link)
app.command("unlink")(acting.unlink)
app.command("retry")(acting.retry)
app.add_typer(acting.gate, name="gate")
