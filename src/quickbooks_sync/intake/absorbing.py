"""Takes the answers to some writes of ours into the rows that were written."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial

from sqlalchemy import Connection

from quickbooks_sync.intake.batch_context import BatchContext
from quickbooks_sync.intake.fitting import Fitting
from quickbooks_sync.intake.merging import RecordMerger
from quickbooks_sync.intake.planned import PlannedMerge
from quickbooks_sync.intake.refusals import Refusals
from quickbooks_sync.intake.replaced import find_row_difference
from quickbooks_sync.intake.writes import PendingWrites
from quickbooks_sync.postgres.records.links import REPLACED_IN_LOUPE, Link
from quickbooks_sync.postgres.records.staging import StagedRecord
from quickbooks_sync.run.context import RunContext


class Absorbing:
    """The answers, with what of them the rows take; every link is written, or a record would be created once more.

    Args:
        context: The run.
        connection: An open transaction.
        answers: Each written record as QuickBooks returned it, with its link and new base.
        refused: Why Loupe's database refuses some of them.
    """

    def __init__(
        self,
        context: RunContext,
        connection: Connection,
        answers: Sequence[tuple[StagedRecord, Link]],
        refused: Refusals,
    ) -> None:
        records, links = [record for record, _ in answers], [link for _, link in answers]
        self._known = BatchContext.read(context, connection, records, links)
        self._links = {link.quickbooks_id: link for link in links}
        self.writes = PendingWrites()
        self._merger = RecordMerger(self._known, self.writes)
        planned = [
            plan
            for record, link in answers
            if record.source_id not in refused and (plan := self._plan(record, link)) is not None
        ]
        self._fitting = Fitting(self._known, self._merger, planned)

    def absorb(self) -> None:
        """Take the answers into their rows, and write the links."""
        for item in self._fitting.fit():
            if isinstance(item, PlannedMerge):
                self._merger.carry_out(item)
                del self._links[item.record.source_id]
        for quickbooks_id, link in self._links.items():
            # The row is gone, another one, or may not take the answer: the record is ours all the same.
            self.writes.add_link(link, is_new=quickbooks_id not in self._known.stored)

    def iter_tries(self) -> Iterator[tuple[StagedRecord, Callable[[], object]]]:
        """Yield each answer with what takes it alone."""
        for item in self._fitting.fit_or_all():
            if isinstance(item, PlannedMerge):
                yield item.record, partial(self._merger.carry_out, item)

    def _plan(self, record: StagedRecord, link: Link) -> PlannedMerge | None:
        ours = self._known.rows.get(link.loupe_id)
        if ours is None:
            return None
        if find_row_difference(link, ours.row):
            self._links[link.quickbooks_id] = replace(link, state=REPLACED_IN_LOUPE)
            return None
        is_new = link.quickbooks_id not in self._known.stored
        return self._merger.plan(record, link, ours, is_new=is_new)
