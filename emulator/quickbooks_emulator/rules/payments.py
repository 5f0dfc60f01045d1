"""Payments: application to invoices, overpayment, voiding (Intuit: Payment, section 8.5)."""

from __future__ import annotations

from decimal import Decimal

from quickbooks_emulator import faults
from quickbooks_emulator.company import Company
from quickbooks_emulator.indexing import paid_invoices
from quickbooks_emulator.numbers import ZERO
from quickbooks_emulator.properties import Document
from quickbooks_emulator.rules.contract import Options
from quickbooks_emulator.rules.ledger import (
    Shifts,
    add_shift,
    applied_amount,
    refresh_invoice,
    shift_balances,
)
from quickbooks_emulator.rules.shared import (
    keep_currency,
    resolve_currency,
    resolve_references,
    to_reference,
    void_note,
)

_REFERENCES = {
    "PaymentMethodRef": "PaymentMethod", "ProjectRef": "Project", "ARAccountRef": "Account",
    "DepositToAccountRef": "Account",
}  # fmt: skip
_DEPOSIT_TYPES = ("Bank", "Other Current Asset")


class PaymentRules:
    """What holds for every payment."""

    required: tuple[str, ...] = ("CustomerRef", "TotalAmt")

    def complete(
        self, company: Company, draft: Document, current: Document | None, _options: Options
    ) -> Document:
        """Return the whole payment."""
        txn_date = draft.get("TxnDate") or company.today().isoformat()
        company.refuse_closed(txn_date, *([current["TxnDate"]] if current else ()))
        if draft["TotalAmt"] < ZERO:
            raise faults.business("Transaction amount must be 0 or greater.", "TotalAmt")
        if draft.get("ProcessPayment"):
            raise faults.NotModelledError("Charging a card (ProcessPayment)")
        customer = company.resolve("Customer", draft["CustomerRef"], "CustomerRef")
        currency = resolve_currency(company, draft)
        keep_currency(current, currency)
        lines = _apply(company, draft, customer, current["Id"] if current else "")
        applied = sum((line["Amount"] for line in lines), ZERO)
        return {
            **draft,
            **resolve_references(company, draft, _REFERENCES),
            "CustomerRef": to_reference(customer),
            "DepositToAccountRef": _deposit_account(company, draft),
            "UnappliedAmt": draft["TotalAmt"] - applied,
            "ProcessPayment": False,
            "TxnDate": txn_date,
            "CurrencyRef": currency,
            "Line": lines,
        }

    def settle(self, company: Company, before: Document | None, after: Document | None) -> None:
        """Refresh every invoice that is or was paid, and the customers' balances."""
        shifts: Shifts = {}
        touched: dict[str, None] = {}
        for payment, sign in ((before, 1), (after, -1)):
            if payment is not None:
                add_shift(shifts, payment, sign * payment["UnappliedAmt"])
                touched |= dict.fromkeys(paid_invoices(payment))
        for invoice in touched:
            refresh_invoice(company, invoice, shifts)
        shift_balances(company, shifts)

    def void(self, company: Company, current: Document) -> Document:
        """Return the payment with nothing left of its amounts and "Voided" in its note."""
        company.refuse_closed(current["TxnDate"])
        note = void_note(current.get("PrivateNote"))
        emptied: Document = {"TotalAmt": ZERO, "UnappliedAmt": ZERO, "Line": []}
        return {**current, **emptied, "PrivateNote": note}


def _apply(company: Company, draft: Document, customer: Document, own: str) -> list[Document]:
    sent = [(_linked_invoice(company, line), line["Amount"]) for line in draft.get("Line", [])]
    if sum((amount for _, amount in sent), ZERO) > draft["TotalAmt"]:
        # The text of this fault is not published; 6000 is the expected code.
        text = "The amounts applied to transactions add up to more than the payment's TotalAmt."
        raise faults.business(text, "Line")
    applied: dict[str, Decimal] = {}
    for invoice, amount in sent:
        if _root(company, invoice["CustomerRef"]["value"]) == _root(company, customer["Id"]):
            number = invoice["Id"]
            others = applied_amount(company, number, besides=own)
            open_amount = invoice["TotalAmt"] - others - applied.get(number, ZERO)
            applied[number] = applied.get(number, ZERO) + min(amount, open_amount)
    return [_line(number, amount) for number, amount in applied.items() if amount > ZERO]


def _linked_invoice(company: Company, line: Document) -> Document:
    if "Amount" not in line:
        raise faults.missing("Line.Amount")
    if line["Amount"] < ZERO:
        raise faults.FaultError("2290", "Negative Amount", "Amount is negative", "Line.Amount")
    links = line.get("LinkedTxn", [])
    if len(links) != 1 or not {"TxnId", "TxnType"} <= links[0].keys():
        raise faults.missing("Line.LinkedTxn")
    if links[0]["TxnType"] != "Invoice":
        raise faults.NotModelledError(f"A payment applied to a {links[0]['TxnType']}")
    return company.get("Invoice", links[0]["TxnId"])


def _line(invoice: str, amount: Decimal) -> Document:
    return {"Amount": amount, "LinkedTxn": [{"TxnId": invoice, "TxnType": "Invoice"}]}


def _root(company: Company, number: str) -> str:
    customer = company.get("Customer", number)
    while "ParentRef" in customer:
        customer = company.get("Customer", customer["ParentRef"]["value"])
    return str(customer["Id"])


def _deposit_account(company: Company, draft: Document) -> Document:
    pointer = draft.get("DepositToAccountRef")
    if pointer is None:
        return _undeposited(company)
    account = company.resolve("Account", pointer, "DepositToAccountRef")
    if account["AccountType"] not in _DEPOSIT_TYPES:
        expected = " or ".join(_DEPOSIT_TYPES)
        detail = f"Invalid account type used : {account['Name']} must be {expected}"
        raise faults.FaultError("6430", "Invalid Account Type", detail, "DepositToAccountRef")
    return {"value": account["Id"]}


def _undeposited(company: Company) -> Document:
    account = company.account_of("UndepositedFunds")
    if account is None:
        raise faults.missing("DepositToAccountRef")
    return {"value": account["Id"]}
