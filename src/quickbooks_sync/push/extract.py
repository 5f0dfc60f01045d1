"""Extract of a push: stage the rows worth a look."""

from typing import Any

from sqlalchemy import Numeric, cast, exists, func, select

from quickbooks_sync.model.flow import BatchManifest, RunManifest
from quickbooks_sync.postgres import tables
from quickbooks_sync.postgres.records.loupe_rows import LOUPE_TABLES, iter_rows
from quickbooks_sync.postgres.records.staging import StagedRecord, clear_run, write_batch
from quickbooks_sync.postgres.runs.leases import hold_lease
from quickbooks_sync.push.decide.missing_in_loupe import find_missing_in_loupe
from quickbooks_sync.push.decide.staged_rows import to_staged
from quickbooks_sync.run.lifecycle import is_narrowed, lease_of, write_next_watermark
from quickbooks_sync.settings import ensure_reference
from quickbooks_sync.workspace import Workspace


def extract(workspace: Workspace, run: RunManifest) -> list[BatchManifest]:
    """Stage Loupe's rows in batches of 1,000.

    An incremental push leaves out rows whose version both sides agree on; a full push takes all.
    """
    ensure_reference(workspace, run["realm_id"], run_id=run["run_id"])
    key = LOUPE_TABLES[run["record_type"]].key
    batches: list[BatchManifest] = []
    left = run["limit"]
    with workspace.engine.begin() as connection:
        hold_lease(connection, lease_of(run))
        clear_run(connection, run["run_id"])
        write_next_watermark(connection, run, connection.execute(select(func.now())).scalar_one())
        pages = iter_rows(connection, run["record_type"], run["organization_id"], *_conditions(run))
        for rows in pages:
            taken = rows[:left] if left else rows
            staged = [
                StagedRecord(number, str(row[key]), str(row["row_version"]), to_staged(row))
                for number, row in enumerate(taken)
            ]
            write_batch(connection, run["run_id"], len(batches), staged)
            batches.append(
                BatchManifest(
                    run_id=run["run_id"], batch_number=len(batches), row_count=len(staged)
                )
            )
            if left is not None and (left := left - len(taken)) <= 0:
                break
        gone = [] if is_narrowed(run) else find_missing_in_loupe(connection, run)
        if gone:
            write_batch(connection, run["run_id"], len(batches), gone)
            batches.append(
                BatchManifest(run_id=run["run_id"], batch_number=len(batches), row_count=len(gone))
            )
    return batches


def _conditions(run: RunManifest) -> list[Any]:
    where = LOUPE_TABLES[run["record_type"]]
    if run["record_ids"]:
        return [where.table.c[where.key].in_([int(one) for one in run["record_ids"]])]
    conditions: list[Any] = []
    if run["mode"] == "incremental":
        conditions.append(~_agreed(run))
    if run["linked_only"]:
        conditions.extend(_of_linked(run))
    return conditions


def _agreed(run: RunManifest) -> Any:
    where, link = LOUPE_TABLES[run["record_type"]], tables.link
    return exists(
        select(link.c.link_id).where(
            link.c.realm_id == run["realm_id"],
            link.c.record_type == run["record_type"],
            link.c.loupe_id == where.table.c[where.key],
            link.c.loupe_row_version == where.table.c.row_version,
            *_agreed_quantity(run),
        )
    )


def _agreed_quantity(run: RunManifest) -> list[Any]:
    """An item is worth a look whenever QuickBooks' quantity is not Loupe's, whoever moved it."""
    if run["record_type"] != "inventory_item":
        return []
    on_hand = cast(tables.link.c.document["QtyOnHand"].astext, Numeric)
    return [func.coalesce(on_hand, 0) == tables.inventory_item.c.quantity]


def _of_linked(run: RunManifest) -> list[Any]:
    """Keep invoices and payments of linked customers, and items on linked invoices."""
    link, where = tables.link, LOUPE_TABLES[run["record_type"]]
    mine = link.c.realm_id == run["realm_id"]
    if run["record_type"] in ("invoice", "payment"):
        customers = select(link.c.loupe_id).where(mine, link.c.record_type == "customer")
        return [where.table.c.customer_id.in_(customers)]
    if run["record_type"] == "inventory_item":
        invoices = select(link.c.loupe_id).where(mine, link.c.record_type == "invoice")
        items = select(tables.invoice_line.c.inventory_item_id).where(
            tables.invoice_line.c.invoice_id.in_(invoices)
        )
        return [where.table.c.inventory_item_id.in_(items)]
    return []
