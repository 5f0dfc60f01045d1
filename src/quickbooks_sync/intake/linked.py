"""Brings a linked record into Loupe: merges it with its row, or takes its deletion."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from quickbooks_sync.intake.batch_context import BatchContext
from quickbooks_sync.intake.outcomes import doubt, outcome_of, updated_at, warnings_of
from quickbooks_sync.intake.replaced import describe_replaced, find_difference, is_surely_same
from quickbooks_sync.mapping import RecordMapping
from quickbooks_sync.matching.identity import Match
from quickbooks_sync.matching.merge import Merge, merge_record, next_base
from quickbooks_sync.model.base import Base
from quickbooks_sync.model.errors import RetryableError
from quickbooks_sync.model.flow import Direction
from quickbooks_sync.model.outcome import RECORD_CONFLICT, FieldConflict, Outcome, RecordOutcome
from quickbooks_sync.model.problem import Problem, warning
from quickbooks_sync.postgres.records.links import DELETED, REPLACED, RETURNED, Link
from quickbooks_sync.postgres.records.loupe_rows import Row, update_row
from quickbooks_sync.postgres.records.staging import StagedRecord
from quickbooks_sync.record_types.decided import with_decisions
from quickbooks_sync.record_types.record_type import LIFE_FIELDS, LinkedPair, Removal
from quickbooks_sync.record_types.stock import quantity_problem
from quickbooks_sync.transform.loupe_side import values_to_row

Values = dict[str, Any]
Causes = tuple[Problem, ...]

_MISSING = (
    "missing: QuickBooks does not show it in its lists and answers that there is no such record. If a run at least "
    "ten minutes from now finds the same, it counts as deleted; until then neither side is changed"
)


@dataclass
class Written:
    """What a batch will write once every record of it has been decided."""

    inserts: list[tuple[StagedRecord, Row]] = field(default_factory=list)
    new_links: list[Link] = field(default_factory=list)
    changed_links: list[Link] = field(default_factory=list)


class LinkedRecords:
    """Merges the linked records of a batch, one by one.

    Args:
        known: What both sides hold about them.
        written: Takes the links as they are to be written.
    """

    def __init__(self, known: BatchContext, written: Written) -> None:
        self.known = known
        self.written = written
        self.held_back: set[int] = set()

    def update(self, one: StagedRecord, link: Link) -> RecordOutcome:
        """Take what has changed in QuickBooks, and nothing older than what is known."""
        record_type = self.known.context.type
        difference = find_difference(record_type, link.document, one.raw)
        if difference is None and link.state == REPLACED:
            is_same = is_surely_same(record_type, link.document, one.raw)
            difference = None if is_same else "it was found to be another one before"
        if difference is not None:
            return self._hold_replaced(one, link, difference)
        if int(one.source_version or 0) < int(link.sync_token):
            # A write of ours, or a later context, has already seen a newer version.
            return outcome_of(one, link, Outcome.UNCHANGED)
        if link.loupe_id not in self.known.rows:
            held = FieldConflict(
                RECORD_CONFLICT, "gone in Loupe: the row no longer exists", None, one.source_id
            )
            return replace(outcome_of(one, link, Outcome.CONFLICT), conflicts=(held,))
        return self.merge(one, link, is_new=False)

    def remove(self, one: StagedRecord, link: Link | None) -> RecordOutcome:
        """Take a deletion: the row gets a state, and the link remembers that nothing is there."""
        row = self.known.rows.get(link.loupe_id) if link else None
        if link is None or row is None or link.state in (DELETED, REPLACED):
            # The stub comes again with each overlap; a conflict about it is over once the row is.
            gone = RecordOutcome(one.source_id, Outcome.UNCHANGED, quickbooks_id=one.source_id)
            return replace(gone, is_pending=True)
        is_paid = self.known.is_paid(row)
        removal = self.known.context.type.remove(row, one.source_id, is_paid=is_paid)
        version = self._write_changes(link, row, removal.changes)
        self.written.changed_links.append(
            replace(link, state=DELETED, loupe_row_version=version, missing_since_at=None)
        )
        outcome = _outcome_of_removal(removal)
        return replace(
            outcome_of(one, link, outcome),
            reason=removal.conflict.reason if removal.conflict else "deleted in QuickBooks",
            conflicts=(removal.conflict,) if removal.conflict else (),
            loupe_changed_at=row["updated_at"],
            loupe_changed_by=row["updated_by"],
        )

    def note_missing(self, one: StagedRecord, link: Link | None) -> RecordOutcome:
        """List a record that QuickBooks did not find; neither side is changed."""
        if link is None:
            return RecordOutcome(
                one.source_id, Outcome.UNCHANGED, quickbooks_id=one.source_id, is_pending=True
            )
        since = link.missing_since_at or datetime.now(UTC)
        self.written.changed_links.append(replace(link, missing_since_at=since))
        return replace(outcome_of(one, link, Outcome.WAITING), reason=_MISSING)

    def _hold_replaced(self, one: StagedRecord, link: Link, difference: str) -> RecordOutcome:
        """Take nothing from a record that is not the one the row was linked to."""
        decision = self.known.judged.get(one.source_id)
        row = self.known.rows.get(link.loupe_id)
        if row and decision and (decision.choice, decision.loupe_id) == ("same", link.loupe_id):
            fresh = Link(
                link.loupe_id, one.source_id, "matched", one.source_version or "0", one.raw
            )
            return self.merge(one, fresh, is_new=False)
        self.written.changed_links.append(replace(link, state=REPLACED, loupe_row_version=None))
        why = describe_replaced(link.loupe_id, one.source_id, difference)
        return replace(doubt(one, Match(link.loupe_id, why)), waits_for=None)

    def merge(self, one: StagedRecord, link: Link, *, is_new: bool) -> RecordOutcome:
        """Merge a record with its row, field by field."""
        row, ours = self.known.rows[link.loupe_id], self.known.loupe_values[link.loupe_id]
        theirs = _storable(self.known.mapping, one.values or {})
        policy = self.known.context.type.merge_policy(
            LinkedPair(
                self.known.settings,
                row,
                link.origin,
                theirs,
                one.raw,
                is_paid=bool(theirs.get("is_void")) and self.known.is_paid(row),
                has_returned=link.state in (DELETED, RETURNED),
                agreed=link.loupe_base.keys(),
            ),
        )
        unique = self.known.context.type.unique_field
        if unique and self._owner_of(theirs.get(unique.name), link) != link.loupe_id:
            taken = {unique.name: unique.locked}
            policy = replace(policy, loupe_locked={**policy.loupe_locked, **taken})
        decisions = self.known.decisions.get(link.loupe_id, ())
        policy = with_decisions(policy, decisions, ours, theirs)
        base = Base(link.loupe_base, link.quickbooks_base)
        merge = merge_record(self.known.mapping, ours, theirs, base, policy)
        excess = self.known.guard.check(theirs, row) if "applications" in merge.to_loupe else None
        if excess:
            return replace(doubt(one, Match(link.loupe_id, excess)), reason=excess)
        changes = self._changes(link, merge, ours, theirs)
        version = self._write_changes(link, row, changes)
        after = _with_counted(ours, theirs, next_base(merge, ours, theirs, base))
        self._keep_link(one, link, after, version, merge, is_new)
        differs = self._quantity_differs(link, ours, theirs)
        put_back = _quantity_put_back(link, merge, ours)
        outcome = _outcome_of_merge(merge, differs=bool(differs), is_changed=bool(changes))
        is_held_back = link.loupe_id in self.held_back
        held_back = self.known.context.type.unsettled if is_held_back else None
        return replace(
            outcome_of(one, link, outcome),
            conflicts=merge.conflicts,
            causes=differs,
            warnings=(*warnings_of(one), *put_back),
            is_pending=bool(merge.to_quickbooks),
            # Once the money is on both sides, QuickBooks' balance is taken from what was read now.
            waits_for=held_back.waits_for if held_back else None,
            reason=held_back.reason if held_back else None,
            raw=one.raw,
            loupe_changed_at=row["updated_at"],
            loupe_changed_by=row["updated_by"],
        )

    def _owner_of(self, value: Any, link: Link) -> int:
        """Return which row carries a value that is unique in Loupe; the record's own where none does."""
        return self.known.owners.get(value, link.loupe_id)

    def _quantity_differs(self, link: Link, ours: Values, theirs: Values) -> Causes:
        """Say of a quantity that QuickBooks owns why Loupe does not take it; else the push says it."""
        settings = self.known.settings
        if settings.stock_owner != "quickbooks":
            return ()
        why = quantity_problem(
            settings, link.loupe_base, ours.get("quantity"), theirs.get("quantity")
        )
        if why is None:
            return ()
        value = theirs["quantity"]
        return (Problem("quantity", "stock agrees", value, why),)

    def _changes(self, link: Link, merge: Merge, ours: Values, theirs: Values) -> Row:
        """Return the Loupe columns to write: taken fields, and computed ones that moved."""
        taken = {**merge.to_loupe}
        for one in (
            self.known.mapping.computed if self.known.context.direction == Direction.PULL else ()
        ):
            if (
                one.loupe is None
                or one.name not in theirs
                or ours.get(one.name) == theirs[one.name]
            ):
                continue
            if one.follows and not _is_followed(one.follows, merge, link):
                continue
            taken[one.name] = theirs[one.name]
        unsettled = self.known.context.type.unsettled
        if unsettled and link.loupe_id in self.known.unsettled:
            # Loupe knows of money that QuickBooks does not: its payment state is the newer one.
            held = [taken.pop(name, None) for name in unsettled.fields]
            if any(held):
                self.held_back.add(link.loupe_id)
        if not taken:
            return {}
        return values_to_row(
            self.known.mapping, taken, references=self.known.references.to_loupe, fields=set(taken)
        )

    def _write_changes(self, link: Link, row: Row, changes: Row) -> int:
        if not changes:
            return int(row["row_version"])
        version = update_row(
            self.known.connection,
            self.known.mapping,
            self.known.context.organization_id,
            link.loupe_id,
            row["row_version"],
            changes,
        )
        if version is None:
            raise RetryableError(
                f"Loupe row {link.loupe_id} changed while it was being merged; nothing of this "
                "batch was written. The step is repeated.",
            )
        return version

    def _keep_link(
        self,
        one: StagedRecord,
        link: Link,
        base: Base,
        version: int,
        merge: Merge,
        is_new: bool,
    ) -> None:
        kept = replace(
            link,
            sync_token=one.source_version or "0",
            document=one.raw,
            loupe_base=dict(base.loupe),
            quickbooks_base=dict(base.quickbooks),
            quickbooks_updated_at=updated_at(one.raw),
            loupe_row_version=version if merge.is_settled else None,
            state=_state_after(link, merge),
            missing_since_at=None,
        )
        (self.written.new_links if is_new else self.written.changed_links).append(kept)


def _outcome_of_removal(removal: Removal) -> Outcome:
    if removal.conflict:
        return Outcome.CONFLICT
    return Outcome.UPDATED if removal.changes else Outcome.UNCHANGED


def _outcome_of_merge(merge: Merge, *, differs: bool, is_changed: bool) -> Outcome:
    if merge.conflicts:
        return Outcome.CONFLICT
    if differs:
        return Outcome.DIFFERS
    return Outcome.UPDATED if is_changed else Outcome.UNCHANGED


def _quantity_put_back(link: Link, merge: Merge, ours: Values) -> Causes:
    """Warn that a quantity which was changed in Loupe gives way to QuickBooks', which owns the stock."""
    before, now = link.loupe_base.get("quantity"), ours.get("quantity")
    if "quantity" not in merge.to_loupe or before is None or before == now:
        return ()
    value = merge.to_loupe["quantity"]
    return (
        warning(
            "quantity",
            "QuickBooks owns the stock",
            value,
            f"quantity: Loupe was changed from {before} to {now} and has QuickBooks' {value} again, for "
            "QuickBooks owns the stock; count in QuickBooks, or let Loupe own it (stock_owner)",
        ),
    )


def _state_after(link: Link, merge: Merge) -> str:
    """A record that came back stays one of which a person must decide, until the sides agree."""
    is_held = any(conflict.field in LIFE_FIELDS for conflict in merge.conflicts)
    return RETURNED if link.state in (DELETED, RETURNED) and is_held else "live"


def _with_counted(ours: Values, theirs: Values, base: Base) -> Base:
    """Note that both sides have agreed on a stock quantity; from then on one of them leads."""
    quantity = theirs.get("quantity")
    if quantity is None or ours.get("quantity") != quantity:
        return base
    counted = {"quantity": quantity}
    return Base({**base.loupe, **counted}, {**base.quickbooks, **counted})


def _storable(mapping: RecordMapping, values: Values) -> Values:
    """Leave out texts that Loupe cannot hold; a pull has rejected them, an answer may bring them."""
    too_long = {
        one.name
        for one in mapping.fields
        if one.max_length_loupe and len(values.get(one.name) or "") > one.max_length_loupe
    }
    return {name: value for name, value in values.items() if name not in too_long}


def _is_followed(name: str, merge: Merge, link: Link) -> bool:
    """Whether a total may be stored: its lines were taken, or QuickBooks is where they come from.

    A Loupe invoice whose total QuickBooks computes differently keeps its own and says so.
    """
    return name in merge.to_loupe or (link.origin == "quickbooks" and name in merge.agreed)
