"""Linked records that QuickBooks does not show: asked for one by one, and deleted only when that is certain.

Intuit's lists and its change data capture lag behind, and an answer may be wrong. So a record is deleted when
change data capture says so, or when QuickBooks answers "not found" (fault 610) to its Id in two runs
some time apart. Until then it is *missing*: listed, and left as it is on both sides.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from quickbooks_sync.model.errors import UnexpectedAnswerError
from quickbooks_sync.model.flow import Direction
from quickbooks_sync.postgres.records.link_states import read_kept_ids, read_missing_since
from quickbooks_sync.postgres.records.links import read_live_ids
from quickbooks_sync.quickbooks.changes import WINDOW, deleted_stub, missing_stub
from quickbooks_sync.quickbooks.client import QuickBooksClient, fetch_if_there
from quickbooks_sync.quickbooks.query import IDS_PER_QUERY, is_in
from quickbooks_sync.run.context import RunContext
from quickbooks_sync.run.watermarks import OVERLAP, read_watermark

#: Records are asked for by Id at a metered read each; a list that lacks more is not believed at all.
MOST_ASKED = 1000
#: How far apart two runs must be that do not find a record before it counts as deleted.
CONFIRMED_AFTER = timedelta(minutes=10)

Record = dict[str, Any]


def read_since(context: RunContext) -> datetime | None:
    """Return the moment from which change data capture is asked; `None` where it looks back too far."""
    with context.reading() as connection:
        mark = read_watermark(connection, context.realm_id, context.record_type, Direction.PULL)
    if mark is None or datetime.now(UTC) - mark.changed_since > WINDOW:
        return None
    since: datetime = mark.changed_since - OVERLAP
    return since


def find_missing(
    context: RunContext,
    client: QuickBooksClient,
    seen: set[str],
    *,
    is_full: bool,
) -> list[Record]:
    """Return what became of linked records that were not read.

    After a full read these are all that it did not show; else those that an earlier run did not find.

    Args:
        context: The run; a narrowed one looks for nothing.
        client: The company's client.
        seen: QuickBooks Ids that were read.
        is_full: Whether everything was read.

    Returns:
        Per record: itself, where it was only not shown; else a stub, deleted or missing.

    Raises:
        UnexpectedAnswerError: The list lacks so many that it cannot be right.
    """
    if context.is_narrowed:
        return []
    with context.reading() as connection:
        since = read_missing_since(connection, context.realm_id, context.record_type)
        linked = (
            read_live_ids(connection, context.realm_id, context.record_type) if is_full else since
        )
    absent = sorted(set(linked) - seen)
    if not absent:
        return []
    _refuse_too_many(context, len(absent), len(linked))
    entity = context.mapping.entity
    found = fetch_by_ids(context, absent)
    left = [quickbooks_id for quickbooks_id in absent if quickbooks_id not in found]
    deleted = _fetch_deleted(context, client, entity) if is_full and left else set()
    return [
        *found.values(),
        *(
            deleted_stub(quickbooks_id)
            if quickbooks_id in deleted
            else _ask(client, entity, quickbooks_id, since.get(quickbooks_id))
            for quickbooks_id in left
        ),
    ]


def find_kept(context: RunContext) -> list[Record]:
    """Return stubs of deleted records whose rows were kept for the payments on them: these may be gone by now."""
    if context.is_narrowed:
        return []
    with context.reading() as connection:
        kept = read_kept_ids(connection, context.realm_id, context.record_type)
    return [deleted_stub(quickbooks_id, is_again=True) for quickbooks_id in kept]


def find_again(
    context: RunContext, client: QuickBooksClient, records: Sequence[Record]
) -> list[Record]:
    """Return records without a link as they are now; a stub for each that QuickBooks does not have any more."""
    ids = [record["Id"] for record in records]
    found = fetch_by_ids(context, ids)
    entity = context.mapping.entity
    for quickbooks_id in ids:
        if quickbooks_id not in found:
            record = fetch_if_there(client, entity, quickbooks_id)
            found[quickbooks_id] = deleted_stub(quickbooks_id) if record is None else record
    return list(found.values())


def _refuse_too_many(context: RunContext, absent: int, linked: int) -> None:
    if absent > MOST_ASKED:
        raise UnexpectedAnswerError(
            f"QuickBooks listed {linked - absent} of {linked} linked {context.record_type} records; "
            f"more than {MOST_ASKED} are not shown, so the list cannot be right. Nothing was changed. "
            "Run the flow again in an hour; if it persists, look at the company in QuickBooks.",
            absent=absent,
            linked=linked,
        )


def fetch_by_ids(context: RunContext, ids: Sequence[str]) -> dict[str, Record]:
    """Return the records of some Ids that QuickBooks lists, one metered read for 200."""
    found: dict[str, Record] = {}
    for start in range(0, len(ids), IDS_PER_QUERY):
        condition = is_in("Id", ids[start : start + IDS_PER_QUERY])
        for page in context.pages(condition):
            found.update((record["Id"], record) for record in page.records)
    return found


def _fetch_deleted(context: RunContext, client: QuickBooksClient, entity: str) -> set[str]:
    """Return the Ids that change data capture calls deleted since the last pull."""
    since = read_since(context)
    if since is None:
        return set()
    changes = client.changes(entity, since)
    return {stub["Id"] for stub in changes.deleted} if changes else set()


def _ask(
    client: QuickBooksClient, entity: str, quickbooks_id: str, missing_since: datetime | None
) -> Record:
    """Ask for one record by its Id, which QuickBooks answers without delay."""
    record = fetch_if_there(client, entity, quickbooks_id)
    if record is not None:
        return record
    is_confirmed = missing_since is not None and (
        datetime.now(UTC) - missing_since >= CONFIRMED_AFTER
    )
    return deleted_stub(quickbooks_id) if is_confirmed else missing_stub(quickbooks_id)
