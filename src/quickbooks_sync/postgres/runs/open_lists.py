"""The open lists: records that wait, are rejected, or about which a person must decide."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Table,
    case,
    delete,
    func,
    literal,
    or_,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from quickbooks_sync.model.outcome import RECORD_CONFLICT, FieldConflict, Outcome, RecordOutcome
from quickbooks_sync.model.problem import Problem
from quickbooks_sync.postgres.records.decisions import CLAIMED, LOST_ANSWER
from quickbooks_sync.postgres.runs.scope import RunScope
from quickbooks_sync.postgres.tables import conflict, rejected_record, waiting_record


def update_open_lists(
    connection: Connection,
    scope: RunScope,
    outcomes: Sequence[RecordOutcome],
    *,
    is_known: bool = True,
) -> None:
    """Bring the lists up to date with the outcomes of some records.

    Args:
        connection: An open transaction.
        scope: The run.
        outcomes: What became of the records.
        is_known: Whether the run passes with those that are rejected: its gate is open.
    """
    _settle_open_lists(connection, scope, outcomes)
    for outcome in outcomes:
        if outcome.waits_for:
            _write_waiting(connection, scope, outcome)
        elif outcome.outcome == Outcome.REJECTED:
            _write_rejected(connection, scope, outcome, is_known=is_known)
        if outcome.conflicts:
            _close_other_conflicts(connection, scope, outcome)
            _write_conflicts(connection, scope, outcome)


def accept_rejected(connection: Connection, run_id: int, by: str) -> int:
    """Let the next run pass with what a run's closed gate has listed; returns the number of records."""
    accepted = connection.execute(
        update(rejected_record)
        .where(rejected_record.c.last_run_id == run_id, ~rejected_record.c.is_known)
        .values(is_known=True, accepted_by=by)
    )
    return accepted.rowcount


def to_listed(problems: Iterable[Problem]) -> list[dict[str, Any]]:
    """Return problems as they are listed."""
    return [problem.to_json() for problem in problems]


def _settle_open_lists(
    connection: Connection, scope: RunScope, outcomes: Sequence[RecordOutcome]
) -> None:
    """Take records off the waiting and rejected lists, and close conflicts that are over."""
    over = {
        waiting_record: [outcome.source_id for outcome in outcomes if not outcome.waits_for],
        rejected_record: [
            outcome.source_id for outcome in outcomes if outcome.outcome != Outcome.REJECTED
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
        outcome for outcome in outcomes if outcome.outcome in _SETTLED and not outcome.is_pending
    ]
    _close_conflicts(connection, scope, settled)
    # Who is who is settled by the link, whatever is still to be sent.
    linked = [outcome for outcome in outcomes if outcome.outcome == Outcome.LINKED]
    _close_conflicts(connection, scope, linked, conflict.c.field == RECORD_CONFLICT)


_SETTLED = frozenset(
    (Outcome.CREATED, Outcome.UPDATED, Outcome.LINKED, Outcome.UNCHANGED, Outcome.DIFFERS)
)


def _close_conflicts(
    connection: Connection,
    scope: RunScope,
    settled: Sequence[RecordOutcome],
    *about: ColumnElement[bool],
) -> None:
    loupe_ids = [outcome.loupe_id for outcome in settled if outcome.loupe_id is not None]
    quickbooks_ids = [
        outcome.quickbooks_id for outcome in settled if outcome.quickbooks_id is not None
    ]
    if not loupe_ids and not quickbooks_ids:
        return
    connection.execute(
        update(conflict)
        .where(
            conflict.c.realm_id == scope.realm_id,
            conflict.c.record_type == scope.record_type,
            conflict.c.resolved_at.is_(None),
            conflict.c.loupe_id.in_(loupe_ids)
            # What the other row of the Id comes to says nothing about the row that the record was made for.
            | (
                conflict.c.quickbooks_id.in_(quickbooks_ids)
                & ~conflict.c.reason.startswith(CLAIMED)
            ),
            *about,
        )
        .values(resolved_at=func.now())
    )


def _close_other_conflicts(connection: Connection, scope: RunScope, outcome: RecordOutcome) -> None:
    """Close the record's conflicts about fields that are no longer held, and about rows that it is not any more."""
    # A missing id names no record: compared as it is, it would be that of every other record without one.
    is_row = conflict.c.loupe_id.in_(_given(outcome.loupe_id))
    is_record = conflict.c.quickbooks_id.in_(_given(outcome.quickbooks_id))
    is_over = conflict.c.field.not_in([held.field for held in outcome.conflicts]) & (
        is_row | is_record
    )
    is_elsewhere = (
        (conflict.c.field == RECORD_CONFLICT)
        & is_record
        & conflict.c.decision.is_(None)
        # What a write without an answer may have made is asked pair by pair; it ends with a link.
        & ~conflict.c.reason.startswith(LOST_ANSWER)
        & ~conflict.c.reason.startswith(CLAIMED)
        # A question about no single row is over as well, once it is about one.
        & func.coalesce(conflict.c.loupe_id, 0).not_in(_rows_of(outcome) or [0])
    )
    connection.execute(
        update(conflict)
        .where(
            conflict.c.realm_id == scope.realm_id,
            conflict.c.record_type == scope.record_type,
            conflict.c.resolved_at.is_(None),
            is_over | is_elsewhere,
        )
        .values(resolved_at=func.now())
    )


def _rows_of(outcome: RecordOutcome) -> list[int]:
    return _given(outcome.loupe_id, *outcome.others)


def _given(*ids: Any) -> list[Any]:
    return [given for given in ids if given is not None]


def _key(scope: RunScope, outcome: RecordOutcome) -> dict[str, Any]:
    return {
        "realm_id": scope.realm_id,
        "record_type": scope.record_type,
        "direction": scope.direction,
        "source_id": outcome.source_id,
    }


def _write_waiting(connection: Connection, scope: RunScope, outcome: RecordOutcome) -> None:
    values = {
        "waits_for": outcome.waits_for or "setting",
        "waits_for_id": outcome.waits_for_id,
        "reason": outcome.reason or "",
        "raw": outcome.raw,
        "last_run_id": scope.run_id,
    }
    _upsert(connection, waiting_record, _key(scope, outcome), values)


def _write_rejected(
    connection: Connection, scope: RunScope, outcome: RecordOutcome, *, is_known: bool
) -> None:
    values = {
        "source_version": outcome.source_version,
        "causes": to_listed(outcome.causes),
        "retry_key": outcome.retry_key,
        "is_known": is_known,
        "raw": outcome.raw,
        "last_run_id": scope.run_id,
    }
    # Who has accepted one version of a record has not accepted the next.
    is_same = rejected_record.c.source_version.is_not_distinct_from(outcome.source_version)
    accepted_by = case((is_same, rejected_record.c.accepted_by)) if is_known else None
    _upsert(connection, rejected_record, _key(scope, outcome), values, accepted_by=accepted_by)


def _upsert(
    connection: Connection,
    table: Table,
    key: Mapping[str, Any],
    values: Mapping[str, Any],
    **changed: Any,
) -> None:
    """Insert or update a row; `changed` is what becomes of further columns of one that is there."""
    statement = insert(table).values(**key, **values)
    connection.execute(
        statement.on_conflict_do_update(index_elements=list(key), set_={**values, **changed})
    )


def _write_conflicts(connection: Connection, scope: RunScope, outcome: RecordOutcome) -> None:
    for held, loupe_id in _held_rows(outcome):
        values = {
            "reason": held.reason,
            "loupe_value": held.loupe if loupe_id == outcome.loupe_id else loupe_id,
            "quickbooks_value": held.quickbooks,
            "loupe_base": held.loupe_base,
            "quickbooks_base": held.quickbooks_base,
            "loupe_changed_at": outcome.loupe_changed_at,
            "loupe_changed_by": outcome.loupe_changed_by,
            "quickbooks_changed_at": outcome.quickbooks_changed_at,
            "last_run_id": scope.run_id,
        }
        key = {
            "realm_id": scope.realm_id,
            "record_type": scope.record_type,
            "loupe_id": loupe_id,
            "quickbooks_id": outcome.quickbooks_id,
            "field": held.field,
        }
        carried = _close_moved_on(connection, key, values)
        statement = insert(conflict).values(**key, **values, **carried)
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


def _close_moved_on(
    connection: Connection, key: Mapping[str, Any], values: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Close a conflict whose question is another one by now; it goes on under a number that nobody has seen yet.

    So a list of yesterday decides nothing that has moved on since, and a decision ends with the values it was made
    on. Which record is which holds whatever is asked next: it is returned, to be kept with the new question.
    """
    is_record = key["field"] == RECORD_CONFLICT
    names = ("reason",) if is_record else ("loupe_value", "quickbooks_value")
    has_moved = [
        conflict.c[name].is_distinct_from(literal(values[name], conflict.c[name].type))
        for name in names
    ]
    closed = connection.execute(
        update(conflict)
        .where(
            *(conflict.c[name].is_not_distinct_from(given) for name, given in key.items()),
            conflict.c.resolved_at.is_(None),
            or_(*has_moved),
        )
        .values(resolved_at=func.now())
        .returning(conflict.c.decision, conflict.c.decided_by, conflict.c.decided_at)
    ).mappings()
    return dict(next(closed, {})) if is_record else {}


def _held_rows(outcome: RecordOutcome) -> Iterator[tuple[FieldConflict, int | None]]:
    """Yield each conflict with each row that it is about."""
    for held in outcome.conflicts:
        yield held, outcome.loupe_id
        if held.field == RECORD_CONFLICT:
            for loupe_id in outcome.others:
                yield held, loupe_id
