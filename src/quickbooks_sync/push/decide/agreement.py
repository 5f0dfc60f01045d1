"""What both sides of a row that is not sent hold alike by now."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from quickbooks_sync.matching.merge import Merge, next_base
from quickbooks_sync.model.base import Base
from quickbooks_sync.model.decision import Agreement

Values = Mapping[str, Any]


def agree(merge: Merge, ours: Values, theirs: Values, base: Base, *, is_open: bool) -> Agreement:
    """Return the base of a row that is not sent: what both sides hold now is agreed.

    Without it a conflict that a person settled in Loupe would come back with the next edit. What Loupe has still to
    take from QuickBooks is left to the pull.

    Args:
        merge: The merge of the row with its record.
        ours: Loupe's canonical values.
        theirs: QuickBooks' canonical values.
        base: The base so far.
        is_open: Whether something is outstanding that the merge does not know of.
    """
    standing = replace(merge, to_loupe={}, agreed=merge.agreed - merge.to_loupe.keys())
    is_settled = merge.is_settled and not merge.to_loupe and not is_open
    return Agreement(next_base(standing, ours, theirs, base), is_settled)
