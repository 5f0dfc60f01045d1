"""JSON to and from text with numbers kept exact: every JSON number with a point is a Decimal.

Design note
    JSON can write two things that PostgreSQL refuses in any text: the character NUL and half of a surrogate pair. What
    is parsed carries a noncharacter in their place (Unicode sets these aside and no text holds them), so that a page
    of records can be stored whole, and the one record is known by it and rejected for as long as it is kept.
"""

import re
from typing import Any

import simplejson

#: Stand for NUL and for a lone surrogate.
NUL_MARK, SURROGATE_MARK = "\ufdd0", "\ufdd1"
MARKS = re.compile(f"[{NUL_MARK}{SURROGATE_MARK}]")

_ESCAPE = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")
_ESCAPE_IN_BYTES = re.compile(_ESCAPE.pattern.encode())
_LONE = re.compile("[\ud800-\udfff]")


def to_json(value: Any) -> str:
    """Serialise `value`; Decimals become JSON numbers with all their digits."""
    return simplejson.dumps(
        value, use_decimal=True, ensure_ascii=False, allow_nan=False, separators=(",", ":")
    )


def parse_json(text: str | bytes) -> Any:
    """Parse JSON text; raises `ValueError` (with position) where it is not JSON.

    NUL and lone surrogates come as `NUL_MARK` and `SURROGATE_MARK`.
    """
    value = simplejson.loads(text, use_decimal=True)
    escape = _ESCAPE.search(text) if isinstance(text, str) else _ESCAPE_IN_BYTES.search(text)
    return _to_storable(value) if escape else value


def _to_storable(value: Any) -> Any:
    if isinstance(value, str):
        return _LONE.sub(SURROGATE_MARK, value.replace("\x00", NUL_MARK))
    if isinstance(value, list):
        return [_to_storable(one) for one in value]
    if isinstance(value, dict):
        return {_to_storable(name): _to_storable(one) for name, one in value.items()}
    return value
