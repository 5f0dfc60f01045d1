"""What happened to every record: outcomes per run, and the records that wait, fail or conflict."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Text, cast, delete, func, select

from quickbooks_sync.model.flow import Direction
from quickbooks_sync.model.outcome import RECORD_CONFLICT, Outcome, RecordOutcome
from quickbooks_sync.model.problem import Problem, to_problems
from quickbooks_sync.postgres.database.copying import copy_rows
from quickbooks_sync.postgres.runs.open_lists import to_listed, update_open_lists
from quickbooks_sync.postgres.runs.scope import RunScope
from quickbooks_sync.postgres.tables import conflict, rejected_record, run_record, waiting_record


def write_outcomes(
    connection: Connection, scope: RunScope, outcomes: Sequence[RecordOutcome]
) -> None:
    """Write the outcome of every record, and bring the open lists up to date."""
    write_run_outcomes(connection, scope, outcomes)
    update_open_lists(connection, scope, outcomes)


def write_run_outcomes(
    connection: Connection, scope: RunScope, outcomes: Sequence[RecordOutcome]
) -> None:
    """Write the outcome of every record of a run, and nothing else."""
    _copy(connection, (row for outcome in outcomes for row in _run_rows(scope, outcome)))


def write_warnings(
    connection: Connection, scope: RunScope, outcomes: Sequence[RecordOutcome]
) -> None:
    """Write what is to be said beside the outcomes of some records, which are known later."""
    rows = (row for outcome in outcomes for row in _run_rows(scope, outcome))
    _copy(connection, (row for row in rows if row["outcome"] == "warning"))


def _copy(connection: Connection, rows: Iterable[dict[str, Any]]) -> None:
    columns = [c.name for c in run_record.columns if c.name not in ("run_record_id", "recorded_at")]
    copy_rows(connection, run_record, columns, rows)


def forget_outcomes(connection: Connection, run_id: int, *, outcome: Outcome | None = None) -> None:
    """Forget what an earlier try of the same run said of its records: all of it, or one outcome."""
    statement = delete(run_record).where(run_record.c.run_id == run_id)
    if outcome is not None:
        statement = statement.where(run_record.c.outcome == outcome)
    connection.execute(statement)


def read_written_ids(
    connection: Connection, run_id: int, quickbooks_ids: Collection[str]
) -> set[str]:
    """Return those QuickBooks records whose outcome a run has written already."""
    rows = connection.scalars(
        select(run_record.c.quickbooks_id).where(
            run_record.c.run_id == run_id, run_record.c.quickbooks_id.in_(list(quickbooks_ids))
        )
    )
    return set(rows)


def read_outcome_counts(connection: Connection, run_id: int) -> dict[str, int]:
    """Count a run's records by outcome (warnings apart, as `warning`)."""
    rows = connection.execute(
        select(run_record.c.outcome, func.count())
        .where(run_record.c.run_id == run_id)
        .group_by(run_record.c.outcome)
    )
    return {row[0]: row[1] for row in rows}


def read_conflicted_loupe_ids(
    connection: Connection, realm_id: str, record_type: str
) -> dict[int, str]:
    """Return the Loupe ids that an open conflict without a link names, with the reason."""
    rows = connection.execute(
        select(conflict.c.loupe_id, conflict.c.reason).where(
            conflict.c.realm_id == realm_id,
            conflict.c.record_type == record_type,
            conflict.c.resolved_at.is_(None),
            conflict.c.loupe_id.is_not(None),
            conflict.c.field == RECORD_CONFLICT,
            conflict.c.decision.is_distinct_from("separate"),
        )
    )
    return {row.loupe_id: row.reason for row in rows}


def read_held_ids(
    connection: Connection,
    realm_id: str,
    record_type: str,
    lines: str,
    source_ids: Collection[str],
) -> set[str]:
    """Return those Loupe rows that an earlier push held for the money that they settle.

    Args:
        connection: An open connection.
        realm_id: The company.
        record_type: The record type.
        lines: Its field that says what it settles.
        source_ids: The rows.
    """
    conflicts = select(cast(conflict.c.loupe_id, Text)).where(
        conflict.c.realm_id == realm_id,
        conflict.c.record_type == record_type,
        conflict.c.resolved_at.is_(None),
        conflict.c.field == lines,
    )
    waiting = select(waiting_record.c.source_id).where(
        waiting_record.c.realm_id == realm_id,
        waiting_record.c.record_type == record_type,
        waiting_record.c.direction == Direction.PUSH,
        waiting_record.c.waits_for == record_type,
    )
    return set(connection.scalars(conflicts.union(waiting))) & set(source_ids)


def read_rejected_ids(
    connection: Connection,
    realm_id: str,
    record_type: str,
    direction: Direction,
    source_ids: Collection[str],
) -> set[str]:
    """Return those of the records that are listed as rejected."""
    rows = connection.scalars(
        select(rejected_record.c.source_id).where(
            rejected_record.c.realm_id == realm_id,
            rejected_record.c.record_type == record_type,
            rejected_record.c.direction == direction,
            rejected_record.c.source_id.in_(list(source_ids)),
        )
    )
    return set(rows)


def read_known_rejections(
    connection: Connection,
    realm_id: str,
    record_type: str,
    direction: Direction,
    source_ids: Collection[str],
) -> dict[str, RecordOutcome]:
    """Return what was listed of those records with which runs have passed, or that people accepted, by source id."""
    rows = connection.execute(
        select(rejected_record).where(
            rejected_record.c.realm_id == realm_id,
            rejected_record.c.record_type == record_type,
            rejected_record.c.direction == direction,
            rejected_record.c.is_known,
            rejected_record.c.source_id.in_(list(source_ids)),
        )
    )
    return {
        row.source_id: RecordOutcome(
            row.source_id,
            Outcome.REJECTED,
            causes=to_problems(row.causes),
            source_version=row.source_version,
            retry_key=row.retry_key,
        )
        for row in rows
    }


def read_refusals(
    connection: Connection, realm_id: str, record_type: str, source_ids: Sequence[str]
) -> dict[str, tuple[str, tuple[Problem, ...]]]:
    """Return push rejections by source id: the retry key under which they hold, and the causes."""
    rows = connection.execute(
        select(rejected_record).where(
            rejected_record.c.realm_id == realm_id,
            rejected_record.c.record_type == record_type,
            rejected_record.c.direction == Direction.PUSH,
            rejected_record.c.source_id.in_(list(source_ids)),
        )
    )
    return {row.source_id: (row.retry_key, to_problems(row.causes)) for row in rows}


def _run_rows(scope: RunScope, outcome: RecordOutcome) -> Iterable[dict[str, Any]]:
    common = {
        "run_id": scope.run_id,
        "loupe_id": outcome.loupe_id,
        "quickbooks_id": outcome.quickbooks_id,
    }
    yield {
        **common,
        "outcome": outcome.outcome,
        **_reason_columns(outcome),
        "detail": [*to_listed(outcome.causes)]
        or [vars(conflict) for conflict in outcome.conflicts]
        or None,
    }
    for warning in outcome.warnings:
        yield {**common, "outcome": "warning", **_problem_columns(warning)}


def _reason_columns(outcome: RecordOutcome) -> dict[str, Any]:
    """A conflict names the field that the record's row is about, a cause the rule."""
    cause = outcome.causes[0] if outcome.causes else None
    held = outcome.conflicts[0] if outcome.conflicts else None
    reason = outcome.reason or (cause.message if cause else held.reason if held else None)
    field = held.field if held else cause.field if cause else None
    return {"rule": cause.rule if cause else None, "field": field, "reason": reason}


def _problem_columns(problem: Problem) -> dict[str, Any]:
    return {
        "rule": problem.rule,
        "field": problem.field,
        "reason": problem.message,
        "detail": to_listed((problem,)),
    }
