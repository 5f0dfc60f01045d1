"""Extract of a push: stage the rows worth a look."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Text, cast, delete, exists, func, select, update

from quickbooks_sync.intake.replaced import find_doubt
from quickbooks_sync.intake.strangers import Strangers
from quickbooks_sync.model.flow import BatchManifest, Direction, Mode
from quickbooks_sync.model.outcome import Outcome
from quickbooks_sync.postgres import tables
from quickbooks_sync.postgres.records.identities import read_identities
from quickbooks_sync.postgres.records.link_states import mark_replaced_in_loupe
from quickbooks_sync.postgres.records.loupe_rows import Row, iter_rows, loupe_table
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

    Raises:
        CompanyStoppedError: Too many of the rows are not those that were linked.
    """
    ensure_reference(context.workspace, context.realm_id, run_id=context.run_id)
    key = context.mapping.key
    batches: list[BatchManifest] = []
    left = context.limit
    strangers = Strangers(context)
    with context.transaction() as connection:
        clear_run(connection, context.run_id)
        # What was rejected is decided again; what was sent keeps what was said of it.
        forget_outcomes(connection, context.run_id, outcome=Outcome.REJECTED)
        _forget_settled(context, connection)
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
            _note_strangers(context, connection, taken, strangers)
            write_batch(connection, context.run_id, len(batches), staged)
            batches.append(
                BatchManifest(
                    run_id=context.run_id, batch_number=len(batches), row_count=len(staged)
                )
            )
            if left is not None and (left := left - len(taken)) <= 0:
                break
        strangers.refuse(sum(batch["row_count"] for batch in batches))
        if not context.is_preview:
            mark_replaced_in_loupe(
                connection, context.realm_id, context.record_type, list(strangers.loupe)
            )
        gone = [] if context.is_narrowed else find_missing_in_loupe(connection, context)
        if gone:
            write_batch(connection, context.run_id, len(batches), gone)
            batches.append(
                BatchManifest(run_id=context.run_id, batch_number=len(batches), row_count=len(gone))
            )
    return batches


def _note_strangers(
    context: RunContext, connection: Connection, rows: Sequence[Row], strangers: Strangers
) -> None:
    by_id = {row[context.mapping.key]: row for row in rows}
    key = connection, context.realm_id, context.record_type
    for link in read_identities(*key, loupe_ids=by_id):
        strangers.note_row(link, find_doubt(link, by_id[link.loupe_id]))


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


def _forget_settled(context: RunContext, connection: Connection) -> None:
    """Take off the lists what both sides have come to agree on, and rows that are gone: nobody else would look."""
    if context.is_preview:
        return
    where = loupe_table(context.mapping)
    for listed in (tables.rejected_record, tables.waiting_record):
        is_open = exists(
            select(where.table.c[where.key]).where(
                cast(where.table.c[where.key], Text) == listed.c.source_id, ~is_agreed(context)
            )
        )
        connection.execute(
            delete(listed).where(
                listed.c.realm_id == context.realm_id,
                listed.c.record_type == context.record_type,
                listed.c.direction == Direction.PUSH,
                ~is_open,
            )
        )
    _close_without_sides(context, connection)


def _close_without_sides(context: RunContext, connection: Connection) -> None:
    """Close conflicts about rows that are gone and that QuickBooks never had."""
    where, conflict, link = loupe_table(context.mapping), tables.conflict, tables.link
    row = exists(
        select(where.table.c[where.key]).where(where.table.c[where.key] == conflict.c.loupe_id)
    )
    is_linked = exists(
        select(link.c.link_id).where(
            link.c.realm_id == conflict.c.realm_id,
            link.c.record_type == conflict.c.record_type,
            link.c.loupe_id == conflict.c.loupe_id,
        )
    )
    connection.execute(
        update(conflict)
        .where(
            conflict.c.realm_id == context.realm_id,
            conflict.c.record_type == context.record_type,
            conflict.c.resolved_at.is_(None),
            conflict.c.quickbooks_id.is_(None),
            ~row,
            ~is_linked,
        )
        .values(resolved_at=func.now())
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
            func.coalesce(link.c.loupe_created_at, where.table.c.created_at)
            == where.table.c.created_at,
            func.coalesce(link.c.loupe_seen_at, where.table.c.updated_at)
            == where.table.c.updated_at,
            *context.type.agreed_where(),
        )
    )
