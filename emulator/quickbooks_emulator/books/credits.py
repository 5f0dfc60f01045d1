"""Links open credits to open invoices by itself, where the company has AutoApplyCredit on.

Intuit: Payment, section 8.5: QuickBooks then writes zero-amount payments with a note of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from quickbooks_emulator.books.balances import Shifts, refresh_payable, shift_balances
from quickbooks_emulator.company.company import Company
from quickbooks_emulator.model.documents import Document
from quickbooks_emulator.model.numbers import ZERO

NOTE = "Created by QB Online to link credits to charges."


def apply_credits(company: Company, customer: str) -> None:
    """Use up a customer's credit memos on the open invoices, oldest first, one payment a pair."""
    if not company.preference("SalesFormsPrefs", "AutoApplyCredit"):
        return
    shifts: Shifts = {}
    for credit, invoice, amount in list(_pairs(company, customer)):
        company.insert("Payment", _linking_payment(company, credit, invoice, amount))
        for document in (invoice, credit):
            refresh_payable(company, document["Id"], shifts)
    if shifts:
        shift_balances(company, shifts)


def _pairs(company: Company, customer: str) -> Iterator[tuple[Document, Document, Decimal]]:
    invoices = list(_open(company, "invoices of customer", customer))
    unpaid = {invoice["Id"]: invoice["Balance"] for invoice in invoices}
    for credit in _open(company, "credits of customer", customer):
        rest = credit["Balance"]
        for invoice in invoices:
            amount = min(rest, unpaid[invoice["Id"]])
            if amount > ZERO:
                yield credit, invoice, amount
                rest -= amount
                unpaid[invoice["Id"]] -= amount


def _open(company: Company, index: str, customer: str) -> Iterator[Document]:
    for entity, number in company.store.lookup(company.realm, index, customer):
        document = company.get(entity, number)
        if document["Balance"] > ZERO:
            yield document


def _linking_payment(
    company: Company, credit: Document, invoice: Document, amount: Decimal
) -> Document:
    lines = [
        {"Amount": amount, "LinkedTxn": [{"TxnId": document["Id"], "TxnType": kind}]}
        for document, kind in ((invoice, "Invoice"), (credit, "CreditMemo"))
    ]
    names = ("CustomerRef", "CurrencyRef", "ExchangeRate")
    return {
        **{name: invoice[name] for name in names if name in invoice},
        "TotalAmt": ZERO,
        "UnappliedAmt": ZERO,
        "ProcessPayment": False,
        "TxnDate": company.today().isoformat(),
        "PrivateNote": NOTE,
        "Line": lines,
    }
