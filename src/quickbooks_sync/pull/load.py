"""Load of a pull: one transaction a batch brings Loupe, the links and the accounts up to date."""

from quickbooks_sync.accounts import Account, count_outcomes
from quickbooks_sync.flows import BatchManifest, RunManifest
from quickbooks_sync.intake import IntakeBatch
from quickbooks_sync.postgres import staging
from quickbooks_sync.postgres.leases import hold_lease
from quickbooks_sync.postgres.ledger import write_accounts, write_run_accounts
from quickbooks_sync.runs import lease_of, place_of
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
        accounts = IntakeBatch(workspace, run, connection).load(
            staging.read_batch(connection, *key)
        )
        if run["preview"]:
            transaction.rollback()
        else:
            write_accounts(connection, place_of(run), accounts)
            staging.mark_loaded(connection, *key)
    if run["preview"]:
        _write_preview(workspace, run, batch, accounts)
    return count_outcomes(accounts)


def _write_preview(
    workspace: Workspace, run: RunManifest, batch: BatchManifest, accounts: list[Account]
) -> None:
    with workspace.engine.begin() as connection:
        hold_lease(connection, lease_of(run))
        write_run_accounts(connection, place_of(run), accounts)
        staging.mark_loaded(connection, run["run_id"], batch["batch_number"])
