"""Values that nobody should enter and somebody does: impossible days, numbers that are none, texts that break code."""

import random
from collections.abc import Callable
from typing import Any

from tests.chaos.books import Json
from tests.chaos.company import Company, Row, pick
from tests.chaos.loupe_changes import DAY, change
from tests.chaos.quickbooks_changes import PROPERTIES

#: What PostgreSQL keeps in a date and hardly any program reads.
_DAYS = ("12026-03-01", "0044-03-15 BC", "infinity", "-infinity", "0001-01-01", "9999-12-31")
_THEIR_DAYS = ("9999-12-31", "0001-01-01", "12026-03-01", "2026-02-30", "2026-3-1")
#: Texts with a number in their middle, that makes each the only one of its kind.
_TEXTS: tuple[Callable[[int], str], ...] = (
    lambda number: f"Gem {number} \U0001f48e\u200d\U0001f525",
    lambda number: f"Bell {number} \x07\x1b end",
    lambda number: f"Set aside {number} \ufdd0\uffff end",
    lambda number: f"Right {number} \u202e\u05d0 left",
    lambda number: f"Tab {number}\tand\nline",
    lambda number: f"Long {number} " + "x" * 4000,
    lambda number: f"'; drop table {number} --",
    lambda number: f"<b>{number}</b> &amp; \\u0000 %s",
)
#: Texts that only JSON can carry: half of a character, and none at all.
_BROKEN_TEXTS: tuple[Callable[[int], str], ...] = (
    *_TEXTS,
    lambda number: f"Half {number} \ud83d end",
    lambda number: f"Nothing {number} \x00 end",
)
_COLUMNS = {
    "customer": ("city", "street", "company_name", "website", "phone", "email"),
    "inventory_item": ("description",),
}


def type_in_loupe(company: Company, rng: random.Random) -> str | None:
    """Enter something odd into a row of Loupe."""
    return rng.choice((_odd_text, _odd_text, _odd_day, _odd_day, _odd_price))(company, rng)


def _odd_text(company: Company, rng: random.Random) -> str | None:
    table = rng.choice(tuple(_COLUMNS))
    row = pick(rng, company.rows(table))
    if row is None:
        return None
    name, text = rng.choice(_COLUMNS[table]), rng.choice(_TEXTS)(company.next_number())
    change(company, table, row, **{name: text})
    return f"{_words(table, row)} {name}={text[:40]!r}"


def _odd_day(company: Company, rng: random.Random) -> str | None:
    table, name = rng.choice(
        (("invoice", "due_date"), ("invoice", "invoice_date"), ("payment", "payment_date"))
    )
    live = "not is_void" if table == "payment" else "lifecycle_status <> 'Void'"
    row = pick(rng, company.rows(table, live))
    if row is None:
        return None
    day = rng.choice(_DAYS)
    change(company, table, row, **{name: day})
    return f"{_words(table, row)} {name}={day}"


def _odd_price(company: Company, rng: random.Random) -> str | None:
    row = pick(rng, company.rows("inventory_item"))
    if row is None:
        return None
    name = rng.choice(("sell_price", "cost_price"))
    change(company, "inventory_item", row, **{name: "NaN"})
    return f"{_words('inventory_item', row)} {name}=NaN"


def correct_in_loupe(company: Company, rng: random.Random) -> str | None:
    """Correct a day or a price that is odd."""
    found = [
        (table, row, name)
        for table, names in (
            ("invoice", ("due_date", "invoice_date")),
            ("payment", ("payment_date",)),
            ("inventory_item", ("sell_price", "cost_price")),
        )
        for row in company.rows(table)
        for name in names
        if _is_odd(row[name])
    ]
    if not found:
        return None
    table, row, name = rng.choice(found)
    value: Any = DAY if name.endswith("date") else company.next_number()
    change(company, table, row, **{name: value})
    return f"{_words(table, row)} {name} corrected to {value}"


def _is_odd(value: Any) -> bool:
    return isinstance(value, str) or str(value) == "NaN"


def _words(table: str, row: Row) -> str:
    return f"{table.removeprefix('inventory_')} {row[f'{table}_id']}"


def type_in_quickbooks(company: Company, rng: random.Random) -> str | None:
    """Enter an odd text or day into a record of QuickBooks, which refuses some."""
    if rng.random() < 0.2:
        return _odd_due_date(company, rng)
    number = company.next_number()
    text = rng.choice(_BROKEN_TEXTS)(number)
    if rng.random() < 0.3:
        found = company.books.records("Item", "Type = 'Inventory' AND Active = true")
        return _describe(company, pick(rng, found), text)
    record = pick(rng, company.books.records("Customer", "Active = true"))
    if record is None:
        return None
    name = rng.choice(("company_name", "phone", "first_name", "website"))
    changed = company.books.change("Customer", record, **PROPERTIES[name](text))
    stored = _stored(changed, PROPERTIES[name](text))
    company.note("quickbooks", "customer", record["Id"], name, stored)
    return f"Customer {record['Id']} {name}={stored[:40]!r}"


def _odd_due_date(company: Company, rng: random.Random) -> str | None:
    record = pick(rng, [one for one in company.books.records("Invoice") if one["TotalAmt"]])
    if record is None:
        return None
    changed = company.books.change("Invoice", record, DueDate=rng.choice(_THEIR_DAYS))
    company.note("quickbooks", "invoice", record["Id"], "due_date", changed["DueDate"])
    return f"Invoice {record['Id']} due {changed['DueDate']}"


def _describe(company: Company, record: Json | None, text: str) -> str | None:
    if record is None:
        return None
    changed = company.books.change("Item", record, Description=text)
    company.note(
        "quickbooks", "inventory_item", record["Id"], "description", changed["Description"]
    )
    return f"Item {record['Id']} Description={changed['Description'][:40]!r}"


def _stored(changed: Json, sent: Json) -> str:
    """Return what QuickBooks keeps of a text."""
    value: Any = changed
    while isinstance(sent, dict):
        ((name, sent),) = sent.items()
        value = (value or {}).get(name)
    return str(value)
