"""Judges what a batch moves by what stands once all of it is moved, not by what stands while it is half done.

Design note
    Money that is open on an invoice, and a name that one record alone may carry, are things that hold only so much.
    Two records that exchange them fit in the end, in whatever order they come, and neither fits alone. So all are
    assumed to be moved; then the last that takes too much is dropped, until nothing holds more than it can.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

Amounts = Mapping[Any, Decimal]

_NOTHING = Decimal(0)


@dataclass(frozen=True)
class Move:
    """What one record gives back and what it takes.

    Attributes:
        key: The record.
        given: What it holds so far, by what holds it.
        asked: What it is to hold.
    """

    key: str
    given: Amounts = field(default_factory=dict)
    asked: Amounts = field(default_factory=dict)

    @property
    def more(self) -> dict[Any, Decimal]:
        """How much more of each thing it holds afterwards; less is negative."""
        things = {*self.given, *self.asked}
        return {
            thing: self.asked.get(thing, _NOTHING) - self.given.get(thing, _NOTHING)
            for thing in things
        }


@dataclass(frozen=True)
class Misfit:
    """Why a move cannot be made.

    Attributes:
        thing: What holds too little for it.
        asked: How much of that it is to hold.
        available: How much it could.
    """

    thing: Any
    asked: Decimal
    available: Decimal


def find_misfits(moves: Sequence[Move], left: Amounts) -> dict[str, Misfit]:
    """Return the moves that cannot be made, by key.

    What takes no more of a thing than it gives back of it, always fits there. Where not all can be made, those that
    give something back go before the others, and earlier ones before later ones.

    Args:
        moves: What a batch moves, in its order.
        left: How much of each thing is left before it.
    """
    kept = sorted(moves, key=lambda move: not move.given)
    count = _Count(left)
    for move in kept:
        count.make(move)
    dropped: list[Move] = []
    while (last := _find_last_lacking(kept, count)) is not None:
        kept.remove(last)
        count.undo(last)
        dropped.insert(0, last)
    dropped = _try_again(dropped, count)
    return {move.key: count.misfit(move) for move in dropped}


def _find_last_lacking(moves: Sequence[Move], count: "_Count") -> Move | None:
    return next((move for move in reversed(moves) if count.lacking(move) is not None), None)


def _try_again(dropped: list[Move], count: "_Count") -> list[Move]:
    """Make what fits now that others are out; return what does not."""
    rest = [move for move in dropped if not count.make_if_it_fits(move)]
    return rest if len(rest) == len(dropped) else _try_again(rest, count)


class _Count:
    """What is left of each thing after the moves made so far; less than nothing where it holds too much."""

    def __init__(self, left: Amounts) -> None:
        self._left = dict(left)

    def make(self, move: Move) -> None:
        for thing, amount in move.more.items():
            self._left[thing] = self._left.get(thing, _NOTHING) - amount

    def undo(self, move: Move) -> None:
        self.make(Move(move.key, given=move.asked, asked=move.given))

    def lacking(self, move: Move) -> Any:
        """Return what a move that is made takes too much of, or `None`."""
        return next(
            (thing for thing, amount in move.more.items() if amount > 0 > self._left[thing]), None
        )

    def make_if_it_fits(self, move: Move) -> bool:
        self.make(move)
        fits = self.lacking(move) is None
        if not fits:
            self.undo(move)
        return fits

    def misfit(self, move: Move) -> Misfit:
        self.make(move)
        thing = self.lacking(move)
        self.undo(move)
        available = self._left[thing] + move.given.get(thing, _NOTHING)
        return Misfit(thing, move.asked[thing], max(available, _NOTHING))
