"""Prints rows as a table for people, or as JSON for programs."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import simplejson
import typer

Rows = Sequence[Mapping[str, Any]]


def print_rows(rows: Rows, columns: Sequence[str], *, as_json: bool, empty: str) -> None:
    """Print rows: every key as JSON, or the given columns as a table.

    Args:
        rows: What to print.
        columns: Keys that the table shows, in order.
        as_json: Print a JSON array instead.
        empty: What to say instead of a table without rows.
    """
    if as_json:
        print_json(list(rows))
    elif not rows:
        typer.echo(empty)
    else:
        for line in to_table(rows, columns):
            typer.echo(line)


def print_json(value: Any) -> None:
    """Print a value as indented JSON; times as ISO 8601, Decimals with all their digits."""
    typer.echo(
        simplejson.dumps(
            value, default=_to_json_safe, use_decimal=True, ensure_ascii=False, indent=2
        )
    )


def to_table(rows: Rows, columns: Sequence[str]) -> list[str]:
    """Return the lines of a table, a heading first; each column as wide as its widest cell."""
    heading = [column.replace("_", " ") for column in columns]
    cells = [heading, *([to_cell(row.get(column)) for column in columns] for row in rows)]
    widths = [max(len(line[at]) for line in cells) for at in range(len(columns))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in cells
    ]


def to_cell(value: Any) -> str:
    """Return a value as one line of text."""
    if value is None:
        return "-"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {to_cell(item)}" for key, item in value.items()) or "-"
    return " ".join(str(value).split())


def to_visible(text: str) -> str:
    """Return a text that somebody else wrote as one line that no terminal acts on."""
    return "".join(sign if sign.isprintable() else "?" for sign in " ".join(text.split()))


def _to_json_safe(value: Any) -> str:
    if isinstance(value, date):  # a datetime is one, too
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} cannot be printed as JSON")
