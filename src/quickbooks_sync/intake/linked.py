"""Brings a linked record into Loupe: merges it with its row, or takes its deletion."""

from dataclasses import replace
from datetime import UTC, datetime

from quickbooks_sync.intake.batch_context import BatchContext
from quickbooks_sync.intake.merging import RecordMerger
from quickbooks_sync.intake.outcomes import doubt, outcome_of
from quickbooks_sync.intake.planned import PlannedMerge
from quickbooks_sync.intake.replaced import describe_replaced, find_difference, is_surely_same
from quickbooks_sync.intake.row_writer import write_changes
from quickbooks_sync.intake.writes import PendingWrites
from quickbooks_sync.matching.identity import Match
from quickbooks_sync.model.outcome import RECORD_CONFLICT, FieldConflict, Outcome, RecordOutcome
from quickbooks_sync.postgres.records.links import DELETED, REPLACED, Link
from quickbooks_sync.postgres.records.staging import StagedRecord
from quickbooks_sync.quickbooks.changes import is_deleted
from quickbooks_sync.record_types.declarations import Removal

_MISSING = (
    "missing: QuickBooks does not show it in its lists and answers that there is no such record. If a run at least "
    "ten minutes from now finds the same, it counts as deleted; until then neither side is changed"
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
            return self._hold_replaced(record, link, difference)
        if int(record.source_version or 0) < int(link.sync_token):
            # A write of ours, or a later run, has already seen a newer version.
            return outcome_of(record, link, Outcome.UNCHANGED)
        ours = self._known.rows.get(link.loupe_id)
        if ours is None:
            reason = "gone in Loupe: the row no longer exists"
            conflict = FieldConflict(RECORD_CONFLICT, reason, None, record.source_id)
            return replace(outcome_of(record, link, Outcome.CONFLICT), conflicts=(conflict,))
        return self._merger.plan(record, link, ours, is_new=False)

    def take_stub(self, record: StagedRecord, link: Link | None) -> RecordOutcome:
        """Take that QuickBooks has deleted a record, or does not find it."""
        return self._remove(record, link) if is_deleted(record.raw) else self._note(record, link)

    def _remove(self, record: StagedRecord, link: Link | None) -> RecordOutcome:
        """Take a deletion: the row gets a state, and the link remembers that nothing is there."""
        ours = self._known.rows.get(link.loupe_id) if link else None
        if link is None or ours is None or link.state in (DELETED, REPLACED):
            # The stub comes again with each overlap; a conflict about it is over once the row is.
            return _unchanged(record)
        row = ours.row
        is_paid = self._known.is_paid(row)
        removal = self._known.context.type.remove(row, record.source_id, is_paid=is_paid)
        version = write_changes(self._known, link, row, removal.changes)
        deleted = replace(link, state=DELETED, loupe_row_version=version, missing_since_at=None)
        self._writes.add_link(deleted, is_new=False)
        return replace(
            outcome_of(record, link, _choose_outcome(removal)),
            reason=removal.conflict.reason if removal.conflict else "deleted in QuickBooks",
            conflicts=(removal.conflict,) if removal.conflict else (),
            loupe_changed_at=row["updated_at"],
            loupe_changed_by=row["updated_by"],
        )

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
        difference = find_difference(record_type, link.document, record.raw)
        if difference is not None or link.state != REPLACED:
            return difference
        # Once in doubt, a record that merely shows no difference does not count as the linked one.
        is_same = is_surely_same(record_type, link.document, record.raw)
        return None if is_same else "it was found to be another one before"

    def _hold_replaced(
        self, record: StagedRecord, link: Link, difference: str
    ) -> RecordOutcome | PlannedMerge:
        """Take nothing from a record that is not the one the row was linked to."""
        decision = self._known.judged.get(record.source_id)
        ours = self._known.rows.get(link.loupe_id)
        if ours and decision and (decision.choice, decision.loupe_id) == ("same", link.loupe_id):
            fresh = to_matched_link(record, link.loupe_id)
            return self._merger.plan(record, fresh, ours, is_new=False)
        replaced = replace(link, state=REPLACED, loupe_row_version=None)
        self._writes.add_link(replaced, is_new=False)
        reason = describe_replaced(link.loupe_id, record.source_id, difference)
        return replace(doubt(record, Match(link.loupe_id, reason)), waits_for=None)


def to_matched_link(record: StagedRecord, loupe_id: int) -> Link:
    """Return the link of a record that was found to be a Loupe row; nothing is agreed yet."""
    return Link(
        loupe_id=loupe_id,
        quickbooks_id=record.source_id,
        origin="matched",
        sync_token=record.source_version or "0",
        document=record.raw,
    )


def _choose_outcome(removal: Removal) -> Outcome:
    if removal.conflict:
        return Outcome.CONFLICT
    return Outcome.UPDATED if removal.changes else Outcome.UNCHANGED


def _unchanged(record: StagedRecord) -> RecordOutcome:
    outcome = RecordOutcome(record.source_id, Outcome.UNCHANGED, quickbooks_id=record.source_id)
    return replace(outcome, is_pending=True)
