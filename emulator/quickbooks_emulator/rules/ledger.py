"""Moves balances between invoices, payments and customers, and stock of items.

Intuit: entities, section 8.2 (what bumps what): a payment event bumps the invoice's SyncToken and
time; a balance moves a customer's time but not its SyncToken; a sale moves neither of an item.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from quickbooks_emulator.company import Company
from quickbooks_emulator.numbers import ZERO, to_quantity
from quickbooks_emulator.properties import Document

Shifts = dict[str, Decimal]
"""Change of Balance by customer Id; a change of zero still moves the customer's time."""


def shift_balances(company: Company, shifts: Shifts) -> None:
    """Add to the balances of customers, and to those with jobs of their parents."""
    for number, amount in shifts.items():
        customer = company.get("Customer", number)
        raised = {name: customer[name] + amount for name in ("Balance", "BalanceWithJobs")}
        company.touch("Customer", {**customer, **raised})
        _shift_parents(company, customer, amount)


def _shift_parents(company: Company, customer: Document, amount: Decimal) -> None:
    while "ParentRef" in customer:
        customer = company.get("Customer", customer["ParentRef"]["value"])
        total = customer["BalanceWithJobs"] + amount
        customer = company.touch("Customer", {**customer, "BalanceWithJobs": total})


def add_shift(shifts: Shifts, record: Document, amount: Decimal) -> None:
    """Note a change of balance for the customer of a record."""
    number = record["CustomerRef"]["value"]
    shifts[number] = shifts.get(number, ZERO) + amount


def applications(company: Company, invoice: str) -> Iterator[tuple[Document, Decimal]]:
    """Yield each payment of an invoice with the amount applied to it, oldest first."""
    for entity, number in company.store.lookup(company.realm, "payments of invoice", invoice):
        payment = company.get(entity, number)
        for line in payment["Line"]:
            if line["LinkedTxn"][0]["TxnId"] == invoice:
                yield payment, line["Amount"]


def applied_amount(company: Company, invoice: str, *, besides: str = "") -> Decimal:
    """Return what payments, but for one, have been applied to an invoice."""
    pairs = applications(company, invoice)
    return sum((amount for payment, amount in pairs if payment["Id"] != besides), ZERO)


def refresh_invoice(company: Company, number: str, shifts: Shifts) -> None:
    """Recompute an invoice's balance and links after a payment event, bumping its SyncToken."""
    invoice = company.find("Invoice", number)
    if invoice is None:
        return
    balance = invoice["TotalAmt"] - applied_amount(company, number)
    add_shift(shifts, invoice, balance - invoice["Balance"])
    links = payment_links(company, number)
    company.replace("Invoice", {**invoice, "Balance": balance, "LinkedTxn": links})


def payment_links(company: Company, invoice: str) -> list[Document]:
    """Return the LinkedTxn of an invoice: the payments applied to it, oldest first."""
    pairs = applications(company, invoice)
    return [{"TxnId": payment["Id"], "TxnType": "Payment"} for payment, _ in pairs]


def release_payments(company: Company, invoice: str, most: Decimal, shifts: Shifts) -> None:
    """Cut what is applied to an invoice down to ``most``; the rest becomes UnappliedAmt."""
    for payment, amount in list(applications(company, invoice)):
        kept = min(amount, most)
        most -= kept
        if kept == amount:
            continue
        lines = [_cut(line, invoice, kept) for line in payment["Line"]]
        freed = payment["UnappliedAmt"] + amount - kept
        left = [line for line in lines if line["Amount"] > ZERO]
        company.replace("Payment", {**payment, "Line": left, "UnappliedAmt": freed})
        add_shift(shifts, payment, kept - amount)


def _cut(line: Document, invoice: str, kept: Decimal) -> Document:
    return {**line, "Amount": kept} if line["LinkedTxn"][0]["TxnId"] == invoice else line


def move_stock(company: Company, before: Document | None, after: Document | None) -> None:
    """Take the inventory lines of an invoice from stock, giving back those of its old form."""
    sold: Counter[str] = Counter()
    for document, sign in ((before, -1), (after, 1)):
        for line in (document or {}).get("Line", []):
            detail = line.get("SalesItemLineDetail", {})
            if "ItemRef" in detail and "Qty" in detail:
                sold[detail["ItemRef"]["value"]] += sign * detail["Qty"]
    for number, quantity in sold.items():
        item = company.find("Item", number)
        if quantity and item is not None and item["Type"] == "Inventory":
            left = to_quantity(item["QtyOnHand"] - quantity)
            company.keep("Item", {**item, "QtyOnHand": left})
