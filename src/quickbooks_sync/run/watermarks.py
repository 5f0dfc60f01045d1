"""Watermarks: up to which moment a record type has been read, per company and direction."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, select, update
from sqlalchemy.dialects.postgresql import insert

from quickbooks_sync.mapping.model import IN_LOUPE
from quickbooks_sync.model.flow import Direction, Mode
from quickbooks_sync.postgres.tables import run as run_table
from quickbooks_sync.postgres.tables import watermark
from quickbooks_sync.run.context import RunContext

#: LastUpdatedTime has a resolution of one second and rows may appear late, so whoever reads what has changed
#: looks back over the watermark (Intuit: order and paging hazards, section 3.4). What is told again costs no
#: further read.
OVERLAP = timedelta(hours=1)

#: Where fields are read from in QuickBooks, by name.
Sources = Mapping[str, str]


def write_next_watermark(connection: Connection, context: RunContext, at: datetime) -> None:
    """Note on the run where its watermark will go; the first page's time counts."""
    connection.execute(
        update(run_table)
        .where(run_table.c.run_id == context.run_id, run_table.c.next_watermark_at.is_(None))
        .values(next_watermark_at=at)
    )


def read_watermark(
    connection: Connection, realm_id: str, record_type: str, direction: Direction
) -> Any | None:
    """Return the watermark row (`changed_since`, `full_completed_at`), if there is one."""
    return connection.execute(
        select(watermark).where(
            watermark.c.realm_id == realm_id,
            watermark.c.record_type == record_type,
            watermark.c.direction == direction,
        )
    ).one_or_none()


def read_seen_until(connection: Connection, realm_id: str, record_type: str) -> datetime | None:
    """Return the moment up to which all that QuickBooks holds of a type has been seen; `None` before the first time."""
    row = read_watermark(connection, realm_id, record_type, Direction.PULL)
    if row is None or row.full_completed_at is None:
        return None
    until: datetime = row.changed_since - OVERLAP
    return until


def move_watermark(connection: Connection, context: RunContext) -> None:
    """Move the watermark to where the run noted that it goes; a preview or a narrowed run moves none."""
    sources = context.mapping.sources
    at = connection.execute(
        select(run_table.c.next_watermark_at).where(run_table.c.run_id == context.run_id)
    ).scalar_one()
    if at is None or context.is_preview or context.is_narrowed:
        return
    key = {
        "realm_id": context.realm_id,
        "record_type": context.record_type,
        "direction": context.direction,
    }
    moved: dict[str, Any] = {"changed_since": at, "updated_at": func.now()}
    if context.mode == Mode.FULL:
        moved |= {"full_completed_at": func.now(), **_read_from(connection, context, sources)}
    elif (
        mark := read_watermark(connection, context.realm_id, context.record_type, context.direction)
    ) and mark.fields:
        # A field that left the mapping is not kept up with, and is new should it come back.
        moved["fields"] = {
            name: source
            for name, source in mark.fields.items()
            if is_same_source(sources.get(name), source)
        }
    connection.execute(
        insert(watermark)
        .values(**key, **moved)
        .on_conflict_do_update(index_elements=list(key), set_=moved)
    )


def find_resourced(
    connection: Connection, realm_id: str, record_type: str, sources: Sources
) -> dict[str, str]:
    """Return where fields were read from when all records were read, of those that are read from elsewhere now.

    What a person has accepted is left out, and so are fields that are new, for they take nothing from Loupe, and those
    that are read in another way from the same property.
    """
    mark = read_watermark(connection, realm_id, record_type, Direction.PULL)
    known: Sources = (mark.fields or {}) if mark else {}
    accepted: Sources = (mark.accepted_fields or {}) if mark else {}
    return {
        name: known[name]
        for name, source in sources.items()
        if name in known
        and not _is_same_place(source, known[name])
        and source != accepted.get(name)
    }


def is_same_source(source: str | None, known: str | None) -> bool:
    """Whether a field is read as before; what an earlier release noted says nothing of Loupe's column."""
    if source is None or known is None or IN_LOUPE in known:
        return source == known
    return source.partition(f" {IN_LOUPE}")[0] == known


def split_source(source: str) -> tuple[str, str]:
    """Return the QuickBooks property and the column in Loupe of a source; the column is empty where none is noted."""
    return source.partition(" ")[0], source.partition(IN_LOUPE)[2]


def _is_same_place(source: str, known: str) -> bool:
    (name, column), (known_name, known_column) = split_source(source), split_source(known)
    return name == known_name and known_column in ("", column)


def _read_from(connection: Connection, context: RunContext, sources: Sources) -> dict[str, Any]:
    """Return where fields were read from; one that nobody lets be read from elsewhere keeps its former place."""
    if context.direction == Direction.PUSH:
        return {"fields": dict(sources)}
    key = connection, context.realm_id, context.record_type
    held = find_resourced(*key, sources)
    return {"fields": {**sources, **held}, **({} if held else {"accepted_fields": None})}
