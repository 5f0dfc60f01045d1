"""Writes what a record changes in its Loupe row, unless somebody else was faster."""

from quickbooks_sync.intake.batch_context import BatchContext
from quickbooks_sync.model.errors import RetryableError
from quickbooks_sync.model.unreadable import without_unreadable
from quickbooks_sync.postgres.records.links import Link
from quickbooks_sync.postgres.records.loupe_rows import Row, update_row


def write_changes(known: BatchContext, link: Link, row: Row, changes: Row) -> Row:
    """Write some columns of a linked row; returns the row with the columns that it has by then.

    Raises:
        RetryableError: The row has another version than the one that was merged.
    """
    if not changes:
        return row
    stored = update_row(
        known.connection,
        known.mapping,
        known.context.organization_id,
        link.loupe_id,
        row["row_version"],
        changes,
    )
    if stored is None:
        raise RetryableError(
            f"Loupe row {link.loupe_id} changed while it was being merged; nothing of this "
            "batch was written. The step is repeated.",
        )
    return {**row, **without_unreadable(stored)}
