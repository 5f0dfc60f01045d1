"""A second look at what QuickBooks refused: stale records are merged, taken names looked up."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Connection

from quickbooks_sync.intake import IntakeBatch
from quickbooks_sync.model.decision import Operation, Update, fields_sent
from quickbooks_sync.model.errors import QuickBooksFault
from quickbooks_sync.model.flow import Direction
from quickbooks_sync.model.outcome import Outcome, RecordOutcome
from quickbooks_sync.model.problem import Problem, Severity, warning
from quickbooks_sync.postgres.records.links import update_links
from quickbooks_sync.postgres.records.loupe_rows import read_rows
from quickbooks_sync.postgres.records.staging import StagedRecord
from quickbooks_sync.postgres.runs.record_outcomes import write_outcomes, write_warnings
from quickbooks_sync.push.decide.batch import decide_batch
from quickbooks_sync.push.decide.plan import plan_batch
from quickbooks_sync.push.decide.staged_rows import to_staged
from quickbooks_sync.push.decide.write import Write
from quickbooks_sync.push.deliver.send import Refused
from quickbooks_sync.push.guard.lookup import link_existing, to_staged_records
from quickbooks_sync.quickbooks.faults import TAKEN, Action, action_of_error
from quickbooks_sync.quickbooks.query import build_select, is_in
from quickbooks_sync.run.context import RunContext
from quickbooks_sync.settings import COMPOSE, CompanySettings
from quickbooks_sync.transform.canonical import folded
from quickbooks_sync.validation import to_problem, validate_values

Values = Mapping[str, Any]


@dataclass
class SecondLook:
    """What a second look decided.

    Attributes:
        writes: To be sent once more.
        left: Refused for good, with the fault.
    """

    writes: list[Write] = field(default_factory=list)
    left: Refused = field(default_factory=list)


def look_again(
    context: RunContext,
    settings: CompanySettings,
    refused: Refused,
    sent: Mapping[int, Write],
) -> SecondLook:
    """Look again at refused items; what is settled on the way has its outcome written here."""
    result = SecondLook()
    stale = [item for item, fault in refused if action_of_error(fault) is Action.MERGE]
    taken = [
        sent[item.loupe_id]
        for item, fault in refused
        if fault.code in TAKEN and item.operation == Operation.CREATE
    ]
    linked = link_existing(context, taken, are_taken=True) if taken else set()
    stale_ids = {item.loupe_id for item in stale}
    if stale:
        result.writes = _merge_again(context, settings, [sent[i] for i in stale_ids])
    for item, fault in refused:
        if item.loupe_id in linked or item.loupe_id in stale_ids:
            continue
        renamed = _renamed(context, sent[item.loupe_id]) if fault.code == "6240" else None
        if renamed:
            result.writes.append(renamed)
        else:
            result.left.append((item, fault))
    return _look_at_holders(context, settings, result, sent)


def _renamed(context: RunContext, write: Write) -> Write | None:
    """Return the write with a name that should be free, where the record type knows one."""
    once = context.type.once
    is_naming = write.operation == Operation.CREATE or (once and once.name in write.fields)
    values = context.type.rename_taken(write.values) if is_naming else None
    return None if values is None else replace(write, sent_values=values)


def _look_at_holders(
    context: RunContext, settings: CompanySettings, result: SecondLook, sent: Mapping[int, Write]
) -> SecondLook:
    """Say which record of another kind has a name that QuickBooks refused, or send another name where that is set.

    It is one metered read for each kind. A refusal holds until something about the record changes, so each name is
    asked for once.
    """
    once = context.type.once
    if once is None:
        return result
    wanted = {
        item.loupe_id: str(sent[item.loupe_id].values.get(once.name))
        for item, fault in result.left
        if fault.code == "6240"
    }
    holders = _find_holders(context, once.property, sorted(set(wanted.values())))
    looked = SecondLook(result.writes)
    for item, fault in result.left:
        holder = holders.get(folded(wanted.get(item.loupe_id)))
        if holder and settings.taken_name == COMPOSE:
            write = sent[item.loupe_id]
            composed = context.type.set_apart(write.values)
            looked.writes.append(replace(write, sent_values=composed))
        else:
            looked.left.append((item, _with_holder(fault, holder)))
    return looked


def _find_holders(context: RunContext, name: str, values: Sequence[str]) -> dict[Any, str]:
    if not values:
        return {}
    client = context.client()
    where = is_in(name, sorted({spelling for value in values for spelling in _spell(value)}))
    return {
        folded(record[name]): f"{entity} {record['Id']}"
        for entity in context.type.shares_names_with
        for record in client.query(
            build_select(entity, where, has_activity=True, max_results=1000)
        ).records
        if record.get(name)
    }


def _spell(name: str) -> tuple[str, ...]:
    """Return how others may spell a name: it is taken whatever its case, and a query may tell case apart."""
    return name, name.upper(), name.lower(), name.title()


def _with_holder(fault: QuickBooksFault, holder: str | None) -> QuickBooksFault:
    if holder is None:
        return fault
    message = (
        f"{fault.message} It is the name of QuickBooks' {holder}: customers, vendors and employees share their names. "
        "Change it in one of the two, or confirm the setting taken_name=compose."
    )
    return QuickBooksFault(message, **fault.facts)


def _merge_again(
    context: RunContext, settings: CompanySettings, writes: Sequence[Write]
) -> list[Write]:
    """Fetch what has moved on in QuickBooks, pull it, and decide again what is left to send."""
    client = context.client()
    mapping = context.mapping
    documents = [
        client.fetch(mapping.entity, write.link.quickbooks_id) for write in writes if write.link
    ]
    with context.transaction() as connection:
        staged = to_staged_records(mapping, documents, settings)
        pulled = IntakeBatch(context, connection).load(staged)
        records = _stage_again(context, connection, writes)
        plan = plan_batch(context, connection, settings, records)
        outcomes = [_with_question(outcome, pulled) for outcome in (*plan.outcomes, *plan.adjusted)]
        write_outcomes(connection, context.scope, outcomes)
        write_warnings(connection, context.scope, _to_warnings(pulled, writes, staged, records))
        update_links(connection, context.realm_id, context.record_type, plan.links)
    return list(plan.writes)


def _with_question(outcome: RecordOutcome, pulled: Sequence[RecordOutcome]) -> RecordOutcome:
    """Ask with a row that is held what was found of its record just now: no pull has listed it."""
    asked = next((found for found in pulled if found.loupe_id == outcome.loupe_id), None)
    if asked is None or outcome.outcome != Outcome.CONFLICT or outcome.conflicts:
        return outcome
    return replace(outcome, reason=asked.reason or outcome.reason, conflicts=asked.conflicts)


def _to_warnings(
    pulled: Sequence[RecordOutcome],
    writes: Sequence[Write],
    staged: Sequence[StagedRecord],
    records: Sequence[StagedRecord],
) -> list[RecordOutcome]:
    """Return what is to be said of the records that were pulled, whatever becomes of their rows."""
    before = {write.loupe_id: write.values for write in writes}
    theirs = {record.source_id: record.values or {} for record in staged}
    after = {int(record.source_id): record.values or {} for record in records}
    return [
        replace(
            found,
            warnings=(
                *found.warnings,
                *(replace(cause, severity=Severity.WARNING) for cause in found.causes),
                *_find_taken(
                    before.get(key, {}), theirs.get(found.source_id, {}), after.get(key, {})
                ),
            ),
        )
        for found in pulled
        if (key := found.loupe_id) is not None
    ]


def _find_taken(before: Values, theirs: Values, after: Values) -> Iterator[Problem]:
    """Say which values of QuickBooks the row has now that it did not have when it was sent."""
    for name, value in theirs.items():
        if name in before and before[name] != value and after.get(name) == value:
            message = f"{name}: QuickBooks had changed it since the last pull, so Loupe has taken {value!r} from there"
            yield warning(name, "has not changed since the last pull", value, message)


def _stage_again(
    context: RunContext, connection: Connection, writes: Sequence[Write]
) -> list[StagedRecord]:
    key = context.mapping.key
    rows = read_rows(
        connection,
        context.mapping,
        context.organization_id,
        [write.loupe_id for write in writes],
        beside=context.type.unsent_columns,
    )
    records = [
        StagedRecord(number, str(row[key]), str(row["row_version"]), to_staged(row))
        for number, row in enumerate(rows.values())
    ]
    decided = decide_batch(context, connection, records)
    return _validate_again(
        context,
        [
            replace(record, values=dict(row.values), problems=row.problems, decision=row.decision)
            for record, row in zip(records, decided, strict=True)
        ],
    )


def _validate_again(context: RunContext, records: list[StagedRecord]) -> list[StagedRecord]:
    """Validate what is to be sent now: an edit, or the merge, may have broken a rule since the batch was."""
    sent = [record for record in records if isinstance(record.decision, Update)]
    if not sent:
        return records
    values = [record.values or {} for record in sent]
    fields = [fields_sent(record.decision) for record in sent]
    result = validate_values(context.mapping, context.expectations, Direction.PUSH, values, fields)
    broken = defaultdict(list)
    for failure in result.failures:
        broken[sent[failure.row].row_number].append(to_problem(failure))
    return [
        replace(record, problems=(*record.problems, *broken[record.row_number]))
        for record in records
    ]
