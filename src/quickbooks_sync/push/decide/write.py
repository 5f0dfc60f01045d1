"""One write to QuickBooks, planned from a staged row."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from quickbooks_sync.model.decision import Operation
from quickbooks_sync.model.outcome import FieldConflict
from quickbooks_sync.postgres.records.links import Link

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Write:
    """One write, planned from a staged row.

    Attributes:
        loupe_id: The Loupe row.
        row_version: The row's version that `values` were read at.
        operation: What QuickBooks is to do.
        values: Loupe's canonical values.
        fields: Names of the fields to send.
        link: The link of a record that exists in QuickBooks.
        row: The Loupe row.
        raw: The row as it was staged.
        retry_key: The key under which a refusal of this write holds.
        conflicts: Fields of the record that are held and not sent.
        sent_values: Values to build the payload from where QuickBooks needs others than Loupe has
            (a unique item name); the base still holds Loupe's own.
        opening_quantity: Stock that a new item starts with in QuickBooks.
    """

    loupe_id: int
    row_version: int
    operation: Operation
    values: dict[str, Any]
    fields: tuple[str, ...]
    link: Link | None
    row: Mapping[str, Any]
    raw: Any = None
    retry_key: str = ""
    conflicts: tuple[FieldConflict, ...] = ()
    sent_values: Mapping[str, Any] | None = None
    opening_quantity: str = "0"

    @property
    def payload_values(self) -> Values:
        """What the payload is built from."""
        return self.values if self.sent_values is None else self.sent_values

    @property
    def source_id(self) -> str:
        """The id under which the outcome is written."""
        return str(self.loupe_id)
