"""Finds in QuickBooks what a batch without an answer has made or changed there, by the values that it sent."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from quickbooks_sync.model.decision import Operation
from quickbooks_sync.postgres.records.links import read_link_ids
from quickbooks_sync.postgres.runs.intents import IntentItem
from quickbooks_sync.push.guard.lookup import of_pulled_types, with_whole
from quickbooks_sync.quickbooks.query import is_in, is_since
from quickbooks_sync.record_types.record_type import are_equal
from quickbooks_sync.run.context import RunContext
from quickbooks_sync.settings import read_settings
from quickbooks_sync.transform.model import frame_to_values
from quickbooks_sync.transform.quickbooks_side import records_to_values

#: How far QuickBooks' clock may be from ours.
CLOCKS_APART = timedelta(hours=1)

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
            (
                key
                for key, found_values in left.items()
                if context.type.is_made_from(item.loupe_values, found_values)
            ),
            None,
        )
        if match is None:
            unfound.append(item)
        else:
            found.append((item, by_id[match]))
            del left[match]
    alike = {
        item.loupe_id: [
            key for key, found_values in left.items() if is_like(context, item, found_values)
        ]
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


def is_like(context: RunContext, item: IntentItem, theirs: Values) -> bool:
    """Whether enough of what a create sent is in a record that was made about then."""
    telling, others = context.type.telling_fields
    sent = item.loupe_values
    told = [name for name in telling if sent.get(name) and sent[name] == theirs.get(name)]
    beside = [name for name in others if sent.get(name) == theirs.get(name)]
    if not told and not theirs.get("is_void"):
        return False
    return len(told) + len(beside) >= (2 if others else 1)


def _fetch_made_since(context: RunContext, sent_at: datetime) -> list[Record]:
    """Fetch what was made in QuickBooks since the batch may first have arrived."""
    pages = context.pages(is_since("MetaData.CreateTime", sent_at - CLOCKS_APART))
    records = [record for page in pages for record in page.records]
    return of_pulled_types(context, with_whole(context, records))


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
    pages = context.pages(is_in("Id", ids.values()))
    records = [record for page in pages for record in page.records]
    values = _to_values(context, records)
    now = {record["Id"]: (record, theirs) for record, theirs in zip(records, values, strict=True)}
    found: Found = []
    for item in items:
        record, theirs = now.get(ids.get(item.loupe_id, ""), ({}, {}))
        if record and are_equal(item.sent_fields, item.loupe_values, theirs):
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
    done = records_to_values(context.mapping, records, settings=settings, lists=settings.lists)
    return frame_to_values(done.frame)
