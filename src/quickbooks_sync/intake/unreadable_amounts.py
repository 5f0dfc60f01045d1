"""Finds amounts in Loupe that are no numbers: what would settle such a record waits, for nobody knows what is open."""

from collections.abc import Mapping, Sequence
from typing import Any

from quickbooks_sync.intake.batch_context import BatchContext
from quickbooks_sync.model.unreadable import Unreadable
from quickbooks_sync.postgres.records.applied import read_applied_amounts
from quickbooks_sync.postgres.records.staging import StagedRecord


class UnreadableAmounts:
    """The rows that records of a batch settle and of which an amount is no number.

    Args:
        known: What both sides hold about the batch.
        records: Its records.
    """

    def __init__(self, known: BatchContext, records: Sequence[StagedRecord]) -> None:
        self._settles = known.context.type.settles
        self._to_loupe = (
            known.references.to_loupe.get(self._settles.of, {}) if self._settles else {}
        )
        settled = {
            loupe_id
            for record in records
            for loupe_id in self._settled_rows(record.values or {}).values()
        }
        amounts = (
            read_applied_amounts(known.connection, known.context.organization_id, settled)
            if settled
            else {}
        )
        self._unreadable = {
            loupe_id
            for loupe_id, pair in amounts.items()
            if any(isinstance(amount, Unreadable) for amount in pair)
        }

    def find(self, values: Mapping[str, Any]) -> tuple[str, str] | None:
        """Return (record type, QuickBooks Id) of what a record settles and nobody can say how much of it is open."""
        if self._settles is None:
            return None
        rows = self._settled_rows(values)
        unreadable = (number for number, row in rows.items() if row in self._unreadable)
        return next(((self._settles.of, number) for number in unreadable), None)

    def _settled_rows(self, values: Mapping[str, Any]) -> dict[str, int]:
        settles = self._settles
        if settles is None or not values.get(settles.lines) or values.get("is_void"):
            return {}
        numbers = settles.amounts(values)
        return {number: self._to_loupe[number] for number in numbers if number in self._to_loupe}
