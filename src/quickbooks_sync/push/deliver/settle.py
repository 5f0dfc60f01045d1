"""Settles the answer to a batch: links, bases and outcomes, in one transaction per answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection

from quickbooks_sync.intake import IntakeBatch
from quickbooks_sync.intake.refusals import with_refusal
from quickbooks_sync.mapping import RecordMapping
from quickbooks_sync.model.decision import Operation
from quickbooks_sync.model.errors import QuickBooksFault, UnexpectedAnswerError
from quickbooks_sync.model.outcome import Outcome, RecordOutcome
from quickbooks_sync.model.problem import Problem
from quickbooks_sync.postgres.records.staging import StagedRecord
from quickbooks_sync.postgres.runs.intents import Intent, IntentItem
from quickbooks_sync.push.decide.computed import find_differences
from quickbooks_sync.push.decide.names import find_unwritten
from quickbooks_sync.push.deliver.claims import LinksOfWrites, refuse_exchanged, stranger_outcome
from quickbooks_sync.push.deliver.links import link_after
from quickbooks_sync.push.deliver.stock import settle_adjustments
from quickbooks_sync.quickbooks.batch import BatchItem
from quickbooks_sync.run.context import RunContext
from quickbooks_sync.settings import read_settings
from quickbooks_sync.transform.model import frame_to_values
from quickbooks_sync.transform.quickbooks_side import records_to_values
from quickbooks_sync.transform.unasked import with_unasked
from quickbooks_sync.transform.whole import find_lacking

#: What a value is that is not there.
_NOTHING: tuple[Any, ...] = (None, "", [])

Record = dict[str, Any]

_OUTCOMES = {
    Operation.CREATE: Outcome.CREATED,
    Operation.UPDATE: Outcome.UPDATED,
    Operation.VOID: Outcome.UPDATED,
}


@dataclass(frozen=True)
class Settlement:
    """What came of an answer: outcomes, and the items that another look may still save.

    Attributes:
        outcomes: One outcome for every item that is decided; adjustments are added to the outcomes of their rows.
        refused: Items that QuickBooks refused, with the fault; the caller decides.
    """

    outcomes: list[RecordOutcome]
    refused: list[tuple[IntentItem, QuickBooksFault]]


def settle(
    context: RunContext,
    connection: Connection,
    intent: Intent,
    items: Mapping[str, BatchItem],
) -> Settlement:
    """Write what QuickBooks made of a batch into links and Loupe, inside the caller's transaction.

    Args:
        context: The run.
        connection: An open transaction.
        intent: The batch that was sent.
        items: The answer's items by `bId`, each with `record` or `fault`.
    """
    ensure_whole(context.mapping, intent, items)
    written: list[tuple[IntentItem, Record]] = []
    refused: list[tuple[IntentItem, QuickBooksFault]] = []
    for item in intent.items:
        answer = items.get(item.batch_item_id)
        if answer is not None and answer.record is not None:
            written.append((item, answer.record))
        else:
            refused.append((item, _fault_of(answer)))
    adjusted = [item for item, _ in written if item.operation == Operation.ADJUST]
    settle_adjustments(context, connection, intent.run_id, adjusted)
    others = [(item, record) for item, record in written if item.operation != Operation.ADJUST]
    outcomes = _settle_written(context, connection, others)
    return Settlement(outcomes, refused)


def _fault_of(answer: BatchItem | None) -> QuickBooksFault:
    if answer is not None and answer.fault is not None:
        return answer.fault
    return QuickBooksFault(
        "QuickBooks answered the batch but not this item of it; the next run looks it up.", code=""
    )


def settle_found(
    context: RunContext,
    connection: Connection,
    found: Sequence[tuple[IntentItem, Record]],
) -> list[RecordOutcome]:
    """Write into links and Loupe what was found in QuickBooks of a batch without an answer.

    The records may have been edited there since, so only what is still as it was sent is agreed.
    """
    return [
        replace(record, outcome=Outcome.LINKED) if record.outcome == Outcome.CREATED else record
        for record in _settle_written(context, connection, found, is_answer=False)
    ]


def _settle_written(
    context: RunContext,
    connection: Connection,
    written: Sequence[tuple[IntentItem, Record]],
    *,
    is_answer: bool = True,
) -> list[RecordOutcome]:
    if not written:
        return []
    mapping = context.mapping
    settings = read_settings(connection, context.realm_id)
    links = LinksOfWrites(connection, context, written)
    written = [(item, _with_unasked(mapping, item, record, links)) for item, record in written]
    documents = [record for _, record in written]
    done = records_to_values(mapping, documents, settings=settings, lists=settings.lists)
    values = frame_to_values(done.frame)
    if is_answer:
        refuse_exchanged(context, written, values)
    answers = []
    outcomes = []
    for position, (item, record) in enumerate(written):
        theirs = values[position]
        stranger = links.find_stranger(item, record)
        if stranger:
            outcomes.append(stranger_outcome(item, record, stranger))
            continue
        known = links.by_row.get(item.loupe_id)
        # Under the token that the write was sent with, QuickBooks has written nothing.
        is_written = known is None or known.sync_token != str(record.get("SyncToken") or "0")
        link = link_after(
            mapping, item, record, theirs, known, is_answer=is_answer, is_written=is_written
        )
        staged = StagedRecord(
            position, record["Id"], str(record.get("SyncToken") or "0"), record, theirs
        )
        answers.append((staged, link))
        ignored = (
            _find_left_out(mapping, item, theirs) if is_written else _find_ignored(item, theirs)
        )
        unwritten = find_unwritten(mapping, settings.lists, _sent_values(item), theirs)
        outcomes.append(_outcome(mapping, item, record, theirs, ignored, unwritten))
    refused = IntakeBatch(context, connection).absorb(answers)
    return [with_refusal(outcome, refused) for outcome in outcomes]


def _with_unasked(
    mapping: RecordMapping, item: IntentItem, record: Record, links: LinksOfWrites
) -> Record:
    known = links.by_row.get(item.loupe_id)
    return with_unasked(mapping, record, known.document if known else None, item.sent_fields)


def ensure_whole(mapping: RecordMapping, intent: Intent, items: Mapping[str, BatchItem]) -> None:
    """Refuse an answer that would empty what it does not hold; its batch stays open, and is asked for again.

    Raises:
        UnexpectedAnswerError: A record in it is not whole.
    """
    for item in intent.items:
        answer = items.get(item.batch_item_id)
        if item.operation == Operation.ADJUST or answer is None or answer.record is None:
            continue
        problem = find_lacking(mapping, answer.record)
        if problem:
            raise UnexpectedAnswerError(
                f"QuickBooks answered a write with record {answer.record['Id']}, and {problem.message}.",
                quickbooks_id=answer.record["Id"],
            )


def _find_ignored(item: IntentItem, theirs: Mapping[str, Any]) -> list[Problem]:
    """Return a cause of outcome `differs` for every sent field that QuickBooks left as it was."""
    return [
        Problem(
            name,
            "QuickBooks writes what it is sent",
            theirs[name],
            f"{name}: QuickBooks accepted {item.loupe_values.get(name)} and still has {theirs[name]}",
        )
        for name in item.sent_fields
        if name in theirs and item.loupe_values.get(name) != theirs[name]
    ]


def _find_left_out(
    mapping: RecordMapping, item: IntentItem, theirs: Mapping[str, Any]
) -> list[Problem]:
    """Return a cause of outcome `differs` for every value that was sent and of which nothing came back.

    Names that a list of QuickBooks lacks are told of apart.
    """
    return [
        Problem(
            field.name,
            "QuickBooks writes what it is sent",
            None,
            f"{field.name}: QuickBooks accepted the record and left {item.loupe_values[field.name]!r} out; enter it there, "
            "or change it in Loupe to have it sent again",
        )
        for field in mapping.two_way
        if field.name in item.sent_fields
        and field.name in theirs
        and not field.named_in
        and theirs[field.name] in _NOTHING
        and item.loupe_values.get(field.name) not in _NOTHING
    ]


def _outcome(
    mapping: RecordMapping,
    item: IntentItem,
    record: Record,
    theirs: Mapping[str, Any],
    ignored: Sequence[Problem],
    unwritten: Sequence[Problem],
) -> RecordOutcome:
    differences = [*_differences(mapping, item, theirs), *ignored]
    return RecordOutcome(
        str(item.loupe_id),
        Outcome.DIFFERS if differences else _OUTCOMES[item.operation],
        loupe_id=item.loupe_id,
        quickbooks_id=record["Id"],
        causes=tuple(differences),
        warnings=tuple(unwritten),
    )


def _differences(
    mapping: RecordMapping, item: IntentItem, theirs: Mapping[str, Any]
) -> list[Problem]:
    """Compare what QuickBooks computed with what Loupe computed (totals and tax)."""
    return (
        []
        if item.operation == Operation.VOID
        else find_differences(mapping, item.loupe_values, theirs)
    )


def _sent_values(item: IntentItem) -> dict[str, Any]:
    return {name: item.loupe_values.get(name) for name in item.sent_fields}
