"""Loupe's rows: read with their child rows, inserted by COPY, updated only where unchanged."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, delete, select, update

from quickbooks_sync.mapping import RecordMapping
from quickbooks_sync.model.errors import RefusedRowError
from quickbooks_sync.postgres import tables
from quickbooks_sync.postgres.database.copying import copy_rows, next_ids
from quickbooks_sync.postgres.database.refused import about

#: Who `updated_by` names after a load.
LOADER = "quickbooks-sync"


@dataclass(frozen=True)
class LoupeTable:
    """Where a record type lives in Loupe.

    Attributes:
        table: Its table.
        key: The table's key column.
        child: The table of its lines.
        child_order: The column that orders them.
    """

    table: Table
    key: str
    child: Table | None = None
    child_order: str | None = None

    @property
    def child_name(self) -> str | None:
        """The name under which a row carries its lines: their table's."""
        return None if self.child is None else self.child.name


def loupe_table(mapping: RecordMapping) -> LoupeTable:
    """Return where a record type lives in Loupe, as its mapping says."""
    table = _table(mapping.table)
    lines = next((field for field in mapping.fields if field.type == "lines" and field.loupe), None)
    if lines is None:
        return LoupeTable(table, mapping.key)
    child = _table(str(lines.loupe))
    (child_key,) = child.primary_key
    return LoupeTable(table, mapping.key, child, lines.position or child_key.name)


def _table(name: str) -> Table:
    return tables.metadata.tables[f"{tables.LOUPE_SCHEMA}.{name}"]


Row = dict[str, Any]


def read_rows(
    connection: Connection,
    mapping: RecordMapping,
    organization_id: int,
    ids: Collection[int],
    *,
    beside: Sequence[ColumnElement[Any]] = (),
    lock: bool = False,
) -> dict[int, Row]:
    """Read rows by key, each with its lines (a list under their table's name).

    Args:
        connection: An open connection.
        mapping: The record type's mapping.
        organization_id: Whose rows they are.
        ids: Their keys.
        beside: Labelled expressions to read with each row.
        lock: Keep everybody else from changing the rows until the caller's transaction ends.
    """
    where = loupe_table(mapping)
    statement = select(where.table, *beside).where(
        where.table.c.organization_id == organization_id,
        where.table.c[where.key].in_(list(ids)),
    )
    rows = connection.execute(statement.with_for_update() if lock else statement).mappings()
    found = {row[where.key]: dict(row) for row in rows}
    _attach_children(connection, where, found)
    return found


def read_row_identities(
    connection: Connection, mapping: RecordMapping, ids: Collection[int]
) -> dict[int, Row]:
    """Return what tells the rows of some keys from any other (`created_at`, `row_version`, `updated_at`)."""
    where = loupe_table(mapping)
    columns = where.table.c
    rows = connection.execute(
        select(
            columns[where.key], columns.created_at, columns.row_version, columns.updated_at
        ).where(columns[where.key].in_(list(ids)))
    )
    return {row[where.key]: dict(row) for row in rows.mappings()}


def iter_rows(
    connection: Connection,
    mapping: RecordMapping,
    organization_id: int,
    *conditions: Any,
    beside: Sequence[ColumnElement[Any]] = (),
    page_size: int = 1000,
) -> Iterator[list[Row]]:
    """Read an organization's rows in pages, ordered by key, each with its lines and the expressions `beside`."""
    where = loupe_table(mapping)
    for page in iter_columns(
        connection, mapping, organization_id, None, *conditions, beside=beside, page_size=page_size
    ):
        found = {row[where.key]: row for row in page}
        _attach_children(connection, where, found)
        yield page


def iter_columns(
    connection: Connection,
    mapping: RecordMapping,
    organization_id: int,
    columns: Collection[str] | None,
    *conditions: Any,
    beside: Sequence[ColumnElement[Any]] = (),
    page_size: int = 5000,
) -> Iterator[list[Row]]:
    """Read the key and some columns (all: `None`) of an organization's rows in pages, without lines."""
    where = loupe_table(mapping)
    names = where.table.c.keys() if columns is None else {where.key, *columns}
    last = 0
    while True:
        rows = connection.execute(
            select(*(where.table.c[name] for name in names), *beside)
            .where(
                where.table.c.organization_id == organization_id,
                where.table.c[where.key] > last,
                *conditions,
            )
            .order_by(where.table.c[where.key])
            .limit(page_size)
        ).mappings()
        page = [dict(row) for row in rows]
        if not page:
            return
        yield page
        last = page[-1][where.key]


def insert_rows(
    connection: Connection,
    mapping: RecordMapping,
    organization_id: int,
    rows: Sequence[Row],
    names: Sequence[str] = (),
) -> list[int]:
    """Insert rows with their child rows by COPY; returns their new keys in the same order.

    Args:
        connection: An open transaction.
        mapping: The record type's mapping.
        organization_id: Whose rows they are.
        rows: The rows, each with its lines.
        names: What to call each of them where it is refused.
    """
    where = loupe_table(mapping)
    keys = _free_keys(connection, where, mapping.record_type, len(rows))
    full = [
        {**row, where.key: key, "organization_id": organization_id, "updated_by": LOADER}
        for row, key in zip(rows, keys, strict=True)
    ]
    columns = sorted({name for row in full for name in row if name in where.table.c})
    with about(names):
        copy_rows(connection, where.table, columns, full)
    _insert_children(connection, where, organization_id, full, names)
    return keys


def _free_keys(
    connection: Connection, where: LoupeTable, record_type: str, count: int
) -> list[int]:
    """Reserve keys that no link knows: a restored Loupe gives those of lost rows out again."""
    keys: list[int] = []
    while missing := count - len(keys):
        drawn = next_ids(connection, where.table, where.key, missing)
        known = select(tables.link.c.loupe_id).where(
            tables.link.c.record_type == record_type, tables.link.c.loupe_id.in_(drawn)
        )
        linked = set(connection.scalars(known))
        keys += [key for key in drawn if key not in linked]
    return keys


def update_row(
    connection: Connection,
    mapping: RecordMapping,
    organization_id: int,
    key: int,
    row_version: int,
    changes: Mapping[str, Any],
) -> Row | None:
    """Change one row if it is still at `row_version`.

    Returns:
        The row's own columns afterwards, which a trigger may have changed once more, or `None` when someone else
        changed it meanwhile (nothing was written then).
    """
    where = loupe_table(mapping)
    table = where.table
    mine = table.c[where.key] == key
    name = f"Loupe's {mapping.record_type} {key}"
    columns = {name: value for name, value in changes.items() if name in table.c}
    with about([name]):
        moved = connection.execute(
            update(table)
            .where(mine, table.c.row_version == row_version)
            .values(**columns, updated_by=LOADER)
        )
        if moved.rowcount != 1:
            if connection.scalar(select(table.c.row_version).where(mine)) == row_version:
                raise refused_silently(name)
            return None
        child_name = where.child_name
        if where.child is not None and child_name is not None and child_name in changes:
            connection.execute(delete(where.child).where(where.child.c[where.key] == key))
            children = {where.key: key, child_name: changes[child_name]}
            _insert_children(connection, where, organization_id, [children], [name])
    return dict(connection.execute(select(table).where(mine)).mappings().one())


def refused_silently(name: str) -> RefusedRowError:
    """Return the refusal of a row that the database left unwritten without an error, as a trigger may."""
    return RefusedRowError(
        f"{name}: PostgreSQL left the row unwritten without an error, as a trigger of Loupe's may; look at the triggers "
        "of its table. Nothing of this batch was written."
    )


def clear_column(
    connection: Connection, mapping: RecordMapping, keys: Collection[int], column: str
) -> dict[int, int]:
    """Empty a column of some locked rows; returns the versions that they have by then, by key."""
    where = loupe_table(mapping)
    key = where.table.c[where.key]
    rows = connection.execute(
        update(where.table)
        .where(key.in_(list(keys)))
        .values({column: None, "updated_by": LOADER})
        .returning(key, where.table.c.row_version)
    )
    return {row[0]: row[1] for row in rows}


def _attach_children(connection: Connection, where: LoupeTable, found: dict[int, Row]) -> None:
    if where.child is None or not found:
        return
    for row in found.values():
        row[str(where.child_name)] = []
    children = connection.execute(
        select(where.child)
        .where(where.child.c[where.key].in_(list(found)))
        .order_by(where.child.c[where.key], where.child.c[str(where.child_order)])
    ).mappings()
    for child in children:
        found[child[where.key]][str(where.child_name)].append(dict(child))


def _insert_children(
    connection: Connection,
    where: LoupeTable,
    organization_id: int,
    rows: Sequence[Row],
    names: Sequence[str] = (),
) -> None:
    if where.child is None:
        return
    children = [
        {**child, where.key: row[where.key], "organization_id": organization_id}
        for row in rows
        for child in row.get(str(where.child_name)) or ()
    ]
    if children:
        columns = sorted({name for child in children for name in child if name in where.child.c})
        lines = [len(row.get(str(where.child_name)) or ()) for row in rows]
        owners = [name for name, number in zip(names, lines, strict=False) for _ in range(number)]
        with about(owners):
            written = copy_rows(connection, where.child, columns, children)
        if written != len(children):
            raise refused_silently(f"a line of {names[0] if names else 'a record'}")
