"""Checks a write's JSON against its property table and turns it into typed values.

Intuit: section 2 (read-only ignored, unknown refused) and section 7.2 (codes). Two choices where
Intuit's behaviour is not published, both the harder one for a client: a null is taken as "not
sent", and characters outside the Basic Multilingual Plane (emoji) are refused with 2040.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation

from quickbooks_emulator.entities.properties import Kind, Property
from quickbooks_emulator.entities.registry import Entity
from quickbooks_emulator.model import faults
from quickbooks_emulator.model.documents import Document
from quickbooks_emulator.model.numbers import to_cents, to_quantity

_MAIL = re.compile(r"[^@\s,<>]+@[^@\s,<>]+\.[^@\s,<>.]+")
# A date may carry a time or an offset, as XML dates do; both are dropped.
_DAY = re.compile(r"(\d{4}-\d\d-\d\d)(?:[TZ+-].*)?")
_REFERENCE = ("value", "name", "type")
_MOST = Decimal(10) ** 15
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\U00010000-\U0010ffff\ud800-\udfff]")


def parse_document(entity: Entity, body: object) -> Document:
    """Return the writable part of a request body, typed, texts trimmed.

    An empty text, reference or object stays in the result as ``""`` or ``{}``: in a sparse update
    it clears the property. An empty text for a boolean, which clients in use send, says nothing.

    Raises:
        FaultError: 2010 and the other codes of a value that cannot be taken.
        NotModelledError: for a property that Intuit has and the emulator leaves out.
    """
    if not isinstance(body, Mapping):
        raise faults.unreadable_property("")
    return _parse_fields(entity.properties, body, "", entity.name)


def _parse_fields(
    properties: tuple[Property, ...], body: Mapping[str, object], at: str, owner: str
) -> Document:
    known = {prop.name: prop for prop in properties}
    parsed: Document = {}
    for name, value in body.items():
        prop = known.get(name)
        if prop is None:
            raise faults.unknown_property(name, owner, known)
        if value is None or prop.read_only or (prop.kind is Kind.FLAG and value == ""):
            continue
        if not prop.modelled:
            _refuse_unmodelled(at + name, value)
            continue
        parsed[name] = _PARSERS[prop.kind](prop, value, at + name)
    return parsed


def _refuse_unmodelled(name: str, value: object) -> None:
    if value not in ("", 0, False, [], {}):
        raise faults.NotModelledError(f"The property {name}")


def _parse_text(prop: Property, value: object, at: str) -> str:
    if isinstance(value, bool) or not isinstance(value, str | Decimal):
        raise faults.unreadable_property(at)
    trimmed = str(value).strip()
    if prop.length and len(trimmed) > prop.length:
        raise faults.wrong_length(at, prop.length, len(trimmed))
    if _CONTROL.search(trimmed) or any(mark in trimmed for mark in prop.illegal):
        raise faults.illegal_text(at, trimmed)
    return trimmed


def _parse_email(prop: Property, value: object, at: str) -> str:
    address = _parse_text(prop, value, at)
    if address and not all(_MAIL.fullmatch(part.strip()) for part in address.split(",")):
        detail = f"Email Address does not conform to RFC 822. Supplied value: {address}"
        raise faults.FaultError("2210", "Invalid Email Address Format", detail, at)
    return address


def _parse_number(value: object, at: str) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, str | Decimal):
        raise faults.unreadable_property(at)
    try:
        parsed = Decimal(value)
    except InvalidOperation:
        raise faults.unreadable_property(at) from None
    if not parsed.is_finite() or abs(parsed) >= _MOST:
        raise faults.invalid("2110", "Invalid Decimal", value, at)
    return parsed


def _parse_money(_prop: Property, value: object, at: str) -> Decimal:
    return to_cents(_parse_number(value, at))


def _parse_quantity(_prop: Property, value: object, at: str) -> Decimal:
    return to_quantity(_parse_number(value, at))


def _parse_flag(_prop: Property, value: object, at: str) -> bool:
    words: dict[object, bool] = {True: True, False: False, "true": True, "false": False}
    if not isinstance(value, bool | str) or value not in words:
        raise faults.invalid("2230", "Invalid Boolean", value, at)
    return words[value]


def _parse_date(_prop: Property, value: object, at: str) -> str:
    if value == "":
        return ""
    shaped = _DAY.fullmatch(str(value))
    try:
        return date.fromisoformat(shaped[1] if shaped else "").isoformat()
    except ValueError:
        raise faults.invalid("2060", "Invalid Date", value, at) from None


def _parse_choice(prop: Property, value: object, at: str) -> str:
    if value != "" and value not in prop.choices:
        raise faults.invalid("2170", "Invalid Enumeration", value, at)
    return str(value)


def _parse_reference(_prop: Property, value: object, at: str) -> Document:
    if not isinstance(value, Mapping):
        raise faults.unreadable_property(at)
    for name in value:
        if name not in _REFERENCE:
            raise faults.unknown_property(name, "ReferenceType", _REFERENCE)
    pointer = value.get("value")
    if pointer in (None, ""):
        return {}
    return {"value": _parse_text(Property("value", Kind.TEXT, 50), pointer, f"{at}.value")}


def _parse_object(prop: Property, value: object, at: str) -> Document:
    if not isinstance(value, Mapping):
        raise faults.unreadable_property(at)
    return without_empty(_parse_fields(prop.fields, value, f"{at}.", prop.name))


def _parse_list(prop: Property, value: object, at: str) -> list[Document]:
    if not isinstance(value, list):
        raise faults.unreadable_property(at)
    return [_parse_object(prop, element, at) for element in value]


def without_empty(fields: Mapping[str, object]) -> Document:
    """Return the fields that hold something; an empty list counts as something."""
    return {name: value for name, value in fields.items() if value not in ("", {})}


_PARSERS: dict[Kind, Callable[[Property, object, str], object]] = {
    Kind.TEXT: _parse_text,
    Kind.EMAIL: _parse_email,
    Kind.MONEY: _parse_money,
    Kind.NUMBER: _parse_quantity,
    Kind.FLAG: _parse_flag,
    Kind.DATE: _parse_date,
    Kind.CHOICE: _parse_choice,
    Kind.REFERENCE: _parse_reference,
    Kind.OBJECT: _parse_object,
    Kind.LIST: _parse_list,
}
