"""Nothing is written to, or for, a record that is not the one that was linked, as in a company that was wiped.

SyncTokens start at 0 in every record, so QuickBooks itself would not refuse such a write.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from quickbooks_sync.intake.owners import fetch_by_ids, find_owner_type, find_replaced
from quickbooks_sync.intake.replaced import (
    describe_replaced,
    find_difference,
    find_other_time,
    is_older,
)
from quickbooks_sync.intake.strangers import Strangers
from quickbooks_sync.model.decision import Operation
from quickbooks_sync.model.outcome import RECORD_CONFLICT, FieldConflict, Outcome, RecordOutcome
from quickbooks_sync.postgres.records.links import REPLACED, Link, update_links
from quickbooks_sync.postgres.records.staging import read_totals
from quickbooks_sync.push.decide.write import Write
from quickbooks_sync.quickbooks.client import fetch_if_there
from quickbooks_sync.record_types.record_type import RecordType
from quickbooks_sync.run.context import RunContext

Record = Mapping[str, Any]


def hold_replaced(context: RunContext, writes: Sequence[Write]) -> list[RecordOutcome]:
    """Return an outcome for every change whose record is another one now; a metered read for 200, or none.

    Their links are marked, so that nothing is sent to these records until a person has decided.

    Raises:
        CompanyStoppedError: Too many are other ones; nothing was marked or sent.
    """
    links = {write.link.quickbooks_id: write.link for write in writes if write.link is not None}
    differences = _find_replaced(context, links)
    strangers = Strangers(context)
    for quickbooks_id, difference in differences.items():
        strangers.note_record(links[quickbooks_id], difference)
    strangers.refuse(_count_read(context))
    if differences:
        marked = [
            replace(links[quickbooks_id], state=REPLACED, loupe_row_version=None)
            for quickbooks_id in differences
        ]
        with context.transaction() as connection:
            update_links(connection, context.realm_id, context.record_type, marked)
    return [
        _conflict(write, write.link, differences[write.link.quickbooks_id])
        for write in writes
        if write.link is not None and write.link.quickbooks_id in differences
    ]


def hold_referring(context: RunContext, writes: Sequence[Write]) -> list[RecordOutcome]:
    """Return an outcome for every write for a record that is another one now; a metered read for 200, or none.

    Where what a write settles is read before it is sent, that tells as much, and nothing more is read.

    Raises:
        CompanyStoppedError: Too many are other ones; nothing was sent.
    """
    owner = find_owner_type(context)
    if owner is None:
        return []
    owners = {write.loupe_id: _find_owner(context, owner, write) for write in writes}
    ids = {quickbooks_id for quickbooks_id in owners.values() if quickbooks_id}
    replaced = find_replaced(context, owner, ids)
    return [
        _waiting(write, owner, quickbooks_id)
        for write in writes
        if (quickbooks_id := owners[write.loupe_id]) in replaced and quickbooks_id
    ]


def _find_replaced(context: RunContext, links: Mapping[str, Link]) -> dict[str, str]:
    """Return by Id what shows that records are not the linked ones; what lags in the list is read by its Id."""
    current = read_older_again(context, links, fetch_by_ids(context, context.type, links))
    differences = {
        quickbooks_id: find_difference(context.type, links[quickbooks_id], record)
        for quickbooks_id, record in current.items()
    }
    return {key: difference for key, difference in differences.items() if difference}


def read_older_again(
    context: RunContext, links: Mapping[str, Link], listed: Sequence[Record]
) -> dict[str, Record]:
    """Return the linked records by Id, of which some are listed; those that lag or lack are read by their Id."""
    entity, client = context.mapping.entity, context.client()
    by_id = {record["Id"]: record for record in listed}
    current: dict[str, Record | None] = {}
    for quickbooks_id, link in links.items():
        record = by_id.get(quickbooks_id)
        if record is None or (is_older(link, record) and not find_other_time(link, record)):
            current[quickbooks_id] = fetch_if_there(client, entity, quickbooks_id)
        else:
            current[quickbooks_id] = record
    return {key: record for key, record in current.items() if record is not None}


def _count_read(context: RunContext) -> int:
    with context.reading() as connection:
        total, _ = read_totals(connection, context.run_id)
    return total


def _find_owner(context: RunContext, owner: RecordType, write: Write) -> str | None:
    """Return the Id of the record that a write is for, where nothing else is asked about it."""
    settles = context.type.settles
    if settles and settles.amounts(write.values):
        return None
    for field in context.mapping.fields:
        is_sent = write.operation == Operation.CREATE or field.name in write.fields
        if field.references == owner.name and is_sent:
            return write.values.get(field.name)
    return None


def _conflict(write: Write, link: Link, difference: str) -> RecordOutcome:
    why = describe_replaced(write.loupe_id, link.quickbooks_id, difference)
    return RecordOutcome(
        write.source_id,
        Outcome.CONFLICT,
        loupe_id=write.loupe_id,
        quickbooks_id=link.quickbooks_id,
        reason=why,
        conflicts=(FieldConflict(RECORD_CONFLICT, why, write.loupe_id, link.quickbooks_id),),
        raw=write.raw,
    )


def _waiting(write: Write, owner: RecordType, quickbooks_id: str) -> RecordOutcome:
    return RecordOutcome(
        write.source_id,
        Outcome.WAITING,
        loupe_id=write.loupe_id,
        reason=f"the QuickBooks {owner.label} with Id {quickbooks_id} is not the one that was linked, so nothing was "
        f"sent; pull {owner.labels}, which lists it, and decide",
        waits_for=owner.name,
        waits_for_id=quickbooks_id,
        raw=write.raw,
    )
