"""Writes an envelope as XML, the form that Intuit answers in unless a client accepts JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from xml.sax.saxutils import escape

from quickbooks_emulator.model.documents import to_json

NAMESPACE = "http://schema.intuit.com/finance/v3"


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
