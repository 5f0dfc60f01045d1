"""What links know of the identity of their two sides, read for many records at once, without their documents."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from quickbooks_sync.postgres.tables import link


@dataclass(frozen=True)
class KnownIdentity:
    """What a link knows; the attributes are those of `Link`."""

    loupe_id: int
    quickbooks_id: str
    state: str
    sync_token: str
    quickbooks_created_at: datetime | None
    loupe_created_at: datetime | None
    loupe_seen_version: int | None
    loupe_seen_at: datetime | None


def read_identities(
    connection: Connection,
    realm_id: str,
    record_type: str,
    *,
    quickbooks_ids: Collection[str] | None = None,
    loupe_ids: Collection[int] | None = None,
) -> list[KnownIdentity]:
    """Read the identities of the links of some QuickBooks Ids, or of some Loupe ids."""
    names = list(KnownIdentity.__dataclass_fields__)
    statement = select(*(link.c[name] for name in names)).where(
        link.c.realm_id == realm_id, link.c.record_type == record_type
    )
    if quickbooks_ids is not None:
        statement = statement.where(link.c.quickbooks_id.in_(list(quickbooks_ids)))
    if loupe_ids is not None:
        statement = statement.where(link.c.loupe_id.in_(list(loupe_ids)))
    return [KnownIdentity(**row) for row in connection.execute(statement).mappings()]


def read_names(
    connection: Connection,
    realm_id: str,
    record_type: str,
    quickbooks_ids: Collection[str],
    properties: Collection[str],
) -> dict[str, set[str]]:
    """Return by Id what linked records were called when they were last seen, alone and below their parents."""
    names = [link.c.document[name].astext for name in (*properties, "FullyQualifiedName")]
    rows = connection.execute(
        select(link.c.quickbooks_id, *names).where(
            link.c.realm_id == realm_id,
            link.c.record_type == record_type,
            link.c.quickbooks_id.in_(list(quickbooks_ids)),
        )
    )
    return {row[0]: {name for name in row[1:] if name} for row in rows}
