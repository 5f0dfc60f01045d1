"""The money guard of a pull: nothing in Loupe is settled by more than it asks for once a batch is in."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from quickbooks_sync.intake.batch_context import BatchContext
from quickbooks_sync.intake.planned import Planned, PlannedInsert
from quickbooks_sync.matching.batch_end import Misfit, Move, find_misfits
from quickbooks_sync.postgres.records.applied import read_open_amounts, read_settling_ids
from quickbooks_sync.postgres.records.decisions import EXCESS
from quickbooks_sync.record_types.declarations import Row, Settling, Values


class SettlingGuard:
    """Judges what a batch settles by what is settled once all of it is taken.

    Args:
        known: What both sides hold about the batch.
        settles: How its records settle others.
        planned: What is planned of each record.
    """

    def __init__(self, known: BatchContext, settles: Settling, planned: Sequence[Planned]) -> None:
        self._known = known
        self._settles = settles
        self._misfits = self._find_misfits(planned)

    def find_excess(self) -> dict[str, str]:
        """Return by QuickBooks Id why records must not be taken."""
        return {
            source_id: f"{EXCESS}: {misfit.asked} applied to Loupe {self._settles.of} {misfit.thing}, "
            f"of which {misfit.available} is still open"
            for source_id, misfit in self._misfits.items()
        }

    def find_holders(self) -> set[int]:
        """Return the rows that settle what some of the records would settle too far."""
        short = {misfit.thing for misfit in self._misfits.values()}
        return read_settling_ids(self._known.connection, short) if short else set()

    def _find_misfits(self, planned: Sequence[Planned]) -> dict[str, Misfit]:
        moves = [move for item in planned if (move := self._to_move(item)) is not None]
        if not moves:
            return {}
        left = self._read_left(moves)
        judged = {item.record.source_id for item in planned if self._is_judged(item)}
        for move in moves:
            if move.key in judged:
                left.update({thing: left[thing] - more for thing, more in move.more.items()})
        return find_misfits([move for move in moves if move.key not in judged], left)

    def _read_left(self, moves: Sequence[Move]) -> dict[int, Decimal]:
        settled_ids = {settled_id for move in moves for settled_id in move.more}
        context = self._known.context
        linked = context.realm_id, self._settles.of
        return read_open_amounts(
            self._known.connection, context.organization_id, linked, settled_ids
        )

    def _is_judged(self, item: Planned) -> bool:
        """Whether a person has seen that it is too much, and wants it as it is in QuickBooks."""
        judged, source_id = self._known.judged, item.record.source_id
        if isinstance(item, PlannedInsert):
            return judged.separate.get(source_id, {}).get(None, "").startswith(EXCESS)
        decision = judged.same.get(source_id)
        is_about = decision is not None and decision.loupe_id == item.loupe_id
        return decision is not None and is_about and decision.reason.startswith(EXCESS)

    def _to_move(self, item: Planned) -> Move | None:
        """Return what a record gives back and asks; `None` where it settles what it did before."""
        if not {self._settles.lines, "is_void"} & item.taken.keys():
            return None
        given = _settled_by(self._settles, item.row)
        after = {"is_void": bool(item.row and item.row["is_void"]), **item.taken}
        if after["is_void"]:
            return Move(item.record.source_id, given)
        asked = self._asked(after) if self._settles.lines in after else given
        return Move(item.record.source_id, given, asked)

    def _asked(self, values: Values) -> dict[int, Decimal]:
        to_loupe = self._known.references.to_loupe[self._settles.of]
        amounts = self._settles.amounts(values)
        return {to_loupe[settled]: Decimal(amount) for settled, amount in amounts.items()}


def _settled_by(settles: Settling, row: Row | None) -> Mapping[int, Decimal]:
    if row is None or row["is_void"]:
        return {}
    return {
        line[settles.child_key]: line["amount"] or Decimal(0) for line in row[settles.child_table]
    }
