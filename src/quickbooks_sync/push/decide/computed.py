"""Compares what Loupe and QuickBooks each made of the same lines: totals and tax, which are never sent."""

from collections.abc import Mapping
from typing import Any

from quickbooks_sync.mapping import RecordMapping
from quickbooks_sync.model.problem import Problem


def find_differences(
    mapping: RecordMapping, ours: Mapping[str, Any], theirs: Mapping[str, Any]
) -> list[Problem]:
    """Return a cause of outcome `differs` for every amount that QuickBooks computed otherwise."""
    differences = []
    for field in mapping.computed:
        own, computed = ours.get(field.name), theirs.get(field.name)
        if field.follows and own not in (None, computed):
            message = f"{field.name}: Loupe has {own}, QuickBooks computed {computed}"
            differences.append(
                Problem(field.name, "QuickBooks computes the same", computed, message)
            )
    return differences
