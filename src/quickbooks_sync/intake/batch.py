"""What a pull does to one batch: identify, merge, guard, write."""

from collections.abc import Callable, Collection, Iterable, Sequence
from functools import partial

from sqlalchemy import Connection

from quickbooks_sync.intake.absorbing import Absorbing
from quickbooks_sync.intake.batch_context import BatchContext
from quickbooks_sync.intake.linked import LinkedRecords
from quickbooks_sync.intake.loading import Loading
from quickbooks_sync.intake.merging import RecordMerger
from quickbooks_sync.intake.outcomes import refused_by_loupe
from quickbooks_sync.intake.refusals import Refusals, load_around, try_alone
from quickbooks_sync.intake.writes import PendingWrites
from quickbooks_sync.model.flow import Direction
from quickbooks_sync.model.outcome import RecordOutcome
from quickbooks_sync.postgres.records.decisions import read_record_decisions
from quickbooks_sync.postgres.records.link_states import clear_missing_since
from quickbooks_sync.postgres.records.links import (
    Link,
    delete_links,
    insert_links,
    read_link_ids,
    update_links,
)
from quickbooks_sync.postgres.records.staging import StagedRecord, read_unloaded
from quickbooks_sync.quickbooks.changes import is_stub
from quickbooks_sync.run.context import RunContext

#: A record, and what takes it alone.
Try = tuple[StagedRecord, Callable[[], object]]


class IntakeBatch:
    """Brings the records of one batch into Loupe, inside the caller's transaction.

    Args:
        context: The run.
        connection: An open transaction.
        inserts: Whether a record that no row is becomes a new one.
    """

    def __init__(
        self,
        context: RunContext,
        connection: Connection,
        *,
        inserts: bool = True,
    ) -> None:
        self._context = context
        self._connection = connection
        self._inserts = inserts

    def load(self, records: Sequence[StagedRecord]) -> list[RecordOutcome]:
        """Load the batch; returns one outcome per record, but none of those that are left out.

        Where something does not fit into Loupe, the records of the run that may make room for it are loaded along.
        """
        return load_around(
            self._connection,
            lambda refused: self._load(records, refused),
            lambda refused: self._find_refused(records, refused),
        )

    def absorb(self, answers: Sequence[tuple[StagedRecord, Link]]) -> Refusals:
        """Take what QuickBooks made of a write of ours: filled defaults, and values only pulled.

        Args:
            answers: Each written record as QuickBooks returned it, with its link and new base.

        Returns:
            By QuickBooks Id, why Loupe refused to take an answer; its link is written all the same.
        """

        def absorb(refused: Refusals) -> Refusals:
            absorbing = Absorbing(self._context, self._connection, answers, refused)
            absorbing.absorb()
            self._write_links(absorbing.writes)
            return refused

        def find_refused(refused: Refusals) -> Refusals:
            absorbing = Absorbing(self._context, self._connection, answers, refused)
            return self._try_alone(absorbing.iter_tries())

        return load_around(self._connection, absorb, find_refused)

    def _load(self, records: Sequence[StagedRecord], refused: Refusals) -> list[RecordOutcome]:
        loading, outcomes = self._plan(records, refused)
        outcomes.extend(loading.carry_out())
        self._write_links(loading.writes)
        return outcomes

    def _plan(
        self, records: Sequence[StagedRecord], refused: Refusals
    ) -> tuple[Loading, list[RecordOutcome]]:
        """Plan a batch, with records of the run that may make room for it; deletions are carried out at once."""
        outcomes, live = self._remove(records, refused)
        loading = self._start(live, refused)
        seen = {record.source_id for record in records}
        while beside := self._read_beside(loading, seen):
            removed, more = self._remove(beside, refused)
            outcomes, live = [*outcomes, *removed], [*live, *more]
            loading = self._start(live, refused)
            seen.update(record.source_id for record in beside)
        return loading, outcomes

    def _find_refused(self, records: Sequence[StagedRecord], refused: Refusals) -> Refusals:
        """Try every record alone, and say why some are refused; what this writes is not meant to stay."""
        stubs = [record for record in records if is_stub(record.raw)]
        removed = self._try_alone(
            (stub, partial(self._remove, [stub], {}))
            for stub in stubs
            if stub.source_id not in refused
        )
        loading, _ = self._plan(records, {**refused, **removed})
        found = self._try_alone(loading.iter_tries())
        inserted = self._try_alone(loading.iter_insert_tries())
        return {**removed, **found, **inserted}

    def _try_alone(self, tries: Iterable[Try]) -> Refusals:
        called = f"QuickBooks' {self._context.record_type}"
        tried = (
            (record, try_alone(self._connection, f"{called} {record.source_id}", take))
            for record, take in tries
        )
        return {record.source_id: problem for record, problem in tried if problem is not None}

    def _remove(
        self, records: Sequence[StagedRecord], refused: Refusals
    ) -> tuple[list[RecordOutcome], list[StagedRecord]]:
        """Take what QuickBooks has deleted or does not find, for that gives back first; return what is left."""
        self._give_up_links(records)
        stubs = [record for record in records if is_stub(record.raw)]
        live = [record for record in records if not is_stub(record.raw)]
        if not stubs:
            return [], live
        known = BatchContext.read(self._context, self._connection, stubs)
        writes = PendingWrites()
        linked = LinkedRecords(known, RecordMerger(known, writes), writes)
        outcomes = []
        for stub in stubs:
            link = known.links.get(stub.source_id)
            refusal = refused.get(stub.source_id)
            outcomes.append(
                linked.take_stub(stub, link)
                if refusal is None
                else refused_by_loupe(stub, refusal, link.loupe_id if link else None)
            )
        self._write_links(writes)
        return outcomes, live

    def _start(self, records: Sequence[StagedRecord], refused: Refusals) -> Loading:
        self._note_found(records)
        known = BatchContext.read(self._context, self._connection, records)
        return Loading(known, records, refused, inserts=self._inserts)

    def _read_beside(self, loading: Loading, seen: Collection[str]) -> list[StagedRecord]:
        """Return records of other batches of the run whose rows hold what does not fit of this one."""
        holders = loading.find_holders() if self._context.direction == Direction.PULL else set()
        if not holders:
            return []
        key = self._connection, self._context.realm_id, self._context.record_type
        ids = {quickbooks_id for _, quickbooks_id in read_link_ids(*key, loupe_ids=holders)}
        more = ids.difference(seen)
        return read_unloaded(self._connection, self._context.run_id, more) if more else []

    def _note_found(self, records: Sequence[StagedRecord]) -> None:
        """Records that were missing and are read again are not missing any more."""
        read = [record.source_id for record in records]
        clear_missing_since(
            self._connection, self._context.realm_id, self._context.record_type, read
        )

    def _give_up_links(self, records: Sequence[StagedRecord]) -> None:
        """Forget the links of pairs that somebody has declared separate: an answer that was late may bring one back."""
        key = self._connection, self._context.realm_id, self._context.record_type
        decisions = read_record_decisions(*key)
        ids = [record.source_id for record in records if decisions.separated(record.source_id)]
        if not ids:
            return
        pairs = read_link_ids(*key, quickbooks_ids=ids)
        over = [
            quickbooks_id
            for loupe_id, quickbooks_id in pairs
            if loupe_id in decisions.separated(quickbooks_id)
        ]
        delete_links(*key, over)

    def _write_links(self, writes: PendingWrites) -> None:
        key = self._connection, self._context.realm_id, self._context.record_type
        insert_links(*key, writes.new_links)
        update_links(*key, writes.changed_links)
