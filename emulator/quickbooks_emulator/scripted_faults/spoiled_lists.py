"""Spoils the answer to a list request under HTTP 200: emptied, cut short, or in another form.

A client that takes such an answer for the whole truth loses records (Intuit: order and paging hazards, section 3.4).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from quickbooks_emulator.model.documents import Document, parse_json, to_json
from quickbooks_emulator.scripted_faults.injection import Injection
from quickbooks_emulator.wire.calls import JSON_TYPE, Answer, Call

Spoil = Callable[[Document, Injection], Document]


def spoil(answer: Answer, injection: Injection, before: Answer | None) -> Answer:
    """Return the answer as an ordered fault leaves it; unchanged where it is no list in JSON.

    Args:
        answer: the answer as it should be.
        injection: the fault.
        before: the answer to the last query of the same record type, if there was one.
    """
    if injection.kind == "same_page_twice":
        return before or answer
    change = _CHANGES.get(injection.kind)
    if change is None or answer.status != 200 or answer.content_type != JSON_TYPE:
        return answer
    return replace(answer, body=to_json(change(parse_json(answer.body), injection)))


class LastPages:
    """The last answer to a query, by company and record type."""

    def __init__(self) -> None:
        self._answers: dict[tuple[str, str], Answer] = {}

    def exchange(self, call: Call, answer: Answer) -> Answer | None:
        """Remember the answer to a query; returns the one before it."""
        match = re.search(r"\bfrom\s+(\w+)", call.params.get("query", ""), re.IGNORECASE)
        if call.parts != ("query",) or match is None:
            return None
        key = call.realm, match.group(1).lower()
        before = self._answers.get(key)
        self._answers[key] = answer
        return before


def _empty(document: Document, _injection: Injection) -> Document:
    if "CDCResponse" in document:
        return {**document, "CDCResponse": [{"QueryResponse": [{}]}]}
    return {**document, "QueryResponse": {}}


def _to_null(document: Document, _injection: Injection) -> Document:
    return {**document, "CDCResponse": None}


def _to_fault(document: Document, injection: Injection) -> Document:
    """Put the Fault where the changes belong, beside no QueryResponse, as Intuit's schema allows."""
    return {**document, "CDCResponse": [{"Fault": injection.to_fault().to_body()}]}


def _shorten(document: Document, _injection: Injection) -> Document:
    """Leave out the later half of the records, and count what is left."""
    response = document.get("QueryResponse", {})
    halved = _halved(response)
    count = sum(len(part) for part in halved.values() if isinstance(part, list))
    counted = {"maxResults": count} if "maxResults" in response else {}
    return {**document, "QueryResponse": {**halved, **counted}}


def _cut(document: Document, _injection: Injection) -> Document:
    """Cut changes off in the middle; the count still says how many there were."""
    blocks = [block for part in document["CDCResponse"] for block in part["QueryResponse"]]
    return {**document, "CDCResponse": [{"QueryResponse": [_halved(block) for block in blocks]}]}


def _halved(block: Document) -> Document:
    kept = {name: _first_half(part) for name, part in block.items() if isinstance(part, list)}
    return {**block, **kept}


def _without_part(document: Document, _injection: Injection) -> Document:
    return {**document, "CDCResponse": [{}]}


def _first_half(records: list[Any]) -> list[Any]:
    return records[: len(records) // 2]


def _with_numbers(value: Any, _injection: Injection | None = None) -> Any:
    """Turn the Id of every record, however deep it is, from a text into a number."""
    if isinstance(value, list):
        return [_with_numbers(part) for part in value]
    if not isinstance(value, dict):
        return value
    return {
        name: int(part)
        if name == "Id" and isinstance(part, str) and part.isdigit()
        else _with_numbers(part)
        for name, part in value.items()
    }


_CHANGES: dict[str, Spoil] = {
    "empty_list": _empty,
    "null_cdc": _to_null,
    "cdc_fault": _to_fault,
    "ids_as_numbers": _with_numbers,
    "short_list": _shorten,
    "short_cdc": _cut,
    "cdc_without_part": _without_part,
}
