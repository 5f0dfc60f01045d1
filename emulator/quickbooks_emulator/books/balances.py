"""Moves balances between charges, credits, payments and customers.

Intuit: entities, section 8.2 (what bumps what): a payment event bumps the SyncToken and time of
what it pays; a balance moves a customer's time but not its SyncToken. A customer's Balance is what
stands open less unapplied payments and remaining credits.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from quickbooks_emulator.books.currency import home_amounts
from quickbooks_emulator.company.company import Company
from quickbooks_emulator.company.indexing import UNRECORDED, linked_transactions
from quickbooks_emulator.model.documents import Document
from quickbooks_emulator.model.numbers import ZERO

Shifts = dict[str, Decimal]
"""Change of Balance by customer Id; a change of zero still moves the customer's time."""

PAYABLE = ("Invoice", "CreditMemo", "JournalEntry")
"""What a payment's line can point to."""


def shift_balances(company: Company, shifts: Shifts) -> None:
    """Add to the balances of customers, and to those with jobs of their parents."""
    for number, amount in shifts.items():
        customer = company.get("Customer", number)
        raised = {name: customer[name] + amount for name in ("Balance", "BalanceWithJobs")}
        company.touch("Customer", {**customer, **raised})
        shift_parents(company, customer, amount)


def shift_parents(company: Company, customer: Document, amount: Decimal) -> None:
    """Add to the balance with jobs of every customer above one."""
    while "ParentRef" in customer:
        customer = company.get("Customer", customer["ParentRef"]["value"])
        total = customer["BalanceWithJobs"] + amount
        customer = company.touch("Customer", {**customer, "BalanceWithJobs": total})


def add_shift(shifts: Shifts, record: Document, amount: Decimal) -> None:
    """Note a change of balance for the customer of a record."""
    number = record["CustomerRef"]["value"]
    shifts[number] = shifts.get(number, ZERO) + amount


def find_payable(company: Company, number: str) -> tuple[str, Document] | None:
    """Return record type and document of what a payment points to (the Ids are shared)."""
    for entity in PAYABLE:
        payable = company.find(entity, number)
        if payable is not None:
            return entity, payable
    return None


def is_credit(entity: str, document: Document) -> bool:
    """Return whether a payable pays others instead of being paid."""
    return entity == "CreditMemo" or document.get("IsCredit") is True


def applications(company: Company, number: str) -> Iterator[tuple[Document, Decimal]]:
    """Yield each payment that points to a transaction with the amount, oldest first."""
    for entity, payment_id in company.store.lookup(
        company.realm, "payments of transaction", number
    ):
        payment = company.get(entity, payment_id)
        for line in payment["Line"]:
            if line["LinkedTxn"][0]["TxnId"] == number:
                yield payment, line["Amount"]


def applied_amount(company: Company, number: str, *, besides: str = "") -> Decimal:
    """Return what payments, but for one, have applied to a transaction (or taken from a credit)."""
    pairs = applications(company, number)
    return sum((amount for payment, amount in pairs if payment["Id"] != besides), ZERO)


def payment_links(company: Company, number: str) -> list[Document]:
    """Return the LinkedTxn of an invoice: what it was made from, then its payments, oldest first."""
    links = (company.find("Invoice", number) or {}).get("LinkedTxn", [])
    origins = [link for link in links if link["TxnType"] != "Payment"]
    pairs = applications(company, number)
    return [*origins, *({"TxnId": payment["Id"], "TxnType": "Payment"} for payment, _ in pairs)]


def payable_amount(document: Document) -> Decimal:
    """Return what payments may be applied to a transaction in all."""
    total: Decimal = document["TotalAmt"] - document.get("Deposit", ZERO)
    return total


def refresh_payable(company: Company, number: str, shifts: Shifts) -> None:
    """Recompute a payable's balance and links after a payment event, bumping its SyncToken."""
    payable = find_payable(company, number)
    if payable is None:
        return
    entity, document = payable
    balance = payable_amount(document) - applied_amount(company, number)
    sign = -1 if is_credit(entity, document) else 1
    add_shift(shifts, document, sign * (balance - document["Balance"]))
    company.replace(entity, _with_balance(company, entity, document, balance))


def _with_balance(company: Company, entity: str, document: Document, balance: Decimal) -> Document:
    changed = {**document, "Balance": balance}
    if entity == "Invoice":
        changed["LinkedTxn"] = payment_links(company, document["Id"])
    if entity == "CreditMemo":
        changed["RemainingCredit"] = balance
    return {**changed, **home_amounts(changed)}


def release_payments(company: Company, number: str, most: Decimal, shifts: Shifts) -> None:
    """Cut what payments apply to (or take from) a transaction down to ``most``.

    What becomes free of a payment's own money is its UnappliedAmt; credits that it had used and
    charges that those had paid are open again.
    """
    touched: dict[str, None] = {}
    for payment, amount in list(applications(company, number)):
        kept = min(amount, most)
        most -= kept
        if kept == amount:
            continue
        cut = [_cut_line(line, number, kept) for line in payment["Line"]]
        lines, unapplied = balance_lines(company, cut, payment["TotalAmt"])
        touched |= dict.fromkeys(linked_transactions(payment))
        add_shift(shifts, payment, payment["UnappliedAmt"] - unapplied)
        kind = "Payment" if company.find("Payment", payment["Id"]) else UNRECORDED
        company.replace(kind, {**payment, "Line": lines, "UnappliedAmt": unapplied})
    touched.pop(number, None)
    for payable_number in touched:
        refresh_payable(company, payable_number, shifts)


def _cut_line(line: Document, number: str, kept: Decimal) -> Document:
    return {**line, "Amount": kept} if line["LinkedTxn"][0]["TxnId"] == number else line


def balance_lines(
    company: Company, lines: list[Document], total: Decimal
) -> tuple[list[Document], Decimal]:
    """Return lines that a payment's money and credits cover, and what stays unapplied.

    Charges beyond money and credits are cut from the last line on, then credits beyond the
    charges: how Intuit shares out a credit that is larger than what it pays is not published.
    """
    charges, credit = _sums(company, lines)
    covered = min(charges, total + credit)
    lines = _cut_side(company, lines, charges - covered, of_credits=False)
    used = min(credit, covered)
    lines = _cut_side(company, lines, credit - used, of_credits=True)
    return [line for line in lines if line["Amount"] > ZERO], total + used - covered


def _sums(company: Company, lines: list[Document]) -> tuple[Decimal, Decimal]:
    sides = [(line["Amount"], _is_credit_line(company, line)) for line in lines]
    charges = sum((amount for amount, credit in sides if not credit), ZERO)
    return charges, sum((amount for amount, credit in sides if credit), ZERO)


def _is_credit_line(company: Company, line: Document) -> bool:
    payable = find_payable(company, line["LinkedTxn"][0]["TxnId"])
    return payable is not None and is_credit(*payable)


def _cut_side(
    company: Company, lines: list[Document], surplus: Decimal, *, of_credits: bool
) -> list[Document]:
    cut = list(lines)
    for place in reversed(range(len(cut))):
        if surplus > ZERO and _is_credit_line(company, cut[place]) is of_credits:
            taken = min(surplus, cut[place]["Amount"])
            surplus -= taken
            cut[place] = {**cut[place], "Amount": cut[place]["Amount"] - taken}
    return cut
