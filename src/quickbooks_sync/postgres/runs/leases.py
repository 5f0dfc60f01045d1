"""The lease: one run at a time works on a record type of a company, in either direction.

Every lease carries a fencing number that rises with each new holder. Each transaction that loads or
pushes checks it, so a run whose lease expired cannot write after its successor started.
"""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, Connection, and_, func, select, update
from sqlalchemy.dialects.postgresql import insert

from quickbooks_sync.model.errors import LeaseHeldError, LeaseLostError
from quickbooks_sync.postgres.tables import lease

#: A lease whose heartbeat is older than this has expired.
EXPIRES_AFTER = timedelta(minutes=10)


@dataclass(frozen=True)
class Lease:
    """A held lease: its key and its fencing number."""

    realm_id: str
    record_type: str
    holder: str
    fence: int


def take_lease(connection: Connection, realm_id: str, record_type: str, holder: str) -> Lease:
    """Take the lease, or return it unchanged when `holder` has it already.

    Raises:
        LeaseHeldError: Another run holds it, with a heartbeat of the last ten minutes.
    """
    key = {"realm_id": realm_id, "record_type": record_type}
    connection.execute(insert(lease).values(**key).on_conflict_do_nothing())
    row = connection.execute(
        select(lease, (lease.c.heartbeat_at > func.now() - EXPIRES_AFTER).label("is_alive"))
        .where(lease.c.realm_id == realm_id, lease.c.record_type == record_type)
        .with_for_update()
    ).one()
    if row.holder and row.holder != holder and row.is_alive:
        raise LeaseHeldError(
            f"{row.holder} is working on {record_type} records of company {realm_id} "
            f"(last heartbeat {row.heartbeat_at:%Y-%m-%d %H:%M:%S} UTC). "
            "This run changed nothing; run it again once the other has finished.",
            holder=row.holder,
            record_type=record_type,
        )
    fence = row.fence if row.holder == holder else row.fence + 1
    connection.execute(
        update(lease)
        .where(lease.c.realm_id == realm_id, lease.c.record_type == record_type)
        .values(holder=holder, fence=fence, heartbeat_at=func.now())
    )
    return Lease(realm_id, record_type, holder, fence)


def read_holders(connection: Connection, realm_id: str) -> list[str]:
    """Return the runs that hold an unexpired lease of a company; no lease can be taken until commit."""
    rows = connection.execute(
        select(
            lease.c.holder, (lease.c.heartbeat_at > func.now() - EXPIRES_AFTER).label("is_alive")
        )
        .where(lease.c.realm_id == realm_id)
        .order_by(lease.c.record_type)
        .with_for_update()
    )
    return [row.holder for row in rows if row.holder and row.is_alive]


def hold_lease(connection: Connection, held: Lease) -> bool:
    """Prove inside a transaction that the lease is ours, and keep it from moving meanwhile.

    One that was freed and that nobody has taken since is taken again: its fence says that nobody has written.

    Returns:
        Whether it had been freed, for its run had ended.

    Raises:
        LeaseLostError: Another run has taken it, or an upgrade has freed it.
    """
    is_same = and_(
        lease.c.realm_id == held.realm_id,
        lease.c.record_type == held.record_type,
        lease.c.fence == held.fence,
    )
    for holder in (held.holder, None):
        moved = connection.execute(
            update(lease)
            .where(is_same, lease.c.holder.is_not_distinct_from(holder))
            .values(holder=held.holder, heartbeat_at=func.now())
        )
        if moved.rowcount == 1:
            return holder is None
    raise LeaseLostError(
        f"{_describe_successor(connection, held)}, so this one stops without writing. Start the flow again.",
        fence=held.fence,
    )


def _describe_successor(connection: Connection, held: Lease) -> str:
    """Say who has the lease by now."""
    holder = connection.scalar(
        select(lease.c.holder).where(
            lease.c.realm_id == held.realm_id, lease.c.record_type == held.record_type
        )
    )
    whose = f"{held.record_type} records of company {held.realm_id}"
    if holder:
        return f"{holder} is working on the {whose} by now"
    return f"Another run has worked on the {whose} since, or an upgrade of the database has ended this one"


def free_lease(connection: Connection, held: Lease, *conditions: ColumnElement[bool]) -> None:
    """Give the lease back; does nothing when another run has taken it, or where a condition does not hold."""
    connection.execute(
        update(lease)
        .where(
            lease.c.realm_id == held.realm_id,
            lease.c.record_type == held.record_type,
            lease.c.holder == held.holder,
            lease.c.fence == held.fence,
            *conditions,
        )
        .values(holder=None)
    )
