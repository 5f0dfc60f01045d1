"""Finds in QuickBooks what a batch without an answer has made or changed there, by the values that it sent."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from quickbooks_sync.model.decision import Operation
from quickbooks_sync.postgres.records.links import read_link_ids
from quickbooks_sync.postgres.runs.intents import IntentItem
from quickbooks_sync.push.guard.lookup import of_pulled_types
from quickbooks_sync.quickbooks.query import is_in, quote
from quickbooks_sync.run.context import RunContext
from quickbooks_sync.settings import read_settings
from quickbooks_sync.transform import folded, frame_to_values, records_to_values

#: How far QuickBooks' clock may be from ours.
CLOCKS_APART = timedelta(hours=1)
#: What a record that somebody has edited must still share with what was sent: one of the first fields (a void
#: record has lost them), and two of all, or all there are.
_ALIKE: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "customer": (("display_name", "email", "phone", "company_name"), ()),
    "invoice": (("invoice_number", "total_amount"), ("customer", "invoice_date")),
    "payment": (
        ("amount", "applications", "reference_number"),
        ("customer", "payment_date"),
    ),
    "inventory_item": (("tag_id", "item_name"), ()),
}

Record = dict[str, Any]
Values = Mapping[str, Any]
Found = list[tuple[IntentItem, Record]]


@dataclass(frozen=True)
class Search:
    """What a search came to.

    Attributes:
        found: Items that QuickBooks has, each with its record as it is now.
        doubted: Items of which it may have several, each with every one of them; a person must say.
    """

    found: Found = field(default_factory=list)
    doubted: Found = field(default_factory=list)


def find_sent(context: RunContext, items: Sequence[IntentItem], sent_at: datetime) -> Search:
    """Search QuickBooks for what became of the items.

    A create is found among records made since and linked to no row, first by what it sent, then by what is left of
    that: somebody may have corrected a number, a date or a name there meanwhile, or voided it. Equal creates (two
    payments of one day) are interchangeable. A change is found by its link, where QuickBooks holds what was sent;
    where it does not, the next merge sees to it. So it does to an inventory adjustment, which is computed from the
    quantity that QuickBooks has then.

    Args:
        context: The run.
        items: Items whose effect is not known.
        sent_at: When their intent was committed.
    """
    creates = [item for item in items if item.operation == Operation.CREATE]
    changes = [item for item in items if item.operation in (Operation.UPDATE, Operation.VOID)]
    search = _find_created(context, creates, sent_at)
    return replace(search, found=[*search.found, *_find_changed(context, changes)])


def _find_created(context: RunContext, items: Sequence[IntentItem], sent_at: datetime) -> Search:
    if not items:
        return Search()
    records = _fetch_made_since(context, sent_at)
    unlinked = _without_linked(context, records)
    values = _to_values(context, unlinked)
    left = dict(zip((record["Id"] for record in unlinked), values, strict=True))
    by_id = {record["Id"]: record for record in unlinked}
    found: Found = []
    unfound: list[IntentItem] = []
    for item in items:
        match = next(
            (key for key, one in left.items() if is_what_was_sent(context, item, one)), None
        )
        if match is None:
            unfound.append(item)
        else:
            found.append((item, by_id[match]))
            del left[match]
    alike = {
        item.loupe_id: [key for key, one in left.items() if is_like(context, item, one)]
        for item in unfound
    }
    claims = Counter(key for keys in alike.values() for key in keys)
    doubted: Found = []
    for item in unfound:
        keys = alike[item.loupe_id]
        if keys:
            is_certain = len(keys) == 1 and claims[keys[0]] == 1
            (found if is_certain else doubted).extend((item, by_id[key]) for key in keys)
    return Search(found, doubted)


def is_what_was_sent(context: RunContext, item: IntentItem, theirs: Values) -> bool:
    """Whether a QuickBooks record is the one that a create made, by what tells records apart."""
    sent, record_type = item.loupe_values, context.record_type
    if record_type == "customer":
        return folded(sent.get("display_name")) == folded(theirs.get("display_name"))
    if record_type == "inventory_item":
        name = "tag_id" if sent.get("tag_id") else "item_name"
        return folded(sent.get(name)) == folded(theirs.get(name))
    if record_type == "payment":
        names = ("customer", "payment_date", "amount", "applications", "reference_number")
        return _are_equal(names, sent, theirs)
    if sent.get("invoice_number"):
        return _are_equal(("customer", "invoice_number"), sent, theirs)
    return _are_equal(("customer", "invoice_date", "total_amount"), sent, theirs)


def is_like(context: RunContext, item: IntentItem, theirs: Values) -> bool:
    """Whether enough of what a create sent is in a record that was made about then."""
    telling, others = _ALIKE[context.record_type]
    sent = item.loupe_values
    told = [name for name in telling if sent.get(name) and sent[name] == theirs.get(name)]
    beside = [name for name in others if sent.get(name) == theirs.get(name)]
    if not told and not theirs.get("is_void"):
        return False
    return len(told) + len(beside) >= (2 if others else 1)


def _fetch_made_since(context: RunContext, sent_at: datetime) -> list[Record]:
    """Fetch what was made in QuickBooks since the batch may first have arrived."""
    earliest = (sent_at - CLOCKS_APART).astimezone(UTC).isoformat(timespec="seconds")
    condition = f"MetaData.CreateTime >= {quote(earliest)}"
    client = context.client()
    pages = client.pages(context.mapping.entity, where=condition)
    return of_pulled_types(context, [record for page in pages for record in page.records])


def _are_equal(names: Sequence[str], sent: Values, theirs: Values) -> bool:
    return all(sent.get(name) == theirs.get(name) for name in names)


def _find_changed(context: RunContext, items: Sequence[IntentItem]) -> Found:
    if not items:
        return []
    with context.reading() as connection:
        ids = dict(
            read_link_ids(
                connection,
                context.realm_id,
                context.record_type,
                loupe_ids=[item.loupe_id for item in items],
            )
        )
    if not ids:
        return []
    entity = context.mapping.entity
    client = context.client()
    pages = client.pages(entity, where=is_in("Id", ids.values()))
    records = [record for page in pages for record in page.records]
    values = _to_values(context, records)
    now = {record["Id"]: (record, theirs) for record, theirs in zip(records, values, strict=True)}
    found: Found = []
    for item in items:
        record, theirs = now.get(ids.get(item.loupe_id, ""), ({}, {}))
        if record and _are_equal(item.sent_fields, item.loupe_values, theirs):
            found.append((item, record))
    return found


def _without_linked(context: RunContext, records: Sequence[Record]) -> list[Record]:
    with context.reading() as connection:
        pairs = read_link_ids(
            connection,
            context.realm_id,
            context.record_type,
            quickbooks_ids=[record["Id"] for record in records],
        )
    linked = {quickbooks_id for _, quickbooks_id in pairs}
    unlinked = [record for record in records if record["Id"] not in linked]
    return sorted(unlinked, key=lambda record: (len(record["Id"]), record["Id"]))


def _to_values(context: RunContext, records: Sequence[Record]) -> list[dict[str, Any]]:
    with context.reading() as connection:
        settings = read_settings(connection, context.realm_id)
    done = records_to_values(context.mapping, records, settings=settings)
    return frame_to_values(done.frame)
