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


class Bundle(NamedTuple):
    """So many of a bundle; QuickBooks makes the lines."""

    item: str
    quantity: str


Line = Goods | Text | Discount | Shipping | Bundle


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


class Credit(NamedTuple):
    """A credit memo.

    Attributes:
        voided: the day on which it was voided, or "".
    """

    number: str
    customer: str
    day: str
    lines: tuple[Line, ...]
    voided: str = ""


class Count(NamedTuple):
    """An inventory adjustment of one item."""

    item: str
    day: str
    difference: str
    note: str


class Receipt(NamedTuple):
    """A payment.

    Attributes:
        method: "" for none, as in payments that only link credits.
        applied: invoice number and amount; what is left of ``total`` stays unapplied.
        voided: the day on which it was voided, or "".
        credits: credit memo number and amount that it uses up.
        deposited: the day on which it was taken to the bank, or "".
        extra: further properties as they are sent.
    """

    customer: str
    day: str
    total: str
    method: str
    reference: str
    applied: tuple[tuple[str, str], ...]
    note: str = ""
    voided: str = ""
    credits: tuple[tuple[str, str], ...] = ()
    deposited: str = ""
    extra: dict[str, Any] | None = None


class Product(NamedTuple):
    """An item of the catalogue.

    Attributes:
        kind: Inventory, NonInventory or Service.
        quantity: on hand after all sample records; "" where stock is not kept.
        category: the category that it stands in, or "".
    """

    name: str
    kind: str
    sku: str
    price: str
    cost: str
    quantity: str
    description: str = ""
    category: str = ""
