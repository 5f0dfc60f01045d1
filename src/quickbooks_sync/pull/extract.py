"""Extract of a pull: stage QuickBooks' records in batches, as they came."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Select, Table, select

from quickbooks_sync.intake.strangers import Strangers
from quickbooks_sync.model.flow import BatchManifest, Direction, Mode
from quickbooks_sync.postgres import tables
from quickbooks_sync.postgres.records.staging import StagedRecord, clear_run, write_batch
from quickbooks_sync.postgres.runs.record_outcomes import forget_outcomes
from quickbooks_sync.pull.missing import (
    fetch_by_ids,
    find_again,
    find_kept,
    find_missing,
    read_since,
)
from quickbooks_sync.pull.recognise import recognise
from quickbooks_sync.quickbooks.changes import is_deleted
from quickbooks_sync.quickbooks.client import QuickBooksClient
from quickbooks_sync.quickbooks.paging import Counted
from quickbooks_sync.quickbooks.query import IDS_PER_QUERY, quote
from quickbooks_sync.run.context import RunContext
from quickbooks_sync.run.retry_key import retry_key
from quickbooks_sync.run.watermarks import write_next_watermark
from quickbooks_sync.settings import ensure_reference, read_settings
from quickbooks_sync.transform.whole import IS_WHOLE

BATCH_SIZE = 1000

Record = dict[str, Any]


def extract(context: RunContext) -> list[BatchManifest]:
    """Stage what changed, or everything; then what is gone, and what earlier runs left over.

    Raises:
        CompanyStoppedError: Too many of the records, or of their rows, are not those that were linked.
        UnexpectedAnswerError: What QuickBooks lists cannot be right.
    """
    with context.transaction() as connection:
        clear_run(connection, context.run_id)
        forget_outcomes(connection, context.run_id)
    ensure_reference(context.workspace, context.realm_id, run_id=context.run_id)
    client = context.client()
    batches: list[BatchManifest] = []
    seen: set[str] = set()
    changes = _fetch_changes(context, client)
    pages = _pages(context) if changes is None else _in_batches(changes)
    strangers = Strangers(context)
    kept = {stub["Id"]: stub for stub in find_kept(context)}
    for listed in pages:
        page = [
            kept.get(record["Id"], record) if is_deleted(record) else record for record in listed
        ]
        seen.update(record["Id"] for record in page)
        current = recognise(context, client, page, strangers)
        batches.append(_stage(context, len(batches), current))
    # A company that was wiped is not asked for each record that it lacks.
    strangers.refuse(sum(batch["row_count"] for batch in batches))
    rest = find_missing(context, client, seen, is_full=changes is None)
    rest.extend(stub for quickbooks_id, stub in kept.items() if quickbooks_id not in seen)
    seen.update(record["Id"] for record in rest)
    rest.extend(_ask_again(context, seen))
    seen.update(record["Id"] for record in rest)
    left_over = _read_left_over(context, seen)
    # What a full list does not show may have been deleted while it waited; it must not come to life in Loupe.
    rest.extend(find_again(context, client, left_over) if changes is None else left_over)
    for page in _in_batches(rest):
        current = recognise(context, client, page, strangers)
        batches.append(_stage(context, len(batches), current))
    strangers.refuse(sum(batch["row_count"] for batch in batches))
    return batches


def _in_batches(records: list[Record]) -> Iterator[list[Record]]:
    for start in range(0, len(records), BATCH_SIZE):
        yield records[start : start + BATCH_SIZE]


def _fetch_changes(context: RunContext, client: QuickBooksClient) -> list[Record] | None:
    """Return changed and deleted records by CDC, or `None` where everything must be read.

    Everything is read by a full or narrowed run, for record types whose changes may leave LastUpdatedTime as it was,
    for a mapping with properties that only a query can ask for, when the watermark is too old for CDC, or QuickBooks
    finds it so, and when the answer may be cut off: that costs no more reads than a query by time with a sweep of
    all Ids.
    """
    mapping = context.mapping
    if context.mode != Mode.INCREMENTAL or context.is_narrowed or context.type.is_read_whole:
        return None
    since = read_since(context)
    if since is None or mapping.asked_for:
        return None
    changes = client.changes(mapping.entity, since)
    if changes is None or not changes.is_complete:
        return None
    _note_time(context, changes.server_time)
    return [*changes.records, *changes.deleted]


def _note_time(context: RunContext, server_time: datetime) -> None:
    """The watermark never passes QuickBooks' clock, nor ours."""
    with context.transaction() as connection:
        write_next_watermark(connection, context, min(server_time, datetime.now(UTC)))


def _stage(context: RunContext, number: int, records: list[Record]) -> BatchManifest:
    staged = [
        StagedRecord(row, record["Id"], record.get("SyncToken"), record)
        for row, record in enumerate(records)
    ]
    with context.transaction() as connection:
        write_batch(connection, context.run_id, number, staged)
    return BatchManifest(run_id=context.run_id, batch_number=number, row_count=len(staged))


def _pages(context: RunContext) -> Iterator[list[Record]]:
    left = context.limit
    for where in _conditions(context):
        page_size = min(BATCH_SIZE, left) if left else BATCH_SIZE
        for answer in context.pages(where, page_size=page_size, counted=_counted(context)):
            _note_time(context, answer.server_time)
            records = answer.records[:left] if left else answer.records
            if records:
                yield records
            if left is not None and (left := left - len(records)) <= 0:
                return


def _counted(context: RunContext) -> Counted:
    """A watermark that moves says that nothing was left out; what each run reads whole has another chance."""
    is_repeated = context.mode == Mode.INCREMENTAL and context.type.is_read_whole
    return Counted.IF_DOUBTFUL if context.is_narrowed or is_repeated else Counted.ALWAYS


def _conditions(context: RunContext) -> Iterator[str]:
    """Yield the WHERE clauses to read one after the other; mostly a single one."""
    with context.reading() as connection:
        fixed = _fixed_conditions(connection, context)
        chosen = _chosen_ids(connection, context)
    if chosen is None:
        yield " AND ".join(fixed)
        return
    property_name, ids = chosen
    for start in range(0, len(ids), IDS_PER_QUERY):
        listed = ", ".join(quote(record_id) for record_id in ids[start : start + IDS_PER_QUERY])
        yield " AND ".join([*fixed, f"{property_name} IN ({listed})"])


def _fixed_conditions(connection: Connection, context: RunContext) -> list[str]:
    conditions = [context.type.pulled_where(read_settings(connection, context.realm_id))]
    if context.since and context.type.dated_by:
        conditions.append(f"{context.type.dated_by} >= {quote(context.since)}")
    return [condition for condition in conditions if condition]


def _chosen_ids(connection: Connection, context: RunContext) -> tuple[str, list[str]] | None:
    """Return the property and Ids that a narrowed run asks for, or `None` for all records."""
    if context.record_ids:
        return "Id", context.record_ids
    if not context.linked_only:
        return None
    return context.type.linked_quickbooks_ids(connection, context.realm_id)


def _ask_again(context: RunContext, seen: set[str]) -> list[Record]:
    """Return, as they are now, the records that an earlier run did not get whole: no change is told twice."""
    if context.is_preview or context.is_narrowed:
        return []
    rejected = tables.rejected_record
    is_partial = rejected.c.causes.contains([{"rule": IS_WHOLE}])
    with context.reading() as connection:
        rows = connection.execute(_left_over(context, rejected).where(is_partial))
        ids = sorted({row.source_id for row in rows} - seen)
    return list(fetch_by_ids(context, ids).values())


def _read_left_over(context: RunContext, seen: set[str]) -> list[Record]:
    """Return earlier runs' records that are due again, as they were read then.

    These are the records that wait, and the rejected ones whose mapping, expectations or settings
    have changed since; both cost no metered read.
    """
    if context.is_preview or context.is_narrowed:
        return []
    with context.reading() as connection:
        settings = read_settings(connection, context.realm_id)
        key = retry_key(context, "", settings)
        waiting, rejected = tables.waiting_record, tables.rejected_record
        rows = [
            *connection.execute(_left_over(context, waiting)),
            *connection.execute(_left_over(context, rejected).where(rejected.c.retry_key != key)),
        ]
    return list({row.source_id: row.raw for row in rows if row.source_id not in seen}.values())


def _left_over(context: RunContext, table: Table) -> Select[Any]:
    return select(table.c.source_id, table.c.raw).where(
        table.c.realm_id == context.realm_id,
        table.c.record_type == context.record_type,
        table.c.direction == Direction.PULL,
    )
