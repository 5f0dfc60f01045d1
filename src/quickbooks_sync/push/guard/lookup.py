"""Looks records up in QuickBooks before they are created there, so that nothing exists twice.

Where a complete pull stands, what QuickBooks has is known and only doubtful rows are looked up: those
that a batch without an answer may have created.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice, product
from typing import Any

from sqlalchemy import Connection

from quickbooks_sync.intake import IntakeBatch
from quickbooks_sync.mapping import RecordMapping
from quickbooks_sync.model.outcome import RecordOutcome
from quickbooks_sync.postgres.records.links import read_link_ids
from quickbooks_sync.postgres.records.staging import StagedRecord
from quickbooks_sync.postgres.runs.intents import read_doubtful_ids
from quickbooks_sync.postgres.runs.record_outcomes import write_outcomes
from quickbooks_sync.push.decide.write import Write
from quickbooks_sync.quickbooks.query import both, is_in
from quickbooks_sync.run.context import RunContext
from quickbooks_sync.run.lifecycle import has_complete_pull
from quickbooks_sync.settings import CompanySettings, read_settings
from quickbooks_sync.transform.model import frame_to_values
from quickbooks_sync.transform.quickbooks_side import answers_to_values

#: Keeps a statement within a few kilobytes; QuickBooks documents no limit for an IN list.
VALUES_PER_QUERY = 100

Record = dict[str, Any]
Values = Mapping[str, Any]


def link_existing(
    context: RunContext, creates: Sequence[Write], *, always: bool = False
) -> set[int]:
    """Link the rows that QuickBooks has already, and write their outcomes.

    Args:
        context: The run.
        creates: Rows about to be created.
        always: Look every row up, whatever is known.

    Returns:
        The Loupe ids that must not be created: now linked, or in conflict.
    """
    asked = list(creates) if always else _to_be_asked(context, creates)
    if not asked:
        return set()
    found = fetch_candidates(context, [write.values for write in asked])
    if not found:
        return set()
    with context.transaction() as connection:
        outcomes = _link(context, connection, found)
        write_outcomes(connection, context.scope, outcomes)
    return {one.loupe_id for one in outcomes if one.loupe_id is not None}


def _to_be_asked(context: RunContext, creates: Sequence[Write]) -> list[Write]:
    with context.reading() as connection:
        realm_id, record_type = context.realm_id, context.record_type
        if not has_complete_pull(connection, realm_id, record_type):
            return list(creates)
        ids = [one.loupe_id for one in creates]
        doubtful = read_doubtful_ids(connection, realm_id, record_type, ids)
    return [one for one in creates if one.loupe_id in doubtful]


def fetch_candidates(context: RunContext, values: Sequence[Values]) -> list[Record]:
    """Fetch every record of QuickBooks that a row with one of these canonical values may be."""
    found: dict[str, Record] = {}
    for condition in _conditions(context, values):
        for page in context.pages(condition):
            found.update((record["Id"], record) for record in page.records)
    return of_pulled_types(context, list(found.values()))


def of_pulled_types(context: RunContext, records: list[Record]) -> list[Record]:
    """Keep records of the kinds that are pulled."""
    with context.reading() as connection:
        settings = read_settings(connection, context.realm_id)
    return [record for record in records if context.type.is_pulled(record, settings)]


def _conditions(context: RunContext, values: Sequence[Values]) -> Iterator[str]:
    """Yield WHERE clauses that together find every record that one of the rows may be."""
    for key in context.type.identity.keys:
        asking = [row for row in values if key.near(row) is not None]
        parts = [
            [is_in(name, chunk) for chunk in _chunks({row.get(field) for row in asking})]
            for name, field in key.asked
        ]
        for conditions in product(*parts):
            yield both(*conditions)


def _chunks(values: set[str | None]) -> Iterator[list[str]]:
    rest = iter(sorted(one for one in values if one))
    while chunk := list(islice(rest, VALUES_PER_QUERY)):
        yield chunk


def _link(context: RunContext, connection: Connection, found: list[Record]) -> list[RecordOutcome]:
    realm_id, record_type = context.realm_id, context.record_type
    ids = [record["Id"] for record in found]
    linked = read_link_ids(connection, realm_id, record_type, quickbooks_ids=ids)
    known = {quickbooks_id for _, quickbooks_id in linked}
    fresh = [record for record in found if record["Id"] not in known]
    staged = to_staged_records(context.mapping, fresh, read_settings(connection, realm_id))
    outcomes = IntakeBatch(context, connection, inserts=False).load(staged)
    return [
        replace(one, source_id=str(one.loupe_id)) for one in outcomes if one.loupe_id is not None
    ]


def to_staged_records(
    mapping: RecordMapping, records: Sequence[Record], settings: CompanySettings
) -> list[StagedRecord]:
    """Return QuickBooks records as a pull stages and transforms them."""
    done = answers_to_values(mapping, records, settings=settings, lists=settings.lists)
    values = frame_to_values(done.frame)
    return [
        StagedRecord(
            number,
            record["Id"],
            str(record.get("SyncToken") or "0"),
            record,
            values[number],
            tuple(done.problems.get(number, ())),
        )
        for number, record in enumerate(records)
    ]
