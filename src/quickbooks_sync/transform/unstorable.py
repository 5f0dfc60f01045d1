"""Finds, anywhere in a QuickBooks record, a character or a number that PostgreSQL cannot store."""

from collections.abc import Iterator
from typing import Any

from quickbooks_sync.mapping import RecordMapping
from quickbooks_sync.model.json_text import (
    MARKS,
    MOST_DIGITS,
    NUL_MARK,
    NUMBER_MARK,
    SURROGATE_MARK,
)
from quickbooks_sync.model.problem import Problem

RULE = "holds only characters that can be stored"
NUMBER_RULE = "holds only numbers that can be stored"


def find_unstorable(mapping: RecordMapping, record: Any) -> Problem | None:
    """Return the problem of the first text that was not stored as it came, mapped or not."""
    for path, text in _texts(record, ""):
        if not text.isascii() and MARKS.search(text):
            names = {field.quickbooks: field.name for field in mapping.fields if field.quickbooks}
            return _to_problem(names.get(path, path), text)
    return None


def _texts(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from _texts(item, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for number, item in enumerate(value, start=1):
            yield from _texts(item, f"{path}[{number}]")


def _to_problem(field: str, text: str) -> Problem:
    if text.startswith(NUMBER_MARK):
        return _to_number_problem(field, text)
    found = "the character NUL" if NUL_MARK in text else "half of a surrogate pair"
    shown = text.replace(NUL_MARK, "\\u0000").replace(SURROGATE_MARK, "\\ud800")
    return Problem(
        field,
        RULE,
        shown,
        f"{field} holds {found}, which no database text can hold; type the text again in QuickBooks",
    )


def _to_number_problem(field: str, text: str) -> Problem:
    shown = f"{text.replace(NUMBER_MARK, '')}..."
    return Problem(
        field,
        NUMBER_RULE,
        shown,
        f"{field} holds a number of more than {MOST_DIGITS} digits, which is no amount and no quantity; correct it in "
        "QuickBooks",
    )
