"""Tells whether the QuickBooks record behind a link is still the one that was linked.

An owner can wipe a company's data in QuickBooks: its id stays, and Ids are given out again from 1.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from quickbooks_sync.record_types.record_type import RecordType

Document = Mapping[str, Any]


def find_difference(record_type: RecordType, known: Document, record: Document) -> str | None:
    """Return what shows that two documents of one Id are of different records, or `None`.

    A record keeps its CreateTime for life (an instant, to the second), and while its SyncToken is the same, so
    are its name, number, date or amount. What one of the two documents lacks says nothing.
    """
    times = [created_at(document) for document in (known, record)]
    if None not in times and times[0] != times[1]:
        return f"it was made on {times[1]}, the linked one on {times[0]}"
    if not _has_same_token(known, record):
        return None
    for name in record_type.lasting_properties:
        before, now = _plain(known.get(name)), _plain(record.get(name))
        if before and now and before != now:
            return f"its {name} is {now}, the linked one's is {before} at the same SyncToken"
    return None


def is_surely_same(record_type: RecordType, known: Document, record: Document) -> bool:
    """Whether a record is the linked one beyond doubt: nothing differs, at the same SyncToken."""
    is_told = created_at(known) is not None and created_at(record) is not None
    is_same = find_difference(record_type, known, record) is None
    return is_told and is_same and _has_same_token(known, record)


def created_at(document: Document) -> datetime | None:
    """Return when a record was made in QuickBooks, if the document says so."""
    written = (document.get("MetaData") or {}).get("CreateTime")
    return datetime.fromisoformat(written) if written else None


def describe_replaced(loupe_id: int, quickbooks_id: str, difference: str) -> str:
    """Say that a link's Id is another record's now, and what a person can do."""
    return (
        f"the QuickBooks record with Id {quickbooks_id} is not the one that Loupe row {loupe_id} was linked to: "
        f"{difference}. Nothing was changed. Was the company reset? Decide `same` if the two are one, else `separate`"
    )


def _has_same_token(known: Document, record: Document) -> bool:
    return str(known.get("SyncToken")) == str(record.get("SyncToken"))


def _plain(value: Any) -> Any:
    return Decimal(value) if isinstance(value, int | Decimal) else value
