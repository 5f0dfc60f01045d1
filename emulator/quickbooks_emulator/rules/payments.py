"""Payments: application to charges, credits, overpayment, voiding (Intuit: section 8.5)."""

from __future__ import annotations

from decimal import Decimal

from quickbooks_emulator.books.balances import (
    PAYABLE,
    Shifts,
    add_shift,
    applied_amount,
    balance_lines,
    is_credit,
    payable_amount,
    refresh_payable,
    shift_balances,
)
from quickbooks_emulator.books.currency import transaction_currency, without_rate
from quickbooks_emulator.books.options import Options
from quickbooks_emulator.books.references import resolve_references, to_reference
from quickbooks_emulator.books.transactions import transaction_date, void_note
from quickbooks_emulator.company.company import Company
from quickbooks_emulator.company.indexing import linked_transactions
from quickbooks_emulator.model import faults
from quickbooks_emulator.model.documents import Document
from quickbooks_emulator.model.numbers import ZERO

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
        txn_date = transaction_date(company, draft, current)
        _refuse_deposited(current)
        if draft["TotalAmt"] < ZERO:
            raise faults.business("Transaction amount must be 0 or greater.", "TotalAmt")
        if draft.get("ProcessPayment"):
            raise faults.NotModelledError("Charging a card (ProcessPayment)")
        customer = company.resolve("Customer", draft["CustomerRef"], "CustomerRef")
        currency = transaction_currency(company, draft, current, customer)
        lines, unapplied = _apply(company, draft, customer, current["Id"] if current else "")
        return {
            **without_rate(draft),
            **resolve_references(company, draft, _REFERENCES),
            "CustomerRef": to_reference(customer),
            "DepositToAccountRef": _deposit_account(company, draft),
            "UnappliedAmt": unapplied,
            "ProcessPayment": False,
            "TxnDate": txn_date,
            **currency,
            "Line": lines,
        }

    def settle(self, company: Company, before: Document | None, after: Document | None) -> None:
        """Refresh all that is or was paid or used up, and the customers' balances.

        Raises:
            FaultError: 6540 for a deleted payment that lies in a deposit.
        """
        shifts: Shifts = {}
        touched: dict[str, None] = {}
        for payment, sign in ((before, 1), (after, -1)):
            if payment is not None:
                add_shift(shifts, payment, sign * payment["UnappliedAmt"])
                touched |= dict.fromkeys(linked_transactions(payment))
        if after is None and before is not None:
            _refuse_deposited(before)
        for number in touched:
            refresh_payable(company, number, shifts)
        shift_balances(company, shifts)

    def void(self, company: Company, current: Document) -> Document:
        """Return the payment with nothing left of its amounts and "Voided" in its note."""
        company.refuse_closed(current["TxnDate"])
        _refuse_deposited(current)
        note = void_note(current.get("PrivateNote"))
        emptied: Document = {"TotalAmt": ZERO, "UnappliedAmt": ZERO, "Line": []}
        return {**current, **emptied, "PrivateNote": note}


def _apply(
    company: Company, draft: Document, customer: Document, own: str
) -> tuple[list[Document], Decimal]:
    """Return the lines that take effect and what stays unapplied."""
    sent = [(*_linked(company, line), line["Amount"]) for line in draft.get("Line", [])]
    _refuse_excess(sent, draft["TotalAmt"])
    root = _root(company, customer["Id"])
    applied: dict[str, Document] = {}
    for entity, payable, amount in sent:
        if _root(company, payable["CustomerRef"]["value"]) != root:
            continue
        number = payable["Id"]
        earlier = applied.get(number, {"Amount": ZERO})["Amount"]
        taken = applied_amount(company, number, besides=own) + earlier
        kept = min(amount, payable_amount(payable) - taken)
        link = {"TxnId": number, "TxnType": entity}
        applied[number] = {"Amount": earlier + max(kept, ZERO), "LinkedTxn": [link]}
    return balance_lines(company, list(applied.values()), draft["TotalAmt"])


def _refuse_excess(sent: list[tuple[str, Document, Decimal]], total: Decimal) -> None:
    credit = sum((amount for kind, payable, amount in sent if is_credit(kind, payable)), ZERO)
    charges = sum((amount for kind, payable, amount in sent if not is_credit(kind, payable)), ZERO)
    if charges > total + credit:
        # The text of this fault is not published; 6000 is the expected code.
        text = "The amounts applied to transactions add up to more than the payment's TotalAmt."
        raise faults.business(text, "Line")


def _linked(company: Company, line: Document) -> tuple[str, Document]:
    if "Amount" not in line:
        raise faults.missing("Line.Amount")
    if line["Amount"] < ZERO:
        raise faults.FaultError("2290", "Negative Amount", "Amount is negative", "Line.Amount")
    links = line.get("LinkedTxn", [])
    if len(links) != 1 or not {"TxnId", "TxnType"} <= links[0].keys():
        raise faults.missing("Line.LinkedTxn")
    entity = links[0]["TxnType"]
    if entity not in PAYABLE:
        raise faults.NotModelledError(f"A payment applied to a {entity}")
    return entity, company.get(entity, links[0]["TxnId"])


def _refuse_deposited(current: Document | None) -> None:
    """Refuse to change a payment that was taken to the bank (6540); LinkedTxn names the deposit."""
    links = (current or {}).get("LinkedTxn", [])
    if any(link["TxnType"] == "Deposit" for link in links):
        raise faults.deposited()


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
