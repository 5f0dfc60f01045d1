"""Sends an intent and settles its answer."""

from collections.abc import Mapping
from dataclasses import replace

from quickbooks_sync.model.errors import QuickBooksFault
from quickbooks_sync.model.outcome import FieldConflict, Outcome, RecordOutcome
from quickbooks_sync.model.problem import Problem
from quickbooks_sync.postgres.runs.intents import Intent, IntentItem, close_intent
from quickbooks_sync.postgres.runs.record_outcomes import write_outcomes
from quickbooks_sync.push.decide.write import Write
from quickbooks_sync.push.deliver.settle import Settlement, settle
from quickbooks_sync.quickbooks.batch import BatchItem
from quickbooks_sync.quickbooks.client import QuickBooksClient
from quickbooks_sync.quickbooks.faults import Action, action_of_error
from quickbooks_sync.run.context import RunContext

Held = Mapping[int, tuple[FieldConflict, ...]]
Refused = list[tuple[IntentItem, QuickBooksFault]]


def send_intent(
    context: RunContext, intent: Intent, *, held: Held | None = None, is_last: bool = True
) -> Refused:
    """Send a committed intent and settle what comes back.

    Args:
        context: The run.
        intent: The batch, committed.
        held: Fields that were left out of a write because they are in conflict, by Loupe id.
        is_last: Whether nothing more is sent of these records, so that their outcome is known.

    Returns:
        The items that QuickBooks refused; nothing is recorded of them yet.

    Raises:
        RetryableError: No answer; the intent stays open and is sent identically later.
        CompanyStoppedError: QuickBooks refuses the company; likewise.
    """
    client = context.client()
    items = send_batch(client, intent)
    with context.transaction() as connection:
        settlement: Settlement = settle(context, connection, intent, items)
        outcomes = [_with_held(outcome, held or {}) for outcome in settlement.outcomes]
        if is_last:
            write_outcomes(connection, context.scope, outcomes)
        close_intent(connection, intent.intent_id, "answered")
    return settlement.refused


def send_batch(client: QuickBooksClient, intent: Intent) -> dict[str, BatchItem]:
    """Send an intent's batch; returns the answer's items by `bId`."""
    try:
        return dict(client.send_batch(intent.body, intent.request_id).items)
    except QuickBooksFault as fault:
        # The batch itself was refused, so none of its items was executed.
        return {item.batch_item_id: BatchItem(None, fault) for item in intent.items}


def _with_held(written: RecordOutcome, held: Held) -> RecordOutcome:
    """Say of a record that was written in part which of its fields are in conflict."""
    conflicts = held.get(written.loupe_id or 0)
    if not conflicts:
        return written
    reason = f"its other fields were sent; {conflicts[0].reason}"
    return replace(written, outcome=Outcome.CONFLICT, conflicts=conflicts, reason=reason)


def rejected_outcome(item: IntentItem, fault: QuickBooksFault, write: Write) -> RecordOutcome:
    """Return the outcome of a record that QuickBooks refused."""
    outcome = Outcome.FAILED if action_of_error(fault) is Action.RETRY else Outcome.REJECTED
    cause = Problem(
        fault.facts.get("element") or None,
        f"accepted by QuickBooks (fault {fault.code or 'without code'})",
        None,
        f"{fault.message} {fault.facts.get('detail') or ''} "
        f"(intuit_tid {fault.facts.get('intuit_tid') or 'unknown'})",
        code=fault.code,
    )
    return RecordOutcome(
        str(item.loupe_id),
        outcome,
        loupe_id=item.loupe_id,
        causes=(cause,),
        raw=write.raw,
        source_version=str(item.row_version),
        retry_key=write.retry_key,
    )
