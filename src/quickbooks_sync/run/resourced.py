"""Fields that the mapping reads from elsewhere now: they stay as they are on both sides until a person has accepted it.

A mapping that is pointed to another property would otherwise empty or fill the field in every record at once. What is
accepted is what a run has counted: a field with the property that it is read from, and how many records would change.
"""

from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from quickbooks_sync.model.flow import Direction, Mode
from quickbooks_sync.model.problem import warning
from quickbooks_sync.postgres.tables import run, run_record, watermark
from quickbooks_sync.run.context import RunContext
from quickbooks_sync.run.watermarks import Sources, find_resourced, read_watermark

#: The rule of a warning about a record that would change, and of what a run has counted of a field.
IS_HELD = "is read from where it was read before"


def count_held(connection: Connection, context: RunContext) -> None:
    """Note for each held field how many records a whole pull would change by it; that is what a person accepts."""
    if context.is_preview or context.is_narrowed or context.mode != Mode.FULL:
        return
    sources = context.mapping.sources
    held = find_resourced(connection, context.realm_id, context.record_type, sources)
    counts = _count_warnings(connection, context.run_id)
    for name in sorted(fields_of(held)):
        told = f"{counts.get(name, 0)} records would change. {explain(name, held, sources, context.run_id)}"
        problem = warning(name, IS_HELD, _parts_of(name, held, sources), told)
        connection.execute(
            insert(run_record).values(
                run_id=context.run_id,
                outcome="warning",
                field=name,
                rule=IS_HELD,
                reason=told,
                detail=[problem.to_json()],
            )
        )


def accept_sources(
    connection: Connection, realm_id: str, record_type: str, sources: Sources, run_id: int
) -> list[str]:
    """Let fields be read from where the mapping reads them now, where a run has counted just that.

    Returns:
        The fields; none where the run has counted none, or the mapping was changed since.
    """
    counted = _read_counted(connection, run_id)
    moved = [
        name
        for name in find_resourced(connection, realm_id, record_type, sources)
        if counted.get(name) == sources[name]
    ]
    if moved:
        mark = read_watermark(connection, realm_id, record_type, Direction.PULL)
        before: Sources = (mark.accepted_fields or {}) if mark else {}
        connection.execute(
            update(watermark)
            .where(
                watermark.c.realm_id == realm_id,
                watermark.c.record_type == record_type,
                watermark.c.direction == Direction.PULL,
            )
            .values(accepted_fields={**before, **{name: sources[name] for name in moved}})
        )
    return moved


def describe_remedy(
    connection: Connection, realm_id: str, record_type: str, sources: Sources, pull: str
) -> str | None:
    """Say what ends the hold on fields that are read from elsewhere; `None` where none is held."""
    held = find_resourced(connection, realm_id, record_type, sources)
    if not held:
        return None
    run_id = _find_counting_run(connection, realm_id, record_type)
    counted = _read_counted(connection, run_id) if run_id else {}
    if any(counted.get(name) != sources[name] for name in held):
        return (
            f"Correct the mapping; or run {pull} first, which counts what would change in Loupe and says how that is "
            "accepted."
        )
    return (
        f"First accept what run {run_id} would have changed (`quickbooks-sync records {run_id} --outcome warning`) with "
        f"`quickbooks-sync gate accept {run_id} --mapping`, or correct the mapping; {pull} alone ends nothing."
    )


def fields_of(sources: Sources) -> frozenset[str]:
    """Return the fields that sources belong to; the parts of a list, such as `lines.quantity`, are one field."""
    return frozenset(name.partition(".")[0] for name in sources)


def explain(name: str, before: Sources, sources: Sources, run_id: int) -> str:
    """Say why a field is left as it is, and how to let it go."""
    moved = ", ".join(
        f"{source} instead of {before[part]}"
        for part, source in _parts_of(name, before, sources).items()
    )
    return (
        f"{name}: the mapping reads it from {moved}; it stays as it is on both sides until that is accepted with "
        f"`quickbooks-sync gate accept {run_id} --mapping`, or the mapping is corrected"
    )


def _parts_of(name: str, before: Sources, sources: Sources) -> dict[str, str]:
    """Return where the parts of a held field are read from now."""
    return {part: sources[part] for part in before if part.partition(".")[0] == name}


def _count_warnings(connection: Connection, run_id: int) -> dict[str, int]:
    rows = connection.execute(
        select(run_record.c.field, func.count())
        .where(run_record.c.run_id == run_id, run_record.c.rule == IS_HELD)
        .group_by(run_record.c.field)
    )
    return {row[0]: row[1] for row in rows}


def _read_counted(connection: Connection, run_id: int) -> dict[str, str]:
    """Return the fields and parts that a run has counted, with where it would have read them from."""
    details = connection.scalars(
        select(run_record.c.detail).where(run_record.c.run_id == run_id, *_ABOUT_ALL)
    )
    counted: list[dict[str, str]] = [problem["value"] for detail in details for problem in detail]
    return {part: source for parts in counted for part, source in parts.items()}


def _find_counting_run(connection: Connection, realm_id: str, record_type: str) -> int | None:
    """Return the newest run that has counted what a held field would change."""
    run_id: int | None = connection.scalar(
        select(func.max(run.c.run_id))
        .join(run_record, run_record.c.run_id == run.c.run_id)
        .where(run.c.realm_id == realm_id, run.c.record_type == record_type, *_ABOUT_ALL)
    )
    return run_id


#: A note about a whole run, not about one of its records.
_ABOUT_ALL: tuple[Any, ...] = (
    run_record.c.rule == IS_HELD,
    run_record.c.loupe_id.is_(None),
    run_record.c.quickbooks_id.is_(None),
)
