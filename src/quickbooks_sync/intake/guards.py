"""The money guard of a pull: nothing in Loupe is settled by more than it asks for."""

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from quickbooks_sync.matching.id_lookup import IdLookup
from quickbooks_sync.model.unreadable import Unreadable
from quickbooks_sync.postgres.records.applied import read_applied_amounts
from quickbooks_sync.record_types.declarations import Settling


class SettlingGuard:
    """Knows what is applied to each settled row, counting the records of this batch as they come."""

    def __init__(
        self,
        connection: Connection,
        organization_id: int,
        references: IdLookup,
        settles: Settling | None,
    ) -> None:
        self._connection = connection
        self._organization_id = organization_id
        self._references = references
        self._settles = settles
        self._left: dict[int, Decimal] = {}
        self._unreadable: set[int] = set()

    def find_unreadable(self, values: Mapping[str, Any]) -> tuple[str, str] | None:
        """Return (record type, QuickBooks Id) of what a record settles and nobody can say how much of it is open."""
        settles = self._settles
        if settles is None or not values.get(settles.lines) or values.get("is_void"):
            return None
        self._load(self._asked(settles, values))
        to_loupe = self._references.to_loupe[settles.of]
        numbers = settles.amounts(values)
        unreadable = (number for number in numbers if to_loupe[number] in self._unreadable)
        return next(((settles.of, number) for number in unreadable), None)

    def check(self, values: Mapping[str, Any], row: Mapping[str, Any] | None) -> str | None:
        """Return why a pulled record must not be loaded, or `None` after counting it.

        Args:
            values: The record's canonical values; what settles nothing passes.
            row: The Loupe row that it would change, whose own amounts are given back first.
        """
        settles = self._settles
        if settles is None or not values.get(settles.lines) or values.get("is_void"):
            return None
        asked = self._asked(settles, values)
        given = _given_back(settles, row)
        self._load(asked)
        for settled_id, amount in asked.items():
            left = self._left[settled_id] + given.get(settled_id, Decimal(0))
            if amount > left:
                return (
                    f"possible duplicate payment: {amount} applied to Loupe {settles.of} {settled_id}, "
                    f"of which {left} is still open"
                )
        for settled_id, amount in asked.items():
            self._left[settled_id] += given.get(settled_id, Decimal(0)) - amount
        return None

    def _asked(self, settles: Settling, values: Mapping[str, Any]) -> dict[int, Decimal]:
        to_loupe = self._references.to_loupe[settles.of]
        amounts = settles.amounts(values)
        return {to_loupe[settled]: Decimal(amount) for settled, amount in amounts.items()}

    def _load(self, settled_ids: Collection[int]) -> None:
        unknown = set(settled_ids) - set(self._left)
        if unknown:
            amounts = read_applied_amounts(self._connection, self._organization_id, unknown)
            for key, (total, paid) in amounts.items():
                if isinstance(total, Unreadable) or isinstance(paid, Unreadable):
                    self._unreadable.add(key)
                    self._left[key] = Decimal(0)
                else:
                    self._left[key] = total - paid


def _given_back(settles: Settling, row: Mapping[str, Any] | None) -> dict[int, Decimal]:
    if row is None or row["is_void"]:
        return {}
    return {
        line[settles.child_key]: line["amount"] or Decimal(0) for line in row[settles.child_table]
    }
