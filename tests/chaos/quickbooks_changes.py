"""What people do in QuickBooks to a record that is there: change, void or delete it, by its own API."""

import random
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from tests.chaos.auditor.comparing import METHODS, settled_by
from tests.chaos.books import Json, money
from tests.chaos.company import Company
from tests.chaos.lines import new_quickbooks_lines
from tests.chaos.loupe_changes import DAY, own_day, text_for

#: Canonical field -> how a customer holds it.
PROPERTIES: dict[str, Callable[[str], Json]] = {
    "email": lambda text: {"PrimaryEmailAddr": {"Address": text}},
    "phone": lambda text: {"PrimaryPhone": {"FreeFormNumber": text}},
    "website": lambda text: {"WebAddr": {"URI": text}},
    "first_name": lambda text: {"GivenName": text},
    "company_name": lambda text: {"CompanyName": text},
}


def change_customer(company: Company, rng: random.Random, record: Json) -> str:
    """Change one field of a customer: a mapped one, now and then the name, or its notes."""
    number, choice = company.next_number(), rng.random()
    if choice < 0.2:
        company.books.change("Customer", record, Notes=f"kept {number}")
        company.unmapped["Customer", record["Id"], "Notes"] = f"kept {number}"
        return f"Customer {record['Id']} Notes"
    if choice < 0.35:
        return _change_address(company, record, number)
    if choice < 0.42:
        return rename(company, "customer", record)
    name = rng.choice(tuple(PROPERTIES))
    value = text_for(name, number)
    company.books.change("Customer", record, **PROPERTIES[name](value))
    company.note("quickbooks", "customer", record["Id"], name, value)
    return f"Customer {record['Id']} {name}={value}"


def _change_address(company: Company, record: Json, number: int) -> str:
    """Change the city, and the state, which is not mapped."""
    city, state = f"City {number}", f"S{number}"
    address = {**record.get("BillAddr", {}), "City": city, "CountrySubDivisionCode": state}
    address.pop("Id", None)
    company.books.change("Customer", record, BillAddr=address)
    company.note("quickbooks", "customer", record["Id"], "city", city)
    company.unmapped["Customer", record["Id"], "BillAddr.CountrySubDivisionCode"] = state
    return f"Customer {record['Id']} city={city}"


def toggle_customer(company: Company, _rng: random.Random, record: Json) -> str:
    """Make a customer inactive, or active again."""
    company.books.change("Customer", record, Active=not record["Active"])
    note_end(company, "customer", record, is_ended=bool(record["Active"]))
    return f"Customer {record['Id']} Active={not record['Active']}"


def change_invoice(company: Company, rng: random.Random, record: Json) -> str:
    """Change an invoice's due date, its memo, its lines, or now and then its number."""
    number, choice = company.next_number(), rng.random()
    if choice < 0.25:
        company.books.change("Invoice", record, CustomerMemo={"value": f"kept {number}"})
        company.unmapped["Invoice", record["Id"], "CustomerMemo.value"] = f"kept {number}"
        return f"Invoice {record['Id']} memo"
    if choice < 0.45 and record["Balance"] == record["TotalAmt"]:
        lines = new_quickbooks_lines(company, rng, number)
        changed = company.books.change("Invoice", record, Line=lines)
        note_total(company, changed)
        return f"Invoice {record['Id']} lines over {changed['TotalAmt']}"
    if choice < 0.55:
        return rename(company, "invoice", record)
    due = (DAY + timedelta(days=60 + number)).isoformat()
    company.books.change("Invoice", record, DueDate=due)
    company.note("quickbooks", "invoice", record["Id"], "due_date", due)
    return f"Invoice {record['Id']} due {due}"


def note_total(company: Company, record: Json) -> None:
    """Remember what an invoice comes to whose lines somebody entered."""
    total = money(record["TotalAmt"])
    company.note("quickbooks", "invoice", record["Id"], "total_amount", total)


def void(company: Company, entity: str, record: Json) -> str:
    """Void a transaction."""
    company.books.void(entity, record)
    note_end(company, entity.lower(), record)
    _note_released(company, record)
    return f"{entity} {record['Id']} void"


def delete(company: Company, entity: str, record: Json) -> str:
    """Delete a transaction."""
    company.books.delete(entity, record)
    note_end(company, entity.lower(), record)
    _note_released(company, record)
    return f"{entity} {record['Id']} deleted"


def change_payment(company: Company, rng: random.Random, record: Json) -> str:
    """Change a payment's reference or day, how it was paid, or its private note, which is not mapped."""
    number, choice = company.next_number(), rng.random()
    if choice < 0.3:
        company.books.change("Payment", record, PrivateNote=f"kept {number}")
        company.unmapped["Payment", record["Id"], "PrivateNote"] = f"kept {number}"
        return f"Payment {record['Id']} note"
    if choice < 0.5:
        method = rng.choice(tuple(METHODS))
        company.books.change("Payment", record, PaymentMethodRef={"value": method})
        return f"Payment {record['Id']} method {METHODS[method]}"
    if choice < 0.65:
        day = own_day(number).isoformat()
        return _recognise_by(company, "payment", record, "payment_date", TxnDate=day)
    return rename(company, "payment", record)


def change_item(company: Company, rng: random.Random, record: Json) -> str:
    """Change a stock item's description, price, count or purchase text, which is not mapped."""
    number, choice = company.next_number(), rng.random()
    if choice < 0.3:
        company.books.change("Item", record, PurchaseDesc=f"kept {number}")
        company.unmapped["Item", record["Id"], "PurchaseDesc"] = f"kept {number}"
        return f"Item {record['Id']} PurchaseDesc"
    if choice < 0.5:
        price = Decimal(number) + Decimal("0.75")
        company.books.change("Item", record, UnitPrice=price)
        return f"Item {record['Id']} UnitPrice={price}"
    if choice < 0.6:
        return _move_stock(company, record, rng)
    company.books.change("Item", record, Description=f"Books {number}")
    company.note("quickbooks", "inventory_item", record["Id"], "description", f"Books {number}")
    return f"Item {record['Id']} Description=Books {number}"


def _move_stock(company: Company, record: Json, rng: random.Random) -> str:
    difference = rng.choice((-1, 1, 2))
    detail: Any = {"ItemRef": {"value": record["Id"]}, "QtyDiff": difference}
    company.books.create(
        "InventoryAdjustment",
        AdjustAccountRef={"value": "14"},
        TxnDate="2026-05-01",
        Line=[{"DetailType": "ItemAdjustmentLineDetail", "ItemAdjustmentLineDetail": detail}],
    )
    company.entered.count(record["Id"], Decimal(difference))
    return f"Item {record['Id']} counted, {difference:+d}"


#: Per record type the field that a record is recognised by, its property, and what follows the mark in it.
_NAMES = {
    "customer": ("display_name", "DisplayName", " Books "),
    "invoice": ("invoice_number", "DocNumber", "-"),
    "payment": ("reference_number", "PaymentRefNum", "-"),
}


def rename(company: Company, record_type: str, record: Json) -> str:
    """Give a record another name, number or reference, after the same mark."""
    field, name, between = _NAMES[record_type]
    mark = company.entered.mark_of_record(record_type, record)
    text = f"{mark}{between}{company.next_number()}"
    return _recognise_by(company, record_type, record, field, **{name: text})


def _recognise_by(
    company: Company, record_type: str, record: Json, field: str, **properties: str
) -> str:
    """Change what a record is recognised by, unless an old answer is awaited: then nothing else could find it."""
    awaited = f"record_type = '{record_type}' and status = 'open'"
    if company.sync_rows("intent", f"{awaited} and created_at < now() - interval '1 day'"):
        return f"{record_type} {record['Id']} keeps its name while an old answer is awaited"
    ((name, value),) = properties.items()
    entity = {"customer": "Customer", "invoice": "Invoice", "payment": "Payment"}[record_type]
    company.books.change(entity, record, **properties)
    company.note("quickbooks", record_type, record["Id"], field, value)
    mark = company.entered.mark_of_record(record_type, record)
    if mark:
        company.entered.renamed.add((record_type, mark))
    return f"{entity} {record['Id']} {name}={value}"


def note_end(company: Company, record_type: str, record: Json, *, is_ended: bool = True) -> None:
    """Remember that somebody voided, deleted or deactivated a record, or took it back into use."""
    company.note("quickbooks", record_type, record["Id"], "is_ended", is_ended)
    note = company.entered.end if is_ended else company.entered.take_up
    note(record_type, company.entered.mark_of_record(record_type, record))


def note_applications(company: Company, record: Json) -> None:
    """Remember what a payment settles by somebody's hand, by QuickBooks' Ids."""
    company.note("quickbooks", "payment", record["Id"], "applications", settled_by(record))


def _note_released(company: Company, invoice: Json) -> None:
    """Remember that the payments of an invoice that was voided or deleted settle it no longer."""
    freed = {link["TxnId"] for link in invoice.get("LinkedTxn", ()) if link["TxnType"] == "Payment"}
    for payment in company.books.records("Payment") if freed else ():
        if payment["Id"] in freed:
            note_applications(company, payment)
