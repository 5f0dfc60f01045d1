"""What becomes of links: doubts about which record or row they lead to, records that are missing, bases that end."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, and_, select, update

from quickbooks_sync.postgres.records.decisions import HAS_PAYMENTS
from quickbooks_sync.postgres.records.links import DELETED, REPLACED, REPLACED_IN_LOUPE, RETURNED
from quickbooks_sync.postgres.tables import conflict, link


def forget_agreed(connection: Connection, realm_id: str, field: str) -> None:
    """Forget that the sides have agreed on a field; wherever they differ in it now, a person is asked."""
    connection.execute(
        update(link)
        .where(link.c.realm_id == realm_id, link.c.loupe_base.has_key(field))
        .values(
            loupe_base=link.c.loupe_base.op("-")(field),
            quickbooks_base=link.c.quickbooks_base.op("-")(field),
            loupe_row_version=None,
        )
    )


def mark_replaced(
    connection: Connection, realm_id: str, record_type: str, quickbooks_ids: Collection[str]
) -> None:
    """Note that the records of some links are other ones now; what was gone stays that."""
    connection.execute(
        update(link)
        .where(
            link.c.realm_id == realm_id,
            link.c.record_type == record_type,
            link.c.quickbooks_id.in_(list(quickbooks_ids)),
            link.c.state != DELETED,
        )
        .values(state=REPLACED, loupe_row_version=None)
    )


def mark_replaced_in_loupe(
    connection: Connection, realm_id: str, record_type: str, loupe_ids: Collection[int]
) -> None:
    """Note that the rows of some links are other ones, or older ones, now; what was gone in QuickBooks stays that."""
    connection.execute(
        update(link)
        .where(
            link.c.realm_id == realm_id,
            link.c.record_type == record_type,
            link.c.loupe_id.in_(list(loupe_ids)),
            link.c.state.not_in((DELETED, RETURNED, REPLACED)),
        )
        .values(state=REPLACED_IN_LOUPE, loupe_row_version=None)
    )


def clear_missing_since(
    connection: Connection, realm_id: str, record_type: str, quickbooks_ids: Collection[str]
) -> None:
    """Note that records are there; those that were not missing stay as they are."""
    connection.execute(
        update(link)
        .where(
            link.c.realm_id == realm_id,
            link.c.record_type == record_type,
            link.c.quickbooks_id.in_(list(quickbooks_ids)),
            link.c.missing_since_at.is_not(None),
        )
        .values(missing_since_at=None)
    )


def read_missing_since(
    connection: Connection, realm_id: str, record_type: str
) -> dict[str, datetime]:
    """Return by QuickBooks Id since when records are missing whose deletion is not confirmed yet."""
    rows = connection.execute(
        select(link.c.quickbooks_id, link.c.missing_since_at).where(
            link.c.realm_id == realm_id,
            link.c.record_type == record_type,
            link.c.state != DELETED,
            link.c.missing_since_at.is_not(None),
        )
    )
    return {row.quickbooks_id: row.missing_since_at for row in rows}


def read_kept_ids(connection: Connection, realm_id: str, record_type: str) -> list[str]:
    """Return the Ids of deleted records whose rows were kept for the money on them, and nobody has decided."""
    rows = connection.scalars(
        select(link.c.quickbooks_id)
        .join(
            conflict,
            and_(
                conflict.c.realm_id == link.c.realm_id,
                conflict.c.record_type == link.c.record_type,
                conflict.c.quickbooks_id == link.c.quickbooks_id,
            ),
        )
        .where(
            link.c.realm_id == realm_id,
            link.c.record_type == record_type,
            link.c.state == DELETED,
            conflict.c.resolved_at.is_(None),
            conflict.c.decision.is_(None),
            conflict.c.reason == HAS_PAYMENTS,
        )
    )
    return sorted(set(rows))
