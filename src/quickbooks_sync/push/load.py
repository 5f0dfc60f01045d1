"""Load of a push: batches of thirty, each committed as an intent before it is sent."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from quickbooks_sync.model.decision import Operation
from quickbooks_sync.model.errors import RejectedRecordError, SettingsError
from quickbooks_sync.model.flow import BatchManifest
from quickbooks_sync.model.outcome import Outcome, RecordOutcome
from quickbooks_sync.postgres.records import staging
from quickbooks_sync.postgres.records.links import read_links, update_links
from quickbooks_sync.postgres.runs.intents import Intent, IntentItem, write_intent
from quickbooks_sync.postgres.runs.parts import add_outcomes
from quickbooks_sync.postgres.runs.record_outcomes import (
    read_outcome_counts,
    write_outcomes,
    write_run_outcomes,
)
from quickbooks_sync.push.decide.plan import Plan, plan_batch, to_planned_outcome
from quickbooks_sync.push.decide.write import Write
from quickbooks_sync.push.deliver.operations import build_request, to_cause
from quickbooks_sync.push.deliver.recover import recover
from quickbooks_sync.push.deliver.second_look import look_again
from quickbooks_sync.push.deliver.send import rejected_outcome, send_intent
from quickbooks_sync.push.deliver.stock import build_adjustments, to_adjustments
from quickbooks_sync.push.guard.lookup import link_existing
from quickbooks_sync.push.guard.money import hold_again, refuse_overpayments, to_rest
from quickbooks_sync.push.guard.replaced import hold_referring, hold_replaced
from quickbooks_sync.push.guard.taken import hold_taken
from quickbooks_sync.push.guard.turns import choose_released, find_ready, to_release
from quickbooks_sync.quickbooks.batch import MAX_ITEMS, BatchRequest, serialise_batch
from quickbooks_sync.run.context import RunContext
from quickbooks_sync.settings import CompanySettings, read_settings

#: Returns an outcome for every write that it holds.
Guard = Callable[[RunContext, Sequence[Write]], list[RecordOutcome]]


def load(context: RunContext, batch: BatchManifest) -> dict[str, int]:
    """Send one staged batch; returns the run's records per outcome so far.

    Repeatable at any point: what was answered has its outcome, what was sent without an answer is
    sent again identically, and only the rest is new.
    """
    if not context.is_preview:
        recover(context, batch["batch_number"])
    key = context.run_id, batch["batch_number"]
    with context.transaction() as connection:
        if staging.is_loaded(connection, *key):
            return read_outcome_counts(connection, context.run_id)
        settings = read_settings(connection, context.realm_id)
        plan = plan_batch(context, connection, settings, staging.read_batch(connection, *key))
        if context.is_preview:
            planned = [to_planned_outcome(write) for write in plan.writes]
            outcomes = [*plan.outcomes, *plan.adjusted, *planned]
            write_run_outcomes(connection, context.scope, outcomes)
            adjusted = [to_planned_outcome(write) for write in plan.adjustments]
            add_outcomes(connection, context.scope, adjusted)
            staging.mark_loaded(connection, *key)
            return read_outcome_counts(connection, context.run_id)
    Sender(context, batch["batch_number"], settings).send_all(plan)
    with context.transaction() as connection:
        write_outcomes(connection, context.scope, plan.outcomes)
        update_links(connection, context.realm_id, context.record_type, plan.links)
        staging.mark_loaded(connection, *key)
        return read_outcome_counts(connection, context.run_id)


class Sender:
    """Sends the writes of one staged batch, thirty at a time."""

    def __init__(self, context: RunContext, batch_number: int, settings: CompanySettings) -> None:
        self._context = context
        self._batch = context.run_id, batch_number
        self._settings = settings

    def send_all(self, plan: Plan) -> None:
        """Send a plan's writes and write their outcomes."""
        writes = self._keep_back(plan.writes, hold_again)
        for hold in (hold_replaced, hold_referring):
            writes = self._keep_back(writes, hold)
        creates = [write for write in writes if write.operation == Operation.CREATE]
        existing = link_existing(self._context, creates)
        writes = [write for write in writes if write.loupe_id not in existing]
        self._send_in_turns(self._keep_back(writes, hold_taken))
        adjustments = [*plan.adjustments, *self._adjustments_of(writes)]
        for start in range(0, len(adjustments), MAX_ITEMS):
            self._adjust(adjustments[start : start + MAX_ITEMS], plan.adjusted)

    def _send_in_turns(self, waiting: Sequence[Write]) -> None:
        """Send first what gives up what another write takes."""
        released: set[int] = set()
        while waiting:
            turn = find_ready(self._context.type, waiting, released)
            if not turn:
                waiting = self._release_one(waiting, released)
                continue
            for start in range(0, len(turn), MAX_ITEMS):
                self._send(turn[start : start + MAX_ITEMS])
            sent = {write.loupe_id for write in turn}
            waiting = [write for write in waiting if write.loupe_id not in sent]

    def _release_one(self, waiting: Sequence[Write], released: set[int]) -> list[Write]:
        """Let one of a ring give up what it holds; returns what is still to be sent.

        It is tried once: where QuickBooks refuses, the others are sent as if it had not, and told why they do not fit.
        """
        fitting = self._keep_back(waiting, refuse_overpayments)
        if fitting != list(waiting):
            return fitting
        chosen = choose_released(self._context.type, waiting, released)
        released.add(chosen.loupe_id)
        sent, requests = self._build([to_release(self._context.type, chosen)])
        if not sent or not self._keep_back(sent, hold_replaced):
            return [write for write in waiting if write is not chosen]
        send_intent(self._context, self._commit_intent(sent, requests), is_last=False)
        return [self._with_fresh_link(write) if write is chosen else write for write in waiting]

    def _with_fresh_link(self, write: Write) -> Write:
        key = self._context.realm_id, self._context.record_type
        with self._context.reading() as connection:
            (link,) = read_links(connection, *key, loupe_ids=[write.loupe_id])
        return replace(write, link=link)

    def _adjustments_of(self, writes: Sequence[Write]) -> list[Write]:
        created = [write for write in writes if write.operation == Operation.CREATE]
        if not created or self._context.type.stock_field is None:
            return []
        ids = [write.loupe_id for write in created]
        with self._context.reading() as connection:
            links = read_links(
                connection, self._context.realm_id, self._context.record_type, loupe_ids=ids
            )
        return to_adjustments(self._settings, created, {link.loupe_id: link for link in links})

    def _adjust(self, writes: Sequence[Write], outcomes: Sequence[RecordOutcome]) -> None:
        """Adjust the stock of at most thirty items; what else is to be said of them is written before."""
        built, unknown = build_adjustments(self._context, self._settings, writes)
        sent = {write.loupe_id for write, _ in built}
        kept = {write.loupe_id for write in writes} - sent
        self._write([outcome for outcome in outcomes if outcome.loupe_id in kept])
        self._add(unknown)
        if built:
            self._deliver(
                [write for write, _ in built],
                [request for _, request in built],
                outcomes=[outcome for outcome in outcomes if outcome.loupe_id in sent],
            )

    def _send(self, writes: Sequence[Write], *, is_second: bool = False) -> None:
        """Send at most thirty writes and write the outcome of each."""
        writes = self._keep_back(writes, refuse_overpayments)
        sent, requests = self._build(writes)
        if sent:
            self._deliver(sent, requests, is_second=is_second)

    def _keep_back(self, writes: Sequence[Write], hold: Guard) -> list[Write]:
        """Write the outcomes of what a guard holds; return the rest, of a change also what the guard does not mind."""
        held = {kept.loupe_id: kept for kept in hold(self._context, writes)}
        settles = self._context.type.settles
        left = [
            to_rest(settles, write, held[write.loupe_id]) if write.loupe_id in held else write
            for write in writes
        ]
        sent = [write for write in left if write is not None]
        sent_ids = {write.loupe_id for write in sent}
        self._write([kept for loupe_id, kept in held.items() if loupe_id not in sent_ids])
        return sent

    def _deliver(
        self,
        sent: Sequence[Write],
        requests: list[BatchRequest],
        *,
        is_second: bool = False,
        outcomes: Sequence[RecordOutcome] = (),
    ) -> None:
        intent = self._commit_intent(sent, requests, outcomes)
        by_id = {write.loupe_id: write for write in sent}
        held = {key: item.conflicts for key, item in by_id.items() if item.conflicts}
        refused = send_intent(self._context, intent, held=held)
        if refused and not is_second:
            again = look_again(self._context, self._settings, refused, by_id)
            self._send(again.writes, is_second=True)
            refused = again.left
        tell = self._add if sent[0].operation == Operation.ADJUST else self._write
        tell([rejected_outcome(item, fault, by_id[item.loupe_id]) for item, fault in refused])

    def _build(self, writes: Sequence[Write]) -> tuple[list[Write], list[BatchRequest]]:
        sent: list[Write] = []
        requests: list[BatchRequest] = []
        for write in writes:
            try:
                requests.append(self._build_request(write, str(len(sent) + 1)))
            except (RejectedRecordError, SettingsError) as error:
                self._write([_unbuildable_outcome(write, error)])
            else:
                sent.append(write)
        return sent, requests

    def _build_request(self, write: Write, batch_item_id: str) -> BatchRequest:
        context = self._context
        return build_request(context.type, context.mapping, self._settings, write, batch_item_id)

    def _commit_intent(
        self,
        sent: Sequence[Write],
        requests: list[BatchRequest],
        outcomes: Sequence[RecordOutcome] = (),
    ) -> Intent:
        """Commit what is about to be sent, with what is to be said of the same rows whatever is answered."""
        items = [
            IntentItem(
                request.b_id,
                write.loupe_id,
                write.operation,
                write.row_version,
                write.values,
                list(write.fields),
                write.row["created_at"],
            )
            for write, request in zip(sent, requests, strict=True)
        ]
        realm_id, record_type = self._context.realm_id, self._context.record_type
        with self._context.transaction() as connection:
            write_outcomes(connection, self._context.scope, outcomes)
            return write_intent(
                connection, realm_id, record_type, self._batch, serialise_batch(requests), items
            )

    def _write(self, outcomes: list[RecordOutcome]) -> None:
        if outcomes:
            with self._context.transaction() as connection:
                write_outcomes(connection, self._context.scope, outcomes)

    def _add(self, parts: list[RecordOutcome]) -> None:
        if parts:
            with self._context.transaction() as connection:
                add_outcomes(connection, self._context.scope, parts)


def _unbuildable_outcome(write: Write, error: RejectedRecordError | SettingsError) -> RecordOutcome:
    return RecordOutcome(
        write.source_id,
        Outcome.REJECTED,
        loupe_id=write.loupe_id,
        causes=(to_cause(error),),
        raw=write.raw,
        source_version=str(write.row_version),
        retry_key=write.retry_key,
    )
