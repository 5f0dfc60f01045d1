"""Runs that go on after their end, because somebody has a step done again, and runs that never ended."""

from sqlalchemy import Connection, exists, func, select, update

from quickbooks_sync.postgres.runs.leases import Lease, free_lease
from quickbooks_sync.postgres.tables import run

_ABANDONED = "It was stopped before it could end, and its lease has passed to {}, which goes on from the last complete run."


def reopen_run(connection: Connection, run_id: int) -> None:
    """Let a failed run run again; one that was a success stays one."""
    connection.execute(
        update(run)
        .where(run.c.run_id == run_id, run.c.status == "failed")
        .values(status="running", reason=None, finished_at=None)
    )


def free_if_complete(connection: Connection, held: Lease, run_id: int) -> None:
    """Give back the lease of a run that is complete: no later step of it may follow that would."""
    is_complete = exists(
        select(run.c.run_id).where(run.c.run_id == run_id, run.c.status == "success")
    )
    free_lease(connection, held, is_complete)


def abandon_earlier(connection: Connection, held: Lease) -> None:
    """End the runs that still count as running although their lease has passed to another: they were killed."""
    connection.execute(
        update(run)
        .where(
            run.c.realm_id == held.realm_id,
            run.c.record_type == held.record_type,
            run.c.fence < held.fence,
            run.c.status == "running",
        )
        .values(
            status="abandoned",
            finished_at=func.now(),
            reason=func.coalesce(run.c.reason + " ", "") + _ABANDONED.format(held.holder),
        )
    )
