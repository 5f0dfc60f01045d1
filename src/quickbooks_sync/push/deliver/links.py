"""The link of a record that was written: what both sides agree on by now, and whose it is."""

from collections.abc import Mapping
from typing import Any

from quickbooks_sync.intake.outcomes import updated_at
from quickbooks_sync.intake.replaced import created_at
from quickbooks_sync.mapping import RecordMapping
from quickbooks_sync.postgres.records.links import RETURNED, Link
from quickbooks_sync.postgres.runs.intents import IntentItem
from quickbooks_sync.push.decide.names import list_unwritten

Record = dict[str, Any]

#: What is agreed only where QuickBooks took it as it was sent. Stock goes by adjustments, which start once
#: both sides have agreed on a quantity; and QuickBooks silently leaves unapplied what an invoice no longer
#: asks for (Intuit: payment, section 8.5).
_TAKEN_AS_SENT = ("quantity", "applications")


def link_after(
    mapping: RecordMapping,
    item: IntentItem,
    record: Record,
    theirs: Mapping[str, Any],
    known: Link | None,
    *,
    is_answer: bool,
    is_written: bool,
) -> Link:
    """Return the link with the base that the write leaves.

    Loupe's half is what was sent, QuickBooks' half what it answered, so that its trimming and
    rounding never come back as a change. A default it filled in stays out of the base: then the
    merge takes it to Loupe. Of a record that is no answer but was found later, only what is still as it
    was sent is agreed.
    """
    ours = item.loupe_values
    unwritten = {field.name for field in list_unwritten(mapping, ours, theirs)}
    names = item.sent_fields if known else [field.name for field in mapping.two_way]
    # QuickBooks brings texts into a form of its own, which may be the one that it had.
    texts = {field.name for field in mapping.two_way if field.type == "text"}
    settled = [
        name
        for name in names
        if name in theirs
        and name in ours
        and name not in unwritten
        and not (_is_empty(ours[name]) and theirs[name])
        and (
            ours[name] == theirs[name]
            or (is_answer and name not in _TAKEN_AS_SENT and (is_written or name in texts))
        )
    ]
    # A new item starts with the quantity that was meant for it; what is missing to Loupe's is adjusted.
    started = {"quantity": theirs["quantity"]} if _is_started(item, theirs, known) else {}
    return Link(
        loupe_id=item.loupe_id,
        quickbooks_id=record["Id"],
        origin=known.origin if known else "loupe",
        sync_token=str(record.get("SyncToken") or "0"),
        document=record,
        loupe_base={
            **(known.loupe_base if known else {}),
            **{name: ours[name] for name in settled},
            **started,
        },
        quickbooks_base={
            **(known.quickbooks_base if known else {}),
            **{name: theirs[name] for name in settled},
            **started,
        },
        quickbooks_updated_at=updated_at(record),
        loupe_row_version=None,
        # Until somebody has decided about its life, what else is written says nothing about that.
        state=RETURNED if known and known.state == RETURNED else "live",
        **_identity_after(item, record, known),
    )


def _identity_after(item: IntentItem, record: Record, known: Link | None) -> dict[str, Any]:
    """Return what the link knows of its two sides: the row as it was sent, for the one that is there may be another."""
    made = created_at(record) or (known.quickbooks_created_at if known else None)
    seen = known.loupe_seen_version if known else None
    is_newest = known is not None and seen is not None and seen >= item.row_version
    return {
        "quickbooks_created_at": made,
        "loupe_created_at": known.loupe_created_at if known else item.loupe_created_at,
        "loupe_seen_version": seen if is_newest else item.row_version,
        "loupe_seen_at": known.loupe_seen_at if known and is_newest else None,
    }


def _is_started(item: IntentItem, theirs: Mapping[str, Any], known: Link | None) -> bool:
    return known is None and "quantity" in item.sent_fields and theirs.get("quantity") is not None


def _is_empty(value: Any) -> bool:
    return value is None or value == []
