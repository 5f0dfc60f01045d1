"""A record as JSON: its type, and its exact text in both directions.

Intuit: entities, section 8.1 (numbers).
"""

from __future__ import annotations

import json
import json.encoder
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

Document = dict[str, Any]
"""A record as JSON objects, lists, texts, booleans and Decimals."""

_quote = json.encoder.encode_basestring


def parse_json(text: str | bytes) -> Any:
    """Return JSON with every number as a Decimal.

    Raises:
        ValueError: if the text is not JSON (also for bytes that are not UTF-8).
    """
    return json.loads(text, parse_float=Decimal, parse_int=Decimal, parse_constant=_refuse)


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON number")


def to_json(value: object) -> str:
    """Return ``value`` as JSON; a Decimal keeps its digits, and any zero prints as ``0``.

    Raises:
        TypeError: for a type that no document may hold, above all float.
    """
    if isinstance(value, str):
        return _quote(value)
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int | Decimal):
        return to_number(value)
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{_quote(k)}:{to_json(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(to_json, value)) + "]"
    raise TypeError(f"{type(value).__name__} cannot stand in a QuickBooks document")


def to_number(value: int | Decimal) -> str:
    """Return a number without exponent; zero of any scale is ``0``."""
    return f"{Decimal(value):f}" if value else "0"
