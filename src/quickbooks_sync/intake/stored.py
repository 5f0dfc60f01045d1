"""What Loupe made of what was written to a row: a trigger of the ERP may cut a text, or fill another column.

Design note
    What a trigger makes of a value that was taken is Loupe's spelling of it: its half of the base keeps that, as
    QuickBooks' half keeps QuickBooks'. Taken for an edit, it would overwrite what QuickBooks has. A column that the
    trigger changed beside it is an edit of Loupe's like any other, and the next push must look at the row.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from quickbooks_sync.intake.batch_context import BatchContext, LoupeRow
from quickbooks_sync.model.base import Base
from quickbooks_sync.model.problem import Problem, warning
from quickbooks_sync.postgres.records.loupe_rows import Row, loupe_table

Values = Mapping[str, Any]

#: Columns that every write moves.
_BOOKKEEPING = frozenset({"row_version", "updated_at", "updated_by"})


def find_stored_otherwise(
    known: BatchContext, ours: LoupeRow, columns: Row, stored: Row
) -> Mapping[str, Any]:
    """Return the canonical values that a row holds otherwise than it should after a write, by field.

    Args:
        known: What both sides hold about the batch.
        ours: The row as it was.
        columns: What was written to it.
        stored: The row afterwards; its lines, which are rows of their own, are not looked at.
    """
    hoped = {**ours.row, **columns}
    own = set(loupe_table(known.mapping).table.c.keys()) - _BOOKKEEPING
    moved = {
        name for name in own if name in stored and name in hoped and stored[name] != hoped[name]
    }
    if not columns or not moved:
        return {}
    held = {**hoped, **{name: stored[name] for name in moved}}
    values = known.reader.to_values({0: hoped, 1: held})
    return {name: value for name, value in values[1].items() if values[0].get(name) != value}


def with_stored(base: Base, taken: Values, stored: Values) -> Base:
    """Return a base whose half of Loupe holds what Loupe made of the values that it took."""
    kept = {name: value for name, value in stored.items() if name in taken and name in base.loupe}
    return Base({**base.loupe, **kept}, base.quickbooks)


def warn_of_stored(taken: Values, stored: Values) -> Iterator[Problem]:
    """Say what Loupe made of the values that it took."""
    for name in sorted(taken.keys() & stored.keys()):
        told = (
            f"{name}: Loupe's database made {stored[name]!r} of QuickBooks' {taken[name]!r}, as a trigger of its table "
            "may; each side keeps its own until somebody changes it. Correct the value, or look at the trigger"
        )
        yield warning(name, "is stored as it was written", stored[name], told)
