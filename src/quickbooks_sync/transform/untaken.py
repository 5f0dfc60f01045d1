"""Finds names of QuickBooks' lists that Loupe, where it knows names of its own alone, cannot take."""

from collections.abc import Iterator

import pandas as pd

from quickbooks_sync.mapping import Field, RecordMapping
from quickbooks_sync.model.problem import Problem, warning


def find_untaken(mapping: RecordMapping, frame: pd.DataFrame) -> Iterator[tuple[int, Problem]]:
    """Yield by row what is to be said of each name that Loupe leaves; the rest of the record is taken."""
    for field in mapping.fields:
        known = mapping.list_of(field)
        for row, name in enumerate(frame[field.name] if known.own_names else ()):
            if isinstance(name, str) and not known.is_known(name):
                yield row, _describe(field, name, tuple(known.own_names))


def _describe(field: Field, name: str, own_names: tuple[str, ...]) -> Problem:
    return warning(
        field.name,
        f"is a {field.named_in} that Loupe knows",
        name,
        f"{field.name}: QuickBooks has the {field.named_in} {name!r}, which is none of Loupe's "
        f"({', '.join(own_names)}), so it was not taken and Loupe keeps what it has; choose another one in QuickBooks, "
        "or leave it as it is on both sides",
    )
