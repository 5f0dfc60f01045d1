"""Finds what a whole QuickBooks record lacks that QuickBooks always sends.

An absent property is empty, and empty is a value that travels. So nothing is concluded from a record without one of
these, from one whose lines do not make its amounts, from one that says itself that it is sparse, or from one with
`null` in it, for QuickBooks leaves out what is empty (Intuit: entities, sections 8.1 and 8.3 to 8.6).
"""

from collections.abc import Mapping
from typing import Any

from quickbooks_sync.mapping import RecordMapping
from quickbooks_sync.model.problem import Problem
from quickbooks_sync.transform.unreadable import UnreadableValueError

#: The rule that such a record breaks; it is asked for again, because the answer was wrong, not the record.
IS_WHOLE = "comes as a whole record"

#: What is read of a record although no field may name it.
_ALSO_READ = {"LinkedTxn"}


def find_lacking(mapping: RecordMapping, record: Mapping[str, Any]) -> Problem | None:
    """Return the problem of a record that is not whole, or `None`."""
    if record.get("sparse") not in (None, False, "false"):
        return _to_problem(mapping, "sparse", "says that it holds only some of its properties")
    for path in mapping.vocabulary.always_sent(record):
        if _at(record, path) in (None, "", [], {}):
            return _to_problem(mapping, path, f"came without {path}")
    null = _find_null(mapping, record)
    if null is not None:
        return _to_problem(mapping, null, f"came with null in {null}")
    left_out = _find_left_out(mapping, record)
    return _to_problem(mapping, None, left_out) if left_out else None


def _find_left_out(mapping: RecordMapping, record: Mapping[str, Any]) -> str | None:
    try:
        return mapping.vocabulary.find_left_out(record)
    except UnreadableValueError as unreadable:
        return f"came with a value that cannot be read ({unreadable.message})"


def _at(record: Mapping[str, Any], path: str) -> Any:
    value: Any = record
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _find_null(mapping: RecordMapping, record: Mapping[str, Any]) -> str | None:
    """Return the first known property that has `null` in it; what was asked for by name and is empty is no such."""
    known = {path.partition(".")[0] for path in mapping.vocabulary.properties} | _ALSO_READ
    asked_for = set(mapping.asked_for)
    for name, value in record.items():
        if name in known and name not in asked_for and _has_null(value):
            return name
    return None


def _has_null(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(_has_null(inner) for inner in value.values())
    if isinstance(value, list):
        return any(_has_null(inner) for inner in value)
    return value is None


def _to_problem(mapping: RecordMapping, name: str | None, found: str) -> Problem:
    entity = mapping.entity
    return Problem(
        name,
        IS_WHOLE,
        None,
        f"the {entity} {found}, which is not how QuickBooks sends a whole {entity}; nothing was taken from it. The next "
        "run asks for it again; if it persists, look at the record in QuickBooks",
    )
