"""Tells whether the QuickBooks record behind a link is still the one that was linked.

An owner can wipe a company's data in QuickBooks: its id stays, and Ids are given out again from 1.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

Document = Mapping[str, Any]

#: Properties that no record changes without a new SyncToken.
_TOLD_BY = {
    "customer": ("DisplayName",),
    "invoice": ("DocNumber", "TxnDate"),
    "payment": ("TxnDate", "TotalAmt"),
    "inventory_item": ("Name",),
}


def is_another(record_type: str, known: Document, record: Document) -> bool:
    """Whether two documents of one Id are of different records.

    A record keeps its CreateTime for life (an instant, to the second; where one of the two has none, it says
    nothing), and while its SyncToken is the same, so are its name, number, date or amount.
    """
    times = [created_at(document) for document in (known, record)]
    if None not in times and times[0] != times[1]:
        return True
    if str(known.get("SyncToken")) != str(record.get("SyncToken")):
        return False
    return any(
        _plain(known.get(name)) != _plain(record.get(name)) for name in _TOLD_BY[record_type]
    )


def created_at(document: Document) -> datetime | None:
    """Return when a record was made in QuickBooks, if the document says so."""
    written = (document.get("MetaData") or {}).get("CreateTime")
    return datetime.fromisoformat(written) if written else None


def describe_replaced(loupe_id: int, known: Document, record: Document) -> str:
    """Say that a link's Id is another record's now, and what a person can do."""
    return (
        f"the QuickBooks record with Id {record['Id']} is not the one that Loupe row {loupe_id} was linked to: "
        f"it was made on {created_at(record)}, the linked one on {created_at(known)}. Nothing was changed. "
        "Was the company reset? Decide `same` if the two are one, else `separate`"
    )


def _plain(value: Any) -> Any:
    return Decimal(value) if isinstance(value, int | Decimal) else value or ""
