"""The money guard of a push: nothing is sent that settles more than is still open, or settles it twice.

QuickBooks would accept it silently and keep the rest as unapplied money (Intuit: Payment, section 8.5).
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from quickbooks_sync.intake.owners import find_replaced_among
from quickbooks_sync.model.decision import Operation
from quickbooks_sync.model.flow import Direction
from quickbooks_sync.model.outcome import FieldConflict, Outcome, RecordOutcome
from quickbooks_sync.postgres.records.links import DELETED, REPLACED, read_link_ids, read_links
from quickbooks_sync.postgres.runs.record_outcomes import read_held_ids, read_rejected_ids
from quickbooks_sync.push.decide.write import Write
from quickbooks_sync.quickbooks.client import fetch_if_there
from quickbooks_sync.quickbooks.query import build_select, is_in
from quickbooks_sync.record_types.declarations import Settling
from quickbooks_sync.record_types.registry import RECORD_TYPES
from quickbooks_sync.run.context import RunContext

Record = dict[str, Any]


def refuse_overpayments(context: RunContext, writes: Sequence[Write]) -> list[RecordOutcome]:
    """Return an outcome for every write that must not be sent just now; one metered read, or none.

    What they settle is asked from QuickBooks right before they are sent, and the writes are counted against what
    is open one after the other. A new one also waits while what it settles has one that no pull has seen: somebody
    may have entered the same money there.
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
        settling = self._settling(writes)
        return self._count(settling, self._fetch(self._settled_ids(settling)))

    def _settling(self, writes: Sequence[Write]) -> list[Write]:
        """What is not sent settles nothing: QuickBooks' own lines go back with the document."""
        return [
            write
            for write in writes
            if write.operation == Operation.CREATE or self._settles.lines in write.fields
        ]

    def hold_again(self, writes: Sequence[Write]) -> list[RecordOutcome]:
        """Return an outcome for every write that stays held, without asking."""
        writes = self._settling(writes)
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
        fitting = [write for write in again if self._asked(write).keys() <= known.keys()]
        return self._count(fitting, known)

    def _count(self, writes: Sequence[Write], settled: Mapping[str, Record]) -> list[RecordOutcome]:
        """Count the writes against what is open, one after the other; return those that do not fit."""
        name = self._settles.open_property
        left = {number: Decimal(record.get(name) or 0) for number, record in settled.items()}
        unseen = self._find_unseen(settled)
        refused = []
        for write in writes:
            problem = self._find_excess(write, left)
            stranger = self._first_unseen(write, unseen)
            if problem:
                refused.append(self._conflict(write, problem))
            elif stranger:
                refused.append(self._waiting(write, stranger))
            else:
                given = self._given_back(write)
                for number, amount in self._asked(write).items():
                    left[number] += given.get(number, Decimal(0)) - amount
        return refused

    def _settled_ids(self, writes: Sequence[Write]) -> list[str]:
        return sorted({number for write in writes for number in self._asked(write)})

    def _fetch(self, ids: Sequence[str]) -> dict[str, Record]:
        if not ids:
            return {}
        client, entity = self._context.client(), self._settled_entity
        statement = build_select(entity, is_in("Id", ids), max_results=1000)
        listed = {record["Id"]: record for record in client.query(statement).records}
        # A list shows a new record late; by its Id it answers at once.
        late = {
            number: fetch_if_there(client, entity, number) for number in ids if number not in listed
        }
        there = listed | {number: record for number, record in late.items() if record is not None}
        settled = RECORD_TYPES[self._settles.of]
        replaced = find_replaced_among(self._context, settled, list(there.values()))
        return {number: record for number, record in there.items() if number not in replaced}

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
        return next((unseen[number] for number in self._asked(write) if number in unseen), None)

    def _asked(self, write: Write) -> dict[str, Decimal]:
        amounts = self._settles.amounts(write.values)
        return {number: Decimal(amount) for number, amount in amounts.items()}

    def _find_excess(self, write: Write, left: Mapping[str, Decimal]) -> str | None:
        """Return why a write asks more than is open, or `None`."""
        given = self._given_back(write)
        for number, amount in self._asked(write).items():
            if number not in left:
                return f"{self._settles.of} {number} no longer exists in QuickBooks, or is another record now"
            if amount > left[number] + given.get(number, Decimal(0)):
                return (
                    f"possible duplicate payment: {amount} for QuickBooks {self._settles.of} {number}, "
                    f"of which {left[number]} is open"
                )
        return None

    def _given_back(self, write: Write) -> dict[str, Decimal]:
        """What the record being changed settles already."""
        given: dict[str, Decimal] = {}
        document: dict[str, Any] = write.link.document if write.link else {}
        for line in document.get("Line") or ():
            for linked in line.get("LinkedTxn") or ():
                if linked.get("TxnType") == self._settled_entity:
                    before = given.get(linked["TxnId"], Decimal(0))
                    given[linked["TxnId"]] = before + Decimal(line.get("Amount") or 0)
        return given

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
        return RecordOutcome(
            write.source_id,
            Outcome.CONFLICT,
            loupe_id=write.loupe_id,
            quickbooks_id=write.link.quickbooks_id if write.link else None,
            reason=problem,
            conflicts=(FieldConflict(lines, problem, write.values[lines], None),),
            raw=write.raw,
        )
