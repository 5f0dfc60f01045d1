"""Names that cannot be sent because QuickBooks' list does not have them (payment methods)."""

from collections.abc import Mapping
from typing import Any

from quickbooks_sync.mapping import Field, RecordMapping
from quickbooks_sync.model.problem import Problem, warning
from quickbooks_sync.transform.canonical import folded
from quickbooks_sync.transform.name_lists import NameLists

Values = Mapping[str, Any]


def find_unnamed(mapping: RecordMapping, lists: NameLists, values: Values) -> list[Problem]:
    """Return what is to be said of each value to be sent whose name QuickBooks' list does not have."""
    return [
        _describe(field, values[field.name])
        for field in _named(mapping, values)
        if lists.id_of(str(field.named_in), values[field.name]) is None
    ]


def find_unwritten(mapping: RecordMapping, ours: Values, theirs: Values) -> list[Problem]:
    """Return what is to be said of each name that QuickBooks' answer does not show."""
    return [
        _describe(field, ours[field.name])
        for field in _named(mapping, ours)
        if field.name in theirs and folded(ours[field.name]) != folded(theirs[field.name])
    ]


def _named(mapping: RecordMapping, values: Values) -> list[Field]:
    return [field for field in mapping.two_way if field.named_in and values.get(field.name)]


def _describe(field: Field, value: Any) -> Problem:
    return warning(
        field.name,
        f"is a {field.named_in} of QuickBooks",
        value,
        f"{field.name}: QuickBooks has no active {field.named_in} named {value!r}, so it was not sent; "
        "create it there, or choose one that exists. It goes once QuickBooks has the name",
    )
