"""Bulk writes: COPY for new rows, one VALUES statement for many updates."""

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, text
from sqlalchemy.dialects.postgresql import JSONB

from quickbooks_sync.json_text import to_json


def copy_rows(
    connection: Connection, table: Table, columns: Sequence[str], rows: Iterable[Mapping[str, Any]]
) -> int:
    """Append `rows` to `table` by COPY, inside the caller's transaction.

    Args:
        connection: An open connection; nothing is committed here.
        table: The target.
        columns: The columns that the rows carry; a key missing from a row is NULL.
        rows: One mapping a row. Values of JSONB columns are serialised.

    Returns:
        The number of rows sent.
    """
    json_columns = {name for name in columns if isinstance(table.c[name].type, JSONB)}
    stream = _Lines(_csv_lines(columns, json_columns, rows))
    listed = ", ".join(f'"{name}"' for name in columns)
    statement = f'copy "{table.schema}"."{table.name}" ({listed}) from stdin with (format csv)'
    cursor: Any = connection.connection.cursor()
    with cursor:
        cursor.copy_expert(statement, stream)
    return stream.rows


def next_ids(connection: Connection, table: Table, key: str, count: int) -> list[int]:
    """Reserve `count` values of the identity column `key`."""
    if not count:
        return []
    statement = text(
        "select nextval(pg_get_serial_sequence(:table, :key)) from generate_series(1, :count)"
    )
    name = f"{table.schema}.{table.name}"
    return list(
        connection.execute(statement, {"table": name, "key": key, "count": count}).scalars()
    )


def _csv_lines(
    columns: Sequence[str], json_columns: set[str], rows: Iterable[Mapping[str, Any]]
) -> Iterator[str]:
    for row in rows:
        yield ",".join(_cell(row.get(name), name in json_columns) for name in columns) + "\n"


def _cell(value: Any, is_json: bool) -> str:
    """Quote every value; only NULL stays bare, so no text can be taken for it."""
    if value is None:
        return ""
    written = to_json(value) if is_json else str(value)
    return '"' + written.replace('"', '""') + '"'


class _Lines(io.TextIOBase):
    """A readable over an iterator of lines, so that a batch is never held twice in memory."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self._rest = ""
        self.rows = 0

    def read(self, size: int | None = -1, /) -> str:
        wanted = 1 << 16 if size is None or size < 0 else size
        parts, length = [self._rest], len(self._rest)
        while length < wanted and (line := next(self._lines, None)) is not None:
            parts.append(line)
            length += len(line)
            self.rows += 1
        whole = "".join(parts)
        self._rest = whole[wanted:]
        return whole[:wanted]
