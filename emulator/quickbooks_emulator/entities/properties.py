"""The vocabulary in which the property tables are written: what a property holds and its limits."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a property holds."""

    TEXT = "text"
    MONEY = "money"
    NUMBER = "number"
    FLAG = "flag"
    DATE = "date"
    CHOICE = "choice"
    EMAIL = "email"
    REFERENCE = "reference"
    OBJECT = "object"
    LIST = "list"


@dataclass(frozen=True)
class Property:
    """One property of a document.

    Attributes:
        length: the most characters of a text; 0 for no limit.
        read_only: taken without error and ignored.
        modelled: False for what Intuit has and the emulator answers with 501.
        illegal: characters that the text may not hold.
        fields: the properties of an object, or of the elements of a list.
    """

    name: str
    kind: Kind
    length: int = 0
    read_only: bool = False
    modelled: bool = True
    illegal: str = ""
    choices: tuple[str, ...] = ()
    fields: tuple[Property, ...] = ()


def text(name: str, length: int, *, illegal: str = "") -> Property:
    """A trimmed text of at most ``length`` characters."""
    return Property(name, Kind.TEXT, length, illegal=illegal)


def money(name: str) -> Property:
    """An amount, kept in cents."""
    return Property(name, Kind.MONEY)


def number(name: str) -> Property:
    """A quantity, price or percentage with up to seven decimals."""
    return Property(name, Kind.NUMBER)


def flag(name: str) -> Property:
    """A boolean."""
    return Property(name, Kind.FLAG)


def day(name: str) -> Property:
    """A calendar date."""
    return Property(name, Kind.DATE)


def choice(name: str, *values: str) -> Property:
    """One of a few words."""
    return Property(name, Kind.CHOICE, choices=values)


def reference(name: str) -> Property:
    """A pointer to another record by ``value``; the ``name`` sent with it is ignored."""
    return Property(name, Kind.REFERENCE)


def group(name: str, *fields: Property) -> Property:
    """A nested object, replaced as a whole."""
    return Property(name, Kind.OBJECT, fields=fields)


def rows(name: str, *fields: Property) -> Property:
    """A list of objects, replaced as a whole."""
    return Property(name, Kind.LIST, fields=fields)


def computed(*names: str) -> tuple[Property, ...]:
    """Properties that only QuickBooks writes."""
    return tuple(Property(name, Kind.TEXT, read_only=True) for name in names)


def unmodelled(*names: str) -> tuple[Property, ...]:
    """Properties that Intuit has and the emulator refuses with 501 when they hold something."""
    return tuple(Property(name, Kind.TEXT, modelled=False) for name in names)


def email(name: str) -> Property:
    """An e-mail address in an object of its own, at most 100 characters."""
    return group(name, Property("Address", Kind.EMAIL, 100), *computed("Id", "Default"))


def phone(name: str) -> Property:
    """A telephone number as it was typed."""
    return group(name, text("FreeFormNumber", 30), *computed("Id"))


def address(name: str) -> Property:
    """A postal address (Intuit: Customer, section 8.3)."""
    lines = tuple(text(f"Line{n}", 500) for n in range(1, 6))
    rest = (text("City", 255), text("Country", 255), text("CountrySubDivisionCode", 255))
    return group(
        name, *lines, *rest, text("PostalCode", 30), *computed("Id", "Lat", "Long", "Note")
    )
