"""Reads a pair of records field by field, apart from the product's own mappings, to see whether they agree."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from tests.chaos.books import Json, money

Row = dict[str, Any]
Pairs = dict[str, tuple[Any, Any]]
#: Loupe id by QuickBooks Id, per record type.
Linked = Mapping[str, Mapping[str, int]]

ENTITIES = {
    "customer": "Customer",
    "invoice": "Invoice",
    "payment": "Payment",
    "inventory_item": "Item",
}


#: QuickBooks' list of payment methods in a new company: name by Id.
METHODS = {"1": "Cash", "2": "Check", "3": "Visa", "4": "MasterCard"}

#: Where QuickBooks holds what a customer's column holds, while the mapping reads it from there: it may change in a run.
CUSTOMER_PATHS = {
    "first_name": "GivenName",
    "last_name": "FamilyName",
    "company_name": "CompanyName",
    "email": "PrimaryEmailAddr.Address",
    "phone": "PrimaryPhone.FreeFormNumber",
    "street": "BillAddr.Line1",
    "city": "BillAddr.City",
    "website": "WebAddr.URI",
}


def compare(record_type: str, row: Row, record: Json, linked: Linked) -> Pairs:
    """Return the writable fields in which the two sides differ: field -> (Loupe's, QuickBooks')."""
    both = read_both(record_type, row, record, linked)
    return {name: pair for name, pair in both.items() if pair[0] != pair[1]}


def read_both(record_type: str, row: Row, record: Json, linked: Linked) -> Pairs:
    """Return what each side holds in every writable field: field -> (Loupe's, QuickBooks')."""
    return _READERS[record_type](row, record, linked)


def settled_by(record: Json) -> dict[str, Decimal]:
    """Return what a payment of QuickBooks settles: amount by the Id of the invoice."""
    return {
        link["TxnId"]: money(line["Amount"])
        for line in record.get("Line", [])
        for link in line["LinkedTxn"]
        if line["Amount"] and link["TxnType"] == "Invoice"
    }


def by_loupe_id(settled: Mapping[str, Decimal], linked: Linked) -> dict[Any, Decimal]:
    """Return what a payment of QuickBooks settles by Loupe's ids of the invoices, where it has them."""
    return {
        linked["invoice"].get(number, f"QuickBooks {number}"): amount
        for number, amount in settled.items()
    }


def shown(value: Any) -> Any:
    """Return a value as the model remembers it: a day as text."""
    return value.isoformat() if hasattr(value, "isoformat") else value


def is_void(record: Mapping[str, Any]) -> bool:
    """Whether an invoice or payment of QuickBooks is void."""
    return str(record.get("PrivateNote", "")).startswith("Voided") and not record["TotalAmt"]


def at(record: Json, path: str) -> Any:
    """Return what stands at a dotted path, `None` where it ends early."""
    value: Any = record
    for name in path.split("."):
        value = (value or {}).get(name)
    return value


def _customer(row: Row, record: Json, _linked: Linked) -> Pairs:
    person = " ".join(one for one in (row["first_name"], row["last_name"]) if one)
    name = record["DisplayName"]
    if not record["Active"]:
        name = name.removesuffix(" (deleted)")
    return {
        "display_name": (row["display_name"] or person or row["company_name"], name),
        "is_active": (row["is_active"], record["Active"]),
        **{name: (row[name], at(record, path)) for name, path in CUSTOMER_PATHS.items()},
    }


def _invoice(row: Row, record: Json, linked: Linked) -> Pairs:
    void = (row["lifecycle_status"] == "Void", is_void(record))
    if any(void):
        return {"is_void": void}
    return {
        "is_void": void,
        "invoice_number": (row["invoice_number"], record.get("DocNumber")),
        "customer": (row["customer_id"], linked["customer"].get(record["CustomerRef"]["value"])),
        "invoice_date": (shown(row["invoice_date"]), record["TxnDate"]),
        "due_date": (shown(row["due_date"]), record.get("DueDate")),
        "lines": ([_loupe_line(one) for one in row["lines"]], _quickbooks_lines(record)),
        "currency": (row["currency_code"], at(record, "CurrencyRef.value")),
        "total_amount": (row["total_amount"], money(record["TotalAmt"])),
    }


def _loupe_line(line: Row) -> tuple[Any, ...]:
    return (
        line["line_kind"],
        line["description"],
        _number(line["quantity"]),
        _number(line["unit_price"]),
        line["amount"],
    )


def _quickbooks_lines(record: Json) -> list[tuple[Any, ...]]:
    kinds = {
        "SalesItemLineDetail": "sales",
        "DiscountLineDetail": "discount",
        "DescriptionOnly": "description",
    }
    return [
        (
            "shipping" if _is_shipping(line) else kinds[line["DetailType"]],
            line.get("Description"),
            _number(at(line, "SalesItemLineDetail.Qty")),
            _number(at(line, "SalesItemLineDetail.UnitPrice")),
            None if line.get("Amount") is None else money(line["Amount"]),
        )
        for line in record["Line"]
        if line["DetailType"] != "SubTotalLineDetail"
    ]


def _is_shipping(line: Json) -> bool:
    return bool(at(line, "SalesItemLineDetail.ItemRef.value") == "SHIPPING_ITEM_ID")


def _number(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value)).normalize()


def _payment(row: Row, record: Json, linked: Linked) -> Pairs:
    void = (row["is_void"], is_void(record))
    if any(void):
        return {"is_void": void}
    ours = {one["invoice_id"]: one["amount"] for one in row["lines"]}
    theirs = by_loupe_id(settled_by(record), linked)
    return {
        "is_void": void,
        "customer": (row["customer_id"], linked["customer"].get(record["CustomerRef"]["value"])),
        "currency": (row["currency_code"], at(record, "CurrencyRef.value")),
        "payment_date": (shown(row["payment_date"]), record["TxnDate"]),
        "amount": (row["amount"], money(record["TotalAmt"])),
        "reference_number": (row["reference_number"], record.get("PaymentRefNum")),
        "method": _methods(row, record),
        "applications": (ours, theirs),
    }


def _methods(row: Row, record: Json) -> tuple[Any, Any]:
    """Return how it was paid; a way that QuickBooks does not list stays in Loupe alone."""
    theirs = METHODS.get(at(record, "PaymentMethodRef.value"))
    is_listed = row["method"] is None or row["method"] in METHODS.values()
    return (row["method"] if is_listed else theirs, theirs)


def _item(row: Row, record: Json, _linked: Linked) -> Pairs:
    name = record["Name"]
    if not record["Active"]:
        name = name.removesuffix(" (deleted)")
    both: Pairs = {
        "item_name": (row["item_name"], name.removesuffix(f" ({row['tag_id']})")),
        "description": (row["description"], record.get("Description")),
        "tag_id": (row["tag_id"], record.get("Sku")),
        "quantity": (_number(row["quantity"]), _number(record.get("QtyOnHand", 0))),
        "is_active": (row["is_active"], record["Active"]),
    }
    if row["price_basis"] == "piece":
        both["sell_price"] = _number(row["sell_price"] or 0), _number(record.get("UnitPrice", 0))
        both["cost_price"] = _number(row["cost_price"] or 0), _number(record.get("PurchaseCost", 0))
    return both


_READERS: dict[str, Callable[[Row, Json, Linked], Pairs]] = {
    "customer": _customer,
    "invoice": _invoice,
    "payment": _payment,
    "inventory_item": _item,
}
