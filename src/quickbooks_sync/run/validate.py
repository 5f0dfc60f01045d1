"""The step `validate`, the same in both directions, and the reports built from its results."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from quickbooks_sync.model.decision import Create, Update, fields_sent
from quickbooks_sync.model.flow import BatchManifest
from quickbooks_sync.model.problem import Problem
from quickbooks_sync.postgres.records import staging
from quickbooks_sync.postgres.tables import company, staged_batch
from quickbooks_sync.postgres.tables import run as run_table
from quickbooks_sync.run.context import RunContext
from quickbooks_sync.validation import (
    StoredResult,
    add_examples,
    add_unread,
    build_data_docs,
    to_problem,
    validate_values,
)
from quickbooks_sync.workspace import Workspace

#: Key of the advisory lock under which reports are written.
REPORTS_LOCK = 7081
#: How many runs the Data Docs keep.
KEPT_REPORTS = 100


def validate_batch(context: RunContext, batch: BatchManifest) -> None:
    """Validate a batch's values; every failing record is marked, the rest is untouched."""
    key = context.run_id, batch["batch_number"]
    with context.reading() as connection:
        records = staging.read_batch(connection, *key)
    checked = [
        record for record in records if record.values is not None and _is_to_be_written(record)
    ]
    mapping = context.mapping
    result = validate_values(
        mapping,
        context.expectations,
        context.direction,
        [record.values or {} for record in checked],
        [fields_sent(record.decision) for record in checked],
    )
    broken: dict[int, list[Problem]] = {record.row_number: [] for record in records}
    for failure in result.failures:
        broken[checked[failure.row].row_number].append(to_problem(failure))
    # A repeated step finds its own problems again.
    unread = {
        record.row_number: [
            problem for problem in record.problems if problem not in broken[record.row_number]
        ]
        for record in records
    }
    problems = {row: [*unread[row], *broken[row]] for row in broken}
    rejected = sum(1 for listed in problems.values() if _is_rejected(listed))
    document = add_unread(
        result.document, [record.row_number for record in checked], unread, problems
    )
    document = add_examples(
        document, {record.source_id: problems[record.row_number] for record in records}
    )
    with context.transaction() as connection:
        staging.write_results(
            connection,
            *key,
            [
                staging.StepResult(row, problems=tuple(listed))
                for row, listed in problems.items()
                if listed
            ],
        )
        staging.write_validation(connection, *key, rejected, document)


def build_reports(workspace: Workspace) -> Path:
    """Render the Data Docs of the newest runs; returns the index page.

    One process at a time writes the pages, whichever flow it works for.
    """
    with workspace.engine.begin() as connection:
        connection.execute(select(func.pg_advisory_xact_lock(REPORTS_LOCK)))
        rows = connection.execute(
            select(
                run_table,
                company.c.company_name,
                staged_batch.c.batch_number,
                staged_batch.c.validation_result,
            )
            .join(staged_batch, staged_batch.c.run_id == run_table.c.run_id)
            .join(company, company.c.realm_id == run_table.c.realm_id)
            .where(
                run_table.c.run_id.in_(
                    select(run_table.c.run_id)
                    .order_by(run_table.c.run_id.desc())
                    .limit(KEPT_REPORTS)
                ),
                staged_batch.c.validation_result.is_not(None),
            )
            .order_by(run_table.c.run_id.desc(), staged_batch.c.batch_number)
        ).all()
        results = [_to_stored_result(row) for row in rows]
        return build_data_docs(workspace.data_docs, results, KEPT_REPORTS)


def _to_stored_result(row: Any) -> StoredResult:
    return StoredResult(
        run_id=row.run_id,
        record_type=row.record_type,
        direction=row.direction,
        realm_id=row.realm_id,
        batch_number=row.batch_number,
        started_at=row.started_at,
        document=row.validation_result,
        scope=_to_scope(row),
        company_name=row.company_name,
    )


def _to_scope(row: Any) -> str:
    return "preview" if row.is_preview else "part" if row.is_narrowed else str(row.mode)


def _is_to_be_written(record: staging.StagedRecord) -> bool:
    """A push validates only what it would send; a pull validates everything."""
    return record.decision is None or isinstance(record.decision, Create | Update)


def _is_rejected(problems: Sequence[Problem]) -> bool:
    return any(problem.is_rejecting for problem in problems)
