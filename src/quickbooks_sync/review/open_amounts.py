"""Counts what writes settle against what is open, one after the other, wherever the open amounts were read."""

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

from quickbooks_sync.model.decision import Operation
from quickbooks_sync.model.outcome import FieldConflict, Outcome, RecordOutcome
from quickbooks_sync.push.decide.write import Write
from quickbooks_sync.record_types.declarations import Settling
from quickbooks_sync.record_types.record_type import RecordType
from quickbooks_sync.record_types.registry import RECORD_TYPES

Record = Mapping[str, Any]
_NOTHING = Decimal(0)


class OpenAmounts:
    """What is open of records that others settle.

    Args:
        kind: The record type that settles.
        settles: How it does.
    """

    def __init__(self, kind: RecordType, settles: Settling) -> None:
        self._kind = kind
        self._settles = settles
        self._settled_entity = RECORD_TYPES[settles.of].entity
        self._left: dict[str, Decimal] = {}
        self._unseen: dict[str, str] = {}

    def add(self, settled: Mapping[str, Record], seen: Collection[str]) -> None:
        """Add records that are settled, by Id; what is known of one already stays.

        Args:
            settled: The records as QuickBooks has them.
            seen: Those of `settling_ids` that Loupe rows are linked to.
        """
        name = self._settles.open_property
        for number, record in settled.items():
            if number not in self._left:
                self._left[number] = Decimal(record.get(name) or 0)
                strangers = [found for found in self._settling(record) if found not in seen]
                self._unseen |= {number: strangers[-1]} if strangers else {}

    def settling_ids(self, settled: Mapping[str, Record]) -> set[str]:
        """Return the Ids of the records that settle some in QuickBooks."""
        return {found for record in settled.values() for found in self._settling(record)}

    def take(self, write: Write) -> RecordOutcome | None:
        """Count a write; return its outcome where it must not be sent, and `None` where it fits."""
        asked, given = self.asked(write), self._given_back(write)
        problem = self._find_excess(asked, given)
        if problem:
            return self._conflict(write, problem)
        stranger = next((self._unseen[number] for number in asked if number in self._unseen), None)
        if stranger and write.operation == Operation.CREATE:
            return self._waiting(write, stranger)
        for number, amount in asked.items():
            self._left[number] += given.get(number, _NOTHING) - amount
        return None

    def is_settling(self, write: Write) -> bool:
        """Whether a write settles anything: what is not sent does not, QuickBooks' own lines go back as they were."""
        return write.operation == Operation.CREATE or self._settles.lines in write.fields

    def asked(self, write: Write) -> dict[str, Decimal]:
        """Return how much a write settles, by Id."""
        amounts = self._settles.amounts(write.values)
        return {number: Decimal(amount) for number, amount in amounts.items()}

    def _settling(self, record: Record) -> list[str]:
        return [
            linked["TxnId"]
            for linked in record.get("LinkedTxn") or ()
            if linked.get("TxnType") == self._kind.entity
        ]

    def _find_excess(
        self, asked: Mapping[str, Decimal], given: Mapping[str, Decimal]
    ) -> str | None:
        """Return why a write asks more than is open, or `None`."""
        for number, amount in asked.items():
            if number not in self._left:
                return f"{self._settles.of} {number} no longer exists in QuickBooks, or is another record now"
            if amount > self._left[number] + given.get(number, _NOTHING):
                return (
                    f"possible duplicate payment: {amount} for QuickBooks {self._settles.of} {number}, "
                    f"of which {self._left[number]} is open"
                )
        return None

    def _given_back(self, write: Write) -> dict[str, Decimal]:
        """What the record being changed settles already."""
        given: dict[str, Decimal] = {}
        document: Record = write.link.document if write.link else {}
        for line in document.get("Line") or ():
            for linked in line.get("LinkedTxn") or ():
                if linked.get("TxnType") == self._settled_entity:
                    before = given.get(linked["TxnId"], _NOTHING)
                    given[linked["TxnId"]] = before + Decimal(line.get("Amount") or 0)
        return given

    def _waiting(self, write: Write, stranger: str) -> RecordOutcome:
        kind = self._kind
        return RecordOutcome(
            write.source_id,
            Outcome.WAITING,
            loupe_id=write.loupe_id,
            reason=f"QuickBooks has {kind.label} {stranger} on the same {self._settles.of}, which is not linked to "
            f"Loupe yet and may be the same; pull {kind.labels} first",
            waits_for=kind.name,
            waits_for_id=stranger,
            raw=write.raw,
        )

    def _conflict(self, write: Write, problem: str) -> RecordOutcome:
        lines = self._settles.lines
        return RecordOutcome(
            write.source_id,
            Outcome.CONFLICT,
            loupe_id=write.loupe_id,
            quickbooks_id=write.link.quickbooks_id if write.link else None,
            reason=problem,
            conflicts=(FieldConflict(lines, problem, write.values[lines], None),),
            raw=write.raw,
        )
