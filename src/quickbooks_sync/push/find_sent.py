"""Finds in QuickBooks what a batch without an answer has made or changed there, by the values that it sent."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from quickbooks_sync.first_contact import payment_key
from quickbooks_sync.flows import RunManifest
from quickbooks_sync.postgres.intents import IntentItem
from quickbooks_sync.postgres.links import read_link_ids
from quickbooks_sync.push.lookup import fetch_candidates
from quickbooks_sync.quickbooks.query import is_in
from quickbooks_sync.settings import read_settings
from quickbooks_sync.transform import folded, frame_to_values, records_to_values
from quickbooks_sync.workspace import Workspace

#: How far QuickBooks' clock may be behind ours.
CLOCKS_APART = timedelta(hours=1)

Record = dict[str, Any]
Values = Mapping[str, Any]
Found = list[tuple[IntentItem, Record]]


def find_sent(
    workspace: Workspace, run: RunManifest, items: Sequence[IntentItem], sent_at: datetime
) -> Found:
    """Return the items that QuickBooks has, each with its record as it is now.

    A create is found by what it sent, among records made since and linked to no row; equal creates (two
    payments of one day) are interchangeable. A change is found by its link, where QuickBooks holds what was
    sent; where it does not, the next merge sees to it. So it does to an inventory adjustment, which is
    computed from the quantity that QuickBooks has then.

    Args:
        workspace: The workspace.
        run: The run.
        items: Items whose effect is not known.
        sent_at: When their intent was committed.
    """
    creates = [item for item in items if item.operation == "create"]
    changes = [item for item in items if item.operation in ("update", "void")]
    return [
        *_find_created(workspace, run, creates, sent_at),
        *_find_changed(workspace, run, changes),
    ]


def _find_created(
    workspace: Workspace, run: RunManifest, items: Sequence[IntentItem], sent_at: datetime
) -> Found:
    if not items:
        return []
    records = fetch_candidates(workspace, run, [item.loupe_values for item in items])
    unlinked = _made_since(_without_linked(workspace, run, records), sent_at)
    left = list(zip(unlinked, _to_values(workspace, run, unlinked), strict=True))
    found: Found = []
    for item in items:
        for pair in left:
            if is_what_was_sent(run["record_type"], item.loupe_values, pair[1]):
                found.append((item, pair[0]))
                left.remove(pair)
                break
    return found


def is_what_was_sent(record_type: str, sent: Values, theirs: Values) -> bool:
    """Whether a QuickBooks record is the one that a create with these values made.

    The rest of it may have been edited there since; what tells records apart has not.
    """
    if record_type == "customer":
        return folded(sent.get("display_name")) == folded(theirs.get("display_name"))
    if record_type == "inventory_item":
        name = "tag_id" if sent.get("tag_id") else "item_name"
        return folded(sent.get(name)) == folded(theirs.get(name))
    if record_type == "payment":
        names = ("customer", "reference_number")
        return payment_key(sent) == payment_key(theirs) and _are_equal(names, sent, theirs)
    if sent.get("invoice_number"):
        return _are_equal(("customer", "invoice_number"), sent, theirs)
    return _are_equal(("customer", "invoice_date", "total_amount"), sent, theirs)


def _are_equal(names: Sequence[str], sent: Values, theirs: Values) -> bool:
    return all(sent.get(name) == theirs.get(name) for name in names)


def _find_changed(workspace: Workspace, run: RunManifest, items: Sequence[IntentItem]) -> Found:
    if not items:
        return []
    with workspace.engine.connect() as connection:
        ids = dict(
            read_link_ids(
                connection,
                run["realm_id"],
                run["record_type"],
                loupe_ids=[item.loupe_id for item in items],
            )
        )
    if not ids:
        return []
    entity = workspace.mapping(run["record_type"]).entity
    client = workspace.client(run["realm_id"], run["run_id"])
    pages = client.pages(entity, where=is_in("Id", ids.values()))
    records = [record for page in pages for record in page.records]
    values = _to_values(workspace, run, records)
    now = {record["Id"]: (record, theirs) for record, theirs in zip(records, values, strict=True)}
    found: Found = []
    for item in items:
        record, theirs = now.get(ids.get(item.loupe_id, ""), ({}, {}))
        if record and _are_equal(item.sent_fields, item.loupe_values, theirs):
            found.append((item, record))
    return found


def _without_linked(
    workspace: Workspace, run: RunManifest, records: Sequence[Record]
) -> list[Record]:
    with workspace.engine.connect() as connection:
        pairs = read_link_ids(
            connection,
            run["realm_id"],
            run["record_type"],
            quickbooks_ids=[record["Id"] for record in records],
        )
    linked = {quickbooks_id for _, quickbooks_id in pairs}
    unlinked = [record for record in records if record["Id"] not in linked]
    return sorted(unlinked, key=lambda record: (len(record["Id"]), record["Id"]))


def _made_since(records: Sequence[Record], sent_at: datetime) -> list[Record]:
    """Keep records made after the intent; one that tells no time may be one."""
    oldest = sent_at - CLOCKS_APART
    kept = []
    for record in records:
        made = (record.get("MetaData") or {}).get("CreateTime")
        if made is None or datetime.fromisoformat(made) >= oldest:
            kept.append(record)
    return kept


def _to_values(
    workspace: Workspace, run: RunManifest, records: Sequence[Record]
) -> list[dict[str, Any]]:
    with workspace.engine.connect() as connection:
        settings = read_settings(connection, run["realm_id"])
    done = records_to_values(workspace.mapping(run["record_type"]), records, settings=settings)
    return frame_to_values(done.frame)
