"""Recovery: batches whose answer was never recorded are settled before anything is read or sent.

A batch is sent again, identically, and QuickBooks answers with its first answer. Where that cannot be trusted,
each item is looked up by the values that were *sent*: the row may have been edited since.
"""

import logging
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from quickbooks_sync.model.decision import Operation
from quickbooks_sync.model.errors import UnexpectedAnswerError, UnreachableError, UnsettledError
from quickbooks_sync.model.flow import Direction
from quickbooks_sync.postgres.runs.intents import (
    Intent,
    IntentItem,
    close_intent,
    read_open_intents,
)
from quickbooks_sync.postgres.runs.record_outcomes import write_outcomes
from quickbooks_sync.push.deliver.claims import doubted_outcome
from quickbooks_sync.push.deliver.find_sent import find_sent
from quickbooks_sync.push.deliver.send import send_batch
from quickbooks_sync.push.deliver.settle import ensure_whole, settle, settle_found
from quickbooks_sync.quickbooks.batch import BatchItem
from quickbooks_sync.quickbooks.faults import ID_USED, TAKEN
from quickbooks_sync.run.context import RunContext
from quickbooks_sync.run.lifecycle import write_counts

logger = logging.getLogger(__name__)

#: How long QuickBooks is trusted to remember a request id. Its retention is undocumented (Intuit:
#: requestid, section 2.1).
REMEMBERED_FOR = timedelta(hours=24)
#: QuickBooks' lists show a new record late; sooner than this, not being found proves nothing.
LISTED_AFTER = timedelta(hours=1)

Answers = Mapping[str, BatchItem]


def settle_open_intents(context: RunContext) -> None:
    """Settle every open intent of the run's company and record type, before the run looks at anything.

    What a pull settles is written down with the run that had sent it; a push takes it as its own.

    Raises:
        LeaseLostError: The run does not hold its lease any more; nothing was sent.
        UnsettledError: The run is a preview, which may send nothing.
        RetryableError: QuickBooks does not answer, or does not say what became of a batch.
    """
    with context.transaction() as connection:
        intents = read_open_intents(connection, context.realm_id, context.record_type)
    if intents and context.is_preview:
        raise UnsettledError(
            f"Run {intents[0].run_id} sent {context.record_type} records whose answer is not known yet, so a "
            f"preview would be wrong. Run pull_{context.record_type}s first: it settles them.",
            intents=len(intents),
        )
    for intent in intents:
        _settle(
            context if context.direction == Direction.PUSH else context.as_sender(intent.run_id),
            intent,
        )


def recover(context: RunContext, batch_number: int) -> None:
    """Settle the open intents of one staged batch of a push, as its step is repeated.

    Other batches of the run may be loading side by side: their open intents are just being sent.

    Raises:
        LeaseLostError: The run does not hold its lease any more; nothing was sent.
        RetryableError: QuickBooks does not answer, or does not say what became of a batch.
    """
    batch = context.run_id, batch_number
    with context.transaction() as connection:
        intents = read_open_intents(connection, context.realm_id, context.record_type, batch=batch)
    for intent in intents:
        _settle(context, intent)


def _settle(context: RunContext, intent: Intent) -> None:
    is_remembered = datetime.now(UTC) - intent.created_at < REMEMBERED_FOR
    answers = _send_again(context, intent) if is_remembered else {}
    doubtful = [item for item in intent.items if _is_doubtful(item, answers)]
    search = find_sent(context, doubtful, intent.created_at)
    with context.transaction() as connection:
        settled = settle(context, connection, intent, answers)
        outcomes = [
            *settled.outcomes,
            *settle_found(context, connection, search.found),
            *(doubted_outcome(item, record) for item, record in search.doubted),
        ]
        write_outcomes(connection, context.scope, outcomes)
        close_intent(connection, intent.intent_id, "answered" if answers else "abandoned")
        for run_id in {context.run_id, intent.run_id}:
            write_counts(connection, run_id)
    logger.info(
        "company %s: batch of run %s settled late; %d of its %d %s records are in QuickBooks",
        context.realm_id,
        intent.run_id,
        len(intent.items) - len(settled.refused) + len(search.found),
        len(intent.items),
        context.record_type,
    )


def _send_again(context: RunContext, intent: Intent) -> Answers:
    """Return the batch's answer; none where QuickBooks will not give one that can be understood."""
    is_listed = datetime.now(UTC) - intent.created_at >= LISTED_AFTER
    try:
        answers = send_batch(context.client(), intent)
        ensure_whole(context.mapping, intent, answers)
    except UnexpectedAnswerError:
        if is_listed:
            return {}
        raise
    if not is_listed and any(
        row_values.fault and row_values.fault.code == ID_USED for row_values in answers.values()
    ):
        raise UnreachableError(
            f"QuickBooks has carried out a batch of run {intent.run_id} and does not repeat its answer. "
            f"Its records are looked up once QuickBooks' lists are sure to show them: run the flow again after "
            f"{intent.created_at + LISTED_AFTER:%H:%M} UTC.",
            server="QuickBooks",
        )
    return answers


def _is_doubtful(item: IntentItem, answers: Answers) -> bool:
    """Whether the item may have been carried out although no answer says so."""
    answer = answers.get(item.batch_item_id)
    if answer is None:
        return True
    code = answer.fault.code if answer.fault else ""
    return code == ID_USED or (item.operation == Operation.CREATE and code in TAKEN)
