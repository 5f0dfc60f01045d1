"""Extract of a pull: stage QuickBooks' records in batches, as they came."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Select, Table, func, select

from quickbooks_sync.model.flow import BatchManifest, RunManifest
from quickbooks_sync.postgres import tables
from quickbooks_sync.postgres.records.staging import StagedRecord, clear_run, write_batch
from quickbooks_sync.postgres.runs.leases import hold_lease
from quickbooks_sync.postgres.runs.record_outcomes import forget_outcomes
from quickbooks_sync.pull.missing import IDS_PER_QUERY, find_missing, read_since
from quickbooks_sync.quickbooks.client import QuickBooksClient
from quickbooks_sync.quickbooks.query import is_in, quote
from quickbooks_sync.run.lifecycle import is_narrowed, lease_of, write_next_watermark
from quickbooks_sync.run.retry_key import retry_key
from quickbooks_sync.settings import ensure_reference, read_settings
from quickbooks_sync.workspace import Workspace

BATCH_SIZE = 1000

Record = dict[str, Any]


def extract(workspace: Workspace, run: RunManifest) -> list[BatchManifest]:
    """Stage what changed, or everything; then what is gone, and what earlier runs left over."""
    with workspace.engine.begin() as connection:
        hold_lease(connection, lease_of(run))
        clear_run(connection, run["run_id"])
        forget_outcomes(connection, run["run_id"])
    ensure_reference(workspace, run["realm_id"], run_id=run["run_id"])
    client = workspace.client(run["realm_id"], run["run_id"])
    batches: list[BatchManifest] = []
    seen: set[str] = set()
    changes = _fetch_changes(workspace, run, client)
    pages = _pages(workspace, run, client) if changes is None else _in_batches(changes)
    for page in pages:
        seen.update(record["Id"] for record in page)
        batches.append(_stage(workspace, run, len(batches), page))
    rest = find_missing(workspace, run, client, seen, is_full=changes is None)
    seen.update(record["Id"] for record in rest)
    rest.extend(_read_left_over(workspace, run, seen))
    for page in _in_batches(rest):
        batches.append(_stage(workspace, run, len(batches), page))
    return batches


def _in_batches(records: list[Record]) -> Iterator[list[Record]]:
    for start in range(0, len(records), BATCH_SIZE):
        yield records[start : start + BATCH_SIZE]


def _fetch_changes(
    workspace: Workspace, run: RunManifest, client: QuickBooksClient
) -> list[Record] | None:
    """Return changed and deleted records by CDC, or `None` where everything must be read.

    Everything is read by a full or narrowed run, for items (a sale may leave an item's LastUpdatedTime as it was),
    for a mapping with properties that only a query can ask for, when the watermark is too old for CDC, or QuickBooks
    finds it so, and when the answer may be cut off: that costs no more reads than a query by time with a sweep of
    all Ids.
    """
    mapping = workspace.mapping(run["record_type"])
    if run["mode"] != "incremental" or is_narrowed(run) or run["record_type"] == "inventory_item":
        return None
    since = read_since(workspace, run)
    if since is None or mapping.asked_for:
        return None
    changes = client.changes(mapping.entity, since)
    if changes is None or not changes.is_complete:
        return None
    _note_time(workspace, run, changes.server_time)
    return [*changes.records, *changes.deleted]


def _note_time(workspace: Workspace, run: RunManifest, server_time: datetime) -> None:
    """The watermark never passes QuickBooks' clock, nor ours."""
    with workspace.engine.begin() as connection:
        write_next_watermark(connection, run, min(server_time, datetime.now(UTC)))


def _stage(
    workspace: Workspace, run: RunManifest, number: int, records: list[Record]
) -> BatchManifest:
    staged = [
        StagedRecord(row, record["Id"], record.get("SyncToken"), record)
        for row, record in enumerate(records)
    ]
    with workspace.engine.begin() as connection:
        hold_lease(connection, lease_of(run))
        write_batch(connection, run["run_id"], number, staged)
    return BatchManifest(run_id=run["run_id"], batch_number=number, row_count=len(staged))


def _pages(
    workspace: Workspace, run: RunManifest, client: QuickBooksClient
) -> Iterator[list[Record]]:
    mapping = workspace.mapping(run["record_type"])
    left = run["limit"]
    for where in _conditions(workspace, run):
        page_size = min(BATCH_SIZE, left) if left else BATCH_SIZE
        is_whole = run["mode"] == "full" and not is_narrowed(run)
        for answer in client.pages(
            mapping.entity,
            where=where,
            asked_for=mapping.asked_for,
            page_size=page_size,
            is_whole=is_whole,
        ):
            _note_time(workspace, run, answer.server_time)
            records = answer.records[:left] if left else answer.records
            if records:
                yield records
            if left is not None and (left := left - len(records)) <= 0:
                return


def _conditions(workspace: Workspace, run: RunManifest) -> Iterator[str]:
    """Yield the WHERE clauses to read one after the other; mostly a single one."""
    with workspace.engine.connect() as connection:
        fixed = _fixed_conditions(connection, run)
        chosen = _chosen_ids(connection, run)
    if chosen is None:
        yield " AND ".join(fixed)
        return
    property_name, ids = chosen
    for start in range(0, len(ids), IDS_PER_QUERY):
        listed = ", ".join(quote(one) for one in ids[start : start + IDS_PER_QUERY])
        yield " AND ".join([*fixed, f"{property_name} IN ({listed})"])


def _fixed_conditions(connection: Connection, run: RunManifest) -> list[str]:
    conditions = []
    if run["record_type"] == "inventory_item":
        types = read_settings(connection, run["realm_id"]).item_types
        conditions.append(is_in("Type", types))
    if run["since"] and run["record_type"] in ("invoice", "payment"):
        conditions.append(f"TxnDate >= {quote(run['since'])}")
    return conditions


def _chosen_ids(connection: Connection, run: RunManifest) -> tuple[str, list[str]] | None:
    """Return the property and Ids that a narrowed run asks for, or `None` for all records."""
    if run["record_ids"]:
        return "Id", run["record_ids"]
    if not run["linked_only"] or run["record_type"] == "customer":
        return None
    if run["record_type"] == "inventory_item":
        return "Id", _item_ids_on_linked_invoices(connection, run["realm_id"])
    customers = select(tables.link.c.quickbooks_id).where(
        tables.link.c.realm_id == run["realm_id"], tables.link.c.record_type == "customer"
    )
    return "CustomerRef", list(connection.execute(customers).scalars())


def _item_ids_on_linked_invoices(connection: Connection, realm_id: str) -> list[str]:
    line = func.jsonb_path_query(
        tables.link.c.document, "$.Line[*].SalesItemLineDetail.ItemRef.value"
    )
    rows = connection.execute(
        select(line)
        .where(tables.link.c.realm_id == realm_id, tables.link.c.record_type == "invoice")
        .distinct()
    ).scalars()
    return sorted(str(one) for one in rows if str(one).isdigit())


def _read_left_over(workspace: Workspace, run: RunManifest, seen: set[str]) -> list[Record]:
    """Return earlier runs' records that are due again, as they were read then.

    These are the records that wait, and the rejected ones whose mapping, expectations or settings
    have changed since; both cost no metered read.
    """
    if run["preview"] or is_narrowed(run):
        return []
    with workspace.engine.connect() as connection:
        settings = read_settings(connection, run["realm_id"])
        key = retry_key(workspace, run["record_type"], "", settings)
        waiting, rejected = tables.waiting_record, tables.rejected_record
        rows = [
            *connection.execute(_left_over(run, waiting)),
            *connection.execute(_left_over(run, rejected).where(rejected.c.retry_key != key)),
        ]
    return list({row.source_id: row.raw for row in rows if row.source_id not in seen}.values())


def _left_over(run: RunManifest, table: Table) -> Select[Any]:
    return select(table.c.source_id, table.c.raw).where(
        table.c.realm_id == run["realm_id"],
        table.c.record_type == run["record_type"],
        table.c.direction == "pull",
    )
