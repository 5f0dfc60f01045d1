"""Looks records up in QuickBooks before they are created there, so that nothing exists twice.

What QuickBooks held at the last complete pull is linked, or in doubt and held. What it has gained since is read
before each batch with new records, one metered read for up to 1,000 changed ones, and compared as first contact does.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice, product
from typing import Any

from sqlalchemy import Connection

from quickbooks_sync.intake import IntakeBatch
from quickbooks_sync.intake.owners import find_replaced_among
from quickbooks_sync.mapping import RecordMapping
from quickbooks_sync.model.outcome import Outcome, RecordOutcome
from quickbooks_sync.postgres.records.links import read_link_ids
from quickbooks_sync.postgres.records.staging import StagedRecord
from quickbooks_sync.postgres.runs.intents import read_doubtful_ids
from quickbooks_sync.postgres.runs.open_lists import update_open_lists
from quickbooks_sync.postgres.runs.record_outcomes import write_outcomes
from quickbooks_sync.push.decide.write import Write
from quickbooks_sync.quickbooks.client import fetch_if_there
from quickbooks_sync.quickbooks.paging import Counted
from quickbooks_sync.quickbooks.query import both, is_in, is_since
from quickbooks_sync.run.context import RunContext
from quickbooks_sync.run.watermarks import read_seen_until
from quickbooks_sync.settings import CompanySettings, read_settings
from quickbooks_sync.transform.model import frame_to_values
from quickbooks_sync.transform.quickbooks_side import answers_to_values
from quickbooks_sync.transform.whole import find_lacking

#: Keeps a statement within a few kilobytes; QuickBooks documents no limit for an IN list.
VALUES_PER_QUERY = 100

Record = dict[str, Any]
Values = Mapping[str, Any]


def link_existing(
    context: RunContext, creates: Sequence[Write], *, are_taken: bool = False
) -> set[int]:
    """Link the rows that QuickBooks has already, and write their outcomes.

    Args:
        context: The run.
        creates: Rows about to be created.
        are_taken: Whether QuickBooks has just said that their names or numbers are taken: then these are asked for.

    Returns:
        The Loupe ids that must not be created: now linked, or in conflict.
    """
    if not creates:
        return set()
    gained = [] if are_taken else _fetch_gained(context, creates)
    asked = _fetch_candidates(context, creates if are_taken else _find_doubtful(context, creates))
    found = {record["Id"]: record for record in (*gained, *asked)}
    if not found:
        return set()
    with context.transaction() as connection:
        outcomes = _link(context, connection, list(found.values()))
        _write(context, connection, outcomes)
    return {outcome.loupe_id for outcome in outcomes if outcome.loupe_id is not None}


def _write(context: RunContext, connection: Connection, outcomes: Sequence[RecordOutcome]) -> None:
    """Write one outcome for each row; that it may be further records is asked in the list of conflicts alone."""
    first = {outcome.loupe_id: outcome for outcome in reversed(outcomes)}
    further = [outcome for outcome in outcomes if outcome is not first[outcome.loupe_id]]
    write_outcomes(connection, context.scope, list(first.values()))
    update_open_lists(connection, context.scope, further)


def _fetch_gained(context: RunContext, creates: Sequence[Write]) -> list[Record]:
    """Fetch what QuickBooks may have gained since the last pull and one of the rows may be.

    The comparison is first contact's own, made here: QuickBooks cannot be asked for a text whose case and blanks do
    not count. Before the first complete pull all records of the type are read.

    Raises:
        CompanyStoppedError: It has gained others under the Ids of linked ones: the company was wiped.
    """
    with context.reading() as connection:
        settings = read_settings(connection, context.realm_id)
        since = read_seen_until(connection, context.realm_id, context.record_type)
    changed = is_since("MetaData.LastUpdatedTime", since) if since else ""
    keys = context.type.identity.keys
    wanted = [{key.near(write.values) for write in creates} - {None} for key in keys]
    found: list[Record] = []
    gained: list[Record] = []
    counted = Counted.IF_DOUBTFUL if since else Counted.ALWAYS
    where = both(context.type.pulled_where(settings), changed)
    for page in context.pages(where, counted=counted):
        records = with_whole(context, page.records)
        gained.extend(records)
        done = answers_to_values(context.mapping, records, settings=settings, lists=settings.lists)
        found.extend(
            record
            for record, values in zip(records, frame_to_values(done.frame), strict=True)
            if any(key.near(values) in near for key, near in zip(keys, wanted, strict=True))
        )
    find_replaced_among(context, context.type, gained)
    return found


def _find_doubtful(context: RunContext, creates: Sequence[Write]) -> list[Write]:
    """Return the rows that a batch without an answer may have created."""
    ids = [write.loupe_id for write in creates]
    with context.reading() as connection:
        doubtful = read_doubtful_ids(connection, context.realm_id, context.record_type, ids)
    return [write for write in creates if write.loupe_id in doubtful]


def _fetch_candidates(context: RunContext, creates: Sequence[Write]) -> list[Record]:
    """Ask QuickBooks for the records that the rows may be, whenever they were made; texts are compared exactly."""
    found: dict[str, Record] = {}
    for condition in _conditions(context, [write.values for write in creates]):
        for page in context.pages(condition):
            found.update((record["Id"], record) for record in with_whole(context, page.records))
    return of_pulled_types(context, list(found.values()))


def with_whole(context: RunContext, records: Sequence[Record]) -> list[Record]:
    """Return the records, those that a list did not show whole as QuickBooks shows them by their Id.

    Half a record compares with nothing, and what compares with nothing is created again.
    """
    client, mapping = context.client(), context.mapping
    whole = []
    for record in records:
        if find_lacking(mapping, record):
            asked_for = {name: record[name] for name in mapping.asked_for if name in record}
            again = fetch_if_there(client, mapping.entity, record["Id"])
            whole.append({**asked_for, **again} if again else record)
        else:
            whole.append(record)
    return whole


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
    rest = iter(sorted(row_values for row_values in values if row_values))
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
    named = [
        replace(outcome, source_id=str(outcome.loupe_id))
        for outcome in outcomes
        if outcome.loupe_id is not None
    ]
    return [*named, *_say_of_others(named)]


def _say_of_others(outcomes: Sequence[RecordOutcome]) -> list[RecordOutcome]:
    """Return an outcome for each further row that a doubt is about; the question itself is asked with the first."""
    named = {outcome.loupe_id for outcome in outcomes}
    others = {
        loupe_id: outcome
        for outcome in outcomes
        for loupe_id in outcome.others
        if loupe_id not in named
    }
    return [
        RecordOutcome(
            str(loupe_id),
            Outcome.CONFLICT,
            loupe_id=loupe_id,
            quickbooks_id=outcome.quickbooks_id,
            reason=outcome.reason,
        )
        for loupe_id, outcome in others.items()
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
