"""Invoices: numbers, dates, totals, balance, tax, voiding (Intuit: Invoice, section 8.4)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from quickbooks_emulator import faults
from quickbooks_emulator.company import Company
from quickbooks_emulator.numbers import ZERO
from quickbooks_emulator.properties import Document
from quickbooks_emulator.rules.addresses import billing_address
from quickbooks_emulator.rules.contract import Options
from quickbooks_emulator.rules.doc_numbers import choose_number
from quickbooks_emulator.rules.invoice_lines import complete_lines, void_line
from quickbooks_emulator.rules.ledger import (
    Shifts,
    add_shift,
    applied_amount,
    move_stock,
    payment_links,
    release_payments,
    shift_balances,
)
from quickbooks_emulator.rules.shared import (
    keep_currency,
    resolve_currency,
    resolve_references,
    to_reference,
    void_note,
)
from quickbooks_emulator.rules.taxes import tax_detail

_REFERENCES = {
    "SalesTermRef": "Term", "ClassRef": "Class", "DepartmentRef": "Department",
    "ProjectRef": "Project",
}  # fmt: skip
_NO_ONLINE_PAYMENT = {
    "AllowIPNPayment": False,
    "AllowOnlinePayment": False,
    "AllowOnlineCreditCardPayment": False,
    "AllowOnlineACHPayment": False,
}


class InvoiceRules:
    """What holds for every invoice."""

    required: tuple[str, ...] = ("CustomerRef", "Line")

    def complete(
        self, company: Company, draft: Document, current: Document | None, options: Options
    ) -> Document:
        """Return the whole invoice."""
        txn_date = draft.get("TxnDate") or company.today().isoformat()
        company.refuse_closed(txn_date, *([current["TxnDate"]] if current else ()))
        customer = _customer(company, draft, current)
        _refuse_mail(draft)
        earlier = current["Line"] if current else []
        lines, sums = complete_lines(company, draft["Line"], earlier, txn_date)
        tax = tax_detail(company, draft)
        total = sums.total + tax["TotalTax"]
        if total < ZERO:
            raise faults.business("Transaction amount must be 0 or greater.", "Line")
        applied = applied_amount(company, current["Id"]) if current else ZERO
        references = resolve_references(company, draft, _REFERENCES)
        return {
            **_defaults(customer),
            **{name: value for name, value in draft.items() if name != "DocNumber"},
            **references,
            **_addresses(draft, customer),
            **choose_number(company, draft, current, options),
            "CustomField": _custom_fields(company, draft),
            "TxnDate": txn_date,
            "DueDate": draft.get("DueDate") or _due_date(company, txn_date, references, customer),
            "CurrencyRef": _currency(company, draft, current),
            "LinkedTxn": current["LinkedTxn"] if current else _no_links(draft),
            "Line": lines,
            "TxnTaxDetail": tax,
            "CustomerRef": to_reference(customer),
            "TotalAmt": total,
            "Balance": max(total - applied, ZERO),
        }

    def settle(self, company: Company, before: Document | None, after: Document | None) -> None:
        """Move stock, the customer's balance and what payments had applied."""
        move_stock(company, before, after)
        shifts: Shifts = {}
        if before is not None:
            add_shift(shifts, before, -before["Balance"])
            most = after["TotalAmt"] if after else ZERO
            release_payments(company, before["Id"], most, shifts)
        if after is not None:
            add_shift(shifts, after, after["Balance"])
            links = payment_links(company, after["Id"])
            company.keep("Invoice", {**after, "LinkedTxn": links})
        shift_balances(company, shifts)

    def void(self, company: Company, current: Document) -> Document:
        """Return the invoice with everything at zero and "Voided" in its note."""
        company.refuse_closed(current["TxnDate"])
        return {
            **current,
            "PrivateNote": void_note(current.get("PrivateNote")),
            "LinkedTxn": [],
            "Line": [void_line(line) for line in current["Line"]],
            "TxnTaxDetail": {"TotalTax": ZERO},
            "TotalAmt": ZERO,
            "Balance": ZERO,
        }


def _customer(company: Company, draft: Document, current: Document | None) -> Document:
    customer = company.resolve("Customer", draft["CustomerRef"], "CustomerRef")
    moved = current is not None and current["CustomerRef"]["value"] != customer["Id"]
    if moved and applied_amount(company, draft["Id"]):
        text = "The customer of an invoice with payments cannot be changed."
        raise faults.business(text, "CustomerRef")
    return customer


def _currency(company: Company, draft: Document, current: Document | None) -> Document:
    currency = resolve_currency(company, draft)
    keep_currency(current, currency)
    return currency


def _refuse_mail(draft: Document) -> None:
    if draft.get("EmailStatus") == "NeedToSend" and "BillEmail" not in draft:
        text = "BillEmail is required when EmailStatus is NeedToSend."
        raise faults.FaultError("6420", "Email Address Required", text, "BillEmail")


def _no_links(draft: Document) -> list[Document]:
    for link in draft.get("LinkedTxn", []):
        if link.get("TxnType") != "Payment":
            raise faults.NotModelledError(f"An invoice linked to a {link.get('TxnType')}")
    return []


def _defaults(customer: Document) -> Document:
    shipping = {"ShipAddr": customer["ShipAddr"]} if "ShipAddr" in customer else {}
    return {
        **_NO_ONLINE_PAYMENT,
        **shipping,
        "ApplyTaxAfterDiscount": False,
        "PrintStatus": "NeedToPrint",
        "EmailStatus": "NotSet",
    }


def _addresses(draft: Document, customer: Document) -> Document:
    address = billing_address(draft.get("BillAddr"), customer)
    return {"BillAddr": address, "FreeFormAddress": True} if address else {}


def _custom_fields(company: Company, draft: Document) -> list[Document]:
    sent = {each.get("DefinitionId"): each for each in draft.get("CustomField", [])}
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
    fields = [one for group in groups for one in group["CustomField"]]
    prefix = "SalesFormsPrefs.SalesCustomName"
    named = [one for one in fields if one["Name"].startswith(prefix)]
    return {one["Name"].removeprefix(prefix): one["StringValue"] for one in named}


def _due_date(company: Company, txn_date: str, references: Document, customer: Document) -> str:
    pointer = references.get("SalesTermRef") or customer.get("SalesTermRef")
    term = company.find("Term", pointer["value"]) if pointer else None
    days = int(term.get("DueDays", 0)) if term else 0
    return (date.fromisoformat(txn_date) + timedelta(days=days)).isoformat()
