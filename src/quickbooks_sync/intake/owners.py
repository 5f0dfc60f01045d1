"""Asks whether the records that others are for, such as the customers of invoices, are still those that were linked."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from quickbooks_sync.intake.replaced import find_other_time
from quickbooks_sync.intake.strangers import Strangers
from quickbooks_sync.postgres.records.identities import read_identities, read_names
from quickbooks_sync.postgres.records.link_states import mark_replaced
from quickbooks_sync.quickbooks.query import IDS_PER_QUERY, is_in
from quickbooks_sync.record_types.record_type import RecordType
from quickbooks_sync.record_types.registry import RECORD_TYPES
from quickbooks_sync.run.context import RunContext
from quickbooks_sync.transform.canonical import folded

Record = Mapping[str, Any]


def find_owner_type(context: RunContext) -> RecordType | None:
    """Return the record type that the run's records are for; `None` where they are for nobody."""
    depends_on = context.type.depends_on
    return RECORD_TYPES[depends_on[0]] if depends_on else None


def note_replaced_owners(context: RunContext, records: Sequence[Record]) -> None:
    """Mark the linked owners of pulled records that are other ones now, so that what is theirs waits.

    An owner is asked for where a record calls it by another name than the linked one has; mostly none, and no read.

    Raises:
        CompanyStoppedError: Too many are other ones.
    """
    owner = find_owner_type(context)
    if owner is None or context.is_preview:
        return
    called = _read_called(context, owner, records)
    with context.reading() as connection:
        names = read_names(
            connection, context.realm_id, owner.name, called, owner.lasting_properties
        )
    ids = [key for key, known in names.items() if folded(called[key]) not in map(folded, known)]
    find_replaced(context, owner, ids)


def find_replaced(context: RunContext, record_type: RecordType, ids: Collection[str]) -> set[str]:
    """Return the Ids of those linked records that are other ones now, and mark them; a metered read for 200, or none.

    Raises:
        CompanyStoppedError: Too many are other ones.
    """
    replaced = find_replaced_among(context, record_type, fetch_by_ids(context, record_type, ids))
    if replaced:
        with context.transaction() as connection:
            mark_replaced(connection, context.realm_id, record_type.name, replaced)
    return replaced


def find_replaced_among(
    context: RunContext, record_type: RecordType, records: Sequence[Record]
) -> set[str]:
    """Return the Ids of those of some listed records that are not the ones that were linked.

    Raises:
        CompanyStoppedError: Too many are other ones.
    """
    ids = [record["Id"] for record in records]
    with context.reading() as connection:
        links = read_identities(connection, context.realm_id, record_type.name, quickbooks_ids=ids)
    known = {link.quickbooks_id: link for link in links}
    strangers = Strangers(context, record_type.labels)
    replaced = set()
    for record in records:
        link = known.get(record["Id"])
        difference = find_other_time(link, record) if link else None
        if link and difference:
            strangers.note_record(link, difference)
            replaced.add(record["Id"])
    strangers.refuse(len(records))
    return replaced


def fetch_by_ids(
    context: RunContext, record_type: RecordType, ids: Collection[str]
) -> list[Record]:
    """Fetch records as a list shows them; one that it does not show is left out."""
    ordered, client = sorted(ids), context.client()
    return [
        record
        for start in range(0, len(ordered), IDS_PER_QUERY)
        for page in client.pages(
            record_type.entity,
            where=is_in("Id", ordered[start : start + IDS_PER_QUERY]),
            has_activity=record_type.has_activity,
        )
        for record in page.records
    ]


def _read_called(
    context: RunContext, owner: RecordType, records: Sequence[Record]
) -> dict[str, str]:
    """Return by Id what records call their owners."""
    fields = (field for field in context.mapping.fields if field.references == owner.name)
    properties = {str(field.quickbooks).partition(".")[0] for field in fields}
    pointers = [record.get(name) or {} for record in records for name in properties]
    return {
        pointer["value"]: pointer["name"]
        for pointer in pointers
        if pointer.get("value") and pointer.get("name")
    }
