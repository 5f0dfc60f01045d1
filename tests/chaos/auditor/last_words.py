"""What was said last about a field whose values come back: whether a record is in use, its Tag ID, what it settles.

A value that comes back may stand for no change at all: who voids an invoice and takes it back between two syncs has
changed nothing, and the other side's void rightly holds. So the last word counts where nobody on the other side has
spoken since both agreed, or where it is the only one that was said on its own side since.
"""

from collections.abc import Iterator
from typing import Any

from tests.chaos.auditor.both_sides import BothSides
from tests.chaos.auditor.comparing import by_loupe_id, read_both
from tests.chaos.auditor.ledger import Edit
from tests.chaos.auditor.people_only import is_ended
from tests.chaos.auditor.violation import Violation
from tests.chaos.company import Row

#: Per record type the fields, and what a conflict about each may be called.
_FIELDS: dict[str, dict[str, tuple[str, ...]]] = {
    "customer": {"is_ended": ("is_active", "record")},
    "invoice": {"is_ended": ("is_void", "record"), "customer": ("customer", "record")},
    "payment": {
        "is_ended": ("is_void", "record"),
        "applications": ("applications", "amount", "record"),
    },
    "inventory_item": {"is_ended": ("is_active", "record"), "tag_id": ("tag_id", "record")},
}


def unheard(books: BothSides) -> Iterator[Violation]:
    """The last word about a field stands on the side where it was said, or a person has decided since."""
    for record_type, fields in _FIELDS.items():
        for link, row, record in books.pairs(record_type):
            for name, conflicts in fields.items():
                pair = _both(books, record_type, name, row, record)
                text = pair and _contradicted(books, record_type, link, name, conflicts, pair)
                if text:
                    ids = link["loupe_id"], link["quickbooks_id"]
                    yield Violation("the last word counts", text, record_type, *ids)


def _both(
    books: BothSides, record_type: str, name: str, row: Row, record: Row
) -> tuple[Any, Any] | None:
    """Return what both sides hold in a field; nothing where an ended record makes it meaningless."""
    if name == "is_ended":
        return is_ended(row), is_ended(record)
    if is_ended(row) or is_ended(record):
        return None
    return read_both(record_type, row, record, books.linked)[name]


def _contradicted(
    books: BothSides,
    record_type: str,
    link: Row,
    name: str,
    conflicts: tuple[str, ...],
    pair: tuple[Any, Any],
) -> str:
    """Return what is wrong with a field, or nothing; notes that both sides agree on it."""
    company, ids = books.company, (link["loupe_id"], link["quickbooks_id"])
    since = company.entered.agreed.get((record_type, *ids, name), 0)
    edits = [edit for edit in company.entered.edits_of(record_type, ids, name) if edit.tick > since]
    if edits and not _is_decided(books, record_type, ids, conflicts, edits[-1]):
        last = edits[-1]
        now = dict(zip(("loupe", "quickbooks"), pair, strict=True))
        if _counts(edits) and now[last.side] != _value(books, name, last):
            return f"{name}: {last.value!r} was said last, in {last.side}; now it is {now}"
    if pair[0] == pair[1]:
        company.entered.agreed[record_type, *ids, name] = company.entered.tick()
    return ""


def _counts(edits: list[Edit]) -> bool:
    own = [edit for edit in edits if edit.side == edits[-1].side]
    return len(own) in (1, len(edits))


def _value(books: BothSides, name: str, edit: Edit) -> Any:
    """Return what somebody entered, by Loupe's ids."""
    if edit.side == "quickbooks" and name == "applications":
        return by_loupe_id(edit.value, books.linked)
    if edit.side == "quickbooks" and name == "customer":
        return books.linked["customer"].get(edit.value)
    return edit.value


def _is_decided(
    books: BothSides, record_type: str, ids: tuple[int, str], names: tuple[str, ...], last: Edit
) -> bool:
    decisions = books.company.entered.decisions
    return any(
        decisions.get((record_type, str(key), name), 0) > last.tick for key in ids for name in names
    )
