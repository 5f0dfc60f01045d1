"""Keeps what a record is known to hold of the properties that QuickBooks sends only when a query names them.

The answer to a write cannot ask for them, so one that is absent there is unknown. A write that left such a property
alone has not changed it: it was accepted under the SyncToken that the last document was read at.
"""

from collections.abc import Collection, Mapping
from typing import Any

from quickbooks_sync.mapping import RecordMapping


def with_unasked(
    mapping: RecordMapping,
    record: Mapping[str, Any],
    before: Mapping[str, Any] | None,
    sent_fields: Collection[str],
) -> dict[str, Any]:
    """Return the answer to a write with the properties that it left out and the write did not send.

    Args:
        mapping: The record type's mapping.
        record: What QuickBooks answered.
        before: The last known document; `None` where the write has made the record, and what was not sent is empty.
        sent_fields: Names of the fields that were sent; what became of those is for QuickBooks to say.
    """
    kept = dict(record)
    for field in mapping.fields:
        name = str(field.quickbooks)
        if field.is_asked_for and field.name not in sent_fields and name not in record:
            if before is None:
                kept[name] = None
            elif name in before:
                kept[name] = before[name]
    return kept
