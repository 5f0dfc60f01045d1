"""JSON to and from text with numbers kept exact: every JSON number with a point is a Decimal."""

from typing import Any

import simplejson


def to_json(value: Any) -> str:
    """Serialise `value`; Decimals become JSON numbers with all their digits."""
    return simplejson.dumps(
        value, use_decimal=True, ensure_ascii=False, allow_nan=False, separators=(",", ":")
    )


def parse_json(text: str | bytes) -> Any:
    """Parse JSON text; raises `ValueError` (with position) where it is not JSON."""
    return simplejson.loads(text, use_decimal=True)
