"""Finds what a whole QuickBooks record lacks that QuickBooks always sends.

An absent property is empty, and empty is a value that travels. So a record without one of these, or one that says
itself that it is sparse, is no whole record: nothing is concluded from it (Intuit: entities, sections 8.3 to 8.6).
"""

from collections.abc import Mapping
from typing import Any

from quickbooks_sync.mapping import RecordMapping
from quickbooks_sync.model.problem import Problem


def find_lacking(mapping: RecordMapping, record: Mapping[str, Any]) -> Problem | None:
    """Return the problem of a record that is not whole, or `None`."""
    entity = mapping.entity
    if record.get("sparse") is True:
        return _to_problem(entity, "sparse", "says that it holds only some of its properties")
    for name in mapping.vocabulary.always_sent(record):
        if record.get(name) is None:
            return _to_problem(entity, name, f"came without {name}")
    return None


def _to_problem(entity: str, name: str, found: str) -> Problem:
    return Problem(
        name,
        "comes as a whole record",
        None,
        f"the {entity} {found}, which QuickBooks sends with every whole {entity}; nothing was taken from it. Run the "
        "flow again; if it persists, look at the record in QuickBooks",
    )
