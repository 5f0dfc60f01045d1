"""The named rules of the mappings: what must be worked out of a whole record, row or line.

A QuickBooks rule takes the record (or the line) as JSON, a Loupe rule the row (or the child row); both
return a raw value that is then brought into canonical form like any other.
"""

from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from quickbooks_sync.transform.canonical import CENT, parse_decimal, parse_money, parse_text
from quickbooks_sync.transform.model import UnreadableValueError

Json = Mapping[str, Any]
Rule = Callable[[Json], Any]

#: The item that makes an item line a shipping line (Intuit: line kinds, section 8.4.1).
SHIPPING_ITEM = "SHIPPING_ITEM_ID"
_ZERO = Decimal(0)


def value_at(record: Json, path: str) -> Any:
    """Return the value at a dotted path; `None` where the path ends early."""
    value: Any = record
    for name in path.split("."):
        if value is None:
            return None
        if not isinstance(value, Mapping):
            raise UnreadableValueError("is an object", value, f"expected an object around {name}")
        value = value.get(name)
    return value


def _amount(record: Json, path: str) -> Decimal:
    return Decimal(parse_money(value_at(record, path)) or 0)


def _lines(record: Json) -> list[Json]:
    lines = record.get("Line") or []
    if not isinstance(lines, list) or not all(isinstance(one, Mapping) for one in lines):
        raise UnreadableValueError("is a list of lines", lines, "expected a list of lines")
    return lines


def _is_noted_void(record: Json) -> bool:
    return str(record.get("PrivateNote") or "").startswith("Voided")


def _invoice_is_void(record: Json) -> bool:
    """Void: nothing charged, nothing owed, and the note says so (Intuit: section 8.4.3)."""
    amounts = (_amount(record, "TotalAmt"), _amount(record, "Balance"))
    return _is_noted_void(record) and amounts == (_ZERO, _ZERO)


def _payment_is_void(record: Json) -> bool:
    """Void: no amount, no lines, and the note says so (Intuit: section 8.5)."""
    is_empty = not _amount(record, "TotalAmt") and not _lines(record)
    return _is_noted_void(record) and is_empty


def _payment_kind(record: Json) -> str:
    """QuickBooks itself writes zero-amount payments that set credits against charges."""
    is_credit = not _amount(record, "TotalAmt") and bool(_lines(record))
    return "credit_application" if is_credit else "payment"


def _payment_status(record: Json) -> str:
    total, balance = _amount(record, "TotalAmt"), _amount(record, "Balance")
    if not balance and total > 0:
        return "Paid"
    return "Partial" if 0 < balance < total else "Unpaid"


def _invoice_lines(record: Json) -> list[Json]:
    """Return the lines without the generated subtotal (Intuit: line kinds, section 8.4.1)."""
    if "Line" not in record:
        raise UnreadableValueError(
            "comes with its lines",
            None,
            "the invoice came without Line; QuickBooks sends it with every whole invoice",
        )
    return [one for one in _lines(record) if one.get("DetailType") != "SubTotalLineDetail"]


def _linked(line: Json) -> list[Json]:
    return [one for one in line.get("LinkedTxn") or [] if isinstance(one, Mapping)]


def _linked_invoice(line: Json) -> Any:
    invoices = [one.get("TxnId") for one in _linked(line) if one.get("TxnType") == "Invoice"]
    return invoices[0] if invoices else None


def _payment_applications(record: Json) -> list[Json]:
    """Return the lines that settle an invoice by some amount."""
    return [
        one for one in _lines(record) if _linked_invoice(one) is not None and _amount(one, "Amount")
    ]


def _payment_has_other_lines(record: Json) -> bool:
    return any(
        not _linked(line) or any(one.get("TxnType") != "Invoice" for one in _linked(line))
        for line in _lines(record)
    )


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
    if _line_kind(line) != "group" or _amount(line, "Amount"):
        return line.get("Amount")
    children = (line.get("GroupLineDetail") or {}).get("Line") or []
    return sum((_amount(one, "Amount") for one in children), start=_ZERO)


def _line_item(line: Json) -> Any:
    """Return the item sold; shipping's stand-in is no item."""
    if _line_kind(line) == "group":
        return value_at(line, "GroupLineDetail.GroupItemRef.value")
    return None if _item_of(line) == SHIPPING_ITEM else _item_of(line)


def _line_is_taxable(line: Json) -> Any:
    """Return whether sales tax is due; unknown where a line carries no US tax code."""
    code = value_at(line, "SalesItemLineDetail.TaxCodeRef.value")
    return {"TAX": True, "NON": False}.get(str(code))


QUICKBOOKS_RULES: dict[str, Rule] = {
    "invoice_is_void": _invoice_is_void,
    "invoice_lines": _invoice_lines,
    "line_amount": _line_amount,
    "line_is_taxable": _line_is_taxable,
    "line_item": _line_item,
    "line_kind": _line_kind,
    "line_quantity": _line_quantity,
    "linked_invoice": _linked_invoice,
    "payment_applications": _payment_applications,
    "payment_has_other_lines": _payment_has_other_lines,
    "payment_is_void": _payment_is_void,
    "payment_kind": _payment_kind,
    "payment_status": _payment_status,
}


def _customer_name(row: Json) -> str | None:
    """Return the name for QuickBooks: display name, else first and last name, else the company's."""
    names = [parse_text(row.get(column)) for column in ("first_name", "last_name")]
    person = " ".join(name for name in names if name)
    return parse_text(row.get("display_name")) or person or parse_text(row.get("company_name"))


def _row_is_void(row: Json) -> bool:
    return row.get("lifecycle_status") == "Void"


def _row_line_amount(row: Json) -> Any:
    """Return a child row's amount, or what quantity and unit price make of it."""
    if row.get("amount") is not None:
        return row["amount"]
    quantity, price = parse_decimal(row.get("quantity")), parse_decimal(row.get("unit_price"))
    if quantity is None or price is None:
        return None
    return (Decimal(quantity) * Decimal(price)).quantize(CENT, ROUND_HALF_UP)


LOUPE_RULES: dict[str, Rule] = {
    "customer_name": _customer_name,
    "invoice_is_void": _row_is_void,
    "line_amount": _row_line_amount,
}
