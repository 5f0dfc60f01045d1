"""Values that PostgreSQL holds and Python has no date, time or number for, and the rows that hold them.

Design note
    A year after 9999 or before Christ makes the driver raise, for the whole result and not for the one row, and an
    infinite day comes as a day of the year 9999. So such a value is carried as PostgreSQL writes it, in a type of its
    own: it can be staged and shown, a reader of fields refuses it by name, and nothing can calculate with it.
"""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any


class Unreadable(str):
    """What PostgreSQL wrote for a day, a moment or a number that Python cannot hold."""

    __slots__ = ()


def read_number(text: str) -> Decimal | Unreadable:
    """Return a number; NaN and infinity are none."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return Unreadable(text)
    return number if number.is_finite() else Unreadable(text)


def read_date(text: str) -> date | Unreadable:
    """Return a day, written as ISO 8601 says."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return Unreadable(text)


def read_moment(text: str) -> datetime | Unreadable:
    """Return a moment, written as ISO 8601 says, with a blank or a T."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return Unreadable(text)


def without_unreadable(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row for whoever looks at its columns: what cannot be read is empty there, and in its lines."""
    return {name: _or_none(value) for name, value in row.items()}


def _or_none(value: Any) -> Any:
    if isinstance(value, list):
        return [without_unreadable(line) for line in value]
    return None if isinstance(value, Unreadable) else value
