"""What people in QuickBooks take back or do once more: a void, a payment over a wrong sum, an invoice, a customer."""

import random
from collections.abc import Sequence
from decimal import Decimal

from tests.chaos import quickbooks_changes
from tests.chaos.auditor.comparing import is_void, settled_by
from tests.chaos.books import Json, money
from tests.chaos.company import Company, pick
from tests.chaos.lines import CENT, new_quickbooks_lines
from tests.chaos.quickbooks_changes import note_applications, note_end, note_total


def unvoid_invoice(company: Company, rng: random.Random) -> str | None:
    """Take the void of an invoice back, by entering lines and another note."""
    record = pick(rng, [one for one in company.books.records("Invoice") if is_void(one)])
    if record is None:
        return None
    number = company.next_number()
    lines = new_quickbooks_lines(company, rng, number)
    note = f"kept {number}"
    changed = company.books.change("Invoice", record, Line=lines, PrivateNote=note)
    note_end(company, "invoice", record, is_ended=False)
    note_total(company, changed)
    return f"Invoice {record['Id']} in use again over {changed['TotalAmt']}"


def unvoid_payment(company: Company, rng: random.Random) -> str | None:
    """Take the void of a payment back: an amount, an invoice that is open by as much, and another note."""
    record = pick(rng, [one for one in company.books.records("Payment") if is_void(one)])
    invoice = record and pick(rng, open_invoices(company.books.records("Invoice"), record))
    if not record or not invoice:
        return None
    amount = _part(rng, money(invoice["Balance"]))
    note = f"kept {company.next_number()}"
    lines = [line_on(invoice["Id"], amount)]
    changed = company.books.change("Payment", record, TotalAmt=amount, Line=lines, PrivateNote=note)
    note_end(company, "payment", record, is_ended=False)
    company.note("quickbooks", "payment", record["Id"], "amount", amount)
    note_applications(company, changed)
    company.unmapped["Payment", record["Id"], "PrivateNote"] = note
    return f"Payment {record['Id']} in use again, {amount} on {invoice['Id']}"


def open_invoices(invoices: Sequence[Json], payment: Json) -> list[Json]:
    """Return those invoices that a payment's customer still owes, in its currency."""
    names = ("CustomerRef", "CurrencyRef")
    return [
        invoice
        for invoice in invoices
        if invoice["Balance"]
        and all(invoice[name]["value"] == payment[name]["value"] for name in names)
    ]


def _part(rng: random.Random, whole: Decimal) -> Decimal:
    return max((whole * Decimal(rng.randrange(2, 11)) / 10).quantize(CENT), CENT)


def line_on(invoice: str, amount: Decimal) -> Json:
    """Return the line of a payment that settles an invoice."""
    return {"Amount": amount, "LinkedTxn": [{"TxnId": invoice, "TxnType": "Invoice"}]}


def is_of_one_invoice(record: Json) -> bool:
    """Whether a payment settles one invoice and nothing else, and lies in no deposit."""
    is_single = len(settled_by(record)) == len(record.get("Line", ())) == 1
    return is_single and bool(record["TotalAmt"]) and not record.get("LinkedTxn")


def reenter_payment(company: Company, rng: random.Random) -> str | None:
    """Delete or void a payment and enter it again over another sum, under a reference of its own."""
    found = [one for one in company.books.records("Payment") if is_of_one_invoice(one)]
    record = pick(rng, found)
    if record is None:
        return None
    end = quickbooks_changes.void if rng.random() < 0.5 else quickbooks_changes.delete
    said = end(company, "Payment", record)
    ((invoice, settled),) = settled_by(record).items()
    amount, reference = _part(rng, settled), f"P{company.next_number()}"
    copied = {name: record[name] for name in ("CustomerRef", "CurrencyRef", "TxnDate")}
    again = company.books.create(
        "Payment",
        **copied,
        TotalAmt=amount,
        PaymentRefNum=reference,
        Line=[line_on(invoice, amount)],
    )
    company.note("quickbooks", "payment", again["Id"], "reference_number", reference)
    company.note("quickbooks", "payment", again["Id"], "amount", amount)
    note_applications(company, again)
    company.entered.note_mark("quickbooks", "payment", again["Id"], reference)
    return f"{said}; again as Payment {again['Id']} {reference} of {amount} on {invoice}"


def reenter_invoice(company: Company, rng: random.Random) -> str | None:
    """Delete an unpaid invoice and enter it again under the same number, over another sum."""
    unpaid = [
        one
        for one in company.books.records("Invoice")
        if one["TotalAmt"] and one["Balance"] == one["TotalAmt"] and one.get("DocNumber")
    ]
    record = pick(rng, unpaid)
    if record is None:
        return None
    said = quickbooks_changes.delete(company, "Invoice", record)
    names = ("CustomerRef", "CurrencyRef", "DocNumber", "TxnDate", "DueDate")
    copied = {name: record[name] for name in names if name in record}
    lines = new_quickbooks_lines(company, rng, company.next_number())
    again = company.books.create("Invoice", **copied, Line=lines)
    company.note("quickbooks", "invoice", again["Id"], "due_date", again["DueDate"])
    company.note("quickbooks", "invoice", again["Id"], "invoice_number", again["DocNumber"])
    note_total(company, again)
    _note_again(company, "invoice", again, record)
    return f"{said}; Invoice {again['Id']} is {again['DocNumber']} again, over {again['TotalAmt']}"


def return_customer(company: Company, rng: random.Random) -> str | None:
    """Take a customer back into use."""
    record = pick(rng, company.books.records("Customer", "Active = false"))
    return None if record is None else quickbooks_changes.toggle_customer(company, rng, record)


def reenter_customer(company: Company, rng: random.Random) -> str | None:
    """Make a customer inactive and enter it anew under the same name, whatever it still owes."""
    record = pick(rng, company.books.records("Customer", "Active = true"))
    if record is None:
        return None
    said = quickbooks_changes.toggle_customer(company, rng, record)
    name, email = record["DisplayName"], record.get("PrimaryEmailAddr", {}).get("Address")
    properties = quickbooks_changes.PROPERTIES["email"](email) if email else {}
    again = company.books.create("Customer", DisplayName=name, **properties)
    company.note("quickbooks", "customer", again["Id"], "display_name", name)
    company.note("quickbooks", "customer", again["Id"], "email", email)
    _note_again(company, "customer", again, record)
    return f"{said}; Customer {again['Id']} is {name} again"


def _note_again(company: Company, record_type: str, record: Json, before: Json) -> None:
    """Remember that a new record bears the mark of an ended one."""
    mark = company.entered.mark_of_record(record_type, before)
    if mark:
        company.entered.note_mark("quickbooks", record_type, record["Id"], mark)
        company.entered.entered_again[record_type, mark] += 1
