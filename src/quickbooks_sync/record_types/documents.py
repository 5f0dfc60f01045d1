"""Reads QuickBooks' transactions as they come: amounts, lines, and whether they are void."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from quickbooks_sync.mapping.vocabulary import Json
from quickbooks_sync.transform.canonical import parse_date, parse_money, value_at
from quickbooks_sync.transform.unreadable import UnreadableValueError


def amount_at(record: Json, path: str) -> Decimal:
    """Return the amount at a dotted path; zero where there is none."""
    return Decimal(parse_money(value_at(record, path)) or 0)


def read_amounts(record: Json, names: Sequence[str]) -> list[Decimal]:
    """Return a transaction's amounts; raises `UnreadableValueError` where one, or its day, cannot be read."""
    parse_date(record.get("TxnDate"))
    return [amount_at(record, name) for name in names]


def lines_of(record: Json) -> list[Json]:
    """Return a transaction's lines; raises `UnreadableValueError` where they are no lines."""
    lines = record.get("Line") or []
    if not isinstance(lines, list) or not all(isinstance(line, Mapping) for line in lines):
        raise UnreadableValueError("is a list of lines", lines, "expected a list of lines")
    return lines


def is_linked(linked: object) -> bool:
    """Whether a `LinkedTxn` is what QuickBooks sends: a list of transactions, each with its type and Id."""
    return isinstance(linked, list) and all(
        isinstance(entry, Mapping) and entry.get("TxnId") and entry.get("TxnType")
        for entry in linked
    )


def is_noted_void(record: Json) -> bool:
    """Whether QuickBooks' own note says that a transaction was voided."""
    return str(record.get("PrivateNote") or "").startswith("Voided")
