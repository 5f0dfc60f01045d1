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


def _without_number(_record: Json) -> int | None:
    return None


@dataclass(frozen=True)
class NamedList:
    """A small QuickBooks list (payment methods) whose records Loupe knows by name.

    Attributes:
        own_names: Loupe's names, where it has a closed list of its own, each with the number that it stands for;
            `None` where the name alone tells it. Empty where Loupe takes any name.
        number_of: Takes a record of the list to the number that it stands for. Where no name is the same, a record
            and a name of the same number are the same, if there is just one of each.
        unit: What the number counts, in the plural.
    """

    own_names: Mapping[str, int | None] = field(default_factory=dict)
    number_of: Callable[[Json], int | None] = _without_number
    unit: str = ""

    def is_known(self, name: Any) -> bool:
        """Whether Loupe can hold a name of QuickBooks, or none."""
        return name is None or not self.own_names or name in self.own_names


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
        named_lists: What `named_in` may name: lists of QuickBooks, by entity.
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
    named_lists: Mapping[str, NamedList] = field(default_factory=dict)


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
