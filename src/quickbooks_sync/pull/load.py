"""Load of a pull: one transaction a batch brings Loupe, the links and the outcomes up to date."""

from quickbooks_sync.intake import IntakeBatch
from quickbooks_sync.model.flow import BatchManifest, RunManifest
from quickbooks_sync.model.outcome import RecordOutcome, count_outcomes
from quickbooks_sync.postgres.records import staging
from quickbooks_sync.postgres.runs.leases import hold_lease
from quickbooks_sync.postgres.runs.record_outcomes import write_outcomes, write_run_outcomes
from quickbooks_sync.run.lifecycle import lease_of, scope_of
from quickbooks_sync.workspace import Workspace


def load(workspace: Workspace, run: RunManifest, batch: BatchManifest) -> dict[str, int]:
    """Merge one batch into Loupe; returns records per outcome.

    Everything of a batch commits together or not at all, and a batch that was committed is not
    loaded again. A preview does the same work and rolls it back.
    """
    key = run["run_id"], batch["batch_number"]
    with workspace.engine.connect() as connection, connection.begin() as transaction:
        hold_lease(connection, lease_of(run))
        if staging.is_loaded(connection, *key):
            return {}
        outcomes = IntakeBatch(workspace, run, connection).load(
            staging.read_batch(connection, *key)
        )
        if run["preview"]:
            transaction.rollback()
        else:
            write_outcomes(connection, scope_of(run), outcomes)
            staging.mark_loaded(connection, *key)
    if run["preview"]:
        _write_preview(workspace, run, batch, outcomes)
    return count_outcomes(outcomes)


def _write_preview(
    workspace: Workspace, run: RunManifest, batch: BatchManifest, outcomes: list[RecordOutcome]
) -> None:
    with workspace.engine.begin() as connection:
        hold_lease(connection, lease_of(run))
        write_run_outcomes(connection, scope_of(run), outcomes)
        staging.mark_loaded(connection, run["run_id"], batch["batch_number"])
