"""Loupe's rows as staged JSON, and back with their column types."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, DateTime, Numeric, Table

from quickbooks_sync.mapping import RecordMapping
from quickbooks_sync.model.unreadable import read_date, read_moment, read_number
from quickbooks_sync.postgres.records.loupe_rows import Row, loupe_table


def to_staged(row: Row) -> dict[str, Any]:
    """Return a row as JSON-safe values: dates and times as ISO text, Decimals as they are."""
    return {name: _to_json_safe(value) for name, value in row.items()}


def from_staged(mapping: RecordMapping, staged: dict[str, Any]) -> Row:
    """Return a staged row with the types that its columns have; what Python cannot hold is `Unreadable` again."""
    where = loupe_table(mapping)
    row = {
        name: _typed(where.table, name, value)
        for name, value in staged.items()
        if name != where.child_name
    }
    if where.child is not None:
        row[str(where.child_name)] = [
            {name: _typed(where.child, name, value) for name, value in child.items()}
            for child in staged[str(where.child_name)]
        ]
    return row


def _to_json_safe(value: Any) -> Any:
    if isinstance(value, list):
        return [to_staged(child) for child in value]
    if isinstance(value, date | datetime):
        return value.isoformat()
    return value


def _typed(table: Table, name: str, value: Any) -> Any:
    if value is None:
        return None
    if name not in table.c:
        return value  # read beside the row
    kind = table.c[name].type
    if isinstance(kind, DateTime):
        return read_moment(value)
    if isinstance(kind, Date):
        return read_date(value)
    if isinstance(kind, Numeric):
        return read_number(str(value))
    return value
