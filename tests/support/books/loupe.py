"""Writes Loupe rows as an operator of Loupe would."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from tests.support.installation import House

DAY = date(2026, 9, 1)
Line = tuple[str, str, str]


def add_customer(house: House, name: str | None, **columns: Any) -> int:
    """Write a customer; returns its key."""
    return house.insert("customer", display_name=name, **columns)


def add_invoice(
    house: House,
    customer_id: int,
    number: str | None,
    lines: Sequence[Line] = (("Opal", "1", "100.00"),),
    **columns: Any,
) -> int:
    """Write a finalised invoice of (description, quantity, unit price) lines; returns its key."""
    amounts = [Decimal(quantity) * Decimal(price) for _, quantity, price in lines]
    total = sum(amounts, Decimal(0))
    row = {
        "customer_id": customer_id,
        "invoice_number": number,
        "invoice_date": DAY,
        "due_date": date(2026, 10, 1),
        "currency_code": "USD",
        "lifecycle_status": "Finalised",
        "total_amount": total,
        "balance_amount": total,
        **columns,
    }
    invoice_id = house.insert("invoice", **row)
    for position, ((text, quantity, price), amount) in enumerate(
        zip(lines, amounts, strict=True), start=1
    ):
        house.insert(
            "invoice_line",
            invoice_id=invoice_id,
            line_number=position,
            description=text,
            quantity=Decimal(quantity),
            unit_price=Decimal(price),
            amount=amount,
        )
    return invoice_id


def add_payment(
    house: House, customer_id: int, amount: str, applied: Mapping[int, str], **columns: Any
) -> int:
    """Write a payment that settles `applied` (invoice key -> amount); returns its key."""
    row = {"customer_id": customer_id, "payment_date": DAY, "currency_code": "USD", **columns}
    payment_id = house.insert("payment", amount=Decimal(amount), **row)
    for invoice_id, part in applied.items():
        house.insert(
            "payment_application",
            payment_id=payment_id,
            invoice_id=invoice_id,
            amount=Decimal(part),
        )
    return payment_id


def add_item(house: House, name: str | None, tag_id: str | None, **columns: Any) -> int:
    """Write an inventory item priced per piece in the home currency; returns its key."""
    row = {"sell_price": Decimal(10), "cost_price": Decimal(4), "currency_code": "USD"}
    return house.insert("inventory_item", item_name=name, tag_id=tag_id, **{**row, **columns})
