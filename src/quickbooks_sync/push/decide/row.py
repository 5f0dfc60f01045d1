"""Decides about one row: whether it is pushed at all, and if so whether it is new or a change."""

from collections.abc import Mapping
from typing import Any

from quickbooks_sync.intake.replaced import describe_replaced_row, find_doubt
from quickbooks_sync.model.decision import Decision, Hold, Skip
from quickbooks_sync.model.outcome import RECORD_CONFLICT, FieldConflict
from quickbooks_sync.model.problem import Problem
from quickbooks_sync.postgres.records.links import DELETED, REPLACED, Link
from quickbooks_sync.push.decide.change import decide_change, find_refusals
from quickbooks_sync.push.decide.create import decide_create
from quickbooks_sync.push.decide.decided import Decided
from quickbooks_sync.push.decide.facts import PushFacts

Row = Mapping[str, Any]
Values = Mapping[str, Any]

_REPLACED = "its Id is another record's in QuickBooks now; decide the conflict that the pull listed"


def decide_row(row: Row, values: Values, unread: tuple[Problem, ...], facts: PushFacts) -> Decided:
    """Decide what a push does with a row.

    Args:
        row: The Loupe row.
        values: Its canonical values.
        unread: What of it could not be read.
        facts: What is known of its batch.
    """
    loupe_id = int(row[facts.mapping.key])
    link = facts.links.get(loupe_id)
    # What is not sent is not judged: a draft with a value that cannot be read is no rejected record.
    standing = _leave_out(row, link, facts)
    if standing is not None:
        return Decided(values, (), standing)
    if link is not None:
        decision = decide_change(row, values, link, facts)
        problems = (*unread, *find_refusals(row, values, decision, link, facts))
        return Decided(values, problems, decision)
    # Whether QuickBooks has the row already is a question of new rows only, and a person answers it.
    if loupe_id in facts.doubts:
        return Decided(values, (), Hold(facts.doubts[loupe_id]))
    return decide_create(row, values, unread, facts)


def _leave_out(row: Row, link: Link | None, facts: PushFacts) -> Decision | None:
    """Return the decision about a row that is not looked at any closer, or `None`."""
    skipped = facts.kind.unsent_reason(row, is_linked=link is not None)
    if skipped:
        return Skip(skipped)
    if link is None:
        return None
    if link.state == REPLACED:
        return Hold(_REPLACED)
    difference = find_doubt(link, row)
    if difference is not None:
        return _hold_row(row, link, difference)
    return _decide_deleted(row, link) if link.state == DELETED else None


def _hold_row(row: Row, link: Link, difference: str) -> Decision:
    reason = describe_replaced_row(link.loupe_id, link.quickbooks_id, difference)
    conflict = FieldConflict(RECORD_CONFLICT, reason, row["row_version"], link.quickbooks_id)
    return Hold(reason, (conflict,))


def _decide_deleted(row: Row, link: Link) -> Decision:
    """What was deleted in QuickBooks is not created again by an edit in Loupe."""
    if row.get("lifecycle_status") == "Void" or row.get("is_void") or row.get("is_active") is False:
        return Skip("deleted in QuickBooks")
    reason = "deleted in QuickBooks; void it or make it inactive in Loupe, too"
    conflict = FieldConflict(RECORD_CONFLICT, reason, row["row_version"], link.quickbooks_id)
    return Hold(reason, (conflict,))
