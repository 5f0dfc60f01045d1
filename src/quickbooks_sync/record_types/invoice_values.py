"""What must be worked out of a whole invoice or one of its lines, and what must hold to the cent."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from quickbooks_sync.mapping.vocabulary import Json, LoupeRule, NamedList
from quickbooks_sync.record_types.documents import (
    amount_at,
    is_linked,
    is_noted_void,
    lines_of,
    read_amounts,
)
from quickbooks_sync.transform.canonical import (
    CENT,
    parse_decimal,
    to_decimal,
    to_money,
    value_at,
)
from quickbooks_sync.transform.unreadable import UnreadableValueError

Values = Mapping[str, Any]

#: The item that makes an item line a shipping line (Intuit: line kinds, section 8.4.1).
SHIPPING_ITEM = "SHIPPING_ITEM_ID"
_ZERO = Decimal(0)
_PRICED = ("SalesItemLineDetail", "DiscountLineDetail")
_DETAILED = (*_PRICED, "GroupLineDetail")
_CHARGED = ("sales", "shipping", "discount")
_ADDED = ("sales", "shipping", "group")


def _is_void(record: Json) -> bool:
    """Void: nothing charged, nothing owed, and the note says so (Intuit: section 8.4.3)."""
    amounts = (amount_at(record, "TotalAmt"), amount_at(record, "Balance"))
    return is_noted_void(record) and amounts == (_ZERO, _ZERO)


def _payment_status(record: Json) -> str:
    total, balance = amount_at(record, "TotalAmt"), amount_at(record, "Balance")
    if not balance and total > 0:
        return "Paid"
    return "Partial" if 0 < balance < total else "Unpaid"


def _lines(record: Json) -> list[Json]:
    """Return the lines without the generated subtotal (Intuit: line kinds, section 8.4.1)."""
    if "Line" not in record:
        raise UnreadableValueError(
            "comes with its lines",
            None,
            "the invoice came without Line; QuickBooks sends it with every whole invoice",
        )
    return [line for line in lines_of(record) if line.get("DetailType") != "SubTotalLineDetail"]


def _item_of(line: Json) -> Any:
    return value_at(line, "SalesItemLineDetail.ItemRef.value")


def _is_subtotal(line: Json) -> bool:
    return str(line.get("Description") or "").strip().startswith("Subtotal:")


def _line_kind(line: Json) -> Any:
    detail = line.get("DetailType")
    if detail == "SalesItemLineDetail":
        return "shipping" if _item_of(line) == SHIPPING_ITEM else "sales"
    if detail == "DescriptionOnly":
        return "subtotal" if _is_subtotal(line) else "description"
    return {"DiscountLineDetail": "discount", "GroupLineDetail": "group"}.get(str(detail), detail)


def _line_quantity(line: Json) -> Any:
    path = "GroupLineDetail.Quantity" if _line_kind(line) == "group" else "SalesItemLineDetail.Qty"
    return value_at(line, path)


def _line_amount(line: Json) -> Any:
    """Return a line's amount; a bundle's is the sum of its lines where it has none itself."""
    if _line_kind(line) != "group" or amount_at(line, "Amount"):
        return line.get("Amount")
    children = (line.get("GroupLineDetail") or {}).get("Line") or []
    return sum((amount_at(child, "Amount") for child in children), start=_ZERO)


def _line_item(line: Json) -> Any:
    """Return the item sold; shipping's stand-in is no item."""
    if _line_kind(line) == "group":
        return value_at(line, "GroupLineDetail.GroupItemRef.value")
    return None if _item_of(line) == SHIPPING_ITEM else _item_of(line)


def _line_is_taxable(line: Json) -> Any:
    """Return whether sales tax is due; unknown where a line carries no US tax code."""
    code = value_at(line, "SalesItemLineDetail.TaxCodeRef.value")
    return {"TAX": True, "NON": False}.get(str(code))


def find_left_out(record: Json) -> str | None:
    """Return what of an invoice's amounts or lines is missing; each line has its detail, and what it charges."""
    read_amounts(record, ("TotalAmt", "Balance"))
    if not is_linked(record.get("LinkedTxn", [])):
        return "came with a LinkedTxn that links to nothing"
    for number, line in enumerate(lines_of(record), start=1):
        kind = line.get("DetailType")
        if not isinstance(kind, str) or not kind:
            return f"came with line {number} without DetailType"
        if kind in _DETAILED and not isinstance(line.get(kind), Mapping):
            return f"came with line {number} without {kind}"
        if kind in _PRICED and line.get("Amount") in (None, ""):
            return f"came with line {number} without Amount"
        amount_at(line, "Amount")
    return None


QUICKBOOKS_RULES = {
    "invoice_is_void": _is_void,
    "invoice_lines": _lines,
    "line_amount": _line_amount,
    "line_is_taxable": _line_is_taxable,
    "line_item": _line_item,
    "line_kind": _line_kind,
    "line_quantity": _line_quantity,
    "payment_status": _payment_status,
}


def _row_is_void(row: Json) -> bool:
    return row.get("lifecycle_status") == "Void"


def _to_lifecycle(is_void: Any) -> dict[str, Any]:
    """An invoice that is not void has been issued."""
    if is_void:
        return {"lifecycle_status": "Void"}
    return {"lifecycle_status": "Finalised", "void_reason": None}


def _row_line_amount(row: Json) -> Any:
    """Return a child row's amount, or what quantity and unit price make of it."""
    if row.get("amount") is not None:
        return row["amount"]
    quantity, price = parse_decimal(row.get("quantity")), parse_decimal(row.get("unit_price"))
    if quantity is None or price is None:
        return None
    return (Decimal(quantity) * Decimal(price)).quantize(CENT, ROUND_HALF_UP)


LOUPE_RULES = {
    "invoice_is_void": LoupeRule(_row_is_void, _to_lifecycle),
    "line_amount": LoupeRule(_row_line_amount),
}

#: Loupe's terms with their due days, counted from the invoice date; Prepaid says nothing of a day.
_DUE_DAYS = {
    "Due on Receipt": 0,
    "Prepaid": None,
    "Net 15": 15,
    "Net 30": 30,
    "Net 45": 45,
    "Net 60": 60,
}


def _due_days(term: Json) -> int | None:
    """Return a term's due days; none of one that gives a discount, or is due on a day of the month."""
    days = term.get("DueDays")
    is_plain = term.get("Type") == "STANDARD" and not amount_at(term, "DiscountPercent")
    return int(days) if is_plain and isinstance(days, int | Decimal) else None


NAMED_LISTS = {"Term": NamedList(_DUE_DAYS, _due_days, "due days")}


def with_due_date(values: Values, fields: Sequence[str], document: Json) -> dict[str, Any]:
    """Return the due date to send beside terms: QuickBooks may work it out again from terms alone.

    A due date that does not move itself stays as QuickBooks has it. Where neither side has one, it is counted from
    the invoice date (Intuit: Term, section 8.12).
    """
    if "payment_terms" not in fields:
        return {}
    due = values.get("due_date") if "due_date" in fields else document.get("DueDate")
    return {"DueDate": due or _count_due_date(values)}


def _count_due_date(values: Values) -> str | None:
    issued, days = values.get("invoice_date"), _DUE_DAYS.get(values.get("payment_terms") or "")
    return (date.fromisoformat(issued) + timedelta(days=days or 0)).isoformat() if issued else None


def _due_date_is_not_before_invoice_date(values: Values) -> str | None:
    due, issued = values.get("due_date"), values.get("invoice_date")
    if due is None or issued is None or due >= issued:
        return None
    return f"due {due}, invoiced {issued}"


def _charged_lines(values: Values) -> list[Values]:
    """Return the lines, none for a void invoice: QuickBooks sets its amounts to zero."""
    return [] if values.get("is_void") else values.get("lines") or []


def _lines_are_present(values: Values) -> str | None:
    if values.get("is_void") or values.get("lines") != []:
        return None
    return "no lines"


def _line_amounts_are_present(values: Values) -> str | None:
    for number, line in enumerate(_charged_lines(values), start=1):
        if line["kind"] in _CHARGED and line["amount"] is None:
            return f"line {number} has no amount"
    return None


def _line_amounts_match(values: Values) -> str | None:
    """Amount = Qty x UnitPrice, half up, where all three are present (Intuit: code 6070)."""
    for number, line in enumerate(_charged_lines(values), start=1):
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
    lines = _charged_lines(values)
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
    for number, line in enumerate(_charged_lines(values), start=1):
        amount = to_decimal(line["amount"])
        if line["kind"] == "discount" and amount is not None and amount < 0:
            return f"line {number} has a discount of {line['amount']}"
    return None


CHECKS = {
    "discounts_are_positive": _discounts_are_positive,
    "due_date_is_not_before_invoice_date": _due_date_is_not_before_invoice_date,
    "line_amounts_are_present": _line_amounts_are_present,
    "line_amounts_match": _line_amounts_match,
    "lines_add_up": _lines_add_up,
    "lines_are_present": _lines_are_present,
}
