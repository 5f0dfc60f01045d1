"""What became of a part of a record that is sent beside the rest: it is added to the outcome that the record has."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, select, update

from quickbooks_sync.model.outcome import Outcome, RecordOutcome
from quickbooks_sync.postgres.runs.open_lists import to_listed, update_open_lists
from quickbooks_sync.postgres.runs.record_outcomes import write_run_outcomes
from quickbooks_sync.postgres.runs.scope import RunScope
from quickbooks_sync.postgres.tables import run_record

_FAILURES = frozenset((Outcome.REJECTED, Outcome.FAILED))
_SUCCESSES = frozenset((Outcome.CREATED, Outcome.UPDATED, Outcome.LINKED, Outcome.DIFFERS))


def add_outcomes(connection: Connection, scope: RunScope, parts: Sequence[RecordOutcome]) -> None:
    """Add what became of parts of some rows to the outcomes that the run has noted of these rows.

    A row has one outcome in a run. `unchanged` gives way to what is added, and a success to a failure; else the outcome
    stays what it was. The open lists follow from what is noted of the row itself; a part that is refused is listed
    unless the row is on the list already.

    Args:
        connection: An open transaction.
        scope: The run that sent the parts.
        parts: What became of each; at most one for a row.
    """
    noted = _read_noted(connection, scope.run_id, parts)
    write_run_outcomes(connection, scope, [part for part in parts if part.loupe_id not in noted])
    listed = []
    for part in parts:
        row = noted.get(part.loupe_id)
        if row is not None:
            _add(connection, row, part)
        if part.outcome == Outcome.REJECTED and (row is None or row.outcome != Outcome.REJECTED):
            listed.append(part)
    update_open_lists(connection, scope, listed)


def _read_noted(
    connection: Connection, run_id: int, parts: Sequence[RecordOutcome]
) -> dict[int | None, Row[Any]]:
    rows = connection.execute(
        select(run_record)
        .where(
            run_record.c.run_id == run_id,
            run_record.c.loupe_id.in_([part.loupe_id for part in parts]),
            run_record.c.outcome != "warning",
        )
        .order_by(run_record.c.run_record_id)
    )
    return {row.loupe_id: row for row in rows}


def _add(connection: Connection, row: Row[Any], part: RecordOutcome) -> None:
    said = part.reason or "; ".join(cause.message for cause in part.causes)
    values: dict[str, Any] = {"reason": f"{row.reason}; {said}" if row.reason else said}
    if _prevails(row.outcome, part.outcome):
        values["outcome"] = part.outcome
    if part.causes and row.detail is None:
        values |= {"rule": part.causes[0].rule, "field": part.causes[0].field}
        values["detail"] = to_listed(part.causes)
    connection.execute(
        update(run_record).where(run_record.c.run_record_id == row.run_record_id).values(**values)
    )


def _prevails(noted: str, added: Outcome) -> bool:
    return noted == Outcome.UNCHANGED or (noted in _SUCCESSES and added in _FAILURES)
