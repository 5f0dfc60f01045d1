"""Change data capture: what changed since a moment, deletions included, in one metered read.

The answer holds at most 1,000 objects and knows no paging, so an answer that long may be cut off; and the
moment must lie within the last 30 days (Intuit: change data capture, section 4).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from quickbooks_sync.quickbooks.forms import DELETED

MAX_OBJECTS = 1000
#: A day less than Intuit's window: a run must not fall out of it while it waits.
WINDOW = timedelta(days=29)
#: Status of a stub of our own; QuickBooks has no such word.
MISSING = "Missing"


@dataclass(frozen=True)
class Changes:
    """What changed.

    Attributes:
        records: Whole objects, as they are now.
        deleted: Stubs of deleted objects: Id, `status` "Deleted", MetaData.
        server_time: QuickBooks' clock when it answered, with the offset that it writes.
        is_complete: False where the answer may have been cut off: it is as long as answers get, or it says that
            it holds more records than came.
    """

    records: list[dict[str, Any]] = field(repr=False)
    deleted: list[dict[str, Any]] = field(repr=False)
    server_time: datetime
    is_complete: bool


_AGAIN = "again"


def is_deleted(record: Mapping[str, Any]) -> bool:
    """Whether a record is the stub of a deleted one; it tells nothing but its Id."""
    return record.get("status") == DELETED


def is_missing(record: Mapping[str, Any]) -> bool:
    """Whether a record is the stub of one that QuickBooks does not find, which is not confirmed yet."""
    return record.get("status") == MISSING


def is_stub(record: Mapping[str, Any]) -> bool:
    """Whether a record tells nothing but its Id, and that it is deleted or missing."""
    return is_deleted(record) or is_missing(record)


def deleted_stub(quickbooks_id: str, *, is_again: bool = False) -> dict[str, Any]:
    """Return the stub of a record that is shown to be deleted.

    Args:
        quickbooks_id: Its Id.
        is_again: Whether that is known already, and what was to be done about it is looked at once more.
    """
    again = {_AGAIN: True} if is_again else {}
    return {"domain": "QBO", "status": DELETED, "Id": quickbooks_id, **again}


def is_looked_at_again(record: Mapping[str, Any]) -> bool:
    """Whether a stub is of a record that was known to be deleted before."""
    return bool(record.get(_AGAIN))


def missing_stub(quickbooks_id: str) -> dict[str, Any]:
    """Return the stub of a record that QuickBooks did not find by its Id."""
    return {"domain": "QBO", "status": MISSING, "Id": quickbooks_id}
