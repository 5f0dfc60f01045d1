"""What people decided about conflicts; a decision holds for the two values it was made on."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, exists, func, select, update

from quickbooks_sync.model.outcome import RECORD_CONFLICT
from quickbooks_sync.postgres.tables import conflict, link

#: How the reason of a doubt begins that is about a write without an answer.
LOST_ANSWER = "its answer was lost"
#: How the reason of a doubt begins that is about money above what is open.
EXCESS = "possible duplicate payment"


@dataclass(frozen=True)
class Decision:
    """A decided conflict that is still open.

    Attributes:
        choice: `loupe` or `quickbooks` for a field; `same` or `separate` for a record.
        loupe_value: Loupe's value that the person saw.
        quickbooks_value: QuickBooks' value that the person saw.
        reason: Why a person had to decide.
    """

    field: str
    choice: str
    loupe_id: int | None
    quickbooks_id: str | None
    loupe_value: Any
    quickbooks_value: Any
    reason: str


def read_field_decisions(
    connection: Connection, realm_id: str, record_type: str, loupe_ids: Collection[int]
) -> dict[int, list[Decision]]:
    """Return the decisions about fields of some Loupe rows."""
    rows = connection.execute(
        _decided(realm_id, record_type).where(
            conflict.c.field != RECORD_CONFLICT, conflict.c.loupe_id.in_(list(loupe_ids))
        )
    )
    found: dict[int, list[Decision]] = {}
    for row in rows:
        found.setdefault(row.loupe_id, []).append(_to_decision(row))
    return found


def read_record_decisions(
    connection: Connection, realm_id: str, record_type: str
) -> dict[str, Decision]:
    """Return, by QuickBooks Id, the decisions about which record is which."""
    rows = connection.execute(
        _decided(realm_id, record_type).where(
            conflict.c.field == RECORD_CONFLICT, conflict.c.quickbooks_id.is_not(None)
        )
    )
    return {row.quickbooks_id: _to_decision(row) for row in rows}


def read_lost_answers(
    connection: Connection, realm_id: str, record_type: str
) -> dict[str, tuple[int, str]]:
    """Return by QuickBooks Id the unlinked Loupe row that a record may have been made for, and the doubt.

    Nobody has decided yet, so neither of the two is entered on the other side.
    """
    is_linked = exists(
        select(link.c.link_id).where(
            link.c.realm_id == conflict.c.realm_id,
            link.c.record_type == conflict.c.record_type,
            link.c.loupe_id == conflict.c.loupe_id,
        )
    )
    rows = connection.execute(
        select(conflict.c.quickbooks_id, conflict.c.loupe_id, conflict.c.reason).where(
            conflict.c.realm_id == realm_id,
            conflict.c.record_type == record_type,
            conflict.c.resolved_at.is_(None),
            conflict.c.decision.is_(None),
            conflict.c.field == RECORD_CONFLICT,
            conflict.c.reason.startswith(LOST_ANSWER),
            ~is_linked,
        )
    )
    return {row.quickbooks_id: (row.loupe_id, row.reason) for row in rows}


def read_open_conflict(connection: Connection, conflict_id: int) -> Any | None:
    """Return an open conflict's row, locked until the transaction ends."""
    return connection.execute(
        select(conflict)
        .where(conflict.c.conflict_id == conflict_id, conflict.c.resolved_at.is_(None))
        .with_for_update()
    ).one_or_none()


def write_decision(connection: Connection, conflict_id: int, choice: str, by: str) -> None:
    """Record who decided what, and when."""
    connection.execute(
        update(conflict)
        .where(conflict.c.conflict_id == conflict_id)
        .values(decision=choice, decided_by=by, decided_at=func.now())
    )


def _decided(realm_id: str, record_type: str) -> Any:
    return select(conflict).where(
        conflict.c.realm_id == realm_id,
        conflict.c.record_type == record_type,
        conflict.c.resolved_at.is_(None),
        conflict.c.decision.is_not(None),
    )


def _to_decision(row: Any) -> Decision:
    return Decision(
        row.field,
        row.decision,
        row.loupe_id,
        row.quickbooks_id,
        row.loupe_value,
        row.quickbooks_value,
        row.reason,
    )
