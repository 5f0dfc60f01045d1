"""What invoices and credit memos have in common (Intuit: Invoice, section 8.4)."""

from __future__ import annotations

from typing import Any

from quickbooks_emulator.books.addresses import billing_address
from quickbooks_emulator.books.balances import applied_amount
from quickbooks_emulator.books.currency import transaction_currency, without_rate
from quickbooks_emulator.books.doc_numbers import choose_number
from quickbooks_emulator.books.options import Options
from quickbooks_emulator.books.references import resolve_references, to_reference
from quickbooks_emulator.books.sales_lines import complete_lines, void_line
from quickbooks_emulator.books.taxes import tax_detail
from quickbooks_emulator.books.transactions import transaction_date, void_note
from quickbooks_emulator.company.company import Company
from quickbooks_emulator.model import faults
from quickbooks_emulator.model.documents import Document
from quickbooks_emulator.model.numbers import ZERO

_REFERENCES = {
    "SalesTermRef": "Term", "ClassRef": "Class", "DepartmentRef": "Department",
    "ProjectRef": "Project", "PaymentMethodRef": "PaymentMethod", "DepositToAccountRef": "Account",
}  # fmt: skip


def complete_form(
    company: Company, entity: str, draft: Document, current: Document | None, options: Options
) -> Document:
    """Check a draft and return the form with its total, but without balance and due date.

    Raises:
        FaultError: for whatever the lines, references, number, tax or dates may not be.
    """
    txn_date = transaction_date(company, draft, current)
    customer = _customer(company, draft, current)
    _refuse_mail(draft)
    lines, sums = complete_lines(company, draft["Line"], (current or {}).get("Line", []), txn_date)
    tax = tax_detail(company, draft, customer, sums)
    total = sums.total + tax["TotalTax"]
    if total < ZERO:
        raise faults.business("Transaction amount must be 0 or greater.", "Line")
    kept = {name: value for name, value in without_rate(draft).items() if name != "DocNumber"}
    return {
        **_defaults(customer),
        **kept,
        **resolve_references(company, draft, _REFERENCES),
        **_addresses(draft, customer),
        **choose_number(company, entity, draft, current, options),
        "CustomField": _custom_fields(company, draft),
        "TxnDate": txn_date,
        **transaction_currency(company, draft, current, customer),
        "Line": lines,
        "TxnTaxDetail": tax,
        "CustomerRef": to_reference(customer),
        "TotalAmt": total,
    }


def void_form(company: Company, current: Document) -> Document:
    """Return a form with everything at zero and "Voided" in its note (section 8.4.5)."""
    company.refuse_closed(current["TxnDate"])
    home = {"HomeTotalAmt": ZERO, "HomeBalance": ZERO} if "HomeBalance" in current else {}
    return {
        **current,
        "PrivateNote": void_note(current.get("PrivateNote")),
        "Line": [void_line(line) for line in current["Line"]],
        "TxnTaxDetail": {"TotalTax": ZERO},
        "TotalAmt": ZERO,
        "Balance": ZERO,
        **home,
    }


def _customer(company: Company, draft: Document, current: Document | None) -> Document:
    customer = company.resolve("Customer", draft["CustomerRef"], "CustomerRef")
    moved = current is not None and current["CustomerRef"]["value"] != customer["Id"]
    if moved and applied_amount(company, draft["Id"]):
        text = "The customer of a transaction with payments cannot be changed."
        raise faults.business(text, "CustomerRef")
    return customer


def _refuse_mail(draft: Document) -> None:
    if draft.get("EmailStatus") == "NeedToSend" and "BillEmail" not in draft:
        text = "BillEmail is required when EmailStatus is NeedToSend."
        raise faults.FaultError("6420", "Email Address Required", text, "BillEmail")


def _defaults(customer: Document) -> Document:
    shipping = {"ShipAddr": customer["ShipAddr"]} if "ShipAddr" in customer else {}
    return {
        **shipping,
        "ApplyTaxAfterDiscount": False,
        "PrintStatus": "NeedToPrint",
        "EmailStatus": "NotSet",
    }


def _addresses(draft: Document, customer: Document) -> Document:
    address = billing_address(draft.get("BillAddr"), customer)
    return {"BillAddr": address, "FreeFormAddress": True} if address else {}


def _custom_fields(company: Company, draft: Document) -> list[Document]:
    sent = {field.get("DefinitionId"): field for field in draft.get("CustomField", [])}
    defined = _defined_fields(company)
    for number in sent:
        if number not in defined:
            raise faults.unknown_property(f"CustomField.DefinitionId {number}")
    return [
        {"DefinitionId": number, "Name": name, "Type": "StringType", **_value(sent.get(number))}
        for number, name in defined.items()
    ]


def _value(sent: Document | None) -> Document:
    return {"StringValue": sent["StringValue"]} if sent and "StringValue" in sent else {}


def _defined_fields(company: Company) -> dict[str, str]:
    groups: list[Any] = company.preference("SalesFormsPrefs", "CustomField") or []
    fields = [field for group in groups for field in group["CustomField"]]
    prefix = "SalesFormsPrefs.SalesCustomName"
    named = [field for field in fields if field["Name"].startswith(prefix)]
    return {field["Name"].removeprefix(prefix): field["StringValue"] for field in named}
