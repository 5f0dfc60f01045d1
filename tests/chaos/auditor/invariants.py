"""What must be true of the books once everything is quiet; each check says what it found, in words."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from tests.chaos.auditor.both_sides import BothSides
from tests.chaos.auditor.comparing import ENTITIES, at, compare, is_void
from tests.chaos.auditor.fates import astray, entered_by_nobody
from tests.chaos.auditor.last_words import unheard
from tests.chaos.auditor.ledger import mark_in
from tests.chaos.auditor.people_only import (
    changed_by_nobody,
    counted_by_nobody,
    ended_by_nobody,
    held_values_moved,
    is_ended,
    overwritten,
)
from tests.chaos.auditor.sums import misstated
from tests.chaos.auditor.violation import Violation
from tests.chaos.books import money
from tests.chaos.company import Company, Row

#: What follows from a field is listed with it.
_LISTED_AS = {"total_amount": "lines", "amount": "applications"}


def find_violations(company: Company) -> list[Violation]:
    """Check everything about one company; empty when all is well."""
    company.pass_marks_on()
    books = BothSides(company)
    checks = (
        _disagreeing,
        _existing_twice,
        _missing,
        _owing_differently,
        _left_open,
        _cleared,
        ended_by_nobody,
        changed_by_nobody,
        overwritten,
        held_values_moved,
        counted_by_nobody,
        astray,
        entered_by_nobody,
        misstated,
        unheard,
    )
    return [one for check in checks for one in check(books)]


def _disagreeing(books: BothSides) -> Iterator[Violation]:
    """Both sides agree on every writable field, or the difference is listed."""
    for record_type in ENTITIES:
        for link, row, record in books.pairs(record_type):
            key = {"loupe_id": link["loupe_id"], "quickbooks_id": link["quickbooks_id"]}
            for name, pair in compare(record_type, row, record, books.linked).items():
                if books.company.is_alike(record_type, name, *pair):
                    continue
                names = name, _LISTED_AS.get(name, name)
                if not any(books.is_listed(record_type, **key, name=named) for named in names):
                    text = f"{name}: Loupe has {pair[0]!r}, QuickBooks {pair[1]!r}"
                    yield Violation("the two sides agree", text, record_type, **key)


def _existing_twice(books: BothSides) -> Iterator[Violation]:
    """What was entered once exists once on each side; of what was entered twice one may be void."""
    entered = books.company.entered
    doubled = {mark_in(reference) for reference in books.company.entered_twice}
    for record_type in ENTITIES:
        for side, records, mark_of in (
            ("QuickBooks", books.records[record_type], entered.mark_of_record),
            ("Loupe", books.rows[record_type], entered.mark_of_row),
        ):
            to_mark = partial(mark_of, record_type)
            for mark, ids in _by_mark(records, to_mark, doubled).items():
                apart = sum((record_type, key) in books.company.told_apart for key in ids)
                # A name is free once its customer is inactive, so that a twin entered before may be made.
                is_retired = any(is_ended(records[key]) for key in ids)
                two = _became_two(books.company, record_type, mark, is_retired=is_retired)
                again = entered.entered_again[record_type, mark]
                if len(ids) > 1 + again + apart + two:
                    text = f"{side} has {mark} {len(ids)} times: {ids}"
                    loupe_id = ids[0] if isinstance(ids[0], int) else None
                    number = ids[0] if isinstance(ids[0], str) else None
                    yield Violation("nothing exists twice", text, record_type, loupe_id, number)


def _became_two(company: Company, record_type: str, mark: str, *, is_retired: bool) -> bool:
    """Whether a customer entered on both sides was given another name or address, or retired, before it was linked."""
    if record_type != "customer" or mark not in company.twins:
        return False
    _, is_alike = company.twins[mark]
    edits = [
        len(company.entered.edits[side, "customer", key, name])
        for (side, kind, key), its_mark in company.entered.marks.items()
        for name in ("display_name", "email")
        if kind == "customer" and its_mark == mark
    ]
    return is_retired or not is_alike or max(edits, default=0) > 1


def _by_mark(
    records: Mapping[Any, Mapping[str, Any]],
    to_mark: Callable[[Mapping[str, Any]], str | None],
    doubled: set[str | None],
) -> dict[str, list[Any]]:
    """Return ids by mark; of what was entered twice only those that are not void."""
    found: dict[str, list[Any]] = defaultdict(list)
    for key, record in records.items():
        mark = to_mark(record)
        if mark and not (mark in doubled and is_ended(record)):
            found[mark].append(key)
    return found


def _missing(books: BothSides) -> Iterator[Violation]:
    """Every record is linked, or listed with what became of it."""
    for record_type in ENTITIES:
        ours = set(books.linked[record_type].values())
        for key, row in books.rows[record_type].items():
            is_told = books.is_listed(record_type, loupe_id=key)
            if key not in ours and _is_to_be_pushed(record_type, row) and not is_told:
                yield Violation(
                    "nothing is missing in QuickBooks", str(_short(row)), record_type, key
                )
        for number, record in books.records[record_type].items():
            is_told = books.is_listed(record_type, quickbooks_id=number)
            if number not in books.linked[record_type] and not is_told:
                text = str(_short(record))
                yield Violation(
                    "nothing is missing in Loupe", text, record_type, quickbooks_id=number
                )
        yield from _dangling(books, record_type)


def _dangling(books: BothSides, record_type: str) -> Iterator[Violation]:
    """A link of which one end is gone says so, while the other end is in use."""
    for link in books.links[record_type]:
        key = {"loupe_id": link["loupe_id"], "quickbooks_id": link["quickbooks_id"]}
        row = books.rows[record_type].get(link["loupe_id"])
        record = books.records[record_type].get(link["quickbooks_id"])
        left = row or record
        if (row and record) or left is None or is_ended(left):
            continue
        if not books.is_listed(record_type, **key):
            gone = "Loupe" if row is None else "QuickBooks"
            yield Violation("what is gone is said to be", f"gone in {gone}", record_type, **key)


def _is_to_be_pushed(record_type: str, row: Row) -> bool:
    if record_type == "invoice":
        return row["lifecycle_status"] not in ("Draft", "Void")
    return not is_ended(row)


def _owing_differently(books: BothSides) -> Iterator[Violation]:
    """What an invoice still asks for agrees, or a payment or the invoice itself is listed."""
    told = {
        one["invoice_id"]
        for key, row in books.rows["payment"].items()
        if books.is_listed("payment", loupe_id=key)
        for one in row["lines"]
    }
    for number, record in books.records["payment"].items():
        linked = books.linked["payment"].get(number)
        if books.is_listed("payment", quickbooks_id=number, loupe_id=linked):
            told |= {
                books.linked["invoice"].get(link["TxnId"])
                for line in record.get("Line", [])
                for link in line["LinkedTxn"]
            }
    for link, row, record in books.pairs("invoice"):
        if row["lifecycle_status"] == "Void" or is_void(record):
            continue
        key = {"loupe_id": link["loupe_id"], "quickbooks_id": link["quickbooks_id"]}
        owed = money(record["Balance"])
        is_told = link["loupe_id"] in told or books.is_listed("invoice", **key)
        if row["balance_amount"] != owed and not is_told:
            text = f"Loupe has {row['balance_amount']} open, QuickBooks {owed}"
            yield Violation("balances agree", text, "invoice", **key)


def _left_open(books: BothSides) -> Iterator[Violation]:
    """Nothing is under way any more."""
    for one in books.company.sync_rows("intent", "status = 'open'"):
        yield Violation("no intent is open", f"intent {one['intent_id']}", one["record_type"])
    for one in books.company.sync_rows("lease", "holder is not null"):
        yield Violation("no lease is held", f"by {one['holder']}", one["record_type"])


def _cleared(books: BothSides) -> Iterator[Violation]:
    """What is not mapped stays as QuickBooks' own users left it."""
    types = {entity: record_type for record_type, entity in ENTITIES.items()}
    for (entity, number, path), value in books.company.unmapped.items():
        record = books.records[types[entity]].get(number)
        if record is None or (entity == "Payment" and is_void(record)):
            continue
        if at(record, path) != value:
            text = f"{path} was {value!r}, now {at(record, path)!r}"
            yield Violation(
                "what is not mapped is left alone", text, types[entity], quickbooks_id=number
            )


def _short(row: Row) -> dict[str, Any]:
    wanted = ("Id", "DisplayName", "DocNumber", "PaymentRefNum", "Name", "TotalAmt", "Active")
    ours = ("display_name", "invoice_number", "reference_number", "item_name", "lifecycle_status")
    return {name: row[name] for name in (*wanted, *ours) if name in row}
