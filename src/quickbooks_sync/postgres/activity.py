"""Reads the activity log: runs, what happened to each record, and the lists that are still open."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Select, Table, select

from quickbooks_sync.postgres.schema import (
    conflict,
    rejected_record,
    run,
    run_record,
    waiting_record,
)

Row = dict[str, Any]


def read_runs(
    connection: Connection,
    *,
    realm_id: str | None = None,
    since_run: int | None = None,
    limit: int = 100,
) -> list[Row]:
    """Read the newest runs, in the order they started.

    Returns:
        Dicts with the columns of `run`, plus `flow` (`pull_customers` ...) and `seconds`.
    """
    statement = _of_company(select(run), run, realm_id).order_by(run.c.run_id.desc()).limit(limit)
    if since_run is not None:
        statement = statement.where(run.c.run_id > since_run)
    rows = connection.execute(statement).mappings().all()
    return [_to_run(dict(row)) for row in reversed(rows)]


def read_run_records(
    connection: Connection, run_id: int, *, outcome: str | None = None, limit: int = 1000
) -> list[Row]:
    """Read what happened to the records of a run, in the order it was recorded."""
    statement = (
        select(run_record)
        .where(run_record.c.run_id == run_id)
        .order_by(run_record.c.run_record_id)
        .limit(limit)
    )
    if outcome is not None:
        statement = statement.where(run_record.c.outcome == outcome)
    return [dict(row) for row in connection.execute(statement).mappings()]


def read_waiting(
    connection: Connection, *, realm_id: str | None = None, limit: int = 1000
) -> list[Row]:
    """Read the records that wait, the newest first; without their raw form."""
    return _read_open(connection, waiting_record, realm_id, limit)


def read_rejected(
    connection: Connection, *, realm_id: str | None = None, limit: int = 1000
) -> list[Row]:
    """Read the rejected records, the newest first, one row a cause."""
    rows = _read_open(connection, rejected_record, realm_id, limit)
    return [
        {**{key: value for key, value in row.items() if key != "causes"}, **_to_cause(cause)}
        for row in rows
        for cause in (row["causes"] or [{}])
    ]


def read_conflicts(
    connection: Connection, *, realm_id: str | None = None, limit: int = 1000
) -> list[Row]:
    """Read the conflicts nobody resolved yet, the newest first."""
    statement = (
        _of_company(select(conflict), conflict, realm_id)
        .where(conflict.c.resolved_at.is_(None))
        .order_by(conflict.c.conflict_id.desc())
        .limit(limit)
    )
    return [dict(row) for row in connection.execute(statement).mappings()]


def _to_run(row: Row) -> Row:
    finished = row["finished_at"]
    seconds = (finished - row["started_at"]).total_seconds() if finished else None
    return {
        **row,
        "flow": f"{row['direction']}_{row['record_type']}s",
        "seconds": None if seconds is None else round(seconds, 1),
    }


def _to_cause(cause: Mapping[str, Any]) -> Row:
    return {name: cause.get(name) for name in ("field", "rule", "value", "message")}


def _read_open(connection: Connection, table: Table, realm_id: str | None, limit: int) -> list[Row]:
    columns = [column for column in table.c if column.name != "raw"]
    statement = (
        _of_company(select(*columns), table, realm_id)
        .order_by(table.c.since_at.desc(), table.c.source_id)
        .limit(limit)
    )
    return [dict(row) for row in connection.execute(statement).mappings()]


def _of_company(statement: Select[Any], table: Table, realm_id: str | None) -> Select[Any]:
    return statement if realm_id is None else statement.where(table.c.realm_id == realm_id)
