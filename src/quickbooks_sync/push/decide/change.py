"""Decides about a linked row: what of it moves to QuickBooks, what is held, and what is agreed by now."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from quickbooks_sync.matching.merge import Merge, merge_record
from quickbooks_sync.model.base import Base
from quickbooks_sync.model.decision import Decision, Hold, Keep, Update, Void
from quickbooks_sync.model.outcome import FieldConflict
from quickbooks_sync.model.problem import Problem, warning
from quickbooks_sync.postgres.records.links import RETURNED, Link
from quickbooks_sync.push.decide.agreement import agree
from quickbooks_sync.push.decide.asked import still_asked
from quickbooks_sync.push.decide.computed import find_differences
from quickbooks_sync.push.decide.facts import PushFacts
from quickbooks_sync.push.decide.item import ItemFindings, judge_item, keep_counted_active
from quickbooks_sync.push.decide.names import find_unnamed
from quickbooks_sync.record_types.decided import with_decisions
from quickbooks_sync.record_types.declarations import LinkedPair
from quickbooks_sync.record_types.taken import refuse_taken

Row = Mapping[str, Any]
Values = Mapping[str, Any]

_FOUND = "was found in QuickBooks when it was last looked for"
_STAYS_VOID = "an invoice or payment that is void in QuickBooks stays void"


@dataclass(frozen=True)
class _Change:
    """A row merged with its record.

    Attributes:
        ours: Loupe's canonical values.
        theirs: QuickBooks' canonical values.
        base: The base so far.
        merge: The merge of the two.
        fields: Fields to send.
        unnamed: What names something that QuickBooks does not have, and is not sent.
        findings: What is to be said of an item.
    """

    ours: Values
    theirs: Values
    base: Base
    merge: Merge
    fields: tuple[str, ...]
    unnamed: tuple[Problem, ...]
    findings: ItemFindings

    @property
    def is_void(self) -> bool:
        """Whether the record is void on either side."""
        return bool(self.ours.get("is_void") or self.theirs.get("is_void"))


def decide_change(row: Row, ours: Values, link: Link, facts: PushFacts) -> Decision:
    """Decide what a push does with a linked row.

    Args:
        row: The Loupe row.
        ours: Its canonical values.
        link: Its link.
        facts: What is known of its batch.
    """
    change = _merge(row, ours, link, facts)
    asked = still_asked(change.merge, facts.asked.get(link.loupe_id, ()))
    conflicts = (*change.merge.conflicts, *asked)
    if "is_void" in change.fields:
        return Void(change.fields, conflicts) if ours["is_void"] else _hold_revival(change)
    # Fields that are not in conflict go out beside those that are: nobody waits for a decision about another field.
    if change.fields:
        return Update(change.fields, conflicts, change.findings.adjusts_quantity)
    if conflicts:
        return _hold(change, conflicts[0].reason, conflicts)
    return _keep(change, facts)


def find_refusals(
    row: Row, ours: Values, decision: Decision, link: Link, facts: PushFacts
) -> tuple[Problem, ...]:
    """Return why QuickBooks does not take what a decision sends of a linked row, and as warnings why it may not."""
    if not isinstance(decision, Update | Void):
        return ()
    changed = facts.kind.why_not_changeable(_pair(row, link, facts), decision.fields)
    return (*changed, *_doubt_missing(link), *_find_taken(ours, decision.fields, link, facts))


def _find_taken(
    ours: Values, fields: Collection[str], link: Link, facts: PushFacts
) -> tuple[Problem, ...]:
    """Return who has the name or number already that the record gets, or gets again by being made active."""
    once = facts.kind.once
    is_asked = once is not None and ("is_active" in fields or once.name in fields)
    if once is None or not is_asked or ours.get("is_active") is False:
        return ()
    # One that is sent under another name where its own is taken, has its own.
    if facts.kind.rename_taken(ours):
        return ()
    return refuse_taken(facts.kind, ours.get(once.name), link.loupe_id, facts.holders)


def _doubt_missing(link: Link) -> tuple[Problem, ...]:
    """Warn about a record that QuickBooks did not find; until its deletion is confirmed, QuickBooks is asked."""
    if link.missing_since_at is None:
        return ()
    message = (
        f"QuickBooks has not found its Id {link.quickbooks_id} since {link.missing_since_at:%Y-%m-%d %H:%M} UTC and "
        "may refuse the change (fault 610); the next pull finds it, or confirms that it was deleted"
    )
    return (warning(None, _FOUND, link.quickbooks_id, message),)


def _merge(row: Row, ours: Values, link: Link, facts: PushFacts) -> _Change:
    theirs = facts.theirs[link.loupe_id]
    base = Base(link.loupe_base, link.quickbooks_base)
    choices = facts.choices.get(link.loupe_id, ())
    policy = with_decisions(facts.kind.merge_policy(_pair(row, link, facts)), choices, ours, theirs)
    merge = merge_record(facts.mapping, ours, theirs, base, policy)
    unnamed = tuple(find_unnamed(facts.mapping, facts.settings.lists, merge.to_quickbooks))
    withheld = {problem.field for problem in unnamed}
    fields = tuple(name for name in merge.to_quickbooks if name not in withheld)
    findings = ItemFindings()
    if facts.kind.stock_field:
        fields = keep_counted_active(fields, ours, theirs)
        findings = judge_item(facts, row, link, ours, theirs)
    return _Change(ours, theirs, base, merge, fields, unnamed, findings)


def _pair(row: Row, link: Link, facts: PushFacts) -> LinkedPair:
    return LinkedPair(
        facts.settings,
        row,
        link.origin,
        facts.theirs[link.loupe_id],
        link.document,
        is_paid=link.loupe_id in facts.paid,
        has_returned=link.state == RETURNED,
        agreed=link.quickbooks_base,
        party=facts.parties.get(link.loupe_id),
        open_amount=facts.open_amounts.get(link.loupe_id, Decimal(0)),
    )


def _hold_revival(change: _Change) -> Hold:
    """QuickBooks cannot make a void record live again, so a person must see that Loupe's is."""
    ours, theirs = change.ours["is_void"], change.theirs["is_void"]
    revival = FieldConflict("is_void", _STAYS_VOID, ours, theirs)
    return _hold(change, _STAYS_VOID, (*change.merge.conflicts, revival))


def _hold(change: _Change, reason: str, conflicts: tuple[FieldConflict, ...]) -> Hold:
    findings = change.findings
    return Hold(
        reason,
        conflicts,
        findings.differs,
        findings.waits_for,
        findings.adjusts_quantity,
        agree(change.merge, change.ours, change.theirs, change.base, is_open=True),
    )


def _keep(change: _Change, facts: PushFacts) -> Keep:
    findings = change.findings
    differs = findings.differs
    if not facts.kind.stock_field and not change.is_void:
        # Nothing of it can be sent, so nothing else would tell that the two no longer agree.
        differences = find_differences(facts.mapping, change.ours, change.theirs)
        differs = (*differences, *change.unnamed)
    is_open = findings.adjusts_quantity or bool(differs)
    return Keep(
        differs,
        findings.waits_for,
        findings.adjusts_quantity,
        agree(change.merge, change.ours, change.theirs, change.base, is_open=is_open),
    )
