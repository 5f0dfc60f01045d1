"""What people entered, told apart by marks: a text that a record keeps on both sides through all its edits."""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

#: Record type and mark: one thing that somebody entered.
Thing = tuple[str, str]

#: Where each side holds the mark of a record.
_LOUPE_COLUMNS = {
    "customer": ("display_name", "first_name"),
    "invoice": ("invoice_number",),
    "payment": ("reference_number",),
    "inventory_item": ("tag_id",),
}
_QUICKBOOKS_PROPERTIES = {
    "customer": "DisplayName",
    "invoice": "DocNumber",
    "payment": "PaymentRefNum",
    "inventory_item": "Sku",
}


@dataclass
class Entered:
    """The model's memory of what was entered and what became of it by people's hands.

    Attributes:
        marks: Per (side, record type, id) the mark it was entered with.
        ended: What a person voided, deleted or made inactive, on either side.
        renamed: What a person in QuickBooks gave another name, number, reference or day.
        counted: Per Id of a QuickBooks item what people's counts there came to, one after the other.
        decisions: Per (record type, id on either side, field) when somebody decided about it last.
        entered_again: How often a thing was ended and then entered again under the same name or number.
        agreed: Per (record type, Loupe id, QuickBooks Id, field) when a check last saw both sides agree.
    """

    marks: dict[tuple[str, str, str], str] = field(default_factory=dict)
    ended: set[Thing] = field(default_factory=set)
    renamed: set[Thing] = field(default_factory=set)
    counted: dict[str, list[Decimal]] = field(default_factory=lambda: defaultdict(list))
    decisions: dict[tuple[str, str, str], int] = field(default_factory=dict)
    entered_again: Counter[Thing] = field(default_factory=Counter)
    agreed: dict[tuple[str, int, str, str], int] = field(default_factory=dict)

    def note_mark(self, side: str, record_type: str, key: Any, text: Any) -> None:
        """Remember the mark in a text that somebody entered."""
        mark = mark_in(text)
        if mark:
            self.marks.setdefault((side, record_type, str(key)), mark)

    def count(self, quickbooks_id: str, difference: Decimal) -> None:
        """Remember that somebody in QuickBooks changed an item's stock."""
        sums = self.counted[quickbooks_id]
        sums.append((sums[-1] if sums else Decimal(0)) + difference)

    def end(self, record_type: str, mark: str | None) -> None:
        """Remember that somebody voided, deleted or deactivated a thing."""
        if mark:
            self.ended.add((record_type, mark))

    def mark_of_row(self, record_type: str, row: Mapping[str, Any]) -> str | None:
        """Return the mark of a Loupe row."""
        entered = self.marks.get(("loupe", record_type, str(row[f"{record_type}_id"])))
        return entered or _first_mark(row, _LOUPE_COLUMNS[record_type])

    def mark_of_record(self, record_type: str, record: Mapping[str, Any]) -> str | None:
        """Return the mark of a QuickBooks record."""
        entered = self.marks.get(("quickbooks", record_type, record["Id"]))
        return entered or mark_in(record.get(_QUICKBOOKS_PROPERTIES[record_type]))


def _first_mark(row: Mapping[str, Any], columns: tuple[str, ...]) -> str | None:
    found = (mark_in(row[name]) for name in columns)
    return next((mark for mark in found if mark), None)


def mark_in(text: Any) -> str | None:
    """Return the mark at the start of a name, number or reference."""
    found = re.match(r"[CIPT]\d+", str(text or ""))
    return found.group() if found else None
