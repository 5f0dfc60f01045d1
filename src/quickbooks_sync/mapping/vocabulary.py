"""What the mapping and expectation files of one record type may name, and the functions behind the names."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Json = Mapping[str, Any]
#: Reads a raw value from a whole record, row or line; it is then brought into canonical form like any other.
Rule = Callable[[Json], Any]
#: Returns what it found, in words, or `None` where the rule holds or does not apply.
Check = Callable[[Mapping[str, Any]], str | None]
#: Builds a Line array from the field, the canonical lines, the last document's lines and the settings.
BuildLines = Callable[[Any, Sequence[Any], Sequence[Any], Any], list[dict[str, Any]]]


@dataclass(frozen=True)
class LoupeRule:
    """A value that several columns of a Loupe row make.

    Attributes:
        read: Takes the row (or the child row) to the raw value.
        to_columns: Takes the canonical value back to columns; `None` where the field's own column takes it.
    """

    read: Rule
    to_columns: Callable[[Any], dict[str, Any]] | None = None


@dataclass(frozen=True)
class Vocabulary:
    """What the files of one record type may name.

    Attributes:
        record_type: The record type.
        entity: The QuickBooks entity.
        properties: The properties of the entity that a field may name, so that a typo is an error and not an
            empty field (Intuit: entities, sections 8.3 to 8.6).
        line_properties: Those of its lines.
        quickbooks_rules: `derive_quickbooks` by name.
        loupe_rules: `derive_loupe` by name.
        checks: Exact checks of the expectations file by name.
        always_sent: Takes a record to the properties (or dotted paths) that QuickBooks sends with every whole one, in
            answers of every kind, and never empty. An absent property is empty, and empty is a value that travels:
            nothing is concluded from a record that lacks one of these.
        find_left_out: Says what else shows that a record is not whole, such as lines that do not make its amounts; may
            raise `UnreadableValueError` for what cannot be read.
        not_in_lists: Properties that QuickBooks sends to a GET by Id and in the answer to a write, but in no list;
            absent, they are unknown (Intuit: section 14).
        build_lines: Builds the Line array to send; `None` for a record type without lines.
    """

    record_type: str
    entity: str
    properties: tuple[str, ...]
    always_sent: Callable[[Json], tuple[str, ...]]
    find_left_out: Check = field(default=lambda _record: None)
    not_in_lists: tuple[str, ...] = ()
    line_properties: tuple[str, ...] = ()
    quickbooks_rules: Mapping[str, Rule] = field(default_factory=dict)
    loupe_rules: Mapping[str, LoupeRule] = field(default_factory=dict)
    checks: Mapping[str, Check] = field(default_factory=dict)
    build_lines: BuildLines | None = None


Vocabularies = Mapping[str, Vocabulary]

#: Setting one of these makes QuickBooks send mail or charge a card, so no mapping may name them.
NEVER_SENT = ("EmailStatus", "PrintStatus", "ProcessPayment", "CreditCardPayment")

ADDRESS = (
    *("Line1", "Line2", "Line3", "Line4", "Line5", "City", "Country", "PostalCode"),
    "CountrySubDivisionCode",
)


def under(parent: str, leaves: Sequence[str]) -> tuple[str, ...]:
    """Return the paths of an object's properties."""
    return tuple(f"{parent}.{leaf}" for leaf in leaves)


def pointers(*names: str) -> tuple[str, ...]:
    """Return the paths of the Ids in properties that point to another record."""
    return tuple(f"{name}.value" for name in names)
