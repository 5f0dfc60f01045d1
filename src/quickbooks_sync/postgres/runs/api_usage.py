"""The ledger of QuickBooks calls per company, day, kind and run; it stops reads before Intuit does.

Intuit counts metered reads per calendar month, over all companies of one Intuit workspace, and blocks every read
when they are used up (Intuit: metering, section 6.1). So the budget is the connection's, and one for all companies of
this database.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, Engine, func, select, update
from sqlalchemy.dialects.postgresql import insert

from quickbooks_sync.model.errors import ReadBudgetSpentError
from quickbooks_sync.model.metering import METERED, CallKind
from quickbooks_sync.postgres.tables import api_call, run

#: Percent of the month's reads that are never spent: for calls in flight, and for the hours by which
#: Intuit's month may begin earlier or later than UTC's.
RESERVE_PERCENT = 2


class ApiUsage:
    """Counts a client's calls, each time in a transaction of its own.

    Call it outside transactions that have changed the run's row: it would wait for them.

    Args:
        engine: The database.
        realm_id: The company that is called.
        run_id: The run that the calls belong to; `None` for a person's command.
        monthly_reads: Metered reads that this installation may use in a month; `None` for any number.
    """

    def __init__(
        self, engine: Engine, realm_id: str, run_id: int | None, monthly_reads: int | None
    ) -> None:
        self._engine = engine
        self._realm_id = realm_id
        self._run_id = run_id
        self._monthly_reads = monthly_reads

    def ensure_allowed(self, kind: CallKind) -> None:
        """Raise `ReadBudgetSpentError` where the month's reads are used up to the reserve."""
        if self._monthly_reads is None or kind not in METERED:
            return
        with self._engine.connect() as connection:
            used = read_reads_of_month(connection, _today())
        if used >= to_stop(self._monthly_reads):
            raise ReadBudgetSpentError(
                f"This month's QuickBooks reads are used up: {used} of {self._monthly_reads}, of which "
                f"{RESERVE_PERCENT} % are kept back. Nothing is lost, and what is not read yet will be "
                "read in the first run of next month (UTC). To go on now, buy a larger plan from Intuit and raise "
                "monthly_reads in the QuickBooks connection. `quickbooks-sync reads` shows what used them.",
                used=used,
                monthly_reads=self._monthly_reads,
            )

    def count(self, kind: CallKind, number: int) -> None:
        """Add `number` calls of `kind` to the day's ledger and to the run."""
        with self._engine.begin() as connection:
            if self._run_id is not None:
                column = run.c.metered_reads if kind in METERED else run.c.writes
                connection.execute(
                    update(run)
                    .where(run.c.run_id == self._run_id)
                    .values({column: column + number})
                )
            connection.execute(_ADD, self._row(kind, number))

    def _row(self, kind: CallKind, number: int) -> dict[str, Any]:
        return {
            "realm_id": self._realm_id,
            "day": _today(),
            "kind": kind,
            "run_id": self._run_id,
            "is_metered": kind in METERED,
            "number": number,
        }


_NEW = insert(api_call)
_ADD = _NEW.on_conflict_do_update(
    index_elements=["realm_id", "day", "kind", "run_id"],
    set_={"number": api_call.c.number + _NEW.excluded.number},
)


def to_stop(monthly_reads: int) -> int:
    """Return the number of reads of a month from which no more are made."""
    return monthly_reads - -(-monthly_reads * RESERVE_PERCENT // 100)


def read_reads_of_month(connection: Connection, day: date) -> int:
    """Return the metered reads of all companies in the month of `day` (UTC)."""
    return int(
        connection.execute(
            select(func.coalesce(func.sum(api_call.c.number), 0)).where(
                api_call.c.is_metered, *_within_month(day)
            )
        ).scalar_one()
    )


def read_reads_by_day(connection: Connection, since: date) -> Mapping[date, int]:
    """Return the metered reads of all companies per day, for the days that have any."""
    found = connection.execute(
        select(api_call.c.day, func.sum(api_call.c.number))
        .where(api_call.c.is_metered, api_call.c.day >= since)
        .group_by(api_call.c.day)
    )
    return {day: int(number) for day, number in found}


def read_first_day(connection: Connection) -> date | None:
    """Return the day of the first call in the ledger."""
    first: date | None = connection.execute(select(func.min(api_call.c.day))).scalar_one()
    return first


def read_calls_of_month(
    connection: Connection, day: date, realm_id: str | None = None
) -> list[dict[str, Any]]:
    """Return the calls of a month by company, flow and kind, the most first.

    Returns:
        Dicts with `realm_id`, `flow` (`None` for people's commands), `kind`, `is_metered`, `calls`.
    """
    flow = run.c.direction + "_" + run.c.record_type + "s"
    calls = func.sum(api_call.c.number).label("calls")
    statement = (
        select(api_call.c.realm_id, flow.label("flow"), api_call.c.kind, api_call.c.is_metered)
        .add_columns(calls)
        .select_from(api_call.outerjoin(run, run.c.run_id == api_call.c.run_id))
        .where(*_within_month(day))
        .group_by(api_call.c.realm_id, flow, api_call.c.kind, api_call.c.is_metered)
        .order_by(api_call.c.is_metered.desc(), calls.desc(), api_call.c.kind)
    )
    if realm_id is not None:
        statement = statement.where(api_call.c.realm_id == realm_id)
    found = connection.execute(statement).mappings()
    return [{**row, "calls": int(row["calls"])} for row in found]


def _within_month(day: date) -> tuple[Any, Any]:
    first = day.replace(day=1)
    following = first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)
    return api_call.c.day >= first, api_call.c.day < following


def _today() -> date:
    return datetime.now(UTC).date()
