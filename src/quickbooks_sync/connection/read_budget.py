"""The month's metered reads: used, forecast, and whether a person should do something about it."""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from math import ceil

from sqlalchemy import Connection

from quickbooks_sync.postgres.runs.api_usage import (
    read_first_day,
    read_reads_by_day,
    read_reads_of_month,
    to_stop,
)

#: So many whole days tell what a day costs.
DAYS_LOOKED_AT = 7
#: Used so far, in percent of the budget, from which a person is told.
WARN_PERCENT = 80


@dataclass(frozen=True)
class Budget:
    """How a month's metered reads stand, over all companies of the installation.

    Attributes:
        month: Its first day (UTC).
        used: Reads made so far.
        monthly_reads: The budget; `None` for any number.
        forecast: Reads at the end of the month, if every day is as the last seven were.
        level: `ok`, `warning`, or `urgent` when reads are stopped.
        message: All of it in words.
    """

    month: date
    used: int
    monthly_reads: int | None
    forecast: int
    level: str
    message: str


def read_budget(connection: Connection, monthly_reads: int | None, today: date) -> Budget:
    """Read how the month of `today` (UTC) stands."""
    used = read_reads_of_month(connection, today)
    days_left = calendar.monthrange(today.year, today.month)[1] - today.day
    forecast = used + ceil(_reads_a_day(connection, today, used) * days_left)
    level = _judge(used, forecast, monthly_reads)
    message = _describe(today, used, forecast, monthly_reads, level)
    return Budget(today.replace(day=1), used, monthly_reads, forecast, level, message)


def _reads_a_day(connection: Connection, today: date, used: int) -> Fraction:
    """Return the mean of the last whole days; on the first day of all, what it has used."""
    first = read_first_day(connection)
    since = today - timedelta(days=DAYS_LOOKED_AT)
    if first is not None:
        since = max(since, first)
    days = (today - since).days
    if first is None or days == 0:
        return Fraction(used)
    reads = read_reads_by_day(connection, since)
    return Fraction(sum(number for day, number in reads.items() if day < today), days)


def _judge(used: int, forecast: int, monthly_reads: int | None) -> str:
    if monthly_reads is None:
        return "ok"
    if used >= to_stop(monthly_reads):
        return "urgent"
    if forecast > to_stop(monthly_reads) or used * 100 >= monthly_reads * WARN_PERCENT:
        return "warning"
    return "ok"


def _describe(today: date, used: int, forecast: int, monthly_reads: int | None, level: str) -> str:
    said = f"{today:%B %Y} (UTC): {used} metered reads used, {forecast} expected by the end"
    if monthly_reads is None:
        return f"{said}; no budget is known here"
    said = f"{said}, of {monthly_reads}"
    if level == "urgent":
        return f"{said}; reads are stopped until next month"
    if level == "warning":
        return (
            f"{said}; reads stop at {to_stop(monthly_reads)}. See what uses them with `quickbooks-sync "
            "reads`; sync less often, or buy a larger plan and raise monthly_reads in the QuickBooks connection"
        )
    return said
