"""Trying refused and waiting records again on command, without waiting for their cause to change."""

from collections.abc import Sequence
from uuid import uuid4

from sqlalchemy import Connection, update

from quickbooks_sync.commands.steps import run_flow
from quickbooks_sync.model.flow import Flow, FlowOptions, RunSummary
from quickbooks_sync.postgres.connection.companies import resolve_company
from quickbooks_sync.postgres.tables import rejected_record
from quickbooks_sync.workspace import Workspace


def retry(
    workspace: Workspace,
    flow: Flow,
    *,
    realm_id: str | None = None,
    source_ids: Sequence[str] = (),
    by: str,
) -> RunSummary:
    """Run a flow with its refusals forgotten, for some records or for all of them.

    Records that a pull rejected or left waiting are taken as they were read then: only named ones cost a
    metered read.

    Args:
        workspace: The workspace.
        flow: The flow that rejected them.
        realm_id: The company; the only one by default.
        source_ids: QuickBooks Ids for a pull, Loupe ids for a push; all when empty.
        by: Who asks.
    """
    with workspace.engine.begin() as connection:
        company = resolve_company(connection, realm_id)
        _forget_refusals(connection, company.realm_id, flow, source_ids)
    options = FlowOptions(realm_id=company.realm_id, record_ids=tuple(source_ids))
    return run_flow(workspace, flow, options, run_key=f"retry-{uuid4()}", triggered_by=by)


def _forget_refusals(
    connection: Connection, realm_id: str, flow: Flow, source_ids: Sequence[str]
) -> None:
    statement = update(rejected_record).where(
        rejected_record.c.realm_id == realm_id,
        rejected_record.c.record_type == flow.record_type,
        rejected_record.c.direction == flow.direction,
    )
    if source_ids:
        statement = statement.where(rejected_record.c.source_id.in_(list(source_ids)))
    connection.execute(statement.values(retry_key=""))
