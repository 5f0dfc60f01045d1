"""What a record deleted in QuickBooks becomes in Loupe: a state, never a deleted row."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from quickbooks_sync.model.outcome import RECORD_CONFLICT, FieldConflict

_REASON = "deleted in QuickBooks"


@dataclass(frozen=True)
class Removal:
    """What to do about a linked record that is gone.

    Attributes:
        changes: Columns of the Loupe row to change; empty where nothing changes.
        conflict: Why a person must decide, where one must.
    """

    changes: dict[str, Any]
    conflict: FieldConflict | None = None


def remove(
    record_type: str, row: Mapping[str, Any], quickbooks_id: str, *, is_paid: bool
) -> Removal:
    """Decide what a deletion does to a Loupe row.

    Args:
        record_type: The record type.
        row: The Loupe row.
        quickbooks_id: The Id that is gone.
        is_paid: Whether Loupe has live payments on the invoice.
    """
    if record_type == "invoice":
        return _remove_invoice(row, quickbooks_id, is_paid=is_paid)
    if record_type == "payment":
        return Removal({} if row["is_void"] else {"is_void": True})
    if row["is_active"]:
        # QuickBooks deletes no customer or item; it merges them, and which one stayed is not told.
        why = (
            "gone in QuickBooks, most likely merged with another; make it inactive or link it anew"
        )
        return Removal(
            {}, FieldConflict(RECORD_CONFLICT, why, row.get("row_version"), quickbooks_id)
        )
    return Removal({})


def _remove_invoice(row: Mapping[str, Any], quickbooks_id: str, *, is_paid: bool) -> Removal:
    if row["lifecycle_status"] == "Void":
        return Removal({})
    if is_paid or row["payment_status"] != "Unpaid":
        why = "deleted in QuickBooks, but Loupe has payments on it"
        return Removal(
            {}, FieldConflict(RECORD_CONFLICT, why, row["invoice_number"], quickbooks_id)
        )
    return Removal({"lifecycle_status": "Void", "void_reason": _REASON})
