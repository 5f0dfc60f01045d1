"""Exact checks: arithmetic in Decimal and other rules over several fields, one boolean a record.

Great Expectations turns limits into floats, so what must hold to the cent is calculated here and validated
as a column of booleans. A check returns what it found, in words, or `None` where the rule holds or
does not apply (a void record, a value that is missing or could not be read).
"""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from quickbooks_sync.mapping import Field
from quickbooks_sync.transform import to_decimal
from quickbooks_sync.transform.canonical import to_money
from quickbooks_sync.validation.currencies import CURRENCIES

Values = Mapping[str, Any]
Check = Callable[[Values], str | None]

#: Characters no text may hold on the way to QuickBooks (Intuit: code 2040, section 7.2).
CONTROL_CHARACTERS = "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
_CHARGED = ("sales", "shipping", "discount")
_ADDED = ("sales", "shipping", "group")
_ZERO = Decimal(0)


def _currency_is_known(values: Values) -> str | None:
    currency = values.get("currency")
    return None if currency is None or currency in CURRENCIES else str(currency)


def _due_date_is_not_before_invoice_date(values: Values) -> str | None:
    due, issued = values.get("due_date"), values.get("invoice_date")
    if due is None or issued is None or due >= issued:
        return None
    return f"due {due}, invoiced {issued}"


def _lines_of(values: Values) -> list[Values]:
    """Return the lines, none for a void invoice: QuickBooks sets its amounts to zero."""
    return [] if values.get("is_void") else values.get("lines") or []


def _lines_are_present(values: Values) -> str | None:
    if values.get("is_void") or values.get("lines") != []:
        return None
    return "no lines"


def _line_amounts_are_present(values: Values) -> str | None:
    for number, line in enumerate(_lines_of(values), start=1):
        if line["kind"] in _CHARGED and line["amount"] is None:
            return f"line {number} has no amount"
    return None


def _line_amounts_match(values: Values) -> str | None:
    """Amount = Qty x UnitPrice, half up, where all three are present (Intuit: code 6070)."""
    for number, line in enumerate(_lines_of(values), start=1):
        quantity, price = to_decimal(line["quantity"]), to_decimal(line["unit_price"])
        if quantity is None or price is None or line["amount"] is None or line["kind"] != "sales":
            continue
        expected = to_money(quantity * price)
        if expected != line["amount"]:
            found = f"line {number} has {line['amount']}"
            return f"{found}, {line['quantity']} x {line['unit_price']} is {expected}"
    return None


def _lines_add_up(values: Values) -> str | None:
    """Total = sales, shipping and bundles - discounts + tax."""
    total, tax = values.get("total_amount"), values.get("tax_amount")
    lines = _lines_of(values)
    if not lines or total is None or tax is None:
        return None
    made = _sum(lines, _ADDED) - _sum(lines, ("discount",)) + Decimal(tax)
    if made == Decimal(total):
        return None
    return f"lines and tax make {to_money(made)}, the total is {total}"


def _sum(lines: list[Values], kinds: tuple[str, ...]) -> Decimal:
    amounts = (to_decimal(line["amount"]) or _ZERO for line in lines if line["kind"] in kinds)
    return sum(amounts, start=_ZERO)


def _discounts_are_positive(values: Values) -> str | None:
    for number, line in enumerate(_lines_of(values), start=1):
        amount = to_decimal(line["amount"])
        if line["kind"] == "discount" and amount is not None and amount < 0:
            return f"line {number} has a discount of {line['amount']}"
    return None


def _amount_is_above_zero(values: Values) -> str | None:
    amount = to_decimal(values.get("amount"))
    return "0.00" if amount == 0 and not values.get("is_void") else None


def _applications_are_positive(values: Values) -> str | None:
    for line in values.get("applications") or []:
        amount = to_decimal(line["amount"])
        if amount is not None and amount <= 0:
            return f"{line['amount']} for the invoice {line['invoice']}"
    return None


def _applications_are_within_amount(values: Values) -> str | None:
    """Compare with the amount, unless credits pay a part."""
    has_credits = values.get("has_other_lines") or values.get("payment_kind") != "payment"
    amount, lines = to_decimal(values.get("amount")), values.get("applications") or []
    if amount is None or has_credits:
        return None
    applied = sum((to_decimal(line["amount"]) or _ZERO for line in lines), start=_ZERO)
    return f"{to_money(applied)} of {to_money(amount)}" if applied > amount else None


CHECKS: dict[str, Check] = {
    "amount_is_above_zero": _amount_is_above_zero,
    "applications_are_positive": _applications_are_positive,
    "applications_are_within_amount": _applications_are_within_amount,
    "currency_is_known": _currency_is_known,
    "discounts_are_positive": _discounts_are_positive,
    "due_date_is_not_before_invoice_date": _due_date_is_not_before_invoice_date,
    "line_amounts_are_present": _line_amounts_are_present,
    "line_amounts_match": _line_amounts_match,
    "lines_add_up": _lines_add_up,
    "lines_are_present": _lines_are_present,
}


def required_in_lines(field: Field, one: Field) -> Check:
    """Return the check that a sub-field holds something in every line."""

    def check(values: Values) -> str | None:
        for number, line in enumerate(values.get(field.name) or [], start=1):
            if line.get(one.name) is None:
                return f"line {number} has none"
        return None

    return check


def length_in_lines(field: Field, one: Field, most: int) -> Check:
    """Return the check that a sub-field's text has at most `most` characters in every line."""

    def check(values: Values) -> str | None:
        for number, line in enumerate(values.get(field.name) or [], start=1):
            length = len(line.get(one.name) or "")
            if length > most:
                return f"line {number} has {length} characters"
        return None

    return check


def printable_in_lines(field: Field, one: Field) -> Check:
    """Return the check that a sub-field's text has no control character in any line."""
    control = re.compile(CONTROL_CHARACTERS)

    def check(values: Values) -> str | None:
        for number, line in enumerate(values.get(field.name) or [], start=1):
            if control.search(line.get(one.name) or ""):
                return f"line {number} holds a control character"
        return None

    return check
