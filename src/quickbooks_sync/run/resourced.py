"""Fields that the mapping reads from elsewhere now: they stay as they are on both sides until a person has accepted it.

A mapping that is pointed to another property would otherwise empty or fill the field in every record at once.
"""

from sqlalchemy import Connection, update

from quickbooks_sync.model.flow import Direction
from quickbooks_sync.postgres.tables import watermark
from quickbooks_sync.run.watermarks import Sources, find_resourced, read_watermark


def accept_sources(
    connection: Connection, realm_id: str, record_type: str, sources: Sources
) -> int:
    """Let fields be read from where the mapping reads them now; returns how many were read from elsewhere before."""
    moved = find_resourced(connection, realm_id, record_type, sources)
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
    return len(moved)


def fields_of(sources: Sources) -> frozenset[str]:
    """Return the fields that sources belong to; the parts of a list, such as `lines.quantity`, are one field."""
    return frozenset(name.partition(".")[0] for name in sources)


def explain(name: str, before: Sources, sources: Sources, run_id: int) -> str:
    """Say why a field is left as it is, and how to let it go."""
    parts = [part for part in before if part.partition(".")[0] == name]
    moved = ", ".join(f"{sources[part]} instead of {before[part]}" for part in parts)
    return (
        f"{name}: the mapping reads it from {moved}; it stays as it is on both sides until that is accepted with "
        f"`quickbooks-sync gate accept {run_id}`, or the mapping is corrected"
    )
