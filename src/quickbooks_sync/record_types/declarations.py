"""Parts of what a record type declares: how it settles others, what is unique, unsettled, or worth a look."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Settling:
    """How records settle others with money: the guards count it against what is still open.

    Attributes:
        lines: The field of lines that say how much of it settles what.
        of: The record type that is settled.
        reference: The sub-field with the settled record's Id.
        open_property: The QuickBooks property of the settled record that says what is open.
        child_table: Loupe's table of these lines.
        child_key: Its column with the settled row's key.
    """

    lines: str
    of: str
    reference: str
    open_property: str
    child_table: str
    child_key: str

    def amounts(self, values: Values) -> dict[str, str]:
        """Return the amounts as canonical text, by the settled record's Id."""
        return {line[self.reference]: line["amount"] for line in values.get(self.lines) or ()}


@dataclass(frozen=True)
class UniqueField:
    """A field that no two Loupe rows may share, although two QuickBooks records may.

    Attributes:
        name: The field.
        column: Its Loupe column.
        repeated: Said of a QuickBooks record whose value another one of the run carries, too.
        taken: Said of a QuickBooks record whose value a Loupe row carries that it is not.
        locked: Why a linked row does not take the value.
    """

    name: str
    column: str
    repeated: str
    taken: str
    locked: str


@dataclass(frozen=True)
class Unsettled:
    """Fields that Loupe keeps while it knows of money that QuickBooks does not know yet.

    Attributes:
        fields: The fields.
        waits_for: The record type that brings the money across.
        reason: What is said of the record meanwhile.
    """

    fields: tuple[str, ...]
    waits_for: str
    reason: str


@dataclass(frozen=True)
class WorthALook:
    """A field that a person should look at where a new record leaves it empty.

    Attributes:
        field: The field.
        words: What is said of such records.
    """

    field: str
    words: str
