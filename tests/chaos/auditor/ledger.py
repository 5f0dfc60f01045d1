"""The ledger: every edit of a person on either side, by tick, side, record, field and value.

Things are told apart by marks: a text that a record keeps on both sides through all its edits.
"""

import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
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


@dataclass(frozen=True)
class Edit:
    """A value that somebody entered, and when (a number that only rises)."""

    tick: int
    side: str
    value: Any


@dataclass(frozen=True)
class Sum:
    """What an invoice or a payment comes to as a person on one side entered it.

    Attributes:
        tick: When.
        customer: The key of its customer on that side.
        currency: Its currency.
        amount: The amount.
    """

    tick: int
    customer: str
    currency: str
    amount: Decimal


@dataclass
class Ledger:
    """The model's memory of what was entered and what became of it by people's hands.

    Attributes:
        edits: Per (side, record type, id, field) what was entered, oldest first.
        sums: Per (side, record type, id) what people let an invoice or payment come to, oldest first.
        marks: Per (side, record type, id) the mark it was entered with.
        things: Everything that was ever entered.
        ended: When a person last voided, deleted or made inactive a thing, on either side.
        taken_up: When a person last took a thing back into use, on either side.
        renamed: What a person in QuickBooks gave another name, number, reference or day.
        counted: Per Id of a QuickBooks item what people's counts there came to, one after the other.
        decisions: Per (record type, id on either side, field) when somebody decided about it last.
        entered_again: How often a thing was ended and then entered again under the same name or number.
        agreed: Per (record type, Loupe id, QuickBooks Id, field) when an audit last saw both sides agree.
        passed: The links along which a mark has passed to the other side: their keys and both ids.
    """

    edits: dict[tuple[str, str, str, str], list[Edit]] = field(
        default_factory=lambda: defaultdict(list)
    )
    sums: dict[tuple[str, str, str], list[Sum]] = field(default_factory=lambda: defaultdict(list))
    marks: dict[tuple[str, str, str], str] = field(default_factory=dict)
    things: set[Thing] = field(default_factory=set)
    ended: dict[Thing, int] = field(default_factory=dict)
    taken_up: dict[Thing, int] = field(default_factory=dict)
    renamed: set[Thing] = field(default_factory=set)
    counted: dict[str, list[Decimal]] = field(default_factory=lambda: defaultdict(list))
    decisions: dict[tuple[str, str, str], int] = field(default_factory=dict)
    entered_again: Counter[Thing] = field(default_factory=Counter)
    agreed: dict[tuple[str, int, str, str], int] = field(default_factory=dict)
    passed: set[tuple[int, tuple[int, str]]] = field(default_factory=set)
    _ticks: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def note(self, side: str, record_type: str, key: Any, name: str, value: Any) -> None:
        """Remember what somebody entered."""
        edit = Edit(next(self._ticks), side, value)
        self.edits[side, record_type, str(key), name].append(edit)

    def note_sum(
        self, side: str, record_type: str, key: Any, customer: Any, currency: str, amount: Decimal
    ) -> None:
        """Remember what somebody let an invoice or a payment come to."""
        entered = Sum(next(self._ticks), str(customer), currency, amount)
        self.sums[side, record_type, str(key)].append(entered)

    def decide(self, record_type: str, name: str, ids: Sequence[Any]) -> None:
        """Remember that somebody decided about a field of a record, or the whole record."""
        tick = next(self._ticks)
        for key in ids:
            self.decisions[record_type, str(key), name] = tick

    def note_mark(self, side: str, record_type: str, key: Any, text: Any) -> None:
        """Remember the mark in a text that somebody entered."""
        mark = mark_in(text)
        if mark:
            self.marks.setdefault((side, record_type, str(key)), mark)
            self.things.add((record_type, mark))

    def pass_mark_on(self, record_type: str, link_id: int, ids: tuple[int, str]) -> None:
        """Let both ends of a link bear the mark of what somebody entered, once: an id may be given out again."""
        if (link_id, ids) in self.passed:
            return
        self.passed.add((link_id, ids))
        ends = ("loupe", str(ids[0])), ("quickbooks", ids[1])
        marks = [self.marks.get((side, record_type, key)) for side, key in ends]
        for side, key in ends:
            self.note_mark(side, record_type, key, marks[0] or marks[1])

    def edits_of(self, record_type: str, ids: tuple[int, str], name: str) -> list[Edit]:
        """Return what was entered into a field of a linked pair, oldest first; `ids` are Loupe's and QuickBooks'."""
        found = [
            edit
            for side, key in zip(("loupe", "quickbooks"), ids, strict=True)
            for edit in self.edits.get((side, record_type, str(key), name), ())
        ]
        return sorted(found, key=lambda edit: edit.tick)

    def tick(self) -> int:
        """Return a moment that lies after all that was entered so far."""
        return next(self._ticks)

    def take_back(self, side: str, record_type: str, key: Any, since: int) -> None:
        """Forget what somebody entered on a side after a moment: a backup from then took its place."""
        place = side, record_type, str(key)
        self.sums[place] = [entered for entered in self.sums[place] if entered.tick < since]
        for name in [name for *at, name in self.edits if tuple(at) == place]:
            edits = self.edits.pop((*place, name))
            if kept := [edit for edit in edits if edit.tick < since]:
                self.edits[*place, name] = kept

    def roll_back(self, since: int) -> None:
        """Forget every value that was entered after a moment: its transaction was rolled back."""
        for history in (*self.edits.values(), *self.sums.values()):
            while history and history[-1].tick > since:
                history.pop()

    def forget(self, side: str, record_type: str, key: Any) -> None:
        """Forget which thing an id stands for, and what was entered under it: the id is given out again."""
        self.marks.pop((side, record_type, str(key)), None)
        if (side, record_type) == ("quickbooks", "inventory_item"):
            self.counted.pop(str(key), None)
        self.take_back(side, record_type, key, 0)

    def count(self, quickbooks_id: str, difference: Decimal) -> None:
        """Remember that somebody in QuickBooks changed an item's stock."""
        sums = self.counted[quickbooks_id]
        sums.append((sums[-1] if sums else Decimal(0)) + difference)

    def end(self, record_type: str, mark: str | None) -> None:
        """Remember that somebody voided, deleted or deactivated a thing."""
        if mark:
            self.ended[record_type, mark] = next(self._ticks)

    def take_up(self, record_type: str, mark: str | None) -> None:
        """Remember that somebody took a thing back into use."""
        if mark:
            self.taken_up[record_type, mark] = next(self._ticks)

    def is_in_use_again(self, thing: Thing) -> bool:
        """Whether somebody took a thing back into use since it was last ended, and it was never entered again."""
        is_later = self.taken_up.get(thing, 0) > self.ended.get(thing, 0)
        return is_later and not self.entered_again[thing]

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
