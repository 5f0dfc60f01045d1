"""Accepting why a gate closed or a field is held: rejected records stay out, a changed mapping moves its field."""

from sqlalchemy import select

from quickbooks_sync.commands.activity import ensure_run
from quickbooks_sync.model.errors import ConfigurationError
from quickbooks_sync.postgres.runs.open_lists import accept_rejected
from quickbooks_sync.postgres.tables import run
from quickbooks_sync.run.resourced import accept_sources
from quickbooks_sync.workspace import Workspace


def accept(workspace: Workspace, run_id: int, *, by: str) -> int:
    """Accept the rejections for which the gate of a run closed; returns how many.

    Args:
        workspace: The workspace.
        run_id: The run, as `quickbooks-sync runs` lists it.
        by: Who accepts.

    Raises:
        ConfigurationError: There is no such run, or nothing that it rejected is left to accept.
    """
    with workspace.engine.begin() as connection:
        ensure_run(connection, run_id)
        accepted = accept_rejected(connection, run_id, by)
    if not accepted:
        raise ConfigurationError(
            f"Run {run_id} has nothing that waits to be accepted: its gate did not close for rejected records, they were "
            "accepted already, or a later run lists them. Accept the newest run that its gate stopped; "
            "`quickbooks-sync runs` lists them. Where a changed mapping reads a field from is accepted with --mapping."
        )
    return accepted


def accept_mapping(workspace: Workspace, run_id: int) -> list[str]:
    """Let fields be read from where the mapping reads them by now, as far as a run has counted what that changes.

    Args:
        workspace: The workspace.
        run_id: The pull, as its warnings name it.

    Returns:
        The fields.

    Raises:
        ConfigurationError: There is no such run, or it has counted nothing that the mapping says now.
    """
    with workspace.engine.begin() as connection:
        ensure_run(connection, run_id)
        row = connection.execute(select(run).where(run.c.run_id == run_id)).one()
        sources = workspace.mapping(row.record_type).sources
        fields = accept_sources(connection, row.realm_id, row.record_type, sources, run_id)
    if not fields:
        raise ConfigurationError(
            f"Run {run_id} has counted no field that the mapping of {row.record_type} reads from elsewhere now: the mapping "
            "was changed since, it was accepted already, or the run was a preview, was narrowed, or did not succeed. Run "
            f"pull_{row.record_type}s; its warnings count what would change, and name the run to accept."
        )
    return fields
