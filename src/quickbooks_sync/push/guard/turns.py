"""In which turns writes go out, so that QuickBooks has back what one gives up before another asks for it.

Design note
    QuickBooks promises no order within a batch (Intuit: batch, section 5), and it refuses a name that another record
    carries, and leaves money unapplied that an invoice does not ask for. So a write that takes what another one gives
    up goes in a later batch. In a ring each waits for another; then one of them is sent twice, first to give up
    what it holds: a payment settles nothing for a moment, a record has another name. That state is noted in both halves
    of the base, so if the second write is never sent, the row still differs, and the next push sends it.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from quickbooks_sync.model.errors import FatalError
from quickbooks_sync.push.decide.write import Write
from quickbooks_sync.push.guard.moves import to_move
from quickbooks_sync.record_types.record_type import RecordType

#: Fits the shortest of the fields, an invoice's number, with room for an Id.
_BETWEEN = "renaming-"
_DIGITS = 12


def find_ready(kind: RecordType, waiting: Sequence[Write], released: set[int]) -> list[Write]:
    """Return the writes that take nothing that another one is still to give up; none where all wait in a ring.

    Args:
        kind: The record type.
        waiting: Writes that were not sent yet.
        released: Rows that have given up what they held.
    """
    givers = _find_givers(kind, waiting, released)
    return [write for write in waiting if not any(thing in givers for thing in _taken(kind, write))]


def choose_released(kind: RecordType, waiting: Sequence[Write], released: set[int]) -> Write:
    """Return the write of a ring that gives up first what another one waits for."""
    givers = _find_givers(kind, waiting, released)
    wanted = {
        loupe_id
        for write in waiting
        for thing in _taken(kind, write)
        for loupe_id in givers.get(thing, ())
    }
    return next(write for write in waiting if write.loupe_id in wanted)


def to_release(kind: RecordType, write: Write) -> Write:
    """Return the write that gives up what a record holds."""
    if write.link is None:
        raise FatalError(
            f"Loupe row {write.loupe_id} was to give something up in QuickBooks and has no record there. Nothing was "
            "sent; run the flow again.",
        )
    given_up: dict[str, Any] = (
        {kind.settles.lines: []}
        if kind.settles is not None
        else {str(kind.exclusive_field): f"{_BETWEEN}{write.link.quickbooks_id[-_DIGITS:]}"}
    )
    return replace(write, values={**write.values, **given_up}, fields=tuple(given_up), conflicts=())


def _taken(kind: RecordType, write: Write) -> list[Any]:
    return [thing for thing, more in to_move(kind, write).more.items() if more > 0]


def _find_givers(
    kind: RecordType, waiting: Sequence[Write], released: set[int]
) -> dict[Any, set[int]]:
    givers: dict[Any, set[int]] = {}
    for write in waiting:
        if write.loupe_id in released:
            continue
        for thing, more in to_move(kind, write).more.items():
            if more < 0:
                givers.setdefault(thing, set()).add(write.loupe_id)
    return givers
