"""Keeps the value that no two Loupe rows may share apart, judged by who carries it once a batch is in."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from quickbooks_sync.intake.batch_context import BatchContext
from quickbooks_sync.intake.planned import Planned, PlannedMerge
from quickbooks_sync.matching.batch_end import Misfit, Move, find_misfits
from quickbooks_sync.postgres.records.loupe_rows import clear_column
from quickbooks_sync.record_types.declarations import UniqueField

_ONE = Decimal(1)


class UniqueGuard:
    """Lets each value be carried once.

    Args:
        known: What both sides hold about the batch.
        unique: The field.
        planned: What is planned of each record.
    """

    def __init__(
        self, known: BatchContext, unique: UniqueField, planned: Sequence[Planned]
    ) -> None:
        self._known = known
        self.unique = unique
        self._misfits = self._find_misfits(planned)

    def find_taken(self) -> set[str]:
        """Return the QuickBooks Ids whose value another row carries in the end."""
        return set(self._misfits)

    def find_holders(self) -> set[int]:
        """Return the rows that carry what some of the records would."""
        owners = self._known.owners
        short = {misfit.thing for misfit in self._misfits.values()}
        return {owners[value] for value in short if value in owners}

    def give_up(self, planned: Sequence[Planned]) -> list[Planned]:
        """Empty the field of rows whose value goes to another one now, so that no order of writing is wrong."""
        wanted = {item.taken.get(self.unique.name) for item in planned}
        column = self.unique.column
        moving = [item for item in self._moving(planned) if item.ours.row[column] in wanted]
        giving = [item.link.loupe_id for item in moving]
        if not giving:
            return list(planned)
        versions = clear_column(self._known.connection, self._known.mapping, giving, column)
        return [_at_version(item, versions) for item in planned]

    def _find_misfits(self, planned: Sequence[Planned]) -> dict[str, Misfit]:
        moves = [move for item in planned if (move := self._to_move(item)) is not None]
        values = {value for move in moves for value in move.more}
        left = {value: Decimal(value not in self._known.owners) for value in values}
        return find_misfits(moves, left)

    def _to_move(self, item: Planned) -> Move | None:
        """Return which value a record gives up and which it takes; `None` where it takes none."""
        if self.unique.name not in item.taken:
            return None
        before = item.row[self.unique.column] if item.row else None
        after = item.taken[self.unique.name]
        return Move(
            item.record.source_id,
            {before: _ONE} if before else {},
            {after: _ONE} if after else {},
        )

    def _moving(self, planned: Sequence[Planned]) -> list[PlannedMerge]:
        return [
            item
            for item in planned
            if isinstance(item, PlannedMerge) and self.unique.name in item.taken
        ]


def _at_version(item: Planned, versions: dict[int, int]) -> Planned:
    if not isinstance(item, PlannedMerge) or item.link.loupe_id not in versions:
        return item
    row = {**item.ours.row, "row_version": versions[item.link.loupe_id]}
    return replace(item, ours=replace(item.ours, row=row))
