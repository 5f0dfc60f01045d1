"""The canonical form of a value: the same text for the same fact, whichever side it comes from.

Design note
    Values are JSON-safe and compared with `==`. Money is text with exactly two decimals, other
    numbers are plain text without trailing zeros, both rounded half up as QuickBooks does (Intuit:
    common rules, section 8.1). A float is refused: by then cents may be lost already.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from quickbooks_sync.mapping import Field
from quickbooks_sync.transform.unreadable import UnreadableValueError

#: Ends the name of an inactive record when it is read (Intuit: inactive records, section 3.5).
DELETED_SUFFIX = " (deleted)"

CENT = Decimal("0.01")
SEVEN_PLACES = Decimal("0.0000001")
#: What `numeric(19,2)` and `numeric(21,7)` hold.
MOST_MONEY = Decimal(10) ** 17
MOST_NUMBER = Decimal(10) ** 14

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?")
_DATE = re.compile(r"(\d{4}-\d{2}-\d{2})(T.*|Z|[+-]\d{2}:\d{2})?")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_WORDS = {"true": True, "false": False}


def parse_text(value: Any) -> str | None:
    """Return text in NFC, trimmed, with plain line feeds; `None` when nothing is left."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise UnreadableValueError("is text", value, f"found {_kind(value)}, expected text")
    text = str(value)
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    if _UNSTORABLE.search(text):
        raise UnreadableValueError(
            "holds no control character",
            _UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", text),
            "the text holds a NUL or half a character, which Postgres cannot store; remove it",
        )
    return text.replace("\r\n", "\n").replace("\r", "\n").strip() or None


def without_suffix(name: str | None, record: Mapping[str, Any]) -> str | None:
    """Drop the suffix from the name of an inactive record; an active one's name is left as it is."""
    if name and record.get("Active") is False and name.endswith(DELETED_SUFFIX):
        return name.removesuffix(DELETED_SUFFIX).rstrip() or None
    return name


def parse_boolean(value: Any) -> bool | None:
    """Return a boolean; `"true"` and `"false"` count."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in _WORDS:
        return _WORDS[value.lower()]
    raise UnreadableValueError("is true or false", value, "found something else than true or false")


def parse_date(value: Any) -> str | None:
    """Return a day as `YYYY-MM-DD`."""
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    match = _DATE.fullmatch(value) if isinstance(value, str) else None
    try:
        return date.fromisoformat(match[1]).isoformat() if match else _no_date(value)
    except ValueError:
        return _no_date(value)


def _no_date(value: Any) -> str:
    raise UnreadableValueError(
        "is a date", value, "found no date of the calendar, expected one like 2026-01-31"
    )


def parse_money(value: Any) -> str | None:
    """Return an amount with exactly two decimals, rounded half up."""
    number = _parse_number(value, MOST_MONEY)
    return None if number is None else to_money(number)


def parse_decimal(value: Any) -> str | None:
    """Return a number in plain notation with at most seven decimals, rounded half up."""
    number = _parse_number(value, MOST_NUMBER)
    return None if number is None else to_plain(number)


def to_money(number: Decimal) -> str:
    """Return an amount's canonical form; zero has no sign."""
    return format(_unsigned_zero(number.quantize(CENT, ROUND_HALF_UP)), "f")


def to_plain(number: Decimal) -> str:
    """Return a quantity's or price's canonical form."""
    rounded = _unsigned_zero(number.quantize(SEVEN_PLACES, ROUND_HALF_UP))
    text = format(rounded, "f")
    return text.rstrip("0").rstrip(".")


def _unsigned_zero(number: Decimal) -> Decimal:
    return number or number.copy_abs()


def _parse_number(value: Any, most: Decimal) -> Decimal | None:
    if value is None or value == "":
        return None
    number = _to_number(value)
    if number is None or not number.is_finite():
        raise UnreadableValueError("is a number", value, f"found {_kind(value)}, expected a number")
    if number.adjusted() > 30 or abs(number) > most - 1:
        digits = len(str(most)) - 1
        raise UnreadableValueError(
            "is not too large", value, f"found a number of more than {digits} digits"
        )
    return number


def _to_number(value: Any) -> Decimal | None:
    if isinstance(value, Decimal):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        return Decimal(value.strip())
    return None


def parse_reference(value: Any) -> str | None:
    """Return a record's Id as text."""
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise UnreadableValueError("is an Id", value, f"found {_kind(value)}, expected an Id")
    return str(value)


def parse_enum(value: Any, choices: tuple[str, ...]) -> str | None:
    """Return one of `choices`."""
    if value is None or value in choices:
        return value  # type: ignore[no-any-return]
    listed = ", ".join(choices)
    raise UnreadableValueError(f"is one of {listed}", value, f"expected one of {listed}")


def _kind(value: Any) -> str:
    names = {bool: "true or false", dict: "an object", list: "a list", float: "an inexact float"}
    return names.get(type(value), "something else")


_PARSERS: dict[str, Callable[[Any], Any]] = {
    "text": parse_text,
    "boolean": parse_boolean,
    "date": parse_date,
    "money": parse_money,
    "decimal": parse_decimal,
    "reference": parse_reference,
}


def parser_of(field: Field) -> Callable[[Any], Any]:
    """Return the function that brings a field's raw value into canonical form.

    It raises `UnreadableValueError` for what it cannot read.
    """
    if field.type == "enum":
        return lambda value: parse_enum(value, field.choices)
    return _PARSERS[field.type]


def value_at(record: Mapping[str, Any], path: str) -> Any:
    """Return the value at a dotted path; `None` where the path ends early."""
    value: Any = record
    for name in path.split("."):
        if value is None:
            return None
        if not isinstance(value, Mapping):
            raise UnreadableValueError("is an object", value, f"expected an object around {name}")
        value = value.get(name)
    return value


def to_decimal(value: str | None) -> Decimal | None:
    """Return the number of a canonical money or decimal value."""
    return None if value is None else Decimal(value)


def to_date(value: str | None) -> date | None:
    """Return the day of a canonical date."""
    return None if value is None else date.fromisoformat(value)


def comparable(field: Field, value: Any) -> Any:
    """Return what equality means in a merge: lines without their `pull_only` sub-fields."""
    if field.type != "lines" or value is None:
        return value
    hidden = {part.name for part in field.fields if part.kind != "two_way"}
    return [{name: sub for name, sub in line.items() if name not in hidden} for line in value]


def folded(text: str | None) -> str | None:
    """Fold a name or address for comparison: case, outer and repeated blanks do not count."""
    return " ".join(text.split()).casefold() if text else None
