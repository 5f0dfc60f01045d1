"""`reads`: what used the month's metered reads, and whether they will last."""

import os
from datetime import UTC, date, datetime
from typing import Annotated

import typer

from quickbooks_sync.cli.options import AsJson, Company
from quickbooks_sync.cli.printing import print_json, print_rows
from quickbooks_sync.connection.read_budget import read_budget
from quickbooks_sync.model.errors import ConfigurationError
from quickbooks_sync.postgres.database.engine import build_engine
from quickbooks_sync.postgres.runs.api_usage import read_calls_of_month
from quickbooks_sync.workspace import CONNECTION_VARIABLE, read_app

Month = Annotated[
    str | None, typer.Option("--month", help="Such as 2026-11; this month by default.")
]


def reads(company: Company = None, month: Month = None, as_json: AsJson = False) -> None:
    """Tell the month's metered reads: used, forecast, budget, and by company, flow and kind of call."""
    today = datetime.now(UTC).date()
    day = today if month is None else _parse_month(month)
    monthly_reads = _read_monthly_reads()
    with build_engine().connect() as connection:
        budget = read_budget(connection, monthly_reads, today)
        calls = read_calls_of_month(connection, day, company)
    if as_json:
        print_json({"budget": budget.__dict__, "month": f"{day:%Y-%m}", "calls": calls})
        return
    if month is None:
        typer.echo(f"{budget.message}.")
    columns = ("realm_id", "flow", "kind", "is_metered", "calls")
    print_rows(calls, columns, as_json=False, empty=f"No calls in {day:%B %Y}.")


def _read_monthly_reads() -> int | None:
    """Return the connection's budget; `None` where the command does not know the connection."""
    if not os.environ.get(CONNECTION_VARIABLE):
        return None
    return read_app(os.environ).monthly_reads


def _parse_month(text: str) -> date:
    try:
        return datetime.strptime(f"{text}-01", "%Y-%m-%d").replace(tzinfo=UTC).date()
    except ValueError:
        raise ConfigurationError(f"{text!r} is not a month; write it as 2026-11.") from None
