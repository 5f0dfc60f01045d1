"""Staged records: what a run extracted, kept untouched between its steps and for replay."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, cast, delete, exists, func, select, text, update
from sqlalchemy.dialects.postgresql import JSONPATH, insert

from quickbooks_sync.model.decision import Decision, decision_from_json, decision_to_json
from quickbooks_sync.model.flow import RunManifest
from quickbooks_sync.model.json_text import to_json
from quickbooks_sync.model.problem import Problem, to_problems
from quickbooks_sync.postgres.database.copying import copy_rows
from quickbooks_sync.postgres.tables import link, staged_batch, staged_record


@dataclass(frozen=True)
class StagedRecord:
    """One staged record: its source id and version, the raw record, and what steps made of it.

    Attributes:
        row_number: Its place in the batch.
        source_id: Its id on the side it was read from.
        source_version: The version that was read: a SyncToken or a row version.
        raw: What was read.
        values: Its canonical values.
        problems: What is wrong with it.
        decision: What a push does with it; `None` in a pull.
    """

    row_number: int
    source_id: str
    source_version: str | None
    raw: Any
    values: dict[str, Any] | None = None
    problems: tuple[Problem, ...] = ()
    decision: Decision | None = None


@dataclass(frozen=True)
class StepResult:
    """What a step made of a staged record; what it says nothing of stays as it was staged."""

    row_number: int
    values: dict[str, Any] | None = None
    problems: tuple[Problem, ...] = ()
    decision: Decision | None = None


def clear_run(connection: Connection, run_id: int) -> None:
    """Forget what an earlier try of the same run staged."""
    for table in (staged_record, staged_batch):
        connection.execute(delete(table).where(table.c.run_id == run_id))


def write_batch(
    connection: Connection, run_id: int, batch_number: int, records: Sequence[StagedRecord]
) -> None:
    """Stage one batch by COPY."""
    rows = (
        {
            "run_id": run_id,
            "batch_number": batch_number,
            "row_number": record.row_number,
            "source_id": record.source_id,
            "source_version": record.source_version,
            "raw": record.raw,
            "field_values": record.values,
            "problem": _to_listed(record.problems),
            "action": _to_action(record.decision),
        }
        for record in records
    )
    columns = [column.name for column in staged_record.columns]
    copy_rows(connection, staged_record, columns, rows)
    connection.execute(
        insert(staged_batch).values(
            run_id=run_id, batch_number=batch_number, row_count=len(records)
        )
    )


def read_batch(connection: Connection, run_id: int, batch_number: int) -> list[StagedRecord]:
    """Read a batch in its own order."""
    rows = connection.execute(
        select(staged_record)
        .where(staged_record.c.run_id == run_id, staged_record.c.batch_number == batch_number)
        .order_by(staged_record.c.row_number)
    )
    return [_to_record(row) for row in rows]


def read_rejected(connection: Connection, run_id: int) -> list[StagedRecord]:
    """Read the run's records that a problem rejects."""
    is_rejecting = '$[*] ? (@.severity == "rejected" && !exists(@.waits_for))'
    rows = connection.execute(
        select(staged_record)
        .where(
            staged_record.c.run_id == run_id,
            func.jsonb_path_exists(staged_record.c.problem, cast(is_rejecting, JSONPATH)),
        )
        .order_by(staged_record.c.batch_number, staged_record.c.row_number)
    )
    return [_to_record(row) for row in rows]


def read_unloaded(
    connection: Connection, run_id: int, source_ids: Collection[str]
) -> list[StagedRecord]:
    """Read some records of a run whose batches were not loaded yet."""
    rows = connection.execute(
        select(staged_record)
        .join(
            staged_batch,
            (staged_batch.c.run_id == staged_record.c.run_id)
            & (staged_batch.c.batch_number == staged_record.c.batch_number),
        )
        .where(
            staged_record.c.run_id == run_id,
            staged_record.c.source_id.in_(list(source_ids)),
            staged_batch.c.loaded_at.is_(None),
        )
        .order_by(staged_record.c.batch_number, staged_record.c.row_number)
    )
    return [_to_record(row) for row in rows]


def write_results(
    connection: Connection,
    run_id: int,
    batch_number: int,
    results: Iterable[StepResult],
) -> None:
    """Store what a step made of a batch's records; a column of which it says nothing stays as it is."""
    rows = [
        {
            "row_number": result.row_number,
            "field_values": result.values,
            "problem": _to_listed(result.problems),
            "action": _to_action(result.decision),
        }
        for result in results
    ]
    connection.execute(
        text(
            "update quickbooks_sync.staged_record as staged set"
            " field_values = coalesce(result.field_values, staged.field_values),"
            " problem = coalesce(result.problem, staged.problem),"
            " action = coalesce(result.action, staged.action)"
            " from jsonb_to_recordset(cast(:results as jsonb)) as result"
            " (row_number int, field_values jsonb, problem jsonb, action jsonb)"
            " where staged.run_id = :run_id and staged.batch_number = :batch_number"
            " and staged.row_number = result.row_number"
        ),
        {"results": to_json(rows), "run_id": run_id, "batch_number": batch_number},
    )


def write_validation(
    connection: Connection, run_id: int, batch_number: int, rejected: int, document: Any
) -> None:
    """Store a batch's validation result."""
    connection.execute(
        update(staged_batch)
        .where(staged_batch.c.run_id == run_id, staged_batch.c.batch_number == batch_number)
        .values(rejected_count=rejected, validation_result=document)
    )


def read_totals(connection: Connection, run_id: int) -> tuple[int, int]:
    """Return the run's staged and rejected record counts."""
    row = connection.execute(
        select(
            func.coalesce(func.sum(staged_batch.c.row_count), 0),
            func.coalesce(func.sum(staged_batch.c.rejected_count), 0),
        ).where(staged_batch.c.run_id == run_id)
    ).one()
    return int(row[0]), int(row[1])


def read_deleted_ids(connection: Connection, run_id: int) -> set[str]:
    """Return the QuickBooks Ids of the run's stubs of records that are gone from QuickBooks."""
    ids = connection.scalars(
        select(staged_record.c.source_id).where(
            staged_record.c.run_id == run_id, staged_record.c.raw["status"].astext == "Deleted"
        )
    )
    return set(ids)


def is_loaded(connection: Connection, run_id: int, batch_number: int) -> bool:
    """Whether the batch has been loaded and committed."""
    loaded_at = connection.execute(
        select(staged_batch.c.loaded_at)
        .where(staged_batch.c.run_id == run_id, staged_batch.c.batch_number == batch_number)
        .with_for_update()
    ).scalar_one()
    return loaded_at is not None


def count_unloaded(connection: Connection, run_id: int) -> int:
    """Count the run's batches that were staged and never loaded."""
    statement = select(func.count()).where(
        staged_batch.c.run_id == run_id, staged_batch.c.loaded_at.is_(None)
    )
    return int(connection.execute(statement).scalar_one())


def mark_loaded(connection: Connection, run_id: int, batch_number: int) -> None:
    """Mark the batch as loaded, in the transaction that loads it."""
    connection.execute(
        update(staged_batch)
        .where(staged_batch.c.run_id == run_id, staged_batch.c.batch_number == batch_number)
        .values(loaded_at=func.now())
    )


def read_repeated_values(connection: Connection, run_id: int, name: str) -> set[str]:
    """Return the values of field `name` that more than one staged record of the run carries."""
    value = staged_record.c.field_values[name].astext
    rows = connection.execute(
        select(value)
        .where(staged_record.c.run_id == run_id, value.is_not(None))
        .group_by(value)
        .having(func.count() > 1)
    )
    return set(rows.scalars())


def read_unlinked_values(
    connection: Connection, run: RunManifest, holding: Mapping[str, Collection[str | None]]
) -> dict[str, dict[str, Any]]:
    """Return values by QuickBooks Id of a pull's unlinked records whose fields may hold some folded texts.

    Postgres folds letters beyond ASCII in its own way, so records with such letters are returned as well.
    """
    is_linked = exists(
        select(link.c.link_id).where(
            link.c.realm_id == run["realm_id"],
            link.c.record_type == run["record_type"],
            link.c.quickbooks_id == staged_record.c.source_id,
        )
    )
    rows = connection.execute(
        select(staged_record.c.source_id, staged_record.c.field_values).where(
            staged_record.c.run_id == run["run_id"],
            *(
                _holds(staged_record.c.field_values[name].astext, texts)
                for name, texts in holding.items()
            ),
            ~is_linked,
        )
    )
    return {row.source_id: row.field_values for row in rows}


def _holds(value: ColumnElement[Any], texts: Collection[str | None]) -> ColumnElement[bool]:
    """Return the condition that a text, its case and blanks aside, may be one of some; `None` for no text."""
    plain = func.lower(func.regexp_replace(func.btrim(value), r"\s+", " ", "g"))
    held = plain.in_([item for item in texts if item is not None]) | value.regexp_match(
        "[^[:ascii:]]"
    )
    return held | value.is_(None) if None in texts else held


def _to_record(row: Any) -> StagedRecord:
    return StagedRecord(
        row.row_number,
        row.source_id,
        row.source_version,
        row.raw,
        row.field_values,
        to_problems(row.problem),
        decision_from_json(row.action) if row.action else None,
    )


def _to_action(decision: Decision | None) -> dict[str, Any] | None:
    return decision_to_json(decision) if decision else None


def _to_listed(problems: Iterable[Problem]) -> list[dict[str, Any]] | None:
    return [problem.to_json() for problem in problems] or None
