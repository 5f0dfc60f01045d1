"""Writes the sample organization into an empty `loupe` schema."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sqlalchemy import Connection, Table, create_engine, func, insert, select

from demo.loupe_catalogue import CUSTOMERS, ITEMS, PRICED_PER_CARAT
from demo.loupe_documents import INVOICES, PAYMENTS, SampleInvoice, SamplePayment
from quickbooks_sync.postgres import tables as schema

ORGANIZATION_ID = 1
_CENT = Decimal("0.01")
_OTHER_LINES = {"shipping": Decimal(1), "discount": Decimal(-1), "description": Decimal(0)}


def ensure_loupe_sample(database_url: str) -> bool:
    """Write the sample unless the organization has any record.

    Returns:
        Whether the sample was written.
    """
    engine = create_engine(database_url, connect_args={"connect_timeout": 10})
    try:
        with engine.begin() as connection:
            if not _is_empty(connection):
                return False
            _write(connection)
            return True
    finally:
        engine.dispose()


def _is_empty(connection: Connection) -> bool:
    tables = (schema.customer, schema.inventory_item, schema.invoice, schema.payment)
    return not any(connection.scalar(select(func.count()).select_from(table)) for table in tables)


def _write(connection: Connection) -> None:
    for customer in CUSTOMERS:
        _insert(connection, schema.customer, customer)
    for tag_id, name, price, cost, quantity in ITEMS:
        _insert(connection, schema.inventory_item, _to_item(tag_id, name, price, cost, quantity))
    customers = _read_customers(connection)
    items = _read_keys(connection, schema.inventory_item, "item_name", "inventory_item_id")
    for invoice in INVOICES:
        _write_invoice(connection, invoice, customers, items)
    invoices = _read_keys(connection, schema.invoice, "invoice_number", "invoice_id")
    for payment in PAYMENTS:
        _write_payment(connection, payment, customers, invoices)


def _to_item(tag_id: str | None, name: str, price: str, cost: str, quantity: str) -> dict[str, Any]:
    return {
        "tag_id": tag_id,
        "item_name": name,
        "sell_price": Decimal(price),
        "cost_price": Decimal(cost),
        "quantity": Decimal(quantity),
        "price_basis": "carat" if tag_id in PRICED_PER_CARAT else "piece",
        "currency_code": "USD",
    }


def _write_invoice(
    connection: Connection,
    invoice: SampleInvoice,
    customers: Mapping[str, int],
    items: Mapping[str, int],
) -> None:
    lines = [_to_line(*line) for line in invoice.lines]
    total = Decimal(invoice.total) if invoice.total else _add_up(lines)
    paid = sum((Decimal(part) for part in _applied_to(invoice.number)), Decimal(0))
    is_void = invoice.lifecycle == "Void"
    invoice_id = _insert(
        connection,
        schema.invoice,
        {
            "customer_id": customers[invoice.customer],
            "invoice_number": invoice.number,
            "invoice_date": date.fromisoformat(invoice.date),
            "due_date": date.fromisoformat(invoice.due),
            "payment_terms": invoice.terms,
            "currency_code": invoice.currency,
            "lifecycle_status": invoice.lifecycle,
            "void_reason": invoice.void_reason,
            "payment_status": _payment_status(total, paid),
            "total_amount": total,
            "balance_amount": Decimal(0) if is_void else total - paid,
        },
    )
    for number, line in enumerate(lines, start=1):
        links = {"inventory_item_id": items.get(line["description"])}
        row = {"invoice_id": invoice_id, "line_number": number, **links, **line}
        _insert(connection, schema.invoice_line, row)


def _to_line(description: str, quantity_or_kind: str, price_or_amount: str) -> dict[str, Any]:
    if quantity_or_kind in _OTHER_LINES:
        amount = Decimal(price_or_amount) if price_or_amount else None
        return {"line_kind": quantity_or_kind, "description": description, "amount": amount}
    quantity, price = Decimal(quantity_or_kind), Decimal(price_or_amount)
    return {
        "line_kind": "sales",
        "description": description,
        "quantity": quantity,
        "unit_price": price,
        "amount": (quantity * price).quantize(_CENT, ROUND_HALF_UP),
    }


def _add_up(lines: Iterable[Mapping[str, Any]]) -> Decimal:
    signed = (
        _OTHER_LINES.get(line["line_kind"], Decimal(1)) * (line["amount"] or Decimal(0))
        for line in lines
    )
    return sum(signed, Decimal(0))


def _write_payment(
    connection: Connection,
    payment: SamplePayment,
    customers: Mapping[str, int],
    invoices: Mapping[str, int],
) -> None:
    applied = sum((Decimal(amount) for _invoice, amount in payment.applied), Decimal(0))
    payment_id = _insert(
        connection,
        schema.payment,
        {
            "customer_id": customers[payment.customer],
            "payment_date": date.fromisoformat(payment.date),
            "amount": Decimal(payment.amount),
            "currency_code": "USD",
            "method": payment.method,
            "reference_number": payment.reference,
            "unapplied_amount": Decimal(payment.amount) - applied,
        },
    )
    for number, amount in payment.applied:
        row = {"payment_id": payment_id, "invoice_id": invoices[number], "amount": Decimal(amount)}
        _insert(connection, schema.payment_application, row)


def _applied_to(number: str) -> list[str]:
    return [amount for payment in PAYMENTS for known, amount in payment.applied if known == number]


def _payment_status(total: Decimal, paid: Decimal) -> str:
    if paid == 0:
        return "Unpaid"
    return "Paid" if paid >= total else "Partial"


def _insert(connection: Connection, table: Table, row: Mapping[str, Any]) -> int:
    values = {"organization_id": ORGANIZATION_ID, **row}
    (key,) = table.primary_key
    return int(connection.execute(insert(table).values(values).returning(key)).scalar_one())


def _read_keys(connection: Connection, table: Table, name: str, key: str) -> dict[str, int]:
    found = connection.execute(select(table.c[name], table.c[key]))
    return {row[0]: row[1] for row in found if row[0]}


def _read_customers(connection: Connection) -> dict[str, int]:
    columns = schema.customer.c
    full_name = columns.first_name + " " + columns.last_name
    name = func.coalesce(columns.display_name, full_name, columns.company_name)
    found = connection.execute(select(name, columns.customer_id))
    return {row[0]: row[1] for row in found if row[0]}
