"""Accepting why a gate closed: what was rejected stays rejected, what a changed mapping moves may move."""

from sqlalchemy import Connection, select

from quickbooks_sync.commands.activity import ensure_run
from quickbooks_sync.model.errors import ConfigurationError
from quickbooks_sync.model.flow import Direction
from quickbooks_sync.postgres.runs.open_lists import accept_rejected
from quickbooks_sync.postgres.tables import run
from quickbooks_sync.run.resourced import accept_sources
from quickbooks_sync.workspace import Workspace


def accept(workspace: Workspace, run_id: int, *, by: str) -> tuple[int, int]:
    """Accept the rejections for which the gate of a run closed, and where the mapping reads fields from by now.

    Args:
        workspace: The workspace.
        run_id: The run, as `quickbooks-sync runs` lists it.
        by: Who accepts.

    Returns:
        How many rejected records and how many fields were accepted.

    Raises:
        ConfigurationError: There is no such run, or nothing that it rejected is left to accept.
    """
    with workspace.engine.begin() as connection:
        ensure_run(connection, run_id)
        accepted = accept_rejected(connection, run_id, by)
        fields = _accept_sources(workspace, connection, run_id)
    if not accepted and not fields:
        raise ConfigurationError(
            f"Run {run_id} has nothing that waits to be accepted: its gate did not close for rejected records or a changed "
            "mapping, they were accepted already, or a later run lists them. Accept the newest run that its gate stopped; "
            "`quickbooks-sync runs` lists them."
        )
    return accepted, fields


def _accept_sources(workspace: Workspace, connection: Connection, run_id: int) -> int:
    row = connection.execute(select(run).where(run.c.run_id == run_id)).one()
    if row.direction != Direction.PULL:
        return 0
    sources = workspace.mapping(row.record_type).sources
    return accept_sources(connection, row.realm_id, row.record_type, sources)
