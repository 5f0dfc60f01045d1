"""Display name of a record, as SQL: its name or number, and its amount."""

from typing import Any

from sqlalchemy import ColumnElement, Text, case, cast, func, select

from quickbooks_sync.record_types.record_type import RecordType
from quickbooks_sync.record_types.registry import RECORD_TYPES

#: Properties of QuickBooks' records and columns of Loupe's rows, the most telling first.
_NAMES = (
    *("DocNumber", "DisplayName", "Name", "PaymentRefNum"),
    *("invoice_number", "display_name", "company_name", "item_name", "reference_number"),
)
_AMOUNTS = ("TotalAmt", "total_amount", "amount")


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
        *((record_type == kind.name, _look_up(kind, loupe_id)) for kind in RECORD_TYPES.values())
    )


def _look_up(kind: RecordType, loupe_id: ColumnElement[int]) -> Any:
    (key,) = kind.table.primary_key
    amount = kind.display_amount
    return (
        select(_join(kind.display_name, None if amount is None else cast(amount, Text)))
        .where(key == loupe_id)
        .correlate_except(kind.table)
        .scalar_subquery()
    )


def _join(told: Any, amount: Any) -> ColumnElement[str | None]:
    parts = [told] if amount is None else [told, amount]
    return func.nullif(func.concat_ws(", ", *parts), "")
