"""Writes documents as Intuit prints them: exact numbers in JSON, a plain XML form, Pacific times.

Intuit: entities, section 8.1 (numbers) and section 2 (the ``time`` of an envelope).
"""

from __future__ import annotations

import json.encoder
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from xml.sax.saxutils import escape

from quickbooks_emulator.clock import PACIFIC, parse_stamp

NAMESPACE = "http://schema.intuit.com/finance/v3"
_quote = json.encoder.encode_basestring


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


def to_xml(envelope: Mapping[str, object], time: str) -> str:
    """Return an envelope as ``IntuitResponse``; a list repeats its element."""
    body = "".join(_elements(envelope))
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    return f'{head}<IntuitResponse xmlns="{NAMESPACE}" time="{time}">{body}</IntuitResponse>'


def _elements(fields: Mapping[str, object]) -> Iterator[str]:
    for name, value in fields.items():
        for part in value if isinstance(value, list) else [value]:
            yield _element(name, part)


def _element(name: str, value: object) -> str:
    if not isinstance(value, Mapping):
        text = value if isinstance(value, str) else to_json(value)
        return f"<{name}>{escape(text)}</{name}>"
    if name == "Fault":
        return _fault_element(value)
    return f"<{name}>{''.join(_elements(value))}</{name}>"


def _fault_element(fault: Mapping[str, Any]) -> str:
    errors = fault["Error"]
    return f'<Fault type="{fault["type"]}">{"".join(map(_error_element, errors))}</Fault>'


def _error_element(error: Mapping[str, object]) -> str:
    quoted = {"'": "&apos;", '"': "&quot;"}
    code, element = (escape(str(error.get(k) or ""), quoted) for k in ("code", "element"))
    texts = "".join(f"<{k}>{escape(str(error.get(k) or ''))}</{k}>" for k in ("Message", "Detail"))
    return f'<Error code="{code}" element="{element}">{texts}</Error>'


def pacific_millis(moment: datetime) -> str:
    """Return the ``time`` of a response: milliseconds and the Pacific offset of that day."""
    return moment.astimezone(PACIFIC).isoformat(timespec="milliseconds")


@lru_cache(maxsize=65_536)
def pacific_seconds(stamp: str) -> str:
    """Return a stored MetaData time as it is shown: whole seconds, Pacific offset."""
    return parse_stamp(stamp).astimezone(PACIFIC).isoformat()
