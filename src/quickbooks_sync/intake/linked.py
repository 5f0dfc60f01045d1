"""Brings a linked record into Loupe: merges it with its row, or takes its deletion."""

from dataclasses import replace
from datetime import UTC, datetime

from quickbooks_sync.intake.batch_context import BatchContext
from quickbooks_sync.intake.merging import RecordMerger
from quickbooks_sync.intake.outcomes import doubt, outcome_of
from quickbooks_sync.intake.planned import PlannedMerge
from quickbooks_sync.intake.replaced import (
    created_at,
    describe_replaced,
    describe_replaced_row,
    find_difference,
    find_doubt,
    is_surely_same,
)
from quickbooks_sync.intake.row_writer import write_changes
from quickbooks_sync.intake.writes import PendingWrites
from quickbooks_sync.matching.identity import Match
from quickbooks_sync.model.outcome import RECORD_CONFLICT, FieldConflict, Outcome, RecordOutcome
from quickbooks_sync.postgres.records.links import (
    DELETED,
    REPLACED,
    REPLACED_IN_LOUPE,
    RETURNED,
    Link,
)
from quickbooks_sync.postgres.records.staging import StagedRecord
from quickbooks_sync.quickbooks.changes import is_deleted, is_looked_at_again
from quickbooks_sync.record_types.declarations import Removal

_MISSING = (
    "missing: QuickBooks does not show it in its lists and answers that there is no such record. If a run at least "
    "ten minutes from now finds the same, it counts as deleted; until then neither side is changed"
)
#: Said of a link whose row is gone.
MISSING_IN_LOUPE = (
    "gone in Loupe: the row no longer exists; void it or make it inactive in QuickBooks, too, or decide `separate`: "
    "then QuickBooks' record is looked for among Loupe's other rows, or entered there again"
)


class LinkedRecords:
    """Takes the linked records of a batch, one by one.

    Args:
        known: What both sides hold about them.
        merger: Merges them with their rows.
        writes: Takes the links as they are to be written.
    """

    def __init__(self, known: BatchContext, merger: RecordMerger, writes: PendingWrites) -> None:
        self._known = known
        self._merger = merger
        self._writes = writes

    def plan(self, record: StagedRecord, link: Link) -> RecordOutcome | PlannedMerge:
        """Plan to take what has changed in QuickBooks, and nothing older than what is known."""
        # Whose record it is comes first: SyncTokens start at 0 in every record, so they say nothing of another one.
        difference = self._find_difference(record, link)
        if difference is not None:
            reason = describe_replaced(link.loupe_id, record.source_id, difference)
            return self._hold_replaced(record, link, REPLACED, reason)
        ours = self._known.rows.get(link.loupe_id)
        if ours is None:
            return self._take_without_row(record, link)
        doubt_of_row = find_doubt(link, ours.row)
        if doubt_of_row is not None:
            return self._hold_row(record, link, doubt_of_row)
        return self._merger.plan(record, link, ours, is_new=False)

    def _take_without_row(self, record: StagedRecord, link: Link) -> RecordOutcome:
        """Ask what becomes of a record whose row is gone; nothing, once it is out of use in QuickBooks, too."""
        values = record.values or {}
        if values.get("is_void") or values.get("is_active") is False:
            return self._end(record, link)
        conflict = FieldConflict(RECORD_CONFLICT, MISSING_IN_LOUPE, None, record.source_id)
        return replace(outcome_of(record, link, Outcome.CONFLICT), conflicts=(conflict,))

    def take_stub(self, record: StagedRecord, link: Link | None) -> RecordOutcome:
        """Take that QuickBooks has deleted a record, or does not find it."""
        return self._remove(record, link) if is_deleted(record.raw) else self._note(record, link)

    def _remove(self, record: StagedRecord, link: Link | None) -> RecordOutcome:
        """Take a deletion: the row gets a state, and the link remembers that nothing is there."""
        ours = self._known.rows.get(link.loupe_id) if link else None
        if link is None:
            # Nothing of it is in Loupe: whatever was asked about it, or waited for it, is over.
            return replace(_unchanged(record), is_pending=False)
        if ours is None or link.state == REPLACED:
            return self._end(record, link)
        is_again = is_looked_at_again(record.raw)
        if link.state == DELETED and not is_again:
            # The stub comes again with each overlap; a conflict about it is over once the row is.
            return _unchanged(record)
        row = ours.row
        deleted = replace(link, state=DELETED, missing_since_at=None)
        doubt_of_row = find_doubt(link, row)
        held = self._hold_row(record, deleted, doubt_of_row) if doubt_of_row is not None else None
        if isinstance(held, RecordOutcome):
            return held
        is_paid = self._known.is_paid(row)
        removal = self._known.context.type.remove(
            row, record.source_id, is_paid=is_paid, is_again=is_again
        )
        after = write_changes(self._known, link, row, removal.changes)
        deleted = replace(deleted, loupe_row_version=after["row_version"]).seen(after)
        self._writes.add_link(deleted, is_new=False)
        return replace(
            outcome_of(record, link, _choose_outcome(removal)),
            reason=removal.conflict.reason if removal.conflict else "deleted in QuickBooks",
            conflicts=(removal.conflict,) if removal.conflict else (),
            loupe_changed_at=row["updated_at"],
            loupe_changed_by=row["updated_by"],
        )

    def _end(self, record: StagedRecord, link: Link) -> RecordOutcome:
        """Note that nothing is left of a link: neither side is changed, and what was asked about it is over."""
        ended = replace(link, state=DELETED, loupe_row_version=None, missing_since_at=None)
        self._writes.add_link(ended, is_new=False)
        return replace(_unchanged(record), loupe_id=link.loupe_id, is_pending=False)

    def _note(self, record: StagedRecord, link: Link | None) -> RecordOutcome:
        """List a record that QuickBooks did not find; neither side is changed."""
        if link is None:
            return _unchanged(record)
        since = link.missing_since_at or datetime.now(UTC)
        self._writes.add_link(replace(link, missing_since_at=since), is_new=False)
        return replace(outcome_of(record, link, Outcome.WAITING), reason=_MISSING)

    def _find_difference(self, record: StagedRecord, link: Link) -> str | None:
        """Return what shows that the record is not the one that was linked, or `None`."""
        record_type = self._known.context.type
        difference = find_difference(record_type, link, record.raw)
        if difference is not None or link.state != REPLACED:
            return difference
        # Once in doubt, a record that merely shows no difference does not count as the linked one.
        is_same = is_surely_same(record_type, link, record.raw)
        return None if is_same else "it was found to be another one before"

    def _hold_row(
        self, record: StagedRecord, link: Link, difference: str
    ) -> RecordOutcome | PlannedMerge:
        reason = describe_replaced_row(link.loupe_id, record.source_id, difference)
        # That it was gone in QuickBooks must not be forgotten: the row's void may be the sync's own.
        state = link.state if link.state in (DELETED, RETURNED) else REPLACED_IN_LOUPE
        return self._hold_replaced(record, link, state, reason)

    def _hold_replaced(
        self, record: StagedRecord, link: Link, state: str, reason: str
    ) -> RecordOutcome | PlannedMerge:
        """Take nothing from a record, and write nothing to a row, that are not those that were linked."""
        decision = self._known.judged.same.get(record.source_id)
        ours = self._known.rows.get(link.loupe_id)
        if ours and decision and decision.loupe_id == link.loupe_id:
            fresh = to_matched_link(record, link.loupe_id)
            return self._merger.plan(record, fresh, ours, is_new=False)
        replaced = replace(link, state=state, loupe_row_version=None)
        self._writes.add_link(replaced, is_new=False)
        return replace(doubt(record, Match(link.loupe_id, reason)), waits_for=None)


def to_matched_link(record: StagedRecord, loupe_id: int) -> Link:
    """Return the link of a record that was found to be a Loupe row; nothing is agreed yet."""
    return Link(
        loupe_id=loupe_id,
        quickbooks_id=record.source_id,
        origin="matched",
        sync_token=record.source_version or "0",
        document=record.raw,
        quickbooks_created_at=created_at(record.raw),
    )


def _choose_outcome(removal: Removal) -> Outcome:
    if removal.conflict:
        return Outcome.CONFLICT
    return Outcome.UPDATED if removal.changes else Outcome.UNCHANGED


def _unchanged(record: StagedRecord) -> RecordOutcome:
    outcome = RecordOutcome(record.source_id, Outcome.UNCHANGED, quickbooks_id=record.source_id)
    return replace(outcome, is_pending=True)
