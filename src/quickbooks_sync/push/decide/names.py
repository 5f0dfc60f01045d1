"""Names that cannot be sent because QuickBooks' list does not have them (payment methods)."""

from collections.abc import Mapping
from typing import Any

from quickbooks_sync.mapping import Field, RecordMapping
from quickbooks_sync.model.problem import Problem, warning
from quickbooks_sync.transform.canonical import folded
from quickbooks_sync.transform.name_lists import NameLists

Values = Mapping[str, Any]

_CREATE = "create it there, or choose one that exists. It goes once QuickBooks has the name"
#: What QuickBooks fills in where nothing was sent is not overwritten later: by then somebody may count on it.
_APART = "each side keeps its own until somebody changes it"


def find_unnamed(mapping: RecordMapping, lists: NameLists, values: Values) -> list[Problem]:
    """Return what is to be said of each value to be sent whose name QuickBooks' list does not have."""
    return [
        _to_problem(field, values[field.name], _describe(mapping, lists, field, values, None))
        for field in _named(mapping, values)
        if lists.of(mapping, field).id_of(values[field.name]) is None
    ]


def find_unwritten(
    mapping: RecordMapping, lists: NameLists, ours: Values, theirs: Values
) -> list[Problem]:
    """Return what is to be said of each name that QuickBooks' answer does not show."""
    return [
        _to_problem(
            field, ours[field.name], _describe(mapping, lists, field, ours, theirs[field.name])
        )
        for field in list_unwritten(mapping, ours, theirs)
    ]


def list_unwritten(mapping: RecordMapping, ours: Values, theirs: Values) -> list[Field]:
    """Return the fields whose name QuickBooks' answer does not show."""
    return [
        field
        for field in _named(mapping, ours)
        if field.name in theirs and folded(ours[field.name]) != folded(theirs[field.name])
    ]


def _named(mapping: RecordMapping, values: Values) -> list[Field]:
    return [field for field in mapping.two_way if field.named_in and values.get(field.name)]


def _describe(
    mapping: RecordMapping, lists: NameLists, field: Field, ours: Values, theirs: str | None
) -> str:
    listed, name = lists.of(mapping, field), ours[field.name]
    if listed.id_of(name) is not None:
        return f"QuickBooks was sent {name!r} and has {theirs!r}"
    missing = f"{listed.describe_missing(name)}, so it is not sent"
    if theirs is None:
        return f"{missing}; {_CREATE}"
    return f"{missing}, and QuickBooks has {theirs!r}; {_APART}"


def _to_problem(field: Field, name: str, message: str) -> Problem:
    return warning(
        field.name, f"is a {field.named_in} of QuickBooks", name, f"{field.name}: {message}"
    )
