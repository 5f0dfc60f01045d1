"""Holds what a batch would take against what Loupe can hold once all of it is taken."""

from collections.abc import Iterable, Sequence

from quickbooks_sync.intake.batch_context import BatchContext
from quickbooks_sync.intake.guards import SettlingGuard
from quickbooks_sync.intake.merging import RecordMerger
from quickbooks_sync.intake.outcomes import doubt
from quickbooks_sync.intake.planned import Planned, PlannedInsert, PlannedMerge
from quickbooks_sync.intake.unique import UniqueGuard
from quickbooks_sync.matching.identity import Match
from quickbooks_sync.model.errors import RefusedRowError
from quickbooks_sync.model.outcome import RecordOutcome
from quickbooks_sync.postgres.database.savepoints import savepoint


class Fitting:
    """Finds what of a batch fits.

    Args:
        known: What both sides hold about the batch.
        merger: Merges a record once more where its row must leave a value.
        planned: What is planned of each record.
    """

    def __init__(
        self, known: BatchContext, merger: RecordMerger, planned: Sequence[Planned]
    ) -> None:
        settles, unique = known.context.type.settles, known.context.type.unique_field
        self._connection = known.connection
        self._merger = merger
        self._planned = planned
        self._settling = SettlingGuard(known, settles, planned) if settles else None
        self._unique = UniqueGuard(known, unique, planned) if unique else None

    def find_holders(self) -> set[int]:
        """Return the rows that hold what does not fit of a batch."""
        guards = [guard for guard in (self._settling, self._unique) if guard is not None]
        return {loupe_id for guard in guards for loupe_id in guard.find_holders()}

    def fit(self) -> list[Planned | RecordOutcome]:
        """Return what is to be carried out, and the outcome of each record that is not taken."""
        fitting = self._hold_excess()
        return fitting if self._unique is None else self._keep_unique(self._unique, fitting)

    def fit_or_all(self) -> Sequence[Planned | RecordOutcome]:
        """As `fit`; where a row may not even give something up, all of it: one record is to blame for that."""
        try:
            with savepoint(self._connection):
                return self.fit()
        except RefusedRowError:
            return self._planned

    def _hold_excess(self) -> list[Planned | RecordOutcome]:
        excess = self._settling.find_excess() if self._settling else {}
        return [
            doubt(item.record, Match(item.loupe_id, excess[item.record.source_id]))
            if item.record.source_id in excess
            else item
            for item in self._planned
        ]

    def _keep_unique(
        self, guard: UniqueGuard, fitting: Sequence[Planned | RecordOutcome]
    ) -> list[Planned | RecordOutcome]:
        taken = guard.find_taken()
        kept = [
            self._leave(guard, item)
            if not isinstance(item, RecordOutcome) and item.record.source_id in taken
            else item
            for item in fitting
        ]
        return [*guard.give_up(_planned(kept)), *_outcomes(kept)]

    def _leave(self, guard: UniqueGuard, item: Planned) -> Planned | RecordOutcome:
        """Leave a linked row's own value as it is; a new row cannot do without."""
        unique = guard.unique
        if isinstance(item, PlannedInsert):
            return doubt(item.record, Match(None, unique.taken))
        return self._merger.plan(
            item.record,
            item.link,
            item.ours,
            is_new=item.is_new,
            locked={unique.name: unique.locked},
        )


def _planned(items: Iterable[Planned | RecordOutcome]) -> list[Planned]:
    return [item for item in items if isinstance(item, PlannedMerge | PlannedInsert)]


def _outcomes(items: Iterable[Planned | RecordOutcome]) -> list[RecordOutcome]:
    return [item for item in items if isinstance(item, RecordOutcome)]
