"""What a parsed query says."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

Literal = str | Decimal | bool


@dataclass(frozen=True)
class Condition:
    """One comparison; conditions are joined by AND only.

    Attributes:
        operator: ``=``, ``<``, ``>``, ``<=``, ``>=``, ``IN`` or ``LIKE``.
        values: one value, or for IN any number.
    """

    prop: str
    operator: str
    values: tuple[Literal, ...]


@dataclass(frozen=True)
class Statement:
    """A SELECT.

    Attributes:
        columns: ``*`` and property names; empty for COUNT(*).
        order: property and whether it descends.
        start: STARTPOSITION, from 1; None if not given.
        most: MAXRESULTS; None if not given.
    """

    columns: tuple[str, ...]
    entity: str
    conditions: tuple[Condition, ...] = ()
    order: tuple[tuple[str, bool], ...] = ()
    start: int | None = None
    most: int | None = None

    @property
    def is_count(self) -> bool:
        """Whether only the number of records is asked for."""
        return not self.columns
