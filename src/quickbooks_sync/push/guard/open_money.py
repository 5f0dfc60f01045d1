"""Counts writes against what is open of the records that they settle, wherever those were read."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from quickbooks_sync.matching.batch_end import Misfit, Move, find_misfits
from quickbooks_sync.model.decision import Operation
from quickbooks_sync.model.outcome import FieldConflict, Outcome, RecordOutcome
from quickbooks_sync.postgres.records.applied import read_tax_beyond
from quickbooks_sync.postgres.records.decisions import EXCESS, FOREIGN
from quickbooks_sync.postgres.records.links import read_link_ids
from quickbooks_sync.push.decide.write import Write
from quickbooks_sync.push.guard.families import read_heads
from quickbooks_sync.push.guard.moves import to_given, to_settling_move
from quickbooks_sync.record_types.declarations import Settling
from quickbooks_sync.record_types.record_type import RecordType
from quickbooks_sync.record_types.registry import RECORD_TYPES

Record = Mapping[str, Any]

_NOTHING = Decimal(0)


class OpenMoney:
    """What is open of records that others settle; what is counted once is no longer open for later writes.

    Args:
        kind: The record type that settles.
        settles: How it does.
        realm_id: The company.
    """

    def __init__(self, kind: RecordType, settles: Settling, realm_id: str) -> None:
        self._kind = kind
        self._settles = settles
        self._realm_id = realm_id
        self._left: dict[str, Decimal] = {}
        self._known: set[str] = set()

    def find_settled_ids(self, writes: Sequence[Write]) -> list[str]:
        """Return the Ids of what some writes settle, in order."""
        return sorted({number for write in writes for number in self._settled_by(write)})

    def give_back(self, writes: Sequence[Write]) -> None:
        """Count as open what writes that are not judged settle no longer."""
        for write in writes:
            for number, more in self._move(write).more.items():
                if more < 0:
                    self._left[number] = self._left.get(number, _NOTHING) - more

    def hold(
        self, connection: Connection, writes: Sequence[Write], settled: Mapping[str, Record]
    ) -> list[RecordOutcome]:
        """Return an outcome for every write that must not be sent, judged by what stands once all are.

        Args:
            connection: An open connection.
            writes: The writes, in their order.
            settled: What they settle, by Id, as QuickBooks has it; what is missing is gone.
        """
        self._open(connection, settled)
        moves = {write.source_id: self._move(write) for write in writes}
        strangers = self._find_strangers(connection, writes, settled)
        misfits = _find_gone(list(moves.values()), settled)
        foreign = self._find_foreign(connection, writes, settled)
        left_out = {*misfits, *strangers, *foreign}
        counted = [move for key, move in moves.items() if key not in left_out]
        misfits |= find_misfits(counted, self._left)
        for key in strangers:
            misfits |= find_misfits([moves[key]], self._left)
        self._count([move for move in counted if move.key not in misfits])
        problems = {key: self._describe(misfit, settled) for key, misfit in misfits.items()}
        problems |= foreign
        return [
            self._conflict(write, problems[write.source_id])
            if write.source_id in problems
            else self._waiting(write, strangers[write.source_id])
            for write in writes
            if write.source_id in problems or write.source_id in strangers
        ]

    def _open(self, connection: Connection, settled: Mapping[str, Record]) -> None:
        """Note what is open of each, with tax that Loupe alone asks for: QuickBooks leaves it unapplied."""
        name = self._settles.open_property
        fresh = {number: record for number, record in settled.items() if number not in self._known}
        beyond = read_tax_beyond(connection, (self._realm_id, self._settles.of), fresh)
        for number, record in fresh.items():
            is_open = Decimal(record.get(name) or 0) + beyond.get(number, _NOTHING)
            self._left[number] = self._left.get(number, _NOTHING) + is_open
        self._known |= fresh.keys()

    def _count(self, moves: Sequence[Move]) -> None:
        for move in moves:
            for number, more in move.more.items():
                self._left[number] = self._left.get(number, _NOTHING) - more

    def _move(self, write: Write) -> Move:
        return to_settling_move(self._settles, write)

    def _settled_by(self, write: Write) -> list[str]:
        """Return what a write settles, and, where it changes whose money that is, what it settles already."""
        move = self._move(write)
        moves_owner = self._settles.owner in write.fields
        return [*move.asked] or ([*to_given(self._settles, write)] if moves_owner else [])

    def _find_foreign(
        self, connection: Connection, writes: Sequence[Write], settled: Mapping[str, Record]
    ) -> dict[str, str]:
        """Return by write why what it settles is not its owner's: QuickBooks would keep the money unapplied."""
        owner = RECORD_TYPES[self._kind.depends_on[0]]
        whose = {
            number: str(pointer["value"])
            for number, record in settled.items()
            if (pointer := record.get(self._settles.owner_property))
        }
        payers = {write.source_id: write.values.get(self._settles.owner) for write in writes}
        known = {*whose.values(), *(payer for payer in payers.values() if payer)}
        heads = read_heads(connection, self._realm_id, owner, known)
        return {
            write.source_id: self._describe_foreign(number, settled[number], payer)
            for write in writes
            if (payer := payers[write.source_id])
            for number in reversed(self._settled_by(write))
            if number in whose and heads[whose[number]] != heads[payer]
        }

    def _describe_foreign(self, number: str, record: Record, payer: str) -> str:
        whose, label = record[self._settles.owner_property], self._settles.owner
        return (
            f"{FOREIGN}: {self._call(number, record)} is of {label} {whose.get('name') or ''} (Id {whose['value']}), this "
            f"{self._kind.label} of the {label} with Id {payer}. QuickBooks would keep its money unapplied, so nothing was "
            f"sent; correct the {label} of one of them"
        )

    def _call(self, number: str, record: Record) -> str:
        """Return what people recognise a settled record by."""
        called = record.get("DocNumber")
        label = f"QuickBooks {self._settles.of}"
        return f"{label} {called} (Id {number})" if called else f"{label} with Id {number}"

    def _find_strangers(
        self, connection: Connection, writes: Sequence[Write], settled: Mapping[str, Record]
    ) -> dict[str, str]:
        """Return, by new write, a record that settles the same in QuickBooks and that no Loupe row is linked to."""
        unseen = self._find_unseen(connection, settled)
        found = {
            write.source_id: [
                unseen[number] for number in self._move(write).asked if number in unseen
            ]
            for write in writes
            if write.operation == Operation.CREATE
        }
        return {key: strangers[0] for key, strangers in found.items() if strangers}

    def _find_unseen(self, connection: Connection, settled: Mapping[str, Record]) -> dict[str, str]:
        settled_by = [
            (number, linked["TxnId"])
            for number, record in settled.items()
            for linked in record.get("LinkedTxn") or ()
            if linked.get("TxnType") == self._kind.entity
        ]
        ids = {quickbooks_id for _, quickbooks_id in settled_by}
        pairs = read_link_ids(connection, self._realm_id, self._kind.name, quickbooks_ids=ids)
        seen = {quickbooks_id for _, quickbooks_id in pairs}
        return {number: settling for number, settling in settled_by if settling not in seen}

    def _describe(self, misfit: Misfit, settled: Mapping[str, Record]) -> str:
        if misfit.thing not in settled:
            return f"the {self._settles.of} with Id {misfit.thing} no longer exists in QuickBooks, or is another record now"
        called = self._call(misfit.thing, settled[misfit.thing])
        return f"{EXCESS}: {misfit.asked} for {called}, of which {misfit.available} is open"

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
        theirs = write.link.quickbooks_base.get(lines) if write.link else None
        return RecordOutcome(
            write.source_id,
            Outcome.CONFLICT,
            loupe_id=write.loupe_id,
            quickbooks_id=write.link.quickbooks_id if write.link else None,
            reason=problem,
            conflicts=(
                FieldConflict(lines, problem, write.values[lines], theirs),
                *(held for held in write.conflicts if held.field != lines),
            ),
            raw=write.raw,
        )


def _find_gone(moves: Sequence[Move], settled: Mapping[str, Record]) -> dict[str, Misfit]:
    """Return the moves that settle what is not there any more."""
    return {
        move.key: Misfit(number, amount, _NOTHING)
        for move in moves
        for number, amount in move.asked.items()
        if number not in settled
    }
