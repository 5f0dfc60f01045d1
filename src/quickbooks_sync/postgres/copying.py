"""Bulk writes by COPY.

Design note
    COPY's text format, not CSV: a CSV value with a line of only a backslash and a full stop ends the
    data before PostgreSQL 18, quoted or not. In the text format every backslash is escaped, so no
    value can be taken for NULL, a delimiter or an end.
"""

import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import psycopg2
from sqlalchemy import Connection, Table, text
from sqlalchemy.dialects.postgresql import JSONB

from quickbooks_sync.errors import FatalError, RetryableError, SyncError, UnreachableError
from quickbooks_sync.json_text import to_json

#: SQLSTATE classes and codes that pass: serialization, deadlock, locks, cancelled, out of resources.
_PASSING = ("40", "53", "55P03", "57014")

#: The line of an error's context that speaks of COPY; a trigger's own lines come before it.
_PLACE = re.compile(r"^COPY \w+, line (\d+)(?:, column (\w+))?", re.MULTILINE)


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
    with cursor:
        try:
            cursor.copy_expert(statement, stream)
        except psycopg2.Error as error:
            # Not chained: PostgreSQL's own text quotes the row.
            raise _to_sync_error(error, table) from None
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


def _to_sync_error(error: psycopg2.Error, table: Table) -> SyncError:
    said = error.diag
    code = error.pgcode or ""
    if not code or code.startswith("08"):
        return UnreachableError(
            f"The connection to PostgreSQL broke while rows were copied into {table.fullname}; "
            "nothing of them was written. The step can be repeated.",
            server="PostgreSQL",
        )
    where = _PLACE.search(said.context or "")
    row = f"row {where[1]}" if where else "the rows"
    column = said.column_name or (where[2] if where else None)
    message = (
        f"PostgreSQL refused {row} of a COPY into {table.fullname}"
        f"{f', column {column}' if column else ''}: {_without_values(said.message_primary or '')} "
        f"(SQLSTATE {code}{f', {said.constraint_name}' if said.constraint_name else ''}). "
        "Nothing of this batch was written."
    )
    facts = {"table": table.fullname, "sqlstate": code, "row": int(where[1]) if where else None}
    if code.startswith(_PASSING):
        return RetryableError(f"{message} The step can be repeated.", **facts)
    return FatalError(f"{message} Correct that record at its source, then run again.", **facts)


def _without_values(text: str) -> str:
    """PostgreSQL quotes the offending value behind a colon."""
    return re.sub(r': ".*"', "", text, flags=re.DOTALL)


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
