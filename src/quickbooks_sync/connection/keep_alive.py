"""Keeping grants alive: an idle company's refresh token dies after 100 days, every one after five years.

Renewing costs no metered read. A grant's hard end cannot be moved (Intuit: OAuth 2.0, section 1.5), so it is
announced 30 and 7 days ahead, which is Intuit's own ladder.
"""

import logging
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, select

from quickbooks_sync.model.errors import SyncError
from quickbooks_sync.postgres.connection.companies import Company, read_companies
from quickbooks_sync.postgres.connection.grants import GrantTokens
from quickbooks_sync.postgres.connection.pending_grants import drop_expired
from quickbooks_sync.postgres.tables import company_grant
from quickbooks_sync.workspace import Workspace

logger = logging.getLogger(__name__)

#: Days before the hard end from which a person is told, and told urgently.
WARN_DAYS, URGENT_DAYS = 30, 7


@dataclass(frozen=True)
class GrantState:
    """How a company's grant stands.

    Attributes:
        level: `ok`, `warning` (30 days left or fewer), `urgent` (7 or fewer, or it needs attention now).
        message: What there is to know and to do.
    """

    realm_id: str
    company_name: str
    level: str
    message: str


def keep_grants(workspace: Workspace) -> list[GrantState]:
    """Renew every connected company's access, and say how long each grant lasts.

    One company's trouble does not keep the others from being renewed. Grants that nobody confirmed in time are revoked.
    """
    for ended in drop_expired(workspace.engine, workspace.app, workspace.key):
        logger.warning("%s", ended)
    with workspace.engine.connect() as connection:
        companies = read_companies(connection)
    return [_keep(workspace, company) for company in companies if company.status != "disconnected"]


def _keep(workspace: Workspace, company: Company) -> GrantState:
    if company.status == "needs_attention":
        return _state(company, "urgent", company.status_reason or "it needs attention")
    tokens = GrantTokens(workspace.engine, workspace.app, company.realm_id, workspace.key)
    try:
        tokens.access_token()
    except SyncError as error:
        return _state(company, "urgent", error.message)
    with workspace.engine.connect() as connection:
        return _judge(company, _read_hard_end(connection, company.realm_id))


def _judge(company: Company, ends_at: datetime | None) -> GrantState:
    if ends_at is None:
        return _state(company, "ok", "renewed")
    days = (ends_at - datetime.now(UTC)).days
    until = f"the consent ends on {ends_at:%Y-%m-%d}, in {days} days, and cannot be extended"
    remedy = "reconnect with `quickbooks-sync connect` before then"
    if days <= URGENT_DAYS:
        return _state(company, "urgent", f"{until}; {remedy}")
    if days <= WARN_DAYS:
        return _state(company, "warning", f"{until}; {remedy}")
    return _state(company, "ok", f"renewed; {until}")


def _read_hard_end(connection: Connection, realm_id: str) -> datetime | None:
    ends_at: datetime | None = connection.execute(
        select(company_grant.c.refresh_hard_expires_at).where(company_grant.c.realm_id == realm_id)
    ).scalar_one()
    return ends_at


def _state(company: Company, level: str, message: str) -> GrantState:
    return GrantState(company.realm_id, company.company_name, level, message)
