"""Money: what each customer owes and paid, added up from the ledger and from what each side holds.

It sees what no comparison of pairs can: a record that stands twice on both sides, or on neither.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from tests.chaos.auditor.both_sides import BothSides
from tests.chaos.auditor.ledger import Sum, Thing
from tests.chaos.auditor.people_only import CONFLICT_NAMES, is_ended
from tests.chaos.auditor.violation import Violation
from tests.chaos.books import money

_COLUMNS = {"invoice": "total_amount", "payment": "amount"}
#: Mark of the customer and the currency.
_Payer = tuple[str | None, str]
_Sums = dict[_Payer, Decimal]


def misstated(books: BothSides) -> Iterator[Violation]:
    """For each customer and currency both sides hold what people entered, less what is listed."""
    for record_type in _COLUMNS:
        left_out = _left_out(books, record_type)
        entered = _entered(books, record_type, left_out)
        for side in ("loupe", "quickbooks"):
            held = _held(books, record_type, side, left_out)
            for payer in sorted(entered.keys() | held.keys(), key=str):
                if entered[payer] != held[payer]:
                    text = (
                        f"{record_type}s of {payer[0]} in {payer[1]} come to {held[payer]} in {side}; "
                        f"people entered {entered[payer]}"
                    )
                    yield Violation("sums are what people entered", text, record_type)


def _left_out(books: BothSides, record_type: str) -> set[str | None]:
    """Return the marks of what is listed, is a draft, has ended, or was decided about."""
    told = {
        books.mark_of(record_type, side, key)
        for side, key, record in books.standing(record_type)
        if books.is_told(record_type, side, key) or record.get("lifecycle_status") == "Draft"
    }
    apart = {
        books.mark_of(record_type, side, key)
        for side, key, _ in books.standing(record_type)
        if (record_type, key) in books.company.told_apart
    }
    return told | _ended(books, record_type) | apart | {None} | _decided(books, record_type)


def _ended(books: BothSides, record_type: str) -> set[str | None]:
    """Return the marks of what a person ended, but of what was taken back into use and is so on both sides."""
    entered = books.company.entered
    in_use: dict[str, set[str | None]] = {"loupe": set(), "quickbooks": set()}
    for side, key, record in books.standing(record_type):
        if not is_ended(record):
            in_use[side].add(books.mark_of(record_type, side, key))
    on_both = in_use["loupe"] & in_use["quickbooks"]
    return {
        mark
        for kind, mark in entered.ended
        if kind == record_type and not (mark in on_both and entered.is_in_use_again((kind, mark)))
    }


def _decided(books: BothSides, record_type: str) -> set[str | None]:
    """Return the marks of what somebody decided about since its sum was entered, so that either side's may stand."""
    column = _COLUMNS[record_type]
    named = {CONFLICT_NAMES.get(column, column), "record", "currency", "customer"}
    found = set()
    for (kind, key, name), tick in books.company.entered.decisions.items():
        if kind == record_type and name in named:
            sides = ("loupe",) if key.isdigit() and int(key) in books.rows[kind] else ()
            for side in (*sides, "quickbooks"):
                mark = books.mark_of(kind, side, key)
                if mark and tick > _last(books, (kind, mark)).tick:
                    found.add(mark)
    return found


def _last(books: BothSides, thing: Thing) -> Sum:
    sums = [
        entered[-1]
        for (side, kind, key), entered in books.company.entered.sums.items()
        if entered and kind == thing[0] and books.mark_of(kind, side, key) == thing[1]
    ]
    return max(sums, key=lambda entered: entered.tick, default=Sum(0, "", "", Decimal(0)))


def _entered(books: BothSides, record_type: str, left_out: set[str | None]) -> _Sums:
    """Add up what was entered last of every thing."""
    newest: dict[str, tuple[int, _Payer, Decimal]] = {}
    for (side, kind, key), history in books.company.entered.sums.items():
        mark = books.mark_of(kind, side, key) if history and kind == record_type else None
        if mark is None or mark in left_out:
            continue
        entered = history[-1]
        payer = books.mark_of("customer", side, entered.customer), entered.currency
        if mark not in newest or newest[mark][0] < entered.tick:
            newest[mark] = entered.tick, payer, entered.amount
    return _add_up((payer, amount) for _, payer, amount in newest.values())


def _held(books: BothSides, record_type: str, side: str, left_out: set[str | None]) -> _Sums:
    return _add_up(
        _read(books, side, record, _COLUMNS[record_type])
        for its_side, key, record in books.standing(record_type)
        if its_side == side
        and not is_ended(record)
        and books.mark_of(record_type, side, key) not in left_out
    )


def _read(
    books: BothSides, side: str, record: Mapping[str, Any], column: str
) -> tuple[_Payer, Decimal]:
    if side == "loupe":
        customer, currency = record["customer_id"], record["currency_code"]
        return (books.mark_of("customer", side, customer), currency), record[column]
    customer, currency = record["CustomerRef"]["value"], record["CurrencyRef"]["value"]
    return (books.mark_of("customer", side, customer), currency), money(record["TotalAmt"])


def _add_up(parts: Iterator[tuple[_Payer, Decimal]]) -> _Sums:
    sums: _Sums = defaultdict(Decimal)
    for payer, amount in parts:
        sums[payer] += amount
    return sums
