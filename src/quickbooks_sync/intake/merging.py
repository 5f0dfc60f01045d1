"""Merges a QuickBooks record with the Loupe row that it is, field by field."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from quickbooks_sync.intake.batch_context import BatchContext, LoupeRow
from quickbooks_sync.intake.outcomes import outcome_of, updated_at, warnings_of
from quickbooks_sync.intake.planned import PlannedMerge
from quickbooks_sync.intake.quantity import find_put_back, find_quantity_problem, with_counted
from quickbooks_sync.intake.replaced import created_at
from quickbooks_sync.intake.row_writer import write_changes
from quickbooks_sync.intake.stored import find_stored_otherwise, warn_of_stored, with_stored
from quickbooks_sync.intake.writes import PendingWrites
from quickbooks_sync.mapping import RecordMapping
from quickbooks_sync.matching.merge import Merge, MergePolicy, merge_record, next_base
from quickbooks_sync.model.base import Base
from quickbooks_sync.model.flow import Direction
from quickbooks_sync.model.outcome import Outcome, RecordOutcome
from quickbooks_sync.model.problem import Problem, Severity, warning
from quickbooks_sync.postgres.records.links import DELETED, RETURNED, Link
from quickbooks_sync.postgres.records.loupe_rows import Row
from quickbooks_sync.postgres.records.staging import StagedRecord
from quickbooks_sync.record_types.decided import is_taken_back, with_decisions
from quickbooks_sync.record_types.declarations import LinkedPair, Unsettled
from quickbooks_sync.record_types.record_type import LIFE_FIELDS
from quickbooks_sync.run.resourced import IS_HELD, explain
from quickbooks_sync.transform.loupe_side import values_to_row

Values = dict[str, Any]


@dataclass(frozen=True)
class _Merged:
    """A record merged with its row.

    Attributes:
        merge: The merge.
        columns: Columns of the Loupe row to write.
        unsettled: What is left as it is, for Loupe knows of money that QuickBooks does not.
        differs: On what the sides do not agree, and nothing is done about it.
        put_back: What a change in Loupe gave way to.
    """

    merge: Merge
    columns: Row
    unsettled: Unsettled | None
    differs: tuple[Problem, ...]
    put_back: tuple[Problem, ...]


class RecordMerger:
    """Merges records of one batch with their rows: first it is planned what they take, then that is carried out.

    Args:
        known: What both sides hold about the batch.
        writes: Takes the links that are to be written.
    """

    def __init__(self, known: BatchContext, writes: PendingWrites) -> None:
        self._known = known
        self._writes = writes

    def plan(
        self,
        record: StagedRecord,
        link: Link,
        ours: LoupeRow,
        *,
        is_new: bool,
        locked: Mapping[str, str] | None = None,
    ) -> PlannedMerge:
        """Merge a record with its row; nothing is written.

        Args:
            record: The record.
            link: Its link so far.
            ours: The row.
            is_new: Whether the link is not in the database yet.
            locked: Fields that the row may not take, with the reason.
        """
        theirs = _storable(self._known.mapping, record.values or {})
        base = Base(link.loupe_base, link.quickbooks_base)
        policy = _with_locked(self._policy(record, link, ours, theirs), locked or {})
        merge = merge_record(self._known.mapping, ours.values, theirs, base, policy)
        return PlannedMerge(record, link, ours, theirs, base, merge, is_new)

    def carry_out(self, planned: PlannedMerge) -> RecordOutcome:
        """Take what was planned; the row is written at once, the link with the batch."""
        record, link, ours, merge = planned.record, planned.link, planned.ours, planned.merge
        merged = self._judge(link, merge, ours, dict(planned.theirs))
        row = write_changes(self._known, link, ours.row, merged.columns)
        stored = find_stored_otherwise(self._known, ours, merged.columns, row)
        base = next_base(merge, ours.values, planned.theirs, planned.base)
        base = with_stored(base, merge.to_loupe, stored)
        after = with_counted(ours.values, planned.theirs, base)
        link_after = _link_after(record, link, after, row, merge)
        if ours.problems or stored.keys() - merge.to_loupe.keys():
            # What of the row cannot be read, or a trigger changed, may be an edit: a push must look at it.
            link_after = replace(link_after, loupe_row_version=None)
        self._writes.add_link(link_after, is_new=planned.is_new)
        outcome = _to_outcome(record, link, merged, ours)
        told = (*self._warn_of_held(planned), *warn_of_stored(merge.to_loupe, stored))
        return replace(outcome, warnings=(*outcome.warnings, *told))

    def _warn_of_held(self, planned: PlannedMerge) -> Iterator[Problem]:
        """Say which fields would move if they were read from where the mapping reads them now."""
        known = self._known
        for name in sorted(known.held_fields):
            now, before = planned.theirs.get(name), planned.base.quickbooks.get(name)
            ours, agreed = planned.ours.values.get(name), planned.base.loupe.get(name)
            if (now, ours) != (before, agreed):
                sources, run_id = known.mapping.sources, known.context.run_id
                told = explain(name, known.resourced, sources, run_id)
                yield warning(name, IS_HELD, now, told)

    def _policy(
        self, record: StagedRecord, link: Link, ours: LoupeRow, theirs: Values
    ) -> MergePolicy:
        decisions = self._known.decisions.get(link.loupe_id, ())
        has_returned = link.state in (DELETED, RETURNED)
        pair = LinkedPair(
            self._known.settings,
            ours.row,
            link.origin,
            theirs,
            record.raw,
            is_paid=bool(theirs.get("is_void")) and self._known.is_paid(ours.row),
            has_returned=has_returned,
            is_taken_back=has_returned and is_taken_back(decisions, ours.values, theirs),
            agreed=link.quickbooks_base,
        )
        policy = self._known.context.type.merge_policy(pair)
        policy = replace(policy, excluded=policy.excluded | self._known.held_fields)
        return with_decisions(policy, decisions, ours.values, theirs)

    def _judge(self, link: Link, merge: Merge, ours: LoupeRow, theirs: Values) -> _Merged:
        # The answer to a write of ours does not move what Loupe has computed itself.
        computed = (
            self._find_moved(link, merge, ours.values, theirs)
            if self._known.context.direction == Direction.PULL
            else {}
        )
        taken = {**merge.to_loupe, **computed}
        # Loupe knows of money that QuickBooks does not: its payment state is the newer one.
        unsettled = self._known.context.type.unsettled if ours.is_unsettled else None
        held = unsettled.fields if unsettled else ()
        return _Merged(
            merge,
            self._to_columns({name: taken[name] for name in taken if name not in held}),
            unsettled if any(taken.get(name) for name in held) else None,
            find_quantity_problem(self._known.settings, link, ours.values, theirs),
            find_put_back(link, merge, ours.values),
        )

    def _find_moved(self, link: Link, merge: Merge, ours: Values, theirs: Values) -> Values:
        """Return the computed values that moved in QuickBooks."""
        return {
            field.name: theirs[field.name]
            for field in self._known.mapping.computed
            if field.loupe is not None
            and field.name in theirs
            and ours.get(field.name) != theirs[field.name]
            and field.name not in self._known.held_fields
            and (field.follows is None or _is_followed(field.follows, merge, link))
        }

    def _to_columns(self, taken: Values) -> Row:
        if not taken:
            return {}
        references = self._known.references.to_loupe
        return values_to_row(self._known.mapping, taken, references=references, fields=set(taken))


def _with_locked(policy: MergePolicy, locked: Mapping[str, str]) -> MergePolicy:
    """Lock fields of the row, whatever a person has decided: the row cannot hold the value."""
    decided = {name: choice for name, choice in policy.decided.items() if name not in locked}
    return replace(policy, loupe_locked={**policy.loupe_locked, **locked}, decided=decided)


def _to_outcome(record: StagedRecord, link: Link, merged: _Merged, ours: LoupeRow) -> RecordOutcome:
    merge = merged.merge
    return replace(
        outcome_of(record, link, _choose_outcome(merged)),
        conflicts=merge.conflicts,
        causes=merged.differs,
        warnings=(*warnings_of(record), *merged.put_back, *_unread(ours)),
        is_pending=bool(merge.to_quickbooks),
        # Once the money is on both sides, QuickBooks' balance is taken from what was read now.
        waits_for=merged.unsettled.waits_for if merged.unsettled else None,
        reason=merged.unsettled.reason if merged.unsettled else None,
        raw=record.raw,
        loupe_changed_at=ours.row["updated_at"],
        loupe_changed_by=ours.row["updated_by"],
    )


def _unread(ours: LoupeRow) -> tuple[Problem, ...]:
    """Warn of what could not be read of the row, and was left as it is there."""
    return tuple(
        replace(problem, severity=Severity.WARNING)
        for problem in ours.problems
        if problem.is_rejecting
    )


def _choose_outcome(merged: _Merged) -> Outcome:
    if merged.merge.conflicts:
        return Outcome.CONFLICT
    if merged.differs:
        return Outcome.DIFFERS
    return Outcome.UPDATED if merged.columns else Outcome.UNCHANGED


def _link_after(record: StagedRecord, link: Link, base: Base, row: Row, merge: Merge) -> Link:
    return replace(
        link.seen(row),
        sync_token=record.source_version or "0",
        document=record.raw,
        loupe_base=dict(base.loupe),
        quickbooks_base=dict(base.quickbooks),
        quickbooks_updated_at=updated_at(record.raw),
        loupe_row_version=row["row_version"] if merge.is_settled else None,
        quickbooks_created_at=created_at(record.raw) or link.quickbooks_created_at,
        state=_state_after(link, merge),
        missing_since_at=None,
    )


def _state_after(link: Link, merge: Merge) -> str:
    """A record that came back stays one of which a person must decide, until the sides agree."""
    is_held = any(conflict.field in LIFE_FIELDS for conflict in merge.conflicts)
    return RETURNED if link.state in (DELETED, RETURNED) and is_held else "live"


def _storable(mapping: RecordMapping, values: Values) -> Values:
    """Leave out texts that Loupe cannot hold; a pull has rejected them, an answer may bring them."""
    too_long = {
        field.name
        for field in mapping.fields
        if field.max_length_loupe and len(values.get(field.name) or "") > field.max_length_loupe
    }
    return {name: value for name, value in values.items() if name not in too_long}


def _is_followed(name: str, merge: Merge, link: Link) -> bool:
    """Whether a total may be stored: its lines were taken, or QuickBooks is where they come from.

    A Loupe invoice whose total QuickBooks computes differently keeps its own and says so.
    """
    return name in merge.to_loupe or (link.origin == "quickbooks" and name in merge.agreed)
