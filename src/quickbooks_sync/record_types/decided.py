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
    decided = {
        decision.field: decision.choice
        for decision in decisions
        if (ours.get(decision.field), theirs.get(decision.field))
        == (decision.loupe_value, decision.quickbooks_value)
    }
    return replace(policy, decided=decided) if decided else policy
