"""The load of one batch: what is known of it, what it will write, and what is planned of each record."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial

from quickbooks_sync.intake.batch_context import BatchContext
from quickbooks_sync.intake.fitting import Fitting
from quickbooks_sync.intake.linked import LinkedRecords
from quickbooks_sync.intake.merging import RecordMerger
from quickbooks_sync.intake.outcomes import (
    refused_by_loupe,
    rejected,
    waiting,
    waiting_for_amount,
)
from quickbooks_sync.intake.planned import Planned, PlannedMerge
from quickbooks_sync.intake.refusals import Refusals
from quickbooks_sync.intake.unlinked import UnlinkedRecords
from quickbooks_sync.intake.unreadable_amounts import UnreadableAmounts
from quickbooks_sync.intake.writes import PendingWrites
from quickbooks_sync.model.outcome import RecordOutcome
from quickbooks_sync.postgres.records.links import Link
from quickbooks_sync.postgres.records.staging import StagedRecord
from quickbooks_sync.run.retry_key import retry_key


class Loading:
    """Plans the records of a batch, none of them a stub, and carries out what fits.

    Args:
        known: What both sides hold about them.
        records: The records.
        refused: Why Loupe's database refuses some of them.
        inserts: Whether a record that no row is becomes a new one.
    """

    def __init__(
        self,
        known: BatchContext,
        records: Sequence[StagedRecord],
        refused: Refusals,
        *,
        inserts: bool,
    ) -> None:
        self._known = known
        self._refused = refused
        self._retry_key = retry_key(known.context, "", known.settings)
        self._unreadable = UnreadableAmounts(known, records)
        self.writes = PendingWrites()
        self._merger = RecordMerger(known, self.writes)
        self._linked = LinkedRecords(known, self._merger, self.writes)
        self._unlinked = UnlinkedRecords(known, records, self._merger, self.writes, inserts=inserts)
        self._settled: list[RecordOutcome] = []
        planned: list[Planned] = []
        for record in records:
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
            *self._unlinked.insert(self.writes.inserts),
        ]

    def iter_tries(self) -> Iterator[tuple[StagedRecord, Callable[[], object]]]:
        """Yield each record that fits with what takes it alone."""
        for item in self._fitting.fit_or_all():
            if not isinstance(item, RecordOutcome):
                yield item.record, partial(self._take, item)

    def iter_insert_tries(self) -> Iterator[tuple[StagedRecord, Callable[[], object]]]:
        """Yield each new record with what inserts it alone; after the others were taken."""
        for entry in self.writes.inserts:
            yield entry[0], partial(self._unlinked.insert, [entry])

    def _take(self, planned: Planned) -> RecordOutcome | None:
        if isinstance(planned, PlannedMerge) and not planned.is_new:
            return self._merger.carry_out(planned)
        return self._unlinked.carry_out(planned)

    def _plan(self, record: StagedRecord) -> RecordOutcome | Planned:
        link = self._known.links.get(record.source_id)
        refusal = self._refused.get(record.source_id)
        if refusal is not None:
            return self._with_row(refused_by_loupe(record, refusal, None), record, link)
        # A record that broke a rule is not looked at closer: it may not even say what it refers to.
        blocked = (
            rejected(record, self._retry_key)
            or waiting(record, self._known.references.missing_loupe_id(record.values or {}))
            or waiting_for_amount(record, self._unreadable.find(record.values or {}))
        )
        if blocked:
            return self._with_row(blocked, record, link)
        return self._unlinked.plan(record) if link is None else self._linked.plan(record, link)

    def _with_row(
        self, outcome: RecordOutcome, record: StagedRecord, link: Link | None
    ) -> RecordOutcome:
        """Name the row that a record is not taken into; one that may be it must not be sent as a new record."""
        loupe_id = link.loupe_id if link else self._unlinked.find_looked_up(record)
        return replace(outcome, loupe_id=loupe_id)
