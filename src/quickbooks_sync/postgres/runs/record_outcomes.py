"""What happened to every record: outcomes per run, and the records that wait, fail or conflict."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, Text, cast, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from quickbooks_sync.model.flow import Direction
from quickbooks_sync.model.outcome import RECORD_CONFLICT, Outcome, RecordOutcome
from quickbooks_sync.model.problem import Problem, to_problems
from quickbooks_sync.postgres.database.copying import copy_rows
from quickbooks_sync.postgres.tables import conflict, rejected_record, run_record, waiting_record


@dataclass(frozen=True)
class RunScope:
    """Where outcomes are written: company, record type, direction and run."""

    realm_id: str
    record_type: str
    direction: Direction
    run_id: int


def write_outcomes(
    connection: Connection, scope: RunScope, outcomes: Sequence[RecordOutcome]
) -> None:
    """Write the outcome of every record, and bring the open lists up to date."""
    write_run_outcomes(connection, scope, outcomes)
    _settle_open_lists(connection, scope, outcomes)
    for record in outcomes:
        if record.waits_for:
            _write_waiting(connection, scope, record)
        elif record.outcome == Outcome.REJECTED:
            _write_rejected(connection, scope, record)
        if record.conflicts:
            _close_other_conflicts(connection, scope, record)
            _write_conflicts(connection, scope, record)


def write_run_outcomes(
    connection: Connection, scope: RunScope, outcomes: Sequence[RecordOutcome]
) -> None:
    """Write the outcome of every record of a run, and nothing else."""
    rows = (row for record in outcomes for row in _run_rows(scope, record))
    columns = [c.name for c in run_record.columns if c.name not in ("run_record_id", "recorded_at")]
    copy_rows(connection, run_record, columns, rows)


def forget_outcomes(connection: Connection, run_id: int) -> None:
    """Forget what an earlier try of the same run said of its records."""
    connection.execute(delete(run_record).where(run_record.c.run_id == run_id))


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


def _run_rows(scope: RunScope, record: RecordOutcome) -> Iterable[dict[str, Any]]:
    common = {
        "run_id": scope.run_id,
        "loupe_id": record.loupe_id,
        "quickbooks_id": record.quickbooks_id,
    }
    yield {
        **common,
        "outcome": record.outcome,
        **_reason_columns(record),
        "detail": [*_listed(record.causes)]
        or [vars(conflict) for conflict in record.conflicts]
        or None,
    }
    for warning in record.warnings:
        yield {**common, "outcome": "warning", **_problem_columns(warning)}


def _reason_columns(record: RecordOutcome) -> dict[str, Any]:
    """A conflict names the field that the record's row is about, a cause the rule."""
    cause = record.causes[0] if record.causes else None
    held = record.conflicts[0] if record.conflicts else None
    reason = record.reason or (cause.message if cause else held.reason if held else None)
    field = held.field if held else cause.field if cause else None
    return {"rule": cause.rule if cause else None, "field": field, "reason": reason}


def _problem_columns(problem: Problem) -> dict[str, Any]:
    return {
        "rule": problem.rule,
        "field": problem.field,
        "reason": problem.message,
        "detail": _listed((problem,)),
    }


def _listed(problems: Iterable[Problem]) -> list[dict[str, Any]]:
    return [problem.to_json() for problem in problems]


def _settle_open_lists(
    connection: Connection, scope: RunScope, outcomes: Sequence[RecordOutcome]
) -> None:
    """Take records off the waiting and rejected lists, and close conflicts that are over."""
    over = {
        waiting_record: [record.source_id for record in outcomes if not record.waits_for],
        rejected_record: [
            record.source_id for record in outcomes if record.outcome != Outcome.REJECTED
        ],
    }
    for table, source_ids in over.items():
        connection.execute(
            delete(table).where(
                table.c.realm_id == scope.realm_id,
                table.c.record_type == scope.record_type,
                table.c.direction == scope.direction,
                table.c.source_id.in_(source_ids),
            )
        )
    settled = [
        record for record in outcomes if record.outcome in _SETTLED and not record.is_pending
    ]
    _close_conflicts(connection, scope, settled)


_SETTLED = frozenset(
    (Outcome.CREATED, Outcome.UPDATED, Outcome.LINKED, Outcome.UNCHANGED, Outcome.DIFFERS)
)


def _close_conflicts(
    connection: Connection, scope: RunScope, settled: Sequence[RecordOutcome]
) -> None:
    loupe_ids = [record.loupe_id for record in settled if record.loupe_id is not None]
    quickbooks_ids = [
        record.quickbooks_id for record in settled if record.quickbooks_id is not None
    ]
    if not loupe_ids and not quickbooks_ids:
        return
    connection.execute(
        update(conflict)
        .where(
            conflict.c.realm_id == scope.realm_id,
            conflict.c.record_type == scope.record_type,
            conflict.c.resolved_at.is_(None),
            conflict.c.loupe_id.in_(loupe_ids) | conflict.c.quickbooks_id.in_(quickbooks_ids),
        )
        .values(resolved_at=func.now())
    )


def _close_other_conflicts(connection: Connection, scope: RunScope, record: RecordOutcome) -> None:
    """Close the record's conflicts about fields that are no longer held."""
    connection.execute(
        update(conflict)
        .where(
            conflict.c.realm_id == scope.realm_id,
            conflict.c.record_type == scope.record_type,
            conflict.c.resolved_at.is_(None),
            conflict.c.field.not_in([held.field for held in record.conflicts]),
            (conflict.c.loupe_id == record.loupe_id)
            | (conflict.c.quickbooks_id == record.quickbooks_id),
        )
        .values(resolved_at=func.now())
    )


def _key(scope: RunScope, record: RecordOutcome) -> dict[str, Any]:
    return {
        "realm_id": scope.realm_id,
        "record_type": scope.record_type,
        "direction": scope.direction,
        "source_id": record.source_id,
    }


def _write_waiting(connection: Connection, scope: RunScope, record: RecordOutcome) -> None:
    values = {
        "waits_for": record.waits_for or "setting",
        "waits_for_id": record.waits_for_id,
        "reason": record.reason or "",
        "raw": record.raw,
        "last_run_id": scope.run_id,
    }
    _upsert(connection, waiting_record, _key(scope, record), values)


def _write_rejected(connection: Connection, scope: RunScope, record: RecordOutcome) -> None:
    values = {
        "source_version": record.source_version,
        "causes": _listed(record.causes),
        "retry_key": record.retry_key,
        "raw": record.raw,
        "last_run_id": scope.run_id,
    }
    _upsert(connection, rejected_record, _key(scope, record), values)


def _upsert(
    connection: Connection, table: Table, key: Mapping[str, Any], values: Mapping[str, Any]
) -> None:
    statement = insert(table).values(**key, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=list(key), set_=dict(values)))


def _write_conflicts(connection: Connection, scope: RunScope, record: RecordOutcome) -> None:
    for held in record.conflicts:
        values = {
            "reason": held.reason,
            "loupe_value": held.loupe,
            "quickbooks_value": held.quickbooks,
            "loupe_base": held.loupe_base,
            "quickbooks_base": held.quickbooks_base,
            "loupe_changed_at": record.loupe_changed_at,
            "loupe_changed_by": record.loupe_changed_by,
            "quickbooks_changed_at": record.quickbooks_changed_at,
            "last_run_id": scope.run_id,
        }
        statement = insert(conflict).values(
            realm_id=scope.realm_id,
            record_type=scope.record_type,
            loupe_id=record.loupe_id,
            quickbooks_id=record.quickbooks_id,
            field=held.field,
            **values,
        )
        connection.execute(
            statement.on_conflict_do_update(
                index_elements=[
                    conflict.c.realm_id,
                    conflict.c.record_type,
                    text("coalesce(loupe_id, 0)"),
                    text("coalesce(quickbooks_id, '')"),
                    conflict.c.field,
                ],
                index_where=conflict.c.resolved_at.is_(None),
                set_=values,
            )
        )
