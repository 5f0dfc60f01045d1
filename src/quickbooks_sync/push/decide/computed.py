"""Compares what Loupe and QuickBooks each made of the same lines: totals and tax, which are never sent."""

from collections.abc import Mapping
from typing import Any

from quickbooks_sync.mapping import RecordMapping


def find_differences(
    mapping: RecordMapping, ours: Mapping[str, Any], theirs: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Return a cause of outcome `differs` for every amount that QuickBooks computed otherwise."""
    found = []
    for one in mapping.computed:
        held, computed = ours.get(one.name), theirs.get(one.name)
        if one.follows and held not in (None, computed):
            found.append(
                {
                    "field": one.name,
                    "rule": "QuickBooks computes the same",
                    "value": computed,
                    "message": f"{one.name}: Loupe has {held}, QuickBooks computed {computed}",
                }
            )
    return found
