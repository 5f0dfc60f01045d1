"""JSON to and from text with numbers kept exact: every JSON number with a point is a Decimal.

Design note
    JSON can write what PostgreSQL refuses: in any text the character NUL and half of a surrogate pair, and numbers of
    any size. What is parsed carries a text with a noncharacter in their place (Unicode sets these aside and no text
    holds them), so that a page of records can be stored whole, and the one record is known by it and rejected for as
    long as it is kept.
"""

import re
from decimal import Decimal
from typing import Any

import simplejson

#: Stand for NUL, for a lone surrogate, and before the digits of a number of more than `MOST_DIGITS`.
NUL_MARK, SURROGATE_MARK, NUMBER_MARK = "\ufdd0", "\ufdd1", "\ufdd2"
MARKS = re.compile(f"[{NUL_MARK}{SURROGATE_MARK}{NUMBER_MARK}]")
#: A jsonb number may have far more digits, but no amount does, and reading them back takes Python ages.
MOST_DIGITS = 1000

_ESCAPE = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")
_ESCAPE_IN_BYTES = re.compile(_ESCAPE.pattern.encode())
_LONG_NUMBER = re.compile(rf"[eE][+-]?\d{{4}}|\d{{{MOST_DIGITS}}}")
_LONG_NUMBER_IN_BYTES = re.compile(_LONG_NUMBER.pattern.encode())
_LONE = re.compile("[\ud800-\udfff]")
_SHOWN_DIGITS = 20


def to_json(value: Any) -> str:
    """Serialise `value`; Decimals become JSON numbers with all their digits."""
    return simplejson.dumps(
        value, use_decimal=True, ensure_ascii=False, allow_nan=False, separators=(",", ":")
    )


def parse_json(text: str | bytes, *, unique_names: bool = False) -> Any:
    """Parse JSON text; raises `ValueError`, which quotes no value, where it is not JSON.

    NUL and lone surrogates come as `NUL_MARK` and `SURROGATE_MARK`, a number that cannot be stored as a text that
    begins with `NUMBER_MARK`.

    Args:
        text: What to parse.
        unique_names: Refuse an object that has two properties of one name: nobody knows which is meant.
    """
    try:
        value = simplejson.loads(text, **_options(text, unique_names=unique_names))
        return _to_storable(value) if _find(_ESCAPE, _ESCAPE_IN_BYTES, text) else value
    except RecursionError:
        raise ValueError("the JSON is nested too deep to be read") from None


def _options(text: str | bytes, *, unique_names: bool) -> dict[str, Any]:
    options: dict[str, Any] = {"object_pairs_hook": _to_object} if unique_names else {}
    if _find(_LONG_NUMBER, _LONG_NUMBER_IN_BYTES, text):
        return {**options, "parse_float": _parse_float, "parse_int": _parse_int}
    return {**options, "use_decimal": True}


def _find(pattern: re.Pattern[str], in_bytes: re.Pattern[bytes], text: str | bytes) -> bool:
    found = pattern.search(text) if isinstance(text, str) else in_bytes.search(text)
    return found is not None


def _to_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("an object of the JSON has two properties of the same name")
    return found


def _parse_int(digits: str) -> int | str:
    return int(digits) if len(digits) <= MOST_DIGITS else _marked(digits)


def _parse_float(digits: str) -> Decimal | str:
    _, _, exponent = digits.lower().partition("e")
    size = exponent.lstrip("+-").lstrip("0") or "0"
    if len(digits) > MOST_DIGITS or len(size) > 4 or int(size) > MOST_DIGITS:
        return _marked(digits)
    return Decimal(digits)


def _marked(digits: str) -> str:
    return f"{NUMBER_MARK}{digits[:_SHOWN_DIGITS]}"


def _to_storable(value: Any) -> Any:
    if isinstance(value, str):
        return _LONE.sub(SURROGATE_MARK, value.replace("\x00", NUL_MARK))
    if isinstance(value, list):
        return [_to_storable(item) for item in value]
    if isinstance(value, dict):
        return {_to_storable(name): _to_storable(item) for name, item in value.items()}
    return value
