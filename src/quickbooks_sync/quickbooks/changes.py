"""Change data capture: what changed since a moment, deletions included, in one metered read.

The answer holds at most 1,000 objects and knows no paging, so an answer that long may be cut off; and the
moment must lie within the last 30 days (Intuit: change data capture, section 4).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

MAX_OBJECTS = 1000
#: A day less than Intuit's window: a run must not fall out of it while it waits.
WINDOW = timedelta(days=29)


@dataclass(frozen=True)
class Changes:
    """What changed.

    Attributes:
        records: Whole objects, as they are now.
        deleted: Stubs of deleted objects: Id, `status` "Deleted", MetaData.
        server_time: QuickBooks' clock when it answered, UTC.
        is_complete: False where the answer is so long that it may have been cut off.
    """

    records: list[dict[str, Any]] = field(repr=False)
    deleted: list[dict[str, Any]] = field(repr=False)
    server_time: datetime
    is_complete: bool


def parse_changes(document: Mapping[str, Any], entity: str, server_time: datetime) -> Changes:
    """Parse a CDC answer for one entity; an entity without changes is an empty object."""
    found: list[dict[str, Any]] = []
    for response in document.get("CDCResponse") or ():
        for part in response.get("QueryResponse") or ():
            found.extend(part.get(entity) or ())
    deleted = [one for one in found if is_deleted(one)]
    return Changes(
        [one for one in found if not is_deleted(one)],
        deleted,
        server_time,
        is_complete=len(found) < MAX_OBJECTS,
    )


def is_deleted(record: Mapping[str, Any]) -> bool:
    """Whether a record is the stub of a deleted one; it tells nothing but its Id."""
    return record.get("status") == "Deleted"


def is_missing(record: Mapping[str, Any]) -> bool:
    """Whether a record is the stub of one that QuickBooks does not find, which is not confirmed yet."""
    return record.get("status") == "Missing"


def is_stub(record: Mapping[str, Any]) -> bool:
    """Whether a record tells nothing but its Id, and that it is deleted or missing."""
    return is_deleted(record) or is_missing(record)


def deleted_stub(quickbooks_id: str) -> dict[str, Any]:
    """Return the stub of a record that is shown to be deleted."""
    return {"domain": "QBO", "status": "Deleted", "Id": quickbooks_id}


def missing_stub(quickbooks_id: str) -> dict[str, Any]:
    """Return the stub of a record that QuickBooks did not find by its Id."""
    return {"domain": "QBO", "status": "Missing", "Id": quickbooks_id}
