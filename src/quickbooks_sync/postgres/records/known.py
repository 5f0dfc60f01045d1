"""QuickBooks records that are known here already, from links and from what pulls have staged; it costs no read."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, select

from quickbooks_sync.model.flow import Direction
from quickbooks_sync.postgres.tables import link, run, staged_record

Document = dict[str, Any]


def iter_known_documents(
    connection: Connection, realm_id: str, record_type: str, *, page_size: int = 1000
) -> Iterator[Sequence[Document]]:
    """Read the known records of a type in pages; one that was pulled several times comes several times."""
    linked = select(link.c.document).where(
        link.c.realm_id == realm_id, link.c.record_type == record_type
    )
    staged = (
        select(staged_record.c.raw)
        .join(run, run.c.run_id == staged_record.c.run_id)
        .where(
            run.c.realm_id == realm_id,
            run.c.record_type == record_type,
            run.c.direction == Direction.PULL,
        )
    )
    for statement in (linked, staged):
        rows = connection.execute(statement, execution_options={"yield_per": page_size})
        yield from rows.scalars().partitions()
