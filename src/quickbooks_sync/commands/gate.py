"""Accepting what a closed gate has listed: it stays rejected, and the next run loads the rest."""

from quickbooks_sync.commands.activity import ensure_run
from quickbooks_sync.model.errors import ConfigurationError
from quickbooks_sync.postgres.runs.open_lists import accept_rejected
from quickbooks_sync.workspace import Workspace


def accept(workspace: Workspace, run_id: int, *, by: str) -> int:
    """Accept the rejections for which the gate of a run closed.

    Args:
        workspace: The workspace.
        run_id: The run, as `quickbooks-sync runs` lists it.
        by: Who accepts.

    Returns:
        How many records were accepted.

    Raises:
        ConfigurationError: There is no such run, or nothing that it rejected is left to accept.
    """
    with workspace.engine.begin() as connection:
        ensure_run(connection, run_id)
        accepted = accept_rejected(connection, run_id, by)
    if not accepted:
        raise ConfigurationError(
            f"Run {run_id} has no rejected records that wait to be accepted: its gate did not close for them, they were "
            "accepted already, or a later run lists them. Accept the newest run that its gate stopped; "
            "`quickbooks-sync runs` lists them."
        )
    return accepted
