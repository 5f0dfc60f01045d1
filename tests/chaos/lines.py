"""Invoice lines as people enter them on either side: sales, discounts, shipping, text, taxed or not."""

import random
from decimal import Decimal
from typing import Any

from tests.chaos.books import Json
from tests.chaos.company import Company, Row

CENT = Decimal("0.01")
TAX_RATE = Decimal("0.08")


def new_lines(company: Company, rng: random.Random, number: int) -> list[Row]:
    """Return one to three sales lines of Loupe, sometimes with a discount or shipping."""
    is_taxable = True if company.has_tax and rng.random() < 0.4 else None
    lines: list[Row] = []
    for position in range(1, rng.choice((1, 1, 2, 3)) + 1):
        quantity, price = Decimal(rng.randrange(1, 5)), Decimal(rng.randrange(1000, 90000)) / 100
        line = {"quantity": quantity, "unit_price": price, "is_taxable": is_taxable}
        amount = (quantity * price).quantize(CENT)
        lines.append({**line, "amount": amount, "description": f"Stone {number}.{position}"})
    if rng.random() < 0.12:
        lines.append({"line_kind": "shipping", "amount": Decimal("9.50")})
    if rng.random() < 0.12:
        lines.append({"line_kind": "discount", "amount": Decimal("3.25")})
    return [{**line, "line_number": position} for position, line in enumerate(lines, start=1)]


def sums_of(lines: list[Row]) -> Row:
    """Return the tax and the total of a Loupe invoice with these lines, as its columns."""
    signs = {"discount": -1}
    net = sum(
        (line["amount"] * signs.get(line.get("line_kind", ""), 1) for line in lines), Decimal(0)
    )
    taxable = sum((line["amount"] for line in lines if line.get("is_taxable")), Decimal(0))
    tax = (taxable * TAX_RATE).quantize(CENT)
    return {"tax_amount": tax, "total_amount": net + tax, "balance_amount": net + tax}


def write_lines(company: Company, invoice_id: int, lines: list[Row]) -> None:
    """Replace an invoice's lines in Loupe."""
    company.execute("delete from loupe.invoice_line where invoice_id = %s", invoice_id)
    for line in lines:
        company.insert("invoice_line", "invoice_line_id", invoice_id=invoice_id, **line)


def new_quickbooks_lines(company: Company, rng: random.Random, number: int) -> list[Json]:
    """Return one to three sales lines of QuickBooks, sometimes with shipping, a discount or a line of text."""
    code = "TAX" if company.has_tax and rng.random() < 0.4 else "NON"
    lines = [_sale(rng, f"Work {number}.{one}", code) for one in range(rng.choice((1, 2, 3)))]
    if rng.random() < 0.12:
        detail: Json = {"ItemRef": {"value": "SHIPPING_ITEM_ID"}}
        lines.append(_line("SalesItemLineDetail", detail, Amount=Decimal("12.75")))
    if rng.random() < 0.2:
        detail = {"PercentBased": False}
        lines.append(_line("DiscountLineDetail", detail, Amount=Decimal("5.00")))
    if rng.random() < 0.2:
        text = {"DetailType": "DescriptionOnly", "DescriptionLineDetail": {}}
        lines.append({**text, "Description": f"Thanks {number}"})
    return lines


def _sale(rng: random.Random, text: str, code: str) -> Json:
    quantity, price = rng.randrange(1, 5), Decimal(rng.randrange(1000, 90000)) / 100
    detail: Json = {"ItemRef": {"value": "1"}, "Qty": quantity, "UnitPrice": price}
    detail["TaxCodeRef"] = {"value": code}
    return _line("SalesItemLineDetail", detail, Amount=quantity * price, Description=text)


def _line(kind: str, detail: Json, **properties: Any) -> Json:
    return {"DetailType": kind, kind: detail, **properties}
