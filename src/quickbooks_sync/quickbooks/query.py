"""Statements of QuickBooks' query language, quoted as its parser wants them.

Percent-encoding is not done here: `requests` does it, once (Intuit: query language, section 3.1).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from quickbooks_sync.model.errors import FatalError

#: QuickBooks documents no limit for an IN list; a statement stays below a few kilobytes.
IDS_PER_QUERY = 200

_SELECT = re.compile(r"\s*SELECT\s+(?P<what>.*?)\s+FROM\s+(?P<entity>\w+)", re.IGNORECASE)

_IDS = re.compile(r"(?:WHERE|AND) Id IN \((?P<ids>[^)]*)\)")
_LITERAL = re.compile(r"'([^'\\]*)'")


@dataclass(frozen=True)
class Selected:
    """What a statement asks for.

    Attributes:
        entity: The entity.
        is_whole: Whether whole records, not some of their properties.
        asked_for: Properties that it names, beside `*` those that `*` leaves out.
        ids: The Ids that it is narrowed to; `None` where it is not.
    """

    entity: str
    is_whole: bool
    asked_for: tuple[str, ...] = ()
    ids: frozenset[str] | None = None


def parse_select(statement: str) -> Selected:
    """Return what a SELECT asks for; raises `FatalError` where the statement is none."""
    found = _SELECT.match(statement)
    if found is None:
        raise FatalError("The statement to send is not SELECT ... FROM an entity.")
    names = [name.strip() for name in found["what"].split(",")]
    asked_for = tuple(name for name in names if name != "*")
    listed = _IDS.search(statement)
    ids = frozenset(_LITERAL.findall(listed["ids"])) if listed else None
    return Selected(found["entity"], "*" in names, asked_for, ids)


def quote(value: str) -> str:
    r"""Return `value` as a literal: in single quotes, `'` and `\\` escaped by a backslash."""
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def is_in(name: str, values: Iterable[str]) -> str:
    """Return the condition that property `name` is one of `values`, which must not be empty."""
    return f"{name} IN ({', '.join(quote(value) for value in values)})"


def is_since(name: str, moment: datetime) -> str:
    """Return the condition that the time in property `name` is not before `moment`, to the second."""
    return f"{name} >= {quote(moment.astimezone(UTC).isoformat(timespec='seconds'))}"


def both(*conditions: str) -> str:
    """Join conditions by AND, leaving out empty ones; the language has no OR."""
    return " AND ".join(condition for condition in conditions if condition)


def build_select(
    entity: str,
    where: str = "",
    *,
    asked_for: Iterable[str] = (),
    has_activity: bool = False,
    order_by: str = "",
    start_position: int | None = None,
    max_results: int | None = None,
) -> str:
    """Build a SELECT of whole objects, inactive ones included.

    Args:
        entity: The entity.
        where: Which of its records; all when empty.
        asked_for: Properties that `*` leaves out, such as an item's Sku (Intuit: query language, section 3.3).
        has_activity: Whether records of the entity may be inactive: only active ones are returned unless asked
            otherwise (Intuit: query language, section 3.5).
        order_by: The property that they are ordered by.
        start_position: The first record of the page, from 1.
        max_results: Most records of the page.
    """
    parts = [f"SELECT {', '.join(('*', *asked_for))} FROM {entity}"]  # noqa: S608 - not SQL; values are quoted by `quote`
    condition = both(where, _any_activity(where) if has_activity else "")
    if condition:
        parts.append(f"WHERE {condition}")
    if order_by:
        parts.append(f"ORDERBY {order_by}")
    if start_position is not None:
        parts.append(f"STARTPOSITION {start_position}")
    if max_results is not None:
        parts.append(f"MAXRESULTS {max_results}")
    return " ".join(parts)


def build_count(entity: str, where: str = "", *, has_activity: bool = False) -> str:
    """Build a COUNT over what `build_select` would return."""
    condition = both(where, _any_activity(where) if has_activity else "")
    counted = f"SELECT COUNT(*) FROM {entity}"  # noqa: S608 - as above
    return f"{counted} WHERE {condition}" if condition else counted


def _any_activity(where: str) -> str:
    has_own = re.search(r"\bActive\s*(=|IN\b)", where, re.IGNORECASE)
    return "" if has_own else "Active IN (true,false)"
