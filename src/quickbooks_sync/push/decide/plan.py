"""Turns a batch's staged decisions into outcomes (rows that are not sent) and writes (rows to send)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from quickbooks_sync.matching.id_lookup import referred
from quickbooks_sync.model.decision import (
    Agreement,
    Create,
    Hold,
    Keep,
    Operation,
    Skip,
    Update,
    Void,
)
from quickbooks_sync.model.errors import FatalError
from quickbooks_sync.model.outcome import Outcome, RecordOutcome
from quickbooks_sync.postgres.records.links import REPLACED_IN_LOUPE, Link
from quickbooks_sync.postgres.records.loupe_rows import Row
from quickbooks_sync.postgres.records.staging import StagedRecord
from quickbooks_sync.push.decide.plan_facts import PlanFacts
from quickbooks_sync.push.decide.staged_rows import from_staged
from quickbooks_sync.push.decide.write import Write
from quickbooks_sync.run.context import RunContext
from quickbooks_sync.settings import CompanySettings

Sent = Create | Update | Void
Unsent = Keep | Hold | Skip

_OPERATIONS = {Create: Operation.CREATE, Update: Operation.UPDATE, Void: Operation.VOID}


@dataclass(frozen=True)
class PlannedRow:
    """What happens to one row.

    Attributes:
        outcome: What is to be said of it, where it is known without sending anything.
        write: What is sent of it.
        adjustment: How its stock quantity is adjusted.
        link: Its link, where more is agreed by now than it says.
    """

    outcome: RecordOutcome | None = None
    write: Write | None = None
    adjustment: Write | None = None
    link: Link | None = None


@dataclass(frozen=True)
class Plan:
    """A batch's rows, sorted by what happens to them.

    Attributes:
        outcomes: Rows that are not sent, with what is to be said of them.
        writes: Rows that are sent.
        adjustments: Items whose stock quantity is adjusted.
        adjusted: What is to be said of those of them that are not sent beside it; what becomes of the adjustment is
            added to it.
        links: Links of rows that are not sent, where more is agreed by now than they say.
    """

    outcomes: tuple[RecordOutcome, ...]
    writes: tuple[Write, ...]
    adjustments: tuple[Write, ...]
    adjusted: tuple[RecordOutcome, ...]
    links: tuple[Link, ...]

    @classmethod
    def of(cls, rows: Sequence[PlannedRow]) -> "Plan":
        """Sort planned rows."""
        return cls(
            tuple(row.outcome for row in rows if row.outcome and not row.adjustment),
            tuple(row.write for row in rows if row.write),
            tuple(row.adjustment for row in rows if row.adjustment),
            tuple(row.outcome for row in rows if row.outcome and row.adjustment),
            tuple(row.link for row in rows if row.link),
        )


def plan_batch(
    context: RunContext,
    connection: Connection,
    settings: CompanySettings,
    records: Sequence[StagedRecord],
) -> Plan:
    """Sort a batch's decided rows; reads only. Rows whose outcome this run has written already are left out."""
    facts = PlanFacts.read(context, connection, settings, records)
    return Plan.of(plan_rows(records, facts))


def plan_rows(records: Iterable[StagedRecord], facts: PlanFacts) -> list[PlannedRow]:
    """Return what happens to each row that has no outcome yet."""
    return [
        plan_row(record, facts) for record in records if int(record.source_id) not in facts.written
    ]


def plan_row(record: StagedRecord, facts: PlanFacts) -> PlannedRow:
    """Return what happens to one row."""
    decision = record.decision
    if decision is None:
        raise FatalError(
            f"Loupe row {record.source_id} was staged and never decided, so nothing of its batch was sent; start the "
            "flow again.",
        )
    if isinstance(decision, Create | Update | Void):
        return _plan_sent(record, decision, facts)
    return _plan_unsent(record, decision, facts)


def to_planned_outcome(write: Write) -> RecordOutcome:
    """Return the outcome that a write would have; what a preview shows."""
    is_adjusted = write.operation == Operation.ADJUST
    return RecordOutcome(
        str(write.loupe_id),
        Outcome.CREATED if write.operation == Operation.CREATE else Outcome.UPDATED,
        loupe_id=write.loupe_id,
        quickbooks_id=write.link.quickbooks_id if write.link else None,
        reason=f"would adjust the stock to {write.values['quantity']}"
        if is_adjusted
        else f"would send {', '.join(write.fields)}",
    )


def _plan_sent(record: StagedRecord, decision: Sent, facts: PlanFacts) -> PlannedRow:
    # What breaks a rule comes first, then what waits: once its setting or customer is there, it would break the rule.
    stopped = (
        _find_rejected(record, facts)
        or _find_waiting(record, facts)
        or _find_refused(record, facts)
    )
    if stopped:
        return PlannedRow(stopped)
    is_adjusted = isinstance(decision, Update) and decision.adjusts_quantity
    return PlannedRow(
        write=_to_write(record, decision, facts),
        adjustment=_to_adjustment(record, facts) if is_adjusted else None,
    )


def _plan_unsent(record: StagedRecord, decision: Unsent, facts: PlanFacts) -> PlannedRow:
    # Nothing of it is to be sent, and yet it is not agreed on: something of the row could not be read.
    stopped = _find_rejected(record, facts) or _find_waiting(record, facts)
    if stopped and isinstance(decision, Keep):
        return PlannedRow(stopped)
    is_adjusted = not stopped and not isinstance(decision, Skip) and decision.adjusts_quantity
    refused = _find_refused(record, facts) if is_adjusted else None
    outcome = refused or _to_outcome(record, decision, facts)
    if not is_adjusted or refused:
        return PlannedRow(outcome, link=_note(record, decision, facts))
    # The answer to the adjustment notes the quantity on the link.
    return PlannedRow(outcome, adjustment=_to_adjustment(record, facts))


def _to_outcome(record: StagedRecord, decision: Unsent, facts: PlanFacts) -> RecordOutcome:
    if isinstance(decision, Skip):
        return replace(_outcome(record, Outcome.UNCHANGED, facts), reason=decision.reason)
    if isinstance(decision, Hold):
        outcome = replace(
            _outcome(record, Outcome.CONFLICT, facts),
            reason=decision.reason,
            conflicts=decision.conflicts,
            # What else is to be said of the record must not hide behind its conflict.
            warnings=(*decision.differs, *record.problems),
        )
    elif decision.waits_for:
        waiting = _outcome(record, Outcome.WAITING, facts)
        outcome = replace(waiting, reason=decision.waits_for.reason)
    else:
        said = Outcome.DIFFERS if decision.differs else Outcome.UNCHANGED
        outcome = replace(_outcome(record, said, facts), causes=decision.differs)
    if decision.waits_for is None:
        return outcome
    return replace(outcome, waits_for="setting", waits_for_id=decision.waits_for.name)


def _find_rejected(record: StagedRecord, facts: PlanFacts) -> RecordOutcome | None:
    causes = tuple(problem for problem in record.problems if problem.is_rejecting)
    return replace(_outcome(record, Outcome.REJECTED, facts), causes=causes) if causes else None


def _find_waiting(record: StagedRecord, facts: PlanFacts) -> RecordOutcome | None:
    problem = next((problem for problem in record.problems if problem.waits_for), None)
    if problem is None:
        return None
    return replace(
        _outcome(record, Outcome.WAITING, facts),
        reason=problem.message,
        waits_for=problem.waits_for,
        waits_for_id=problem.waits_for_id,
    )


def _find_refused(record: StagedRecord, facts: PlanFacts) -> RecordOutcome | None:
    """A record that QuickBooks refused is not sent again until something about it changed."""
    if facts.is_asked_for:
        return None
    key, causes = facts.refusals.get(record.source_id, ("", ()))
    if key != _to_key(record, facts) or not any(cause.code for cause in causes):
        return None
    return replace(_outcome(record, Outcome.REJECTED, facts), causes=causes)


def _outcome(record: StagedRecord, outcome: Outcome, facts: PlanFacts) -> RecordOutcome:
    link = _link_of(record, facts)
    return RecordOutcome(
        record.source_id,
        outcome,
        loupe_id=int(record.source_id),
        quickbooks_id=link.quickbooks_id if link else None,
        raw=record.raw,
        source_version=record.source_version,
        retry_key=_to_key(record, facts),
    )


def _to_write(record: StagedRecord, decision: Sent, facts: PlanFacts) -> Write:
    is_opened = isinstance(decision, Create) and "quantity" in decision.fields
    opening = facts.opening.start(record.values or {}) if is_opened else None
    write = replace(
        _new_write(record, _OPERATIONS[type(decision)], facts),
        # A quantity goes along only where it opens an item's stock; later it is adjusted.
        fields=tuple(name for name in decision.fields if name != "quantity" or opening),
        opening_quantity=opening or "0",
    )
    return write if isinstance(decision, Create) else replace(write, conflicts=decision.conflicts)


def _to_adjustment(record: StagedRecord, facts: PlanFacts) -> Write:
    return _new_write(record, Operation.ADJUST, facts)


def _new_write(record: StagedRecord, operation: Operation, facts: PlanFacts) -> Write:
    return Write(
        loupe_id=int(record.source_id),
        row_version=int(record.source_version or 0),
        operation=operation,
        values=record.values or {},
        fields=(),
        link=_link_of(record, facts),
        row=from_staged(facts.mapping, record.raw),
        raw=record.raw,
        retry_key=_to_key(record, facts),
    )


def _note(record: StagedRecord, decision: Unsent, facts: PlanFacts) -> Link | None:
    link = _link_of(record, facts)
    agreement = None if isinstance(decision, Skip) else decision.agreement
    if link is None or agreement is None:
        return None
    noted = _with_agreement(link, agreement, from_staged(facts.mapping, record.raw))
    return noted if noted != link else None


def _with_agreement(link: Link, agreement: Agreement, row: Row) -> Link:
    return replace(
        link.seen(row),
        loupe_base=dict(agreement.base.loupe),
        quickbooks_base=dict(agreement.base.quickbooks),
        loupe_row_version=row["row_version"] if agreement.is_settled else None,
        # Whoever was in doubt and is decided about all the same, is exactly the row that was linked.
        state="live" if link.state == REPLACED_IN_LOUPE else link.state,
    )


def _link_of(record: StagedRecord, facts: PlanFacts) -> Link | None:
    return facts.links.get(int(record.source_id))


def _to_key(record: StagedRecord, facts: PlanFacts) -> str:
    """Return what a refusal of the record rests on: its own version, its record's, and those of what it refers to."""
    link = _link_of(record, facts)
    others = sorted(
        {
            facts.versions.get((str(field.references), quickbooks_id), "")
            for field, quickbooks_id in referred(facts.mapping, record.values or {})
        }
    )
    parts = (record.source_version, link.sync_token if link else "", *others)
    return facts.to_retry_key(" ".join(map(str, parts)))
