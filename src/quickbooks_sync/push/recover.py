"""Recovery: batches whose answer was never recorded are sent again, identically, before anything new."""

from datetime import UTC, datetime, timedelta

from quickbooks_sync.flows import RunManifest
from quickbooks_sync.postgres.intents import Intent, close_intent, read_open_intents
from quickbooks_sync.postgres.leases import hold_lease
from quickbooks_sync.push.send import send_intent
from quickbooks_sync.runs import lease_of
from quickbooks_sync.workspace import Workspace

#: How long QuickBooks is trusted to remember a request id. Its retention is undocumented (Intuit:
#: requestid, section 2.1); after this every item is looked up before it is sent anew.
REMEMBERED_FOR = timedelta(hours=24)


def recover(workspace: Workspace, run: RunManifest, *, batch_number: int | None = None) -> None:
    """Settle the open intents of the run's company and record type.

    Args:
        workspace: The workspace.
        run: The run.
        batch_number: Only those of this batch; batches of one run may be loaded side by side, and
            another's open intent is just being sent.
    """
    batch = None if batch_number is None else (run["run_id"], batch_number)
    with workspace.engine.connect() as connection:
        intents = read_open_intents(connection, run["realm_id"], run["record_type"], batch=batch)
    for one in intents:
        if datetime.now(UTC) - one.created_at < REMEMBERED_FOR:
            send_intent(workspace, run, one)
        else:
            _abandon(workspace, run, one)


def _abandon(workspace: Workspace, run: RunManifest, intent: Intent) -> None:
    """Give an old intent up; what it may have created is looked up before it is created again."""
    with workspace.engine.begin() as connection:
        hold_lease(connection, lease_of(run))
        close_intent(connection, intent.intent_id, "abandoned")
