"""What a pull does to one batch: identify, merge, guard, write."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from sqlalchemy import Connection

from quickbooks_sync.intake.batch_context import BatchContext
from quickbooks_sync.intake.fitting import Fitting
from quickbooks_sync.intake.linked import LinkedRecords
from quickbooks_sync.intake.merging import RecordMerger
from quickbooks_sync.intake.outcomes import rejected, waiting
from quickbooks_sync.intake.planned import Planned, PlannedMerge
from quickbooks_sync.intake.unlinked import UnlinkedRecords
from quickbooks_sync.intake.writes import PendingWrites
from quickbooks_sync.model.flow import Direction
from quickbooks_sync.model.outcome import RecordOutcome
from quickbooks_sync.postgres.records.links import (
    REPLACED,
    Link,
    clear_missing_since,
    delete_links,
    insert_links,
    read_link_ids,
    update_links,
)
from quickbooks_sync.postgres.records.staging import StagedRecord, read_unloaded
from quickbooks_sync.quickbooks.changes import is_stub
from quickbooks_sync.run.context import RunContext
from quickbooks_sync.run.retry_key import retry_key


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
        outcomes, live = self._remove(records)
        loading = self._plan(live)
        seen = {record.source_id for record in records}
        while beside := self._read_beside(loading, seen):
            removed, more = self._remove(beside)
            outcomes, live = [*outcomes, *removed], [*live, *more]
            loading = self._plan(live)
            seen.update(record.source_id for record in beside)
        outcomes.extend(loading.carry_out())
        self._write_links(loading.writes)
        return outcomes

    def absorb(self, answers: Sequence[tuple[StagedRecord, Link]]) -> None:
        """Take what QuickBooks made of a write of ours: filled defaults, and values only pulled.

        Args:
            answers: Each written record as QuickBooks returned it, with its link and new base.
        """
        records = [record for record, _ in answers]
        links = {link.quickbooks_id: link for _, link in answers}
        known = BatchContext.read(self._context, self._connection, records, list(links.values()))
        writes = PendingWrites()
        merger = RecordMerger(known, writes)
        planned = [
            merger.plan(record, link, ours, is_new=link.quickbooks_id not in known.stored)
            for record, link in answers
            if (ours := known.rows.get(link.loupe_id)) is not None
        ]
        for item in Fitting(known, merger, planned).fit():
            if isinstance(item, PlannedMerge):
                merger.carry_out(item)
                del links[item.record.source_id]
        for quickbooks_id, link in links.items():
            # The row is gone, or may not take the answer: the record is ours all the same, and
            # without its link it would be created once more.
            writes.add_link(link, is_new=quickbooks_id not in known.stored)
        self._write_links(writes)

    def _remove(
        self, records: Sequence[StagedRecord]
    ) -> tuple[list[RecordOutcome], list[StagedRecord]]:
        """Take what QuickBooks has deleted or does not find, for that gives back first; return what is left."""
        stubs = [record for record in records if is_stub(record.raw)]
        live = [record for record in records if not is_stub(record.raw)]
        if not stubs:
            return [], live
        known = BatchContext.read(self._context, self._connection, stubs)
        writes = PendingWrites()
        linked = LinkedRecords(known, RecordMerger(known, writes), writes)
        outcomes = [linked.take_stub(stub, known.links.get(stub.source_id)) for stub in stubs]
        self._write_links(writes)
        return outcomes, live

    def _plan(self, records: Sequence[StagedRecord]) -> "_Loading":
        self._note_found(records)
        known = BatchContext.read(self._context, self._connection, records)
        return _Loading(known, records, inserts=self._inserts)

    def _read_beside(self, loading: "_Loading", seen: Collection[str]) -> list[StagedRecord]:
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

    def _write_links(self, writes: PendingWrites) -> None:
        key = self._connection, self._context.realm_id, self._context.record_type
        insert_links(*key, writes.new_links)
        update_links(*key, writes.changed_links)


class _Loading:
    """The load of one batch: what is known of it, what it will write, and what is planned of each record."""

    def __init__(
        self, known: BatchContext, records: Sequence[StagedRecord], *, inserts: bool
    ) -> None:
        self._known = known
        self._retry_key = retry_key(known.context, "", known.settings)
        self.writes = PendingWrites()
        self._merger = RecordMerger(known, self.writes)
        self._linked = LinkedRecords(known, self._merger, self.writes)
        self._unlinked = UnlinkedRecords(known, records, self._merger, self.writes, inserts=inserts)
        self._settled: list[RecordOutcome] = []
        planned: list[Planned] = []
        first = known.context.type.identified_first_by or ""
        for record in sorted(records, key=lambda record: not (record.values or {}).get(first)):
            plan = self._plan(record)
            if isinstance(plan, RecordOutcome):
                self._settled.append(plan)
            else:
                planned.append(plan)
        self._fitting = Fitting(known, self._merger, planned)

    def find_holders(self) -> set[int]:
        """Return the rows that hold what does not fit."""
        return self._fitting.find_holders()

    def carry_out(self) -> list[RecordOutcome]:
        """Write what fits; returns the outcomes."""
        taken = [
            item if isinstance(item, RecordOutcome) else self._take(item)
            for item in self._fitting.fit()
        ]
        # Rows are inserted together, once no record of the batch can be one that is there already.
        return [
            *self._settled,
            *(outcome for outcome in taken if outcome),
            *self._unlinked.insert(),
        ]

    def _take(self, planned: Planned) -> RecordOutcome | None:
        if isinstance(planned, PlannedMerge) and not planned.is_new:
            return self._merger.carry_out(planned)
        return self._unlinked.carry_out(planned)

    def _plan(self, record: StagedRecord) -> RecordOutcome | Planned:
        link = self._link_of(record)
        # A record that broke a rule is not looked at closer: it may not even say what it refers to.
        blocked = rejected(record, self._retry_key) or waiting(
            record, self._known.references.missing_loupe_id(record.values or {})
        )
        if blocked:
            return replace(blocked, loupe_id=link.loupe_id if link else None)
        return self._unlinked.plan(record) if link is None else self._linked.plan(record, link)

    def _link_of(self, record: StagedRecord) -> Link | None:
        """Return a record's link; one whose Id is another record's now may have been given up."""
        link = self._known.links.get(record.source_id)
        judged = self._known.judged.get(record.source_id)
        if link is None or link.state != REPLACED or judged is None or judged.choice != "separate":
            return link
        context = self._known.context
        key = self._known.connection, context.realm_id, context.record_type
        delete_links(*key, [record.source_id])
        return None
