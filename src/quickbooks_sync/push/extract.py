"""Extract of a push: stage the rows worth a look."""

from typing import Any

from sqlalchemy import ColumnElement, Connection, Text, cast, delete, exists, func, select

from quickbooks_sync.model.flow import BatchManifest, Direction, Mode
from quickbooks_sync.model.outcome import Outcome
from quickbooks_sync.postgres import tables
from quickbooks_sync.postgres.records.loupe_rows import iter_rows, loupe_table
from quickbooks_sync.postgres.records.staging import StagedRecord, clear_run, write_batch
from quickbooks_sync.postgres.runs.record_outcomes import forget_outcomes
from quickbooks_sync.push.decide.missing_in_loupe import find_missing_in_loupe
from quickbooks_sync.push.decide.pushing import Pushing
from quickbooks_sync.push.decide.staged_rows import to_staged
from quickbooks_sync.run.context import RunContext
from quickbooks_sync.run.watermarks import write_next_watermark
from quickbooks_sync.settings import ensure_reference


def extract(context: RunContext) -> list[BatchManifest]:
    """Stage Loupe's rows in batches of 1,000.

    An incremental push leaves out rows whose version both sides agree on; a full push takes all.
    """
    ensure_reference(context.workspace, context.realm_id, run_id=context.run_id)
    key = context.mapping.key
    batches: list[BatchManifest] = []
    left = context.limit
    with context.transaction() as connection:
        clear_run(connection, context.run_id)
        # What was rejected is decided again; what was sent keeps what was said of it.
        forget_outcomes(connection, context.run_id, outcome=Outcome.REJECTED)
        _forget_agreed(context, connection)
        write_next_watermark(
            connection, context, connection.execute(select(func.now())).scalar_one()
        )
        pages = iter_rows(
            connection,
            context.mapping,
            context.organization_id,
            *_conditions(context),
            beside=context.type.unsent_columns,
        )
        for rows in pages:
            taken = rows[:left] if left else rows
            staged = [
                StagedRecord(number, str(row[key]), str(row["row_version"]), to_staged(row))
                for number, row in enumerate(taken)
            ]
            write_batch(connection, context.run_id, len(batches), staged)
            batches.append(
                BatchManifest(
                    run_id=context.run_id, batch_number=len(batches), row_count=len(staged)
                )
            )
            if left is not None and (left := left - len(taken)) <= 0:
                break
        gone = [] if context.is_narrowed else find_missing_in_loupe(connection, context)
        if gone:
            write_batch(connection, context.run_id, len(batches), gone)
            batches.append(
                BatchManifest(run_id=context.run_id, batch_number=len(batches), row_count=len(gone))
            )
    return batches


def _conditions(context: RunContext) -> list[Any]:
    where = loupe_table(context.mapping)
    if context.record_ids:
        return [where.table.c[where.key].in_([int(loupe_id) for loupe_id in context.record_ids])]
    conditions: list[Any] = []
    if context.mode == Mode.INCREMENTAL:
        conditions.append(~is_agreed(context))
    if context.linked_only:
        conditions.extend(context.type.linked_rows(context.realm_id))
    return conditions


def _forget_agreed(context: RunContext, connection: Connection) -> None:
    """Take off the lists what both sides have come to agree on: such a row is not looked at, so nobody else would."""
    if context.is_preview:
        return
    where = loupe_table(context.mapping)
    for listed in (tables.rejected_record, tables.waiting_record):
        is_over = exists(
            select(where.table.c[where.key]).where(
                cast(where.table.c[where.key], Text) == listed.c.source_id, is_agreed(context)
            )
        )
        connection.execute(
            delete(listed).where(
                listed.c.realm_id == context.realm_id,
                listed.c.record_type == context.record_type,
                listed.c.direction == Direction.PUSH,
                is_over,
            )
        )


def is_agreed(context: Pushing) -> ColumnElement[bool]:
    """Return the condition of the rows whose version both sides agree on: nothing of them is to be sent."""
    where, link = loupe_table(context.mapping), tables.link
    return exists(
        select(link.c.link_id).where(
            link.c.realm_id == context.realm_id,
            link.c.record_type == context.record_type,
            link.c.loupe_id == where.table.c[where.key],
            link.c.loupe_row_version == where.table.c.row_version,
            *context.type.agreed_where(),
        )
    )
