"""The money guard of a push: nothing is sent that settles more than is still open, or settles it twice.

QuickBooks would accept it silently and keep the rest as unapplied money (Intuit: Payment, section 8.5).
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from quickbooks_sync.intake.owners import find_replaced_among
from quickbooks_sync.matching.batch_end import Misfit, Move, find_misfits
from quickbooks_sync.model.decision import Operation
from quickbooks_sync.model.errors import UnexpectedAnswerError
from quickbooks_sync.model.flow import Direction
from quickbooks_sync.model.outcome import FieldConflict, Outcome, RecordOutcome
from quickbooks_sync.model.problem import Problem
from quickbooks_sync.postgres.records.applied import read_tax_beyond
from quickbooks_sync.postgres.records.decisions import EXCESS
from quickbooks_sync.postgres.records.links import DELETED, REPLACED, read_link_ids, read_links
from quickbooks_sync.postgres.runs.record_outcomes import read_held_ids, read_rejected_ids
from quickbooks_sync.push.decide.write import Write
from quickbooks_sync.push.guard.moves import to_settling_move
from quickbooks_sync.quickbooks.client import fetch_if_there
from quickbooks_sync.quickbooks.query import build_select, is_in
from quickbooks_sync.record_types.declarations import Settling
from quickbooks_sync.record_types.registry import RECORD_TYPES
from quickbooks_sync.run.context import RunContext
from quickbooks_sync.transform.whole import find_lacking

Record = dict[str, Any]

#: Keeps a statement short; thirty payments seldom settle more.
IDS_PER_QUERY = 200


def refuse_overpayments(context: RunContext, writes: Sequence[Write]) -> list[RecordOutcome]:
    """Return an outcome for every write that must not be sent just now; one metered read, or none.

    What they settle is asked from QuickBooks right before they are sent, and the writes are counted against what
    is open once all of them are sent. A new one also waits while what it settles has one that no pull has seen:
    somebody may have entered the same money there.
    """
    settles = context.type.settles
    return MoneyGuard(context, settles).refuse(writes) if settles else []


def hold_again(context: RunContext, writes: Sequence[Write]) -> list[RecordOutcome]:
    """Return an outcome for every write that was held before and does not fit what was last pulled either.

    It costs no metered read; a payment there that moves, moves what it settles.
    """
    settles = context.type.settles
    return MoneyGuard(context, settles).hold_again(writes) if settles else []


class MoneyGuard:
    """Holds writes against what is open of the records that they settle.

    Args:
        context: The run.
        settles: How its records settle others.
    """

    def __init__(self, context: RunContext, settles: Settling) -> None:
        self._context = context
        self._settles = settles
        self._settled_entity = RECORD_TYPES[settles.of].entity

    def refuse(self, writes: Sequence[Write]) -> list[RecordOutcome]:
        """Return an outcome for every write that must not be sent just now."""
        return self._count(writes, self._fetch(self._settled_ids(writes)))

    def hold_again(self, writes: Sequence[Write]) -> list[RecordOutcome]:
        """Return an outcome for every write that stays held, without asking."""
        realm_id, of = self._context.realm_id, self._settles.of
        with self._context.reading() as connection:
            held_ids = read_held_ids(
                connection,
                realm_id,
                self._context.record_type,
                self._settles.lines,
                [write.source_id for write in writes],
            )
            again = [write for write in writes if write.source_id in held_ids]
            ids = self._settled_ids(again)
            links = read_links(connection, realm_id, of, quickbooks_ids=ids)
            outdated = read_rejected_ids(connection, realm_id, of, Direction.PULL, ids)
        known = {
            link.quickbooks_id: link.document
            for link in links
            if link.quickbooks_id not in outdated and link.state not in (DELETED, REPLACED)
        }
        fitting = [write for write in again if self._move(write).asked.keys() <= known.keys()]
        others = [write for write in writes if write.source_id not in held_ids]
        return self._count(fitting, known, beside=others)

    def _count(
        self, writes: Sequence[Write], settled: Mapping[str, Record], beside: Sequence[Write] = ()
    ) -> list[RecordOutcome]:
        """Hold the writes against what is open once all are sent; return those that do not fit.

        What other writes `beside` give back is open, too.
        """
        left = self._find_left(settled, beside)
        unseen = self._find_unseen(settled)
        strangers = {
            write.source_id: stranger
            for write in writes
            if (stranger := self._first_unseen(write, unseen))
        }
        moves = [self._move(write) for write in writes]
        misfits = _find_gone(moves, settled)
        counted = [move for move in moves if move.key not in {*misfits, *strangers}]
        misfits |= find_misfits(counted, left)
        for move in moves:
            if move.key in strangers:
                misfits |= find_misfits([move], left)
        return [
            self._conflict(write, self._describe(misfits[write.source_id], settled))
            if write.source_id in misfits
            else self._waiting(write, strangers[write.source_id])
            for write in writes
            if write.source_id in misfits or write.source_id in strangers
        ]

    def _find_left(
        self, settled: Mapping[str, Record], beside: Sequence[Write]
    ) -> dict[str, Decimal]:
        """Return what is open of each, with tax that Loupe alone asks for: QuickBooks leaves it unapplied."""
        name = self._settles.open_property
        left = {number: Decimal(record.get(name) or 0) for number, record in settled.items()}
        with self._context.reading() as connection:
            beyond = read_tax_beyond(
                connection, (self._context.realm_id, self._settles.of), settled
            )
        given = [
            (number, -more)
            for write in beside
            for number, more in self._move(write).more.items()
            if more < 0
        ]
        for number, amount in (*beyond.items(), *given):
            left[number] = left.get(number, Decimal(0)) + amount
        return left

    def _move(self, write: Write) -> Move:
        return to_settling_move(self._settles, write)

    def _settled_ids(self, writes: Sequence[Write]) -> list[str]:
        return sorted({number for write in writes for number in self._move(write).asked})

    def _fetch(self, ids: Sequence[str]) -> dict[str, Record]:
        if not ids:
            return {}
        client, entity = self._context.client(), self._settled_entity
        listed = {
            record["Id"]: record
            for start in range(0, len(ids), IDS_PER_QUERY)
            for record in client.query(
                build_select(
                    entity, is_in("Id", ids[start : start + IDS_PER_QUERY]), max_results=1000
                )
            ).records
            if not self._find_lacking(record)
        }
        # A list shows a new record late; by its Id it answers at once.
        late = {
            number: fetch_if_there(client, entity, number) for number in ids if number not in listed
        }
        there = listed | {
            number: self._ensure_whole(record)
            for number, record in late.items()
            if record is not None
        }
        settled = RECORD_TYPES[self._settles.of]
        replaced = find_replaced_among(self._context, settled, list(there.values()))
        return {number: record for number, record in there.items() if number not in replaced}

    def _find_lacking(self, record: Record) -> Problem | None:
        return find_lacking(self._context.workspace.mapping(self._settles.of), record)

    def _ensure_whole(self, record: Record) -> Record:
        """A balance that QuickBooks does not tell is not 0."""
        problem = self._find_lacking(record)
        if problem is None:
            return record
        raise UnexpectedAnswerError(
            f"Nothing was sent that settles {self._settles.of} {record['Id']}: {problem.message}.",
            quickbooks_id=record["Id"],
        )

    def _find_unseen(self, settled: Mapping[str, Record]) -> dict[str, str]:
        """Return, by settled record, one in QuickBooks that settles it and that no Loupe row is linked to."""
        settled_by = [
            (number, linked["TxnId"])
            for number, record in settled.items()
            for linked in record.get("LinkedTxn") or ()
            if linked.get("TxnType") == self._context.type.entity
        ]
        with self._context.reading() as connection:
            pairs = read_link_ids(
                connection,
                self._context.realm_id,
                self._context.record_type,
                quickbooks_ids={quickbooks_id for _, quickbooks_id in settled_by},
            )
        seen = {quickbooks_id for _, quickbooks_id in pairs}
        return {number: settling for number, settling in settled_by if settling not in seen}

    def _first_unseen(self, write: Write, unseen: Mapping[str, str]) -> str | None:
        if write.operation != Operation.CREATE:
            return None
        return next(
            (unseen[number] for number in self._move(write).asked if number in unseen), None
        )

    def _describe(self, misfit: Misfit, settled: Mapping[str, Record]) -> str:
        if misfit.thing not in settled:
            return f"{self._settles.of} {misfit.thing} no longer exists in QuickBooks, or is another record now"
        return (
            f"{EXCESS}: {misfit.asked} for QuickBooks {self._settles.of} {misfit.thing}, "
            f"of which {misfit.available} is open"
        )

    def _waiting(self, write: Write, stranger: str) -> RecordOutcome:
        kind = self._context.type
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


def to_rest(settles: Settling | None, write: Write, held: RecordOutcome) -> Write | None:
    """Return what of a change is sent although the money in it is held: what has nothing to do with it."""
    if settles is None or write.operation != Operation.UPDATE:
        return None
    if settles.lines not in {conflict.field for conflict in held.conflicts}:
        return None
    tied = {settles.lines, *settles.beside}
    fields = tuple(name for name in write.fields if name not in tied)
    return replace(write, fields=fields, conflicts=held.conflicts) if fields else None


def _find_gone(moves: Sequence[Move], settled: Mapping[str, Record]) -> dict[str, Misfit]:
    """Return the moves that settle what is not there any more."""
    return {
        move.key: Misfit(number, amount, Decimal(0))
        for move in moves
        for number, amount in move.asked.items()
        if number not in settled
    }
