"""Invoices: due dates, deposits, balance, voiding (Intuit: Invoice, section 8.4)."""

from __future__ import annotations

from decimal import Decimal

from quickbooks_emulator.books.balances import (
    Shifts,
    add_shift,
    applied_amount,
    payable_amount,
    payment_links,
    release_payments,
    shift_balances,
)
from quickbooks_emulator.books.credits import apply_credits
from quickbooks_emulator.books.currency import home_amounts
from quickbooks_emulator.books.options import Options
from quickbooks_emulator.books.sales_forms import complete_form, void_form
from quickbooks_emulator.books.stock import move_stock
from quickbooks_emulator.books.terms import default_terms, due_date
from quickbooks_emulator.company.company import Company
from quickbooks_emulator.model import faults
from quickbooks_emulator.model.documents import Document
from quickbooks_emulator.model.numbers import ZERO

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
        form = complete_form(company, "Invoice", draft, current, options)
        if current is None:
            form = {**default_terms(company, form), **form}
        _refuse_deposit(company, draft, form["TotalAmt"])
        applied = applied_amount(company, current["Id"]) if current else ZERO
        whole = {
            **_NO_ONLINE_PAYMENT,
            **form,
            "DueDate": draft.get("DueDate") or due_date(company, form),
            "LinkedTxn": current["LinkedTxn"] if current else _no_links(draft),
            "Balance": max(payable_amount(form) - applied, ZERO),
        }
        return {**whole, **home_amounts(whole)}

    def settle(self, company: Company, before: Document | None, after: Document | None) -> None:
        """Move stock, the customer's balance and what payments had applied."""
        move_stock(company, before, after)
        shifts: Shifts = {}
        if before is not None:
            add_shift(shifts, before, -before["Balance"])
            most = payable_amount(after) if after else ZERO
            release_payments(company, before["Id"], most, shifts)
        if after is not None:
            add_shift(shifts, after, after["Balance"])
            links = payment_links(company, after["Id"])
            company.keep("Invoice", {**after, "LinkedTxn": links})
        shift_balances(company, shifts)
        if before is None and after is not None:
            apply_credits(company, after["CustomerRef"]["value"])

    def void(self, company: Company, current: Document) -> Document:
        """Return the invoice with everything at zero and "Voided" in its note.

        Raises:
            FaultError: 6210; 6000 with payments while the switch ``refuse_void_of_paid`` is on.
        """
        if company.switches.refuse_void_of_paid and applied_amount(company, current["Id"]):
            raise faults.business("An invoice with payments cannot be voided.")
        voided = {**void_form(company, current), "LinkedTxn": []}
        return {**voided, "Deposit": ZERO} if "Deposit" in voided else voided


def _refuse_deposit(company: Company, draft: Document, total: Decimal) -> None:
    deposit = draft.get("Deposit", ZERO)
    if deposit and not company.preference("SalesFormsPrefs", "AllowDeposit"):
        raise faults.business("Deposits are turned off in the company's preferences.", "Deposit")
    if not ZERO <= deposit <= total:
        text = f"The deposit must be between 0 and the invoice's total {total}."
        raise faults.business(text, "Deposit")


def _no_links(draft: Document) -> list[Document]:
    for link in draft.get("LinkedTxn", []):
        if link.get("TxnType") != "Payment":
            raise faults.NotModelledError(f"An invoice linked to a {link.get('TxnType')}")
    return []
