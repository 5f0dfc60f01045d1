"""What writes give up in QuickBooks and what they ask of it: money that is open, and names that one record carries."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from quickbooks_sync.matching.batch_end import Amounts, Move
from quickbooks_sync.model.decision import Operation
from quickbooks_sync.push.decide.write import Write
from quickbooks_sync.record_types.declarations import Settling
from quickbooks_sync.record_types.record_type import RecordType
from quickbooks_sync.record_types.registry import RECORD_TYPES
from quickbooks_sync.transform.canonical import folded

_ONE = Decimal(1)


def to_move(kind: RecordType, write: Write) -> Move:
    """Return what a write moves of what QuickBooks lets one record alone have."""
    if kind.settles is not None:
        return to_settling_move(kind.settles, write)
    return (
        _to_naming_move(kind.exclusive_field, write)
        if kind.exclusive_field
        else Move(write.source_id)
    )


def to_settling_move(settles: Settling, write: Write) -> Move:
    """Return what a write settles now and will settle, by the Id of what is settled."""
    if write.operation == Operation.VOID:
        return Move(write.source_id, to_given(settles, write))
    # What is not sent settles nothing new: QuickBooks' own lines go back with the document.
    if write.operation != Operation.CREATE and settles.lines not in write.fields:
        return Move(write.source_id)
    asked = {number: Decimal(amount) for number, amount in settles.amounts(write.values).items()}
    return Move(write.source_id, to_given(settles, write), asked)


def to_given(settles: Settling, write: Write) -> dict[str, Decimal]:
    """Return what a linked record settles in QuickBooks so far, by the Id of what is settled."""
    given: dict[str, Decimal] = {}
    entity = RECORD_TYPES[settles.of].entity
    for number, amount in _iter_settled(write, entity):
        given[number] = given.get(number, Decimal(0)) + amount
    return given


def _iter_settled(write: Write, entity: str) -> Iterator[tuple[str, Decimal]]:
    document: dict[str, Any] = write.link.document if write.link else {}
    for line in document.get("Line") or ():
        for linked in line.get("LinkedTxn") or ():
            if linked.get("TxnType") == entity:
                yield linked["TxnId"], Decimal(line.get("Amount") or 0)


def _to_naming_move(name: str, write: Write) -> Move:
    is_retired = "is_active" in write.fields and not write.values.get("is_active")
    is_named = name in write.fields
    before = write.link.quickbooks_base.get(name) if write.link else None
    return Move(
        write.source_id,
        _carrying(before) if is_named or is_retired else {},
        _carrying(write.values.get(name)) if is_named else {},
    )


def _carrying(value: str | None) -> Amounts:
    text = folded(value)
    return {text: _ONE} if text else {}
