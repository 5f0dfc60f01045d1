"""The rows of a Loupe Factory customer, item, invoice or payment, made from a planned one."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from quickbooks_emulator.generator import words
from quickbooks_emulator.generator.deals import Receipt
from quickbooks_emulator.generator.parties import HOME, Party
from quickbooks_emulator.generator.products import Product
from quickbooks_emulator.generator.sales import SaleLine

Row = dict[str, Any]
_NONE = Decimal(0)
_LONGEST_TAG = 50
_LINE_KINDS = {
    "goods": "sales", "bundle": "group", "text": "description", "discount": "discount",
    "shipping": "shipping",
}  # fmt: skip


@dataclass(frozen=True)
class Invoice:
    """An invoice's row, without its customer's id, and the rows of its lines."""

    key: int
    party: int
    row: Row
    lines: list[Row]


@dataclass(frozen=True)
class Payment:
    """A payment's row, without its customer's id, and the invoices that it pays, by key."""

    party: int
    row: Row
    applied: tuple[tuple[int, Decimal], ...]


def customer_row(party: Party) -> Row:
    """Return the row of a customer, as both systems know it."""
    row: Row = {
        "display_name": party.name,
        "first_name": party.given or None,
        "last_name": party.family or None,
        "company_name": party.company[:100] or None,
        "email": party.email or None,
        "phone": party.phone or None,
        "is_active": not party.retires,
        "currency_code": None if party.currency == HOME else party.currency,
    }
    if party.town >= 0:
        street, city, _, code, country = words.TOWNS[party.town]
        row |= {"street": street.format(n=party.street_number), "city": city, "country": country}
        row["postal_code"] = code or None
    return row


def item_row(product: Product) -> Row:
    """Return the row of an item with the stock that it began with."""
    return {
        "tag_id": product.sku if 0 < len(product.sku) <= _LONGEST_TAG else None,
        "item_name": product.name,
        "description": product.description or None,
        "quantity": product.quantity,
        "sell_price": product.price,
        "cost_price": product.cost,
        "price_basis": "piece",
        "currency_code": HOME,
        "is_active": not product.retires,
    }


def line_row(number: int, line: SaleLine) -> Row:
    """Return the row of an invoice line; ``product`` in it is the number of its item."""
    return {
        "line_number": number,
        "line_kind": _LINE_KINDS[line.kind],
        "description": line.description or None,
        "quantity": line.quantity if line.kind == "goods" else None,
        "unit_price": line.price if line.kind == "goods" else None,
        "amount": None if line.kind == "text" else line.amount,
        "is_taxable": line.taxable,
        "product": line.product if line.kind == "goods" else None,
    }


def lifecycle(balance: Decimal, paid: Decimal, due: date, today: date) -> str:
    """Return the lifecycle status of an invoice that stands."""
    if paid and not balance:
        return "Paid"
    if due < today and balance:
        return "Overdue"
    return "Partially Paid" if paid else "Sent"


def payment_status(balance: Decimal, paid: Decimal) -> str:
    """Return the payment status of an invoice."""
    if not paid:
        return "Unpaid"
    return "Partial" if balance else "Paid"


def voided(reason: str) -> Row:
    """Return what a void changes of an invoice."""
    unpaid = {"balance_amount": _NONE, "payment_status": "Unpaid"}
    return {"lifecycle_status": "Void", "void_reason": reason, **unpaid}


def shared_payment(receipt: Receipt) -> Payment:
    """Return a payment that QuickBooks has too."""
    applied = sum((amount for _, amount in receipt.applied), _NONE)
    currency = receipt.party.currency
    row = payment_row(receipt.day, receipt.total, currency, receipt.method, receipt.reference)
    row["unapplied_amount"] = receipt.total - applied
    return Payment(receipt.party.number, row, receipt.applied)


def payment_row(day: date, amount: Decimal, currency: str, method: str, reference: str) -> Row:
    """Return the row of a payment without unapplied money."""
    return {
        "payment_date": day,
        "amount": amount,
        "currency_code": currency,
        "method": method or None,
        "reference_number": reference or None,
        "unapplied_amount": _NONE,
    }
