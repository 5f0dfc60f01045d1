"""Reads the activity log: runs, what happened to each record, and the lists that are still open."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Select, Table, func, select

from quickbooks_sync.model.errors import ConfigurationError
from quickbooks_sync.postgres.records.links import DELETED
from quickbooks_sync.postgres.tables import (
    conflict,
    link,
    rejected_record,
    run,
    run_record,
    staged_record,
    waiting_record,
)
from quickbooks_sync.record_types.display_names import display_name_in_loupe, display_name_of

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
    """Read what happened to the records of a run, in the order it was recorded.

    Returns:
        Dicts with the columns of `run_record`, plus `called`: name or number, and amount.
    """
    staged = (
        select(display_name_of(staged_record.c.raw))
        .where(
            staged_record.c.run_id == run_record.c.run_id,
            staged_record.c.source_id == run_record.c.quickbooks_id,
        )
        .limit(1)
        .correlate(run_record)
        .scalar_subquery()
    )
    in_loupe = display_name_in_loupe(run.c.record_type, run_record.c.loupe_id)
    statement = (
        select(run_record, func.coalesce(in_loupe, staged).label("called"))
        .join(run, run.c.run_id == run_record.c.run_id)
        .where(run_record.c.run_id == run_id)
        .order_by(run_record.c.run_record_id)
        .limit(limit)
    )
    if outcome is not None:
        statement = statement.where(run_record.c.outcome == outcome)
    return [dict(row) for row in connection.execute(statement).mappings()]


def ensure_run(connection: Connection, run_id: int) -> None:
    """Raise `ConfigurationError` where there is no such run."""
    found = connection.execute(select(run.c.run_id).where(run.c.run_id == run_id)).first()
    if found is None:
        raise ConfigurationError(f"There is no run {run_id}; `quickbooks-sync runs` lists them.")


def read_waiting(
    connection: Connection, *, realm_id: str | None = None, limit: int = 1000
) -> list[Row]:
    """Read the records that wait, the newest first; without their raw form."""
    return _read_open(connection, waiting_record, realm_id, limit)


def read_missing(
    connection: Connection, *, realm_id: str | None = None, limit: int = 1000
) -> list[Row]:
    """Read the linked records that QuickBooks did not find, those missing longest first.

    Returns:
        Dicts with `realm_id`, `record_type`, `quickbooks_id`, `loupe_id`, `called`, `missing_since_at`.
    """
    columns = ("realm_id", "record_type", "quickbooks_id", "loupe_id", "missing_since_at")
    in_loupe = display_name_in_loupe(link.c.record_type, link.c.loupe_id)
    called = func.coalesce(in_loupe, display_name_of(link.c.document)).label("called")
    statement = (
        _of_company(select(*(link.c[name] for name in columns), called), link, realm_id)
        .where(link.c.missing_since_at.is_not(None), link.c.state != DELETED)
        .order_by(link.c.missing_since_at, link.c.link_id)
        .limit(limit)
    )
    return [dict(row) for row in connection.execute(statement).mappings()]


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
    document = (
        select(display_name_of(link.c.document))
        .where(
            link.c.realm_id == conflict.c.realm_id,
            link.c.record_type == conflict.c.record_type,
            link.c.quickbooks_id == conflict.c.quickbooks_id,
        )
        .correlate(conflict)
        .scalar_subquery()
    )
    in_loupe = display_name_in_loupe(conflict.c.record_type, conflict.c.loupe_id)
    called = func.coalesce(in_loupe, document).label("called")
    statement = (
        _of_company(select(conflict, called), conflict, realm_id)
        .where(conflict.c.resolved_at.is_(None))
        .order_by(conflict.c.conflict_id.desc())
        .limit(limit)
    )
    return [_to_conflict(dict(row)) for row in connection.execute(statement).mappings()]


def _to_conflict(row: Row) -> Row:
    """Show a decision only beside the question that it answers: another one may have taken its place."""
    is_answered = row["decided_at"] is not None and row["decided_at"] >= row["since_at"]
    return row if is_answered else {**row, "decision": None}


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
    columns = [
        *(column for column in table.c if column.name != "raw"),
        display_name_of(table.c.raw).label("called"),
    ]
    statement = (
        _of_company(select(*columns), table, realm_id)
        .order_by(table.c.since_at.desc(), table.c.source_id)
        .limit(limit)
    )
    return [dict(row) for row in connection.execute(statement).mappings()]


def _of_company(statement: Select[Any], table: Table, realm_id: str | None) -> Select[Any]:
    return statement if realm_id is None else statement.where(table.c.realm_id == realm_id)
