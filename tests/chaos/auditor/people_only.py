"""What only people may do: end a record, enter a thing, set an amount, settle a contradiction, count stock.

Each check compares the books with the model's own memory of what was entered, and asks nothing of the product
but which records it links and what it has listed for a person.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from tests.chaos.auditor.both_sides import BothSides
from tests.chaos.auditor.comparing import CUSTOMER_PATHS, ENTITIES, compare, is_void, shown
from tests.chaos.auditor.ledger import Edit
from tests.chaos.auditor.violation import Violation
from tests.chaos.books import money
from tests.chaos.company import Row

#: Fields whose every value in a run is entered once only, so that a lost edit shows.
TRACED = {
    "customer": ("display_name", "email", "phone", "city", "website", "first_name", "company_name"),
    "invoice": ("invoice_number", "due_date", "total_amount"),
    "payment": ("reference_number", "payment_date", "amount"),
    "inventory_item": ("item_name", "description"),
}
#: What a conflict calls a field.
CONFLICT_NAMES = {"total_amount": "lines"}
_MONEY = {"invoice": ("total_amount", "TotalAmt"), "payment": ("amount", "TotalAmt")}
_CHANGED_ON_BOTH = "changed on both sides"


def is_ended(record: Mapping[str, Any]) -> bool:
    """Whether a Loupe row or a QuickBooks record is void or inactive."""
    if "Id" in record:
        return record.get("Active") is False or ("TotalAmt" in record and is_void(record))
    return bool(
        record.get("lifecycle_status") == "Void"
        or record.get("is_void")
        or record.get("is_active") is False
    )


def ended_by_nobody(books: BothSides) -> Iterator[Violation]:
    """Nothing is void, inactive or deleted that no person ended."""
    entered = books.company.entered
    for record_type in ENTITIES:
        for key, row in books.rows[record_type].items():
            thing = record_type, entered.mark_of_row(record_type, row)
            if is_ended(row) and thing[1] and thing not in entered.ended:
                text = f"Loupe's {thing[1]} has ended, and no person ended it on either side"
                yield Violation("only people end a record", text, record_type, key)
        for number, record in books.records[record_type].items():
            thing = record_type, entered.mark_of_record(record_type, record)
            if is_ended(record) and thing[1] and thing not in entered.ended:
                text = f"QuickBooks' {thing[1]} has ended, and no person ended it on either side"
                yield Violation("only people end a record", text, record_type, quickbooks_id=number)
    yield from _deleted_by_nobody(books)


def _deleted_by_nobody(books: BothSides) -> Iterator[Violation]:
    there = {
        (side, record_type): {str(key) for key in found[record_type]}
        for side, found in (("loupe", books.rows), ("quickbooks", books.records))
        for record_type in ENTITIES
    }
    for (side, record_type, key), mark in books.company.entered.marks.items():
        ids = there[side, record_type]
        if key not in ids and (record_type, mark) not in books.company.entered.ended:
            text = f"{mark} was entered in {side} as {key} and is no longer there"
            yield Violation("only people end a record", text, record_type)


def changed_by_nobody(books: BothSides) -> Iterator[Violation]:
    """What an invoice or payment comes to was entered by a person, on either side, or is listed."""
    for record_type, (column, property_name) in _MONEY.items():
        amounts = _entered_amounts(books, record_type, column)
        for key, row in books.rows[record_type].items():
            mark = books.company.entered.mark_of_row(record_type, row)
            is_told = books.is_listed(record_type, loupe_id=key)
            if not (is_ended(row) or is_told or row[column] in amounts.get(mark, {row[column]})):
                text = f"{mark} is {row[column]} in Loupe; people entered {amounts[mark]}"
                yield Violation("only people set amounts", text, record_type, key)
        for number, record in books.records[record_type].items():
            mark = books.company.entered.mark_of_record(record_type, record)
            total = money(record[property_name])
            is_told = books.is_listed(
                record_type,
                quickbooks_id=number,
                loupe_id=books.linked[record_type].get(number, 0),
            )
            if not (is_ended(record) or is_told or total in amounts.get(mark, {total})):
                text = f"{mark} is {total} in QuickBooks; people entered {amounts[mark]}"
                yield Violation("only people set amounts", text, record_type, quickbooks_id=number)


def _entered_amounts(
    books: BothSides, record_type: str, column: str
) -> dict[str | None, set[Decimal]]:
    """Return by mark what people entered on either side, taking links for what the sync made."""
    found: dict[str | None, set[Decimal]] = {}
    entered = books.company.entered
    links = books.linked[record_type]
    for (side, kind, key, name), edits in books.company.entered.edits.items():
        if (kind, name) != (record_type, column):
            continue
        mark = entered.marks.get((side, kind, key))
        if mark is None and side == "loupe":
            row = books.rows[kind].get(int(key))
            mark = entered.mark_of_row(kind, row) if row else None
        if mark is None and side == "quickbooks":
            record = books.records[kind].get(key)
            row = books.rows[kind].get(links.get(key, 0))
            mark = entered.mark_of_record(kind, record) if record else None
            mark = mark or (entered.mark_of_row(kind, row) if row else None)
        found.setdefault(mark, set()).update(money(edit.value) for edit in edits)
    return found


def overwritten(books: BothSides) -> Iterator[Violation]:
    """Where both sides agree they agree on what was entered last, or a person decided since."""
    for record_type, names in TRACED.items():
        for link, row, record in books.pairs(record_type):
            apart = compare(record_type, row, record, books.linked)
            if "is_void" in apart or is_ended(row) or is_ended(record):
                continue
            for name in _mapped(record_type, names):
                last = None if name in apart else _last_edit(books, record_type, link, name)
                now = shown(row[name])
                if last and not _is_kept(books, record_type, link, name, last, now):
                    text = (
                        f"{name}: {last.value!r} was entered last in {last.side}, both have {now!r}"
                    )
                    yield Violation("no edit is lost silently", text, record_type, *_ids(link))


def _is_kept(
    books: BothSides, record_type: str, link: Row, name: str, last: Edit, now: Any
) -> bool:
    """Whether what was entered last stands, or was no edit at all, or somebody has decided since."""
    if books.company.is_alike(record_type, name, now, last.value):
        return True
    is_undone = last.value is None and _took_back(books, record_type, link, last.side, name)
    return is_undone or _was_decided(books, record_type, link, name, last)


def _mapped(record_type: str, names: Sequence[str]) -> list[str]:
    """Return the fields of these that the mapping has just now."""
    is_customer = record_type == "customer"
    return [name for name in names if not is_customer or name in {"display_name", *CUSTOMER_PATHS}]


def _last_edit(books: BothSides, record_type: str, link: Row, name: str) -> Edit | None:
    """Return what was entered last; nothing where it is a value that came back, which may be no change at all."""
    edits = books.company.entered.edits_of(record_type, _ids(link), name)
    earlier = [edit.value for edit in edits[:-1]]
    return edits[-1] if edits and edits[-1].value not in earlier else None


def _took_back(books: BothSides, record_type: str, link: Row, side: str, name: str) -> bool:
    """Whether somebody filled an empty field of a side and emptied it again: as agreed, the field was never edited."""
    key = str(link[f"{side}_id"])
    edits = books.company.entered.edits.get((side, record_type, key, name), [])
    return len(edits) > 1 and (len(edits) == 2 or edits[-3].value is None)


def _was_decided(books: BothSides, record_type: str, link: Row, name: str, last: Edit) -> bool:
    named = CONFLICT_NAMES.get(name, name)
    return any(
        books.company.entered.decisions.get((record_type, str(key), field), 0) > last.tick
        for key in (link["loupe_id"], link["quickbooks_id"])
        for field in (named, "record")
    )


def held_values_moved(books: BothSides) -> Iterator[Violation]:
    """Where the sides differ, what was entered last still stands there; while a conflict is open, on each side."""
    for record_type, names in TRACED.items():
        for link, row, record in books.pairs(record_type):
            if is_ended(row) or is_ended(record):
                continue
            apart = compare(record_type, row, record, books.linked)
            for name in (name for name in names if name in apart):
                pair = dict(zip(("loupe", "quickbooks"), map(shown, apart[name]), strict=True))
                for edit in _standing(books, record_type, link, name):
                    now = pair[edit.side]
                    if not books.company.is_alike(record_type, name, now, edit.value):
                        text = (
                            f"{name}: {edit.value!r} was entered last in {edit.side}, where it is "
                            f"{pair[edit.side]!r} now; the other side differs: {pair}"
                        )
                        yield Violation("held values stay as typed", text, record_type, *_ids(link))


def _standing(books: BothSides, record_type: str, link: Row, name: str) -> list[Edit]:
    """Return the edits that must still be seen on their own side."""
    last = _last_edit(books, record_type, link, name)
    if last is None or _was_decided(books, record_type, link, name, last):
        return []
    reason = books.held_because(record_type, link, CONFLICT_NAMES.get(name, name))
    if not reason.startswith(_CHANGED_ON_BOTH):
        return [last]
    keys = {"loupe": link["loupe_id"], "quickbooks": link["quickbooks_id"]}
    edits = [
        books.company.entered.edits.get((side, record_type, str(key), name), ())
        for side, key in keys.items()
    ]
    return [typed[-1] for typed in edits if typed]


def counted_by_nobody(books: BothSides) -> Iterator[Violation]:
    """Loupe's quantity is what a person typed there, or what people in QuickBooks brought about."""
    for link, row, record in books.pairs("inventory_item"):
        typed = books.company.entered.edits.get(
            ("loupe", "inventory_item", str(link["loupe_id"]), "quantity"), ()
        )
        counted = books.company.entered.counted.get(record["Id"], [])
        allowed = {*counted, *(edit.value for edit in typed[-1:])}
        on_hand = Decimal(str(record.get("QtyOnHand", 0)))
        # Loupe mirrors an owner with which it has agreed once, as does a row that was pulled.
        has_agreed = link["origin"] == "quickbooks" or on_hand in {edit.value for edit in typed}
        if counted or (books.company.has_stock_in_quickbooks and has_agreed):
            allowed.add(on_hand)
        if allowed and row["quantity"] not in allowed:
            text = f"Loupe has {row['quantity']}; people brought about {sorted(allowed)}"
            yield Violation("only people count stock", text, "inventory_item", *_ids(link))
        yield from _moved_in_quickbooks(books, link, record)


def _moved_in_quickbooks(books: BothSides, link: Row, record: Row) -> Iterator[Violation]:
    """Where QuickBooks owns the stock, its quantity is what people there counted."""
    on_hand = Decimal(str(record.get("QtyOnHand", 0)))
    counted = books.company.entered.counted.get(record["Id"], [Decimal(0)])[-1]
    if books.company.has_stock_in_quickbooks and on_hand != counted:
        text = f"QuickBooks has {on_hand}; people there counted {counted}"
        yield Violation("only people count stock", text, "inventory_item", *_ids(link))


def _ids(link: Row) -> tuple[int, str]:
    return link["loupe_id"], link["quickbooks_id"]
