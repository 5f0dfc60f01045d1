"""The connected QuickBooks companies: which there are, how they stand, and connecting one."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Connection, Engine, Row, func, select
from sqlalchemy.dialects.postgresql import insert

from quickbooks_sync.errors import ConfigurationError, ConnectionNeededError
from quickbooks_sync.grant import Grant
from quickbooks_sync.postgres.attention import mark_needs_attention
from quickbooks_sync.postgres.grants import write_grant
from quickbooks_sync.postgres.schema import company

__all__ = [
    "Company",
    "Connecting",
    "connect_company",
    "mark_needs_attention",
    "read_companies",
    "read_company",
    "resolve_company",
    "write_company",
]


@dataclass(frozen=True)
class Company:
    """A QuickBooks company and the Loupe organization that it belongs to.

    Attributes:
        status: `connected`, `needs_attention` (with `status_reason`) or `disconnected`.
        is_nightly: Whether the nightly sync includes it.
    """

    realm_id: str
    organization_id: int
    company_name: str
    environment: str
    status: str
    status_reason: str | None
    is_nightly: bool
    connected_at: datetime | None


def read_companies(connection: Connection) -> list[Company]:
    """Return every company, by name."""
    rows = connection.execute(select(company).order_by(company.c.company_name, company.c.realm_id))
    return [_to_company(row) for row in rows]


def read_company(connection: Connection, realm_id: str) -> Company:
    """Return one company; raises `ConnectionNeededError` with those that there are."""
    return resolve_company(connection, realm_id)


def resolve_company(connection: Connection, realm_id: str | None) -> Company:
    """Return the company `realm_id`, or the only one there is when none is named.

    Raises:
        ConnectionNeededError: There is none, or none of that id.
        ConfigurationError: Several are connected and none is named.
    """
    companies = read_companies(connection)
    found = [one for one in companies if realm_id in (None, one.realm_id)]
    listed = ", ".join(f"{one.realm_id} ({one.company_name})" for one in companies)
    if len(found) == 1:
        return found[0]
    if not companies:
        raise ConnectionNeededError(
            "No QuickBooks company is connected. Connect one with `quickbooks-sync connect`.",
            realm_id=realm_id,
            reason="none is connected",
        )
    if realm_id is None:
        raise ConfigurationError(f"Several companies are connected; name one by its id: {listed}.")
    raise ConnectionNeededError(
        f"QuickBooks company {realm_id} is not connected; these are: {listed}.",
        realm_id=realm_id,
        reason="it is not connected",
    )


def write_company(
    connection: Connection,
    *,
    realm_id: str,
    organization_id: int,
    company_name: str,
    environment: str,
) -> None:
    """Write a company as connected now; what it was before is replaced but for `is_nightly`."""
    values = {
        "company_name": company_name,
        "environment": environment,
        "status": "connected",
        "status_reason": None,
        "connected_at": func.now(),
        "updated_at": func.now(),
    }
    statement = insert(company).values(realm_id=realm_id, organization_id=organization_id, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["realm_id"], set_=values))


class _NamesCompany(Protocol):
    def company_info(self) -> dict[str, Any]: ...


class _HasEnvironment(Protocol):
    @property
    def environment(self) -> str: ...


class Connecting(Protocol):
    """What connecting needs of a workspace."""

    @property
    def engine(self) -> Engine:
        """The database."""
        ...

    @property
    def key(self) -> str:
        """The key that encrypts grants."""
        ...

    @property
    def app(self) -> _HasEnvironment:
        """The Intuit app."""
        ...

    def client(self, realm_id: str) -> _NamesCompany:
        """Build a client for a company."""
        ...


def connect_company(
    workspace: Connecting, grant: Grant, realm_id: str, organization_id: int
) -> Company:
    """Store a fresh grant and read the company's name (one metered read).

    The grant is committed before it is used: losing it would mean asking the person again.

    Raises:
        ConfigurationError: The realm id is not one, or the company belongs to another organization.
        SyncError: QuickBooks did not tell its name; the company stays connected, named by its id.
    """
    if not realm_id.isdigit():
        raise ConfigurationError(
            f"{realm_id!r} is not a QuickBooks company id (realm id); it has digits only."
        )
    environment = workspace.app.environment
    with workspace.engine.begin() as connection:
        name = _name_before(connection, realm_id, organization_id)
        _write(connection, realm_id, organization_id, name, environment)
        write_grant(connection, realm_id, grant, workspace.key)
    info = workspace.client(realm_id).company_info()
    with workspace.engine.begin() as connection:
        name = str(info.get("CompanyName") or name)
        _write(connection, realm_id, organization_id, name, environment)
        return read_company(connection, realm_id)


def _write(
    connection: Connection, realm_id: str, organization_id: int, name: str, environment: str
) -> None:
    write_company(
        connection,
        realm_id=realm_id,
        organization_id=organization_id,
        company_name=name,
        environment=environment,
    )


def _name_before(connection: Connection, realm_id: str, organization_id: int) -> str:
    row = connection.execute(
        select(company).where(company.c.realm_id == realm_id).with_for_update()
    ).one_or_none()
    if row is not None and row.organization_id != organization_id:
        raise ConfigurationError(
            f"QuickBooks company {realm_id} already belongs to Loupe organization "
            f"{row.organization_id}; it cannot be connected to {organization_id} as well.",
            realm_id=realm_id,
        )
    return realm_id if row is None else str(row.company_name)


def _to_company(row: Row[Any]) -> Company:
    return Company(
        realm_id=row.realm_id,
        organization_id=row.organization_id,
        company_name=row.company_name,
        environment=row.environment,
        status=row.status,
        status_reason=row.status_reason,
        is_nightly=row.is_nightly,
        connected_at=row.connected_at,
    )
