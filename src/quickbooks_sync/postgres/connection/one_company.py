"""The rule that a Loupe organization has one QuickBooks company, unless somebody says otherwise.

A push sends an organization's records to whichever company it runs for. With a second company the first one's customers
would go into the second one's books, where nothing can delete them. A unique index holds the rule in the database, too.
"""

import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, func, select

from quickbooks_sync.model.errors import ConfigurationError
from quickbooks_sync.postgres.tables import company

#: Any number that nothing else in the database uses for an advisory lock.
_CONNECT_LOCK = 7_305_001_005


def ensure_realm_id(realm_id: str) -> None:
    """Refuse what is not a realm id: it becomes part of addresses.

    Raises:
        ConfigurationError: It holds something else than digits.
    """
    if not re.fullmatch("[0-9]+", realm_id):
        raise ConfigurationError(
            f"{realm_id[:60]!a} is not a QuickBooks company id (realm id); it has digits only."
        )


def ensure_may_connect(
    connection: Connection, realm_id: str, organization_id: int, *, is_additional: bool
) -> bool:
    """Refuse a company that an organization may not have; until the transaction ends, nobody else connects one.

    Args:
        connection: In the transaction that will write the company.
        realm_id: The company.
        organization_id: The organization.
        is_additional: Whether it was said that the organization is to have more than one.

    Returns:
        Whether the company is an additional one.

    Raises:
        ConfigurationError: It is no realm id, the company belongs to another organization, or the organization
            has another company.
    """
    ensure_realm_id(realm_id)
    connection.execute(select(func.pg_advisory_xact_lock(_CONNECT_LOCK)))
    row = connection.execute(select(company).where(company.c.realm_id == realm_id)).one_or_none()
    if row is not None and row.organization_id != organization_id:
        raise ConfigurationError(
            f"QuickBooks company {realm_id} already belongs to Loupe organization "
            f"{row.organization_id}; it cannot be connected to {organization_id} as well.",
            realm_id=realm_id,
        )
    others = _read_active(connection, organization_id, realm_id)
    was_additional = row is not None and row.is_additional and row.status != "disconnected"
    if others and not (is_additional or was_additional or _is_first(row)):
        raise ConfigurationError(_refusal(others, realm_id, organization_id), realm_id=realm_id)
    return bool(others) and not _is_first(row)


def read_crowded(connection: Connection) -> list[str]:
    """Return a sentence for each organization that several companies are connected to."""
    names = func.string_agg(company.c.company_name + " (" + company.c.realm_id + ")", ", ")
    rows = connection.execute(
        select(company.c.organization_id, names.label("names"))
        .where(company.c.status != "disconnected")
        .group_by(company.c.organization_id)
        .having(func.count() > 1)
        .order_by(company.c.organization_id)
    )
    return [
        f"Organization {row.organization_id} has several QuickBooks companies: {row.names}. Its records are pushed to "
        "each of them. If that is not meant, disconnect all but one with `quickbooks-sync disconnect REALM`."
        for row in rows
    ]


def read_former(connection: Connection, organization_id: int, realm_id: str) -> str | None:
    """Return the name of a disconnected company that an organization was synced with before, if there is one."""
    row = connection.execute(
        select(company)
        .where(
            company.c.organization_id == organization_id,
            company.c.realm_id != realm_id,
            company.c.status == "disconnected",
        )
        .limit(1)
    ).one_or_none()
    return None if row is None else f"{row.company_name} ({row.realm_id})"


def _read_active(connection: Connection, organization_id: int, realm_id: str) -> Sequence[Row[Any]]:
    return connection.execute(
        select(company)
        .where(
            company.c.organization_id == organization_id,
            company.c.realm_id != realm_id,
            company.c.status != "disconnected",
        )
        .order_by(company.c.realm_id)
    ).all()


def _is_first(row: Row[Any] | None) -> bool:
    """Whether the company is the organization's own one already."""
    return row is not None and row.status != "disconnected" and not row.is_additional


def _refusal(others: Sequence[Row[Any]], realm_id: str, organization_id: int) -> str:
    listed = ", ".join(f"{other.company_name} ({other.realm_id})" for other in others)
    return (
        f"Loupe organization {organization_id} is connected to {listed}; company {realm_id} would receive all of its "
        "records as well, and QuickBooks deletes nothing. To reconnect, choose the company that is connected. To replace "
        f"it, run `quickbooks-sync disconnect {others[0].realm_id}` first. If the organization is to have both, say so "
        "with `quickbooks-sync connect --also`."
    )
