"""Disconnects a QuickBooks company: the consent ends at Intuit, and the grant is forgotten here.

Design note
    A company that a run is at work on is not disconnected: its batch may be on the way, and only a grant can find out
    what became of it. What is known of the company (links, settings, history) stays, so that connecting it again
    goes on where it was.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, delete

from quickbooks_sync.model.errors import LeaseHeldError, SyncError
from quickbooks_sync.postgres.connection.companies import Company, read_company, write_disconnected
from quickbooks_sync.postgres.connection.grant_rows import (
    GRANT_OF_COMPANY,
    decrypt,
    ensure_fits,
    parse_key,
)
from quickbooks_sync.postgres.runs.leases import read_holders
from quickbooks_sync.postgres.tables import company_grant
from quickbooks_sync.workspace import Workspace

#: What to do where only QuickBooks itself can end a consent.
IN_QUICKBOOKS = "end it there: in QuickBooks, under Apps, My apps, disconnect the app"


def disconnect(workspace: Workspace, realm_id: str, *, forget_anyway: bool = False) -> str | None:
    """End a company's consent at Intuit and forget its grant; may be repeated.

    Args:
        workspace: Holds the Intuit app and the database.
        realm_id: The company.
        forget_anyway: Forget the grant also where Intuit could not be asked or refused.

    Returns:
        Why the consent may live on at Intuit; `None` where it has ended.

    Raises:
        LeaseHeldError: A run is at work on the company.
        SyncError: The consent could not be ended; nothing was changed.
    """
    with workspace.engine.begin() as connection:
        company = read_company(connection, realm_id)
        grant = _lock_grant(connection, realm_id)
        _ensure_idle(connection, company)
        trouble = None
        if grant is not None:
            trouble = _revoke(workspace, company, grant, forget_anyway=forget_anyway)
            connection.execute(delete(company_grant).where(company_grant.c.realm_id == realm_id))
        reason = f"it was disconnected on {datetime.now(UTC):%Y-%m-%d}"
        write_disconnected(connection, realm_id, reason)
    return trouble


def _lock_grant(connection: Connection, realm_id: str) -> Row[Any] | None:
    """Lock the grant, so that nobody renews it meanwhile; a renewal locks in the same order."""
    statement = GRANT_OF_COMPANY.where(company_grant.c.realm_id == realm_id)
    return connection.execute(statement.with_for_update(of=company_grant)).one_or_none()


def _ensure_idle(connection: Connection, company: Company) -> None:
    """Refuse while a run holds a lease of the company."""
    holders = read_holders(connection, company.realm_id)
    if holders:
        raise LeaseHeldError(
            f"{', '.join(holders)} is at work on {company.company_name} ({company.realm_id}). Nothing was changed. "
            "Disconnect it once the run has ended; a run that died is forgotten after ten minutes.",
            holder=holders[0],
        )


def _revoke(
    workspace: Workspace, company: Company, grant: Row[Any], *, forget_anyway: bool
) -> str | None:
    try:
        ensure_fits(grant, workspace.app, workspace.app.binding)
        token = decrypt(grant.refresh_token, parse_key(workspace.key), company.realm_id)
        workspace.app.revoke(token)
    except SyncError as error:
        if forget_anyway:
            return f"{error.message} The consent may live on at Intuit; {IN_QUICKBOOKS}."
        raise type(error)(
            f"{error.message} {company.company_name} ({company.realm_id}) was not disconnected. Try again, or "
            f"forget its grant here with --forget-anyway and {IN_QUICKBOOKS}.",
            **error.facts,
        ) from error
    return None
