"""What people decided about fields, added to what steers a merge."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from quickbooks_sync.matching.merge import MergePolicy
from quickbooks_sync.postgres.records.decisions import Decision

Values = Mapping[str, Any]


def with_decisions(
    policy: MergePolicy, decisions: Collection[Decision], ours: Values, theirs: Values
) -> MergePolicy:
    """Add what a person decided about fields; a value that has moved on since needs a new decision."""
    decided = _find_standing(decisions, ours, theirs)
    return replace(policy, decided=decided) if decided else policy


def is_taken_back(decisions: Collection[Decision], ours: Values, theirs: Values) -> bool:
    """Whether a person decided that a record is in use, or void, as QuickBooks says."""
    return _find_standing(decisions, ours, theirs).get("is_void") == "quickbooks"


def _find_standing(decisions: Collection[Decision], ours: Values, theirs: Values) -> dict[str, str]:
    """Return the choices about values that are still what the person saw, by field."""
    return {
        decision.field: decision.choice
        for decision in decisions
        if (ours.get(decision.field), theirs.get(decision.field))
        == (decision.loupe_value, decision.quickbooks_value)
    }
