"""What people call a record: its name or number, and its amount."""

from typing import Any

from sqlalchemy import ColumnElement, Text, case, cast, func, select

from quickbooks_sync.postgres.records.loupe_rows import LOUPE_TABLES
from quickbooks_sync.postgres.tables import customer, inventory_item, invoice, payment

#: Properties of QuickBooks' records and columns of Loupe's rows, the most telling first.
_NAMES = (
    *("DocNumber", "DisplayName", "Name", "PaymentRefNum"),
    *("invoice_number", "display_name", "company_name", "item_name", "reference_number"),
)
_AMOUNTS = ("TotalAmt", "total_amount", "amount")
_IN_LOUPE: dict[str, tuple[Any, Any]] = {
    "customer": (func.coalesce(customer.c.display_name, customer.c.company_name), None),
    "invoice": (invoice.c.invoice_number, invoice.c.total_amount),
    "payment": (payment.c.reference_number, payment.c.amount),
    "inventory_item": (inventory_item.c.item_name, None),
}


def display_name_of(raw: ColumnElement[Any]) -> ColumnElement[str | None]:
    """Return what a record is called, from the JSON of either side; `NULL` where it says nothing."""
    return _join(
        func.coalesce(*(raw[name].astext for name in _NAMES)),
        func.coalesce(*(raw[name].astext for name in _AMOUNTS)),
    )


def display_name_in_loupe(
    record_type: ColumnElement[str], loupe_id: ColumnElement[int]
) -> ColumnElement[str | None]:
    """Return what a row of Loupe is called; `NULL` without such a row."""
    return case(
        *(
            (record_type == name, _look_up(name, told, amount, loupe_id))
            for name, (told, amount) in _IN_LOUPE.items()
        )
    )


def _look_up(record_type: str, told: Any, amount: Any, loupe_id: ColumnElement[int]) -> Any:
    where = LOUPE_TABLES[record_type]
    return (
        select(_join(told, cast(amount, Text) if amount is not None else None))
        .where(where.table.c[where.key] == loupe_id)
        .correlate_except(where.table)
        .scalar_subquery()
    )


def _join(told: Any, amount: Any) -> ColumnElement[str | None]:
    parts = [told] if amount is None else [told, amount]
    return func.nullif(func.concat_ws(", ", *parts), "")
