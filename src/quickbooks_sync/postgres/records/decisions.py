"""What people decided about conflicts; a decision holds for the two values it was made on."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, exists, func, insert, or_, select, update

from quickbooks_sync.model.outcome import RECORD_CONFLICT, FieldConflict
from quickbooks_sync.postgres.tables import conflict, link

#: How the reason of a doubt begins that is about a write without an answer.
LOST_ANSWER = "its answer was lost"
#: How the reason of a doubt begins that is about a record made for one row under the Id of another one's link.
CLAIMED = "made for a row that it cannot be linked to"
#: How the reason of a doubt begins that is about money above what is open.
EXCESS = "possible duplicate payment"
#: Why a row stays although its record was deleted; it is looked at again until no money is on it.
HAS_PAYMENTS = "deleted in QuickBooks, but Loupe has payments on it"
#: How the reason of a conflict begins that is about money that settles what is another one's.
FOREIGN = "payer and invoice are of different customers"


@dataclass(frozen=True)
class Decision:
    """A decided conflict that is still open.

    Attributes:
        choice: `loupe` or `quickbooks` for a field; `same` or `separate` for a record.
        loupe_value: Loupe's value that the person saw.
        quickbooks_value: QuickBooks' value that the person saw.
        reason: Why a person had to decide; empty where something else is asked by now, which nobody has decided.
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
        _open(realm_id, record_type).where(
            conflict.c.decision.is_not(None),
            conflict.c.field != RECORD_CONFLICT,
            conflict.c.loupe_id.in_(list(loupe_ids)),
        )
    )
    found: dict[int, list[Decision]] = {}
    for row in rows:
        found.setdefault(row.loupe_id, []).append(_to_decision(row))
    return found


def read_asked(
    connection: Connection, realm_id: str, record_type: str, loupe_ids: Collection[int]
) -> dict[int, list[FieldConflict]]:
    """Return the open conflicts about some Loupe rows."""
    rows = connection.execute(
        _open(realm_id, record_type).where(conflict.c.loupe_id.in_(list(loupe_ids)))
    )
    found: dict[int, list[FieldConflict]] = {}
    for row in rows:
        asked = FieldConflict(
            row.field,
            row.reason,
            row.loupe_value,
            row.quickbooks_value,
            row.loupe_base,
            row.quickbooks_base,
        )
        found.setdefault(row.loupe_id, []).append(asked)
    return found


@dataclass(frozen=True)
class RecordDecisions:
    """What people decided about which record is which.

    Attributes:
        same: Which row a QuickBooks record is, by its Id.
        separate: The rows that it is not, by its Id, each with the question; `None` where it was about no single row.
        undecided: QuickBooks Ids that a row may be, by its key; nobody has decided yet.
    """

    same: Mapping[str, Decision] = field(default_factory=dict)
    separate: Mapping[str, Mapping[int | None, str]] = field(default_factory=dict)
    undecided: Mapping[int, Collection[str]] = field(default_factory=dict)

    @property
    def taken(self) -> set[int | None]:
        """The rows of which somebody has said which record they are."""
        return {decision.loupe_id for decision in self.same.values()}

    def are_about(self, quickbooks_id: str) -> bool:
        """Whether somebody has decided something about a record."""
        return quickbooks_id in self.same or quickbooks_id in self.separate

    def separated(self, quickbooks_id: str) -> Collection[int | None]:
        """Return the rows that a record is not."""
        return self.separate.get(quickbooks_id, ())


def read_record_decisions(
    connection: Connection, realm_id: str, record_type: str
) -> RecordDecisions:
    """Return the decisions about which record is which."""
    rows = connection.execute(
        _open(realm_id, record_type).where(
            conflict.c.field == RECORD_CONFLICT, conflict.c.quickbooks_id.is_not(None)
        )
    )
    undecided: dict[int, set[str]] = {}
    same: dict[str, Decision] = {}
    separate: dict[str, dict[int | None, str]] = {}
    for row in rows:
        if row.decision is None:
            undecided.setdefault(row.loupe_id, set()).add(row.quickbooks_id)
        elif row.decision == "same":
            same[row.quickbooks_id] = _to_decision(row)
        else:
            separate.setdefault(row.quickbooks_id, {})[row.loupe_id] = _answered(row)
    return RecordDecisions(same, separate, undecided)


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
    """Record who decided what, and when; a later decision about a row or a record takes the place of an earlier one."""
    (decided,) = connection.execute(
        update(conflict)
        .where(conflict.c.conflict_id == conflict_id)
        .values(decision=choice, decided_by=by, decided_at=func.now())
        .returning(conflict)
    )
    if choice == "same":
        _supersede(connection, decided, by)


def _supersede(connection: Connection, decided: Any, by: str) -> None:
    """Let a row and a record be nothing else than what was decided last, though no flow has carried it out yet."""
    connection.execute(
        update(conflict)
        .where(
            conflict.c.realm_id == decided.realm_id,
            conflict.c.record_type == decided.record_type,
            conflict.c.resolved_at.is_(None),
            conflict.c.conflict_id != decided.conflict_id,
            conflict.c.field == RECORD_CONFLICT,
            conflict.c.decision == "same",
            or_(
                conflict.c.loupe_id == decided.loupe_id,
                conflict.c.quickbooks_id == decided.quickbooks_id,
            ),
        )
        .values(decision="separate", decided_by=by, decided_at=func.now())
    )


def write_pair_decision(
    connection: Connection,
    realm_id: str,
    record_type: str,
    pair: tuple[int, str],
    choice: str,
    by: str,
) -> None:
    """Record who decided that a Loupe row and a QuickBooks record are one, or are two, though nobody asked."""
    loupe_id, quickbooks_id = pair
    key = {
        "realm_id": realm_id,
        "record_type": record_type,
        "loupe_id": loupe_id,
        "quickbooks_id": quickbooks_id,
        "field": RECORD_CONFLICT,
    }
    # What is asked of the two, about money perhaps, is not what is decided here.
    connection.execute(
        update(conflict)
        .where(*(conflict.c[name] == given for name, given in key.items()), _IS_OPEN)
        .values(resolved_at=func.now())
    )
    reason = f"decided by {by} without being asked"
    conflict_id = connection.execute(
        insert(conflict).values(**key, reason=reason).returning(conflict.c.conflict_id)
    ).scalar_one()
    write_decision(connection, conflict_id, choice, by)


_IS_OPEN = conflict.c.resolved_at.is_(None)


def _open(realm_id: str, record_type: str) -> Any:
    return select(conflict).where(
        conflict.c.realm_id == realm_id,
        conflict.c.record_type == record_type,
        _IS_OPEN,
    )


def _to_decision(row: Any) -> Decision:
    return Decision(
        row.field,
        row.decision,
        row.loupe_id,
        row.quickbooks_id,
        row.loupe_value,
        row.quickbooks_value,
        _answered(row),
    )


def _answered(row: Any) -> str:
    """Return the question that a person has answered; another one that has taken its place is open."""
    return row.reason if row.decided_at >= row.since_at else ""
