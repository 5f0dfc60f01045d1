"""Columns of canonical values to frames and back, and the reading of a batch column by column."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import pandas as pd

from quickbooks_sync.mapping import Field, RecordMapping
from quickbooks_sync.model.problem import Problem
from quickbooks_sync.transform.canonical import to_money
from quickbooks_sync.transform.model import UNKNOWN, Transformed
from quickbooks_sync.transform.unreadable import UnreadableValueError

Source = Mapping[str, Any]
Reader = Callable[[Source], Any]
Values = dict[str, Any]


def read_batch(
    mapping: RecordMapping, sources: Sequence[Source], reader_of: Callable[[Field], Reader | None]
) -> Transformed:
    """Read every field of every record.

    Args:
        mapping: The record type's mapping.
        sources: The records or rows.
        reader_of: Gives a field's reader, which takes a source and returns the canonical value,
            `UNKNOWN`, or raises `UnreadableValueError`; `None` when the side does not tell the field.
    """
    problems: dict[int, list[Problem]] = {}
    columns: dict[str, list[Any]] = {}
    for field in mapping.fields:
        reader = reader_of(field)
        if reader is None:
            columns[field.name] = [UNKNOWN] * len(sources)
        else:
            columns[field.name] = _read_column(field, reader, sources, problems)
    return Transformed(_build_frame(columns, len(sources)), problems)


def _read_column(
    field: Field, reader: Reader, sources: Sequence[Source], problems: dict[int, list[Problem]]
) -> list[Any]:
    column: list[Any] = []
    for row, source in enumerate(sources):
        try:
            column.append(reader(source))
        except UnreadableValueError as unreadable:
            problems.setdefault(row, []).append(unreadable.to_problem(field.name))
            column.append(UNKNOWN)
    return column


def read_lines(
    field: Field, lines: Sequence[Source], readers: Mapping[str, Reader]
) -> list[Values]:
    """Read the lines of one record; the first value that cannot be read is raised with its line."""
    read = [_read_line(line, number, readers) for number, line in enumerate(lines, start=1)]
    return _one_per(field, read) if field.one_per else read


def _read_line(line: Source, number: int, readers: Mapping[str, Reader]) -> Values:
    values: Values = {}
    for name, reader in readers.items():
        try:
            values[name] = reader(line)
        except UnreadableValueError as unreadable:
            raise UnreadableValueError(
                unreadable.rule,
                unreadable.value,
                f"line {number}: {unreadable.message}",
                field=name,
                waits_for=unreadable.waits_for,
                waits_for_id=unreadable.waits_for_id,
            ) from unreadable
    return values


def _one_per(field: Field, lines: list[Values]) -> list[Values]:
    """Merge lines that agree in `one_per`, add up their money, and sort by it."""
    key = str(field.one_per)
    added = [part.name for part in field.fields if part.type == "money"]
    merged: dict[Any, Values] = {}
    for line in lines:
        same = merged.get(line[key])
        sums = {name: _add(same[name], line[name]) for name in added} if same else {}
        merged[line[key]] = {**(same or line), **sums}
    return sorted(merged.values(), key=lambda line: _by_number(line[key]))


def _add(amount: str | None, other: str | None) -> str:
    return to_money(Decimal(amount or 0) + Decimal(other or 0))


def _by_number(text: str | None) -> tuple[int, str]:
    return (len(text or ""), text or "")


def _build_frame(columns: Mapping[str, list[Any]], rows: int) -> pd.DataFrame:
    return pd.DataFrame(columns, index=pd.RangeIndex(rows), dtype=object)
