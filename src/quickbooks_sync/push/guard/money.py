"""The money guard of a push: nothing is sent that settles more than is still open, or settles it twice.

QuickBooks would accept it silently and keep the rest as unapplied money (Intuit: Payment, section 8.5).
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from quickbooks_sync.intake.owners import find_replaced_among
from quickbooks_sync.model.decision import Operation
from quickbooks_sync.model.errors import UnexpectedAnswerError
from quickbooks_sync.model.flow import Direction
from quickbooks_sync.model.outcome import RecordOutcome
from quickbooks_sync.model.problem import Problem
from quickbooks_sync.postgres.records.links import DELETED, REPLACED, read_links
from quickbooks_sync.postgres.runs.record_outcomes import read_held_ids, read_rejected_ids
from quickbooks_sync.push.decide.write import Write
from quickbooks_sync.push.guard.open_money import OpenMoney
from quickbooks_sync.quickbooks.client import fetch_if_there
from quickbooks_sync.quickbooks.query import IDS_PER_QUERY, build_select, is_in
from quickbooks_sync.record_types.declarations import Settling
from quickbooks_sync.record_types.registry import RECORD_TYPES
from quickbooks_sync.run.context import RunContext
from quickbooks_sync.transform.whole import find_lacking

Record = dict[str, Any]


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
        money = self._open_money()
        settled = self._fetch(money.find_settled_ids(writes))
        with self._context.reading() as connection:
            return money.hold(connection, writes, settled)

    def hold_again(self, writes: Sequence[Write]) -> list[RecordOutcome]:
        """Return an outcome for every write that stays held, without asking."""
        realm_id, of = self._context.realm_id, self._settles.of
        money = self._open_money()
        with self._context.reading() as connection:
            held_ids = read_held_ids(
                connection,
                realm_id,
                self._context.record_type,
                self._settles.lines,
                [write.source_id for write in writes],
            )
            again = [write for write in writes if write.source_id in held_ids]
            ids = money.find_settled_ids(again)
            links = read_links(connection, realm_id, of, quickbooks_ids=ids)
            outdated = read_rejected_ids(connection, realm_id, of, Direction.PULL, ids)
            known = {
                link.quickbooks_id: link.document
                for link in links
                if link.quickbooks_id not in outdated and link.state not in (DELETED, REPLACED)
            }
            fitting = [
                write for write in again if known.keys() >= {*money.find_settled_ids([write])}
            ]
            money.give_back([write for write in writes if write.source_id not in held_ids])
            return money.hold(connection, fitting, known)

    def _open_money(self) -> OpenMoney:
        return OpenMoney(self._context.type, self._settles, self._context.realm_id)

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


def to_rest(settles: Settling | None, write: Write, held: RecordOutcome) -> Write | None:
    """Return what of a change is sent although the money in it is held: what has nothing to do with it."""
    if settles is None or write.operation != Operation.UPDATE:
        return None
    if settles.lines not in {conflict.field for conflict in held.conflicts}:
        return None
    tied = {settles.lines, settles.owner, *settles.beside}
    fields = tuple(name for name in write.fields if name not in tied)
    return replace(write, fields=fields, conflicts=held.conflicts) if fields else None
