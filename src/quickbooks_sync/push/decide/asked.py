"""What a pull has asked a person about a row, and a push must not take for settled because it sends nothing of it."""

from collections.abc import Sequence

from quickbooks_sync.matching.merge import Merge
from quickbooks_sync.model.outcome import RECORD_CONFLICT, FieldConflict
from quickbooks_sync.postgres.records.decisions import EXCESS


def still_asked(merge: Merge, asked: Sequence[FieldConflict]) -> tuple[FieldConflict, ...]:
    """Return the open questions about what Loupe has still to take; only a pull can tell that they are over."""
    held = {conflict.field for conflict in merge.conflicts}
    waits = merge.to_loupe.keys() - held
    return tuple(
        conflict for conflict in asked if conflict.field in waits or _is_about_excess(conflict)
    )


def _is_about_excess(conflict: FieldConflict) -> bool:
    """Whether the record as a whole was not taken: then nothing newer of it is known than what was agreed."""
    return conflict.field == RECORD_CONFLICT and conflict.reason.startswith(EXCESS)
