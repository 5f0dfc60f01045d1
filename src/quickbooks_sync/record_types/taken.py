"""Names and numbers that QuickBooks takes once: which records have them, and what is refused for it.

Design note
    A value counts as taken where a linked record has it on both sides. What one side alone says may be over before the
    record is sent: its owner may be renamed by the same push, or may have been in QuickBooks. Then QuickBooks decides.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from quickbooks_sync.model.problem import Problem, Severity
from quickbooks_sync.postgres.tables import link
from quickbooks_sync.record_types.declarations import Row, TakenOnce
from quickbooks_sync.record_types.record_type import RecordType


@dataclass(frozen=True)
class Holder:
    """A record with a value that QuickBooks takes once.

    Attributes:
        loupe_id: Its Loupe row.
        quickbooks_id: Its Id; `None` where it is new.
        value: The value as it is written there.
        is_there: Whether QuickBooks has the value, as far as is known.
        is_kept: Whether Loupe has it, too.
    """

    loupe_id: int
    quickbooks_id: str | None
    value: str
    is_there: bool
    is_kept: bool


Holders = Mapping[str, Sequence[Holder]]


def refuse_taken(
    kind: RecordType, value: str | None, loupe_id: int, holders: Holders
) -> tuple[Problem, ...]:
    """Refuse a value that another record has (Intuit: codes 6240 and 6140); a warning where it may be free by then.

    Args:
        kind: The record type.
        value: What the row would be sent with.
        loupe_id: The row.
        holders: Who has what, by `fold`.
    """
    once = kind.once
    if once is None or value is None:
        return ()
    # Rows are sent in the order of their keys: of two that QuickBooks has not, the first gets the value.
    others = [
        holder
        for holder in holders.get(fold(value), ())
        if holder.loupe_id != loupe_id and (holder.is_there or holder.loupe_id < loupe_id)
    ]
    if not others:
        return ()
    holder = next((other for other in others if _is_certain(other, value)), others[0])
    severity = Severity.REJECTED if _is_certain(holder, value) else Severity.WARNING
    message = _describe(kind, once, holder, value)
    return (Problem(once.name, once.rule, value, message, severity),)


def fold(value: str) -> str:
    """Return a value as it is looked up; whether QuickBooks tells case apart is not documented."""
    return value.strip().lower()


def _is_certain(holder: Holder, value: str) -> bool:
    return holder.is_there and holder.is_kept and holder.value == value


def _describe(kind: RecordType, once: TakenOnce, holder: Holder, value: str) -> str:
    other = f"{kind.label} {holder.loupe_id}"
    if _is_certain(holder, value):
        return (
            f"{other} (QuickBooks Id {holder.quickbooks_id}) has {value!r} already, and QuickBooks takes it once; "
            "change it in one of the two"
        )
    has = "had" if holder.is_there and not holder.is_kept else "has"
    where = f"QuickBooks Id {holder.quickbooks_id}" if holder.quickbooks_id else "new, too"
    return (
        f"{other} ({where}) {has} {holder.value!r}, and QuickBooks may refuse a second one (fault {once.code}); "
        "if it does, change it in one of the two"
    )


def read_holders(
    connection: Connection,
    kind: RecordType,
    realm_id: str,
    organization_id: int,
    values: Collection[str],
) -> Holders:
    """Return which records have some values, in Loupe or in QuickBooks as it was last read.

    Args:
        connection: An open connection.
        kind: The record type.
        realm_id: The company.
        organization_id: Its organization in Loupe.
        values: The values.
    """
    once, wanted = kind.once, {fold(value) for value in values}
    if once is None or not wanted:
        return {}
    found = [
        *_iter_in_loupe(connection, kind, once, realm_id, organization_id, wanted),
        *_iter_moved(connection, kind, once, realm_id, wanted),
    ]
    holders: dict[str, list[Holder]] = {}
    for holder in found:
        holders.setdefault(fold(holder.value), []).append(holder)
    return holders


def _iter_in_loupe(
    connection: Connection,
    kind: RecordType,
    once: TakenOnce,
    realm_id: str,
    organization_id: int,
    wanted: Collection[str],
) -> Iterator[Holder]:
    """Yield the rows that have one of the values in Loupe and hold it in QuickBooks, or will."""
    (key,) = kind.table.primary_key
    statement = (
        select(
            kind.table,
            *kind.unsent_columns,
            key.label("loupe_id"),
            link.c.quickbooks_id,
            link.c.document[once.property].astext.label("value_there"),
        )
        .outerjoin(link, _live(kind, realm_id, key))
        .where(
            kind.table.c.organization_id == organization_id,
            or_(*(func.lower(func.btrim(column)).in_(wanted) for column in once.columns)),
        )
    )
    for row in map(dict, connection.execute(statement).mappings()):
        value = once.read(row)
        if value is not None and fold(value) in wanted:
            yield from _to_holder(kind, row, value)


def _to_holder(kind: RecordType, row: Row, value: str) -> Iterator[Holder]:
    there, quickbooks_id = row["value_there"], row["quickbooks_id"]
    is_there = there is not None and fold(there) == fold(value)
    is_unsent = kind.unsent_reason(row, is_linked=quickbooks_id is not None) is not None
    is_kept = row.get("is_active") is not False
    if is_there:
        yield Holder(row["loupe_id"], quickbooks_id, there.strip(), is_there, is_kept)
    elif is_kept and not is_unsent:
        yield Holder(row["loupe_id"], quickbooks_id, value, is_there, is_kept)


def _iter_moved(
    connection: Connection,
    kind: RecordType,
    once: TakenOnce,
    realm_id: str,
    wanted: Collection[str],
) -> Iterator[Holder]:
    """Yield the records that have one of the values in QuickBooks alone: their rows have changed since."""
    (key,) = kind.table.primary_key
    there = link.c.document[once.property].astext
    statement = (
        select(kind.table, key.label("loupe_id"), link.c.quickbooks_id, there.label("value_there"))
        .join(link, _live(kind, realm_id, key))
        # What is settled is found by its row; only of the others the whole document is opened.
        .where(link.c.loupe_row_version.is_distinct_from(kind.table.c.row_version))
    )
    for row in map(dict, connection.execute(statement).mappings()):
        there_now, here = row["value_there"], once.read(row)
        if there_now is None or fold(there_now) not in wanted:
            continue
        if here is None or fold(here) != fold(there_now):
            yield Holder(row["loupe_id"], row["quickbooks_id"], there_now.strip(), True, False)


def _live(kind: RecordType, realm_id: str, key: ColumnElement[int]) -> Any:
    return and_(
        link.c.realm_id == realm_id,
        link.c.record_type == kind.name,
        link.c.state == "live",
        link.c.missing_since_at.is_(None),
        link.c.loupe_id == key,
    )
