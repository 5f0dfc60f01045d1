"""Holds what a pull has read against what the links know: a list that lags is read again, another record is noticed."""

from collections.abc import Mapping, Sequence
from typing import Any

from quickbooks_sync.intake.owners import note_replaced_owners
from quickbooks_sync.intake.replaced import find_doubt, find_other, find_other_time, is_older
from quickbooks_sync.intake.strangers import Strangers
from quickbooks_sync.model.errors import UnexpectedAnswerError
from quickbooks_sync.postgres.records.identities import KnownIdentity, read_identities
from quickbooks_sync.postgres.records.loupe_rows import read_row_identities
from quickbooks_sync.quickbooks.changes import is_stub, missing_stub
from quickbooks_sync.quickbooks.client import QuickBooksClient, fetch_if_there
from quickbooks_sync.run.context import RunContext

#: Records are read again by Id at a metered read each; a list with more older ones is not believed at all.
MOST_READ_AGAIN = 200

Record = dict[str, Any]
KnownByIds = Mapping[str, KnownIdentity]


def recognise(
    context: RunContext,
    client: QuickBooksClient,
    records: Sequence[Record],
    strangers: Strangers,
) -> list[Record]:
    """Return records as they are now; those that are not the linked ones, and their rows, are noted.

    A record with a SyncToken below the one that is known comes from a list that lags: it is read by its Id, which
    QuickBooks answers at once.

    Raises:
        CompanyStoppedError: Too many of the records that they are for are other ones.
        UnexpectedAnswerError: The list has so many of them that it cannot be right.
    """
    note_replaced_owners(context, records)
    known = _read_known(context, records)
    if not known:
        return list(records)
    current = _read_again(context, client, records, known, strangers)
    for record in current:
        _note(strangers, known.get(record["Id"]), record)
    _note_rows(context, known, strangers)
    return current


def _read_known(context: RunContext, records: Sequence[Record]) -> dict[str, KnownIdentity]:
    key = context.realm_id, context.record_type
    ids = [record["Id"] for record in records]
    with context.reading() as connection:
        links = read_identities(connection, *key, quickbooks_ids=ids)
    return {link.quickbooks_id: link for link in links}


def _note(strangers: Strangers, link: KnownIdentity | None, record: Record) -> None:
    if link is not None and not is_stub(record):
        strangers.note_record(link, find_other(link, record))


def _note_rows(context: RunContext, known: KnownByIds, strangers: Strangers) -> None:
    ids = [link.loupe_id for link in known.values()]
    with context.reading() as connection:
        rows = read_row_identities(connection, context.mapping, ids)
    for link in known.values():
        if link.loupe_id in rows:
            strangers.note_row(link, find_doubt(link, rows[link.loupe_id]))


def _read_again(
    context: RunContext,
    client: QuickBooksClient,
    records: Sequence[Record],
    known: KnownByIds,
    strangers: Strangers,
) -> list[Record]:
    older = [record["Id"] for record in records if _lags(known.get(record["Id"]), record)]
    entity = context.mapping.entity
    fresh = {
        quickbooks_id: fetch_if_there(client, entity, quickbooks_id) or missing_stub(quickbooks_id)
        for quickbooks_id in older[:MOST_READ_AGAIN]
    }
    if len(older) > MOST_READ_AGAIN:
        for quickbooks_id, record in fresh.items():
            _note(strangers, known[quickbooks_id], record)
        strangers.refuse(len(records))
        raise UnexpectedAnswerError(
            f"QuickBooks listed {len(older)} of {len(records)} {context.type.labels} as they were before; more than "
            f"{MOST_READ_AGAIN}, so the list cannot be right. Nothing was changed. Run the flow again in an hour; if "
            "it persists, look at the company in QuickBooks.",
            older=len(older),
        )
    return [fresh.get(record["Id"], record) for record in records]


def _lags(link: KnownIdentity | None, record: Record) -> bool:
    """Whether a record is older than the one that is known, and not another one."""
    if link is None or is_stub(record):
        return False
    return is_older(link, record) and find_other_time(link, record) is None
