"""The connected QuickBooks companies: which there are, how they stand, and storing one."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Connection, Engine, Row, func, select, update
from sqlalchemy.dialects.postgresql import insert

from quickbooks_sync.model.errors import ConfigurationError, ConnectionNeededError
from quickbooks_sync.model.grant import Grant, Issuer
from quickbooks_sync.postgres.connection.attention import mark_needs_attention
from quickbooks_sync.postgres.connection.grants import write_grant
from quickbooks_sync.postgres.connection.one_company import ensure_may_connect
from quickbooks_sync.postgres.tables import company

__all__ = [
    "Company",
    "Connecting",
    "connect_company",
    "mark_needs_attention",
    "read_companies",
    "read_company",
    "resolve_company",
    "write_company",
    "write_disconnected",
]


@dataclass(frozen=True)
class Company:
    """A QuickBooks company and the Loupe organization that it belongs to.

    Attributes:
        status: `connected`, `needs_attention` (with `status_reason`) or `disconnected`.
        is_nightly: Whether the nightly sync includes it.
        is_additional: Whether somebody said that its organization is to have more than one company.
    """

    realm_id: str
    organization_id: int
    company_name: str
    environment: str
    status: str
    status_reason: str | None
    is_nightly: bool
    is_additional: bool
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

    A disconnected company is the only one only where every company is disconnected.

    Raises:
        ConnectionNeededError: There is none, or none of that id.
        ConfigurationError: Several are connected and none is named.
    """
    companies = read_companies(connection)
    active = [known for known in companies if known.status != "disconnected"] or companies
    found = [
        known for known in (companies if realm_id else active) if realm_id in (None, known.realm_id)
    ]
    listed = ", ".join(f"{known.realm_id} ({known.company_name})" for known in companies)
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
    is_additional: bool = False,
) -> None:
    """Write a company as connected now; what it was before is replaced but for `is_nightly`.

    Raises:
        ConfigurationError: The organization may not have this company (`ensure_may_connect`).
    """
    is_additional = ensure_may_connect(
        connection, realm_id, organization_id, is_additional=is_additional
    )
    values = {
        "company_name": company_name,
        "environment": environment,
        "status": "connected",
        "status_reason": None,
        "is_additional": is_additional,
        "connected_at": func.now(),
        "updated_at": func.now(),
    }
    statement = insert(company).values(realm_id=realm_id, organization_id=organization_id, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["realm_id"], set_=values))


def write_disconnected(connection: Connection, realm_id: str, reason: str) -> None:
    """Write that a company is disconnected, and how that came; its links and settings stay."""
    connection.execute(
        update(company)
        .where(company.c.realm_id == realm_id)
        .values(status="disconnected", status_reason=reason, updated_at=func.now())
    )


def describe_trouble(company: Company) -> str:
    """Say why a company is not connected, and what to do unless the recorded reason says that already."""
    state = "needs attention" if company.status == "needs_attention" else "is disconnected"
    reason = (company.status_reason or "no reason was recorded").rstrip(".")
    remedy = f" Connect it with `quickbooks-sync connect --realm {company.realm_id}`."
    is_said = "quickbooks-sync connect" in reason
    return (
        f"Company {company.company_name} ({company.realm_id}) {state}: {reason}."
        f"{'' if is_said else remedy}"
    )


class _NamesCompany(Protocol):
    def company_info(self) -> dict[str, Any]: ...


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
    def app(self) -> Issuer:
        """The Intuit app."""
        ...

    def client(self, realm_id: str) -> _NamesCompany:
        """Build a client for a company."""
        ...


def connect_company(
    workspace: Connecting, grant: Grant, realm_id: str, organization_id: int
) -> Company:
    """Store a fresh grant and read the company's name (one metered read), without asking anybody.

    The grant is committed before it is used: losing it would mean asking the person again.

    Raises:
        ConfigurationError: The realm id is not one, the company belongs to another organization, or the
            organization has another company. Nothing was stored or read.
        SyncError: QuickBooks did not tell its name; the company stays connected, named by its id.
    """
    binding = workspace.app.binding
    with workspace.engine.begin() as connection:
        name = _name_before(connection, realm_id)
        write_company(
            connection,
            realm_id=realm_id,
            organization_id=organization_id,
            company_name=name,
            environment=workspace.app.environment,
        )
        write_grant(connection, realm_id, grant, workspace.key, binding)
    info = workspace.client(realm_id).company_info()
    with workspace.engine.begin() as connection:
        connection.execute(
            update(company)
            .where(company.c.realm_id == realm_id)
            .values(company_name=info["CompanyName"], updated_at=func.now())
        )
        return read_company(connection, realm_id)


def _name_before(connection: Connection, realm_id: str) -> str:
    name = connection.scalar(select(company.c.company_name).where(company.c.realm_id == realm_id))
    return realm_id if name is None else str(name)


def _to_company(row: Row[Any]) -> Company:
    return Company(
        realm_id=row.realm_id,
        organization_id=row.organization_id,
        company_name=row.company_name,
        environment=row.environment,
        status=row.status,
        status_reason=row.status_reason,
        is_nightly=row.is_nightly,
        is_additional=row.is_additional,
        connected_at=row.connected_at,
    )
