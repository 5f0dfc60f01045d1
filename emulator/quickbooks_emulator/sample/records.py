"""The shapes in which the sample's records are written down."""

from __future__ import annotations

from typing import Any, NamedTuple


class Goods(NamedTuple):
    """A sales line; the amount is quantity times price, half-up to cents.

    Attributes:
        item: name of an item of the sample.
        quantity: "" leaves quantity and price out and takes ``price`` as the amount.
    """

    item: str
    quantity: str
    price: str
    description: str = ""


class Text(NamedTuple):
    """A line that only describes."""

    text: str


class Discount(NamedTuple):
    """A discount line: a percentage, or with ``percent`` empty an amount."""

    percent: str = ""
    amount: str = ""


class Shipping(NamedTuple):
    """A shipping line."""

    amount: str


Line = Goods | Text | Discount | Shipping


class Sale(NamedTuple):
    """An invoice.

    Attributes:
        number: DocNumber; "" for an invoice without one.
        due: "" leaves the due date to the customer's terms.
        voided: the day on which it was voided, or "".
        extra: further properties as they are sent.
    """

    number: str
    customer: str
    day: str
    due: str
    lines: tuple[Line, ...]
    voided: str = ""
    extra: dict[str, Any] | None = None


class Receipt(NamedTuple):
    """A payment.

    Attributes:
        applied: invoice number and amount; what is left of ``total`` stays unapplied.
        voided: the day on which it was voided, or "".
    """

    customer: str
    day: str
    total: str
    method: str
    reference: str
    applied: tuple[tuple[str, str], ...]
    note: str = ""
    voided: str = ""


class Product(NamedTuple):
    """An item of the catalogue.

    Attributes:
        kind: Inventory, NonInventory or Service.
        quantity: on hand after all sample invoices; "" where stock is not kept.
    """

    name: str
    kind: str
    sku: str
    price: str
    cost: str
    quantity: str
    description: str = ""
