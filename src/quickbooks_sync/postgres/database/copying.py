"""Bulk writes by COPY.

Design note
    COPY's text format, not CSV: a CSV value with a line of only a backslash and a full stop ends the
    data before PostgreSQL 18, quoted or not. In the text format every backslash is escaped, so no
    value can be taken for NULL, a delimiter or an end.
"""

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import psycopg2
from sqlalchemy import Connection, Table, text
from sqlalchemy.dialects.postgresql import JSONB

from quickbooks_sync.model.json_text import to_json
from quickbooks_sync.postgres.database.refused import to_sync_error


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
        The number of rows written; fewer than sent where a trigger leaves some out.

    Raises:
        FatalError: PostgreSQL refused a row; the message names table and row, never a value.
        RetryableError: A deadlock or the like; the same rows may go in later.
        UnreachableError: The connection broke.
    """
    json_columns = {name for name in columns if isinstance(table.c[name].type, JSONB)}
    stream = _Lines(_lines(columns, json_columns, rows))
    listed = ", ".join(f'"{name}"' for name in columns)
    statement = f'copy "{table.schema}"."{table.name}" ({listed}) from stdin'
    cursor: Any = connection.connection.cursor()
    refusal = None
    with cursor:
        try:
            cursor.copy_expert(statement, stream)
            written = int(cursor.rowcount)
        except psycopg2.Error as error:
            refusal = to_sync_error(error, statement)
    if refusal is not None:
        raise refusal
    return written


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


def _lines(
    columns: Sequence[str], json_columns: set[str], rows: Iterable[Mapping[str, Any]]
) -> Iterator[str]:
    for row in rows:
        yield "\t".join(_cell(row.get(name), name in json_columns) for name in columns) + "\n"


_ESCAPES = str.maketrans({"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"})


def _cell(value: Any, is_json: bool) -> str:
    """Escape a value; every backslash of a text is doubled, so none can be taken for NULL."""
    if value is None:
        return "\\N"
    return (to_json(value) if is_json else str(value)).translate(_ESCAPES)


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
