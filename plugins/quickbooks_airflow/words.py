"""The words of task logs: counts in one order, one sentence a line, tables of what flows did."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from quickbooks_sync.model.outcome import Outcome

#: Outcomes in the order in which every count names them; other names follow.
_ORDER = [str(outcome) for outcome in Outcome]
_END_OF_SENTENCE = re.compile(r"(?<=[.!?]) +(?=[A-Z`])")


def format_counts(counts: Mapping[str, int], *, nothing: str = "nothing to do") -> str:
    """Return counts as words, always in the same order: `12 created, 3 unchanged`.

    Args:
        counts: How many of each.
        nothing: What is said where there are none.
    """
    names = sorted(counts, key=lambda name: _ORDER.index(name) if name in _ORDER else len(_ORDER))
    return ", ".join(f"{counts[name]} {name}" for name in names if counts[name]) or nothing


def log_sentences(log: Callable[..., None], message: str) -> None:
    """Log a message one sentence a line: Airflow shows an exception as one long line above a traceback."""
    for sentence in _END_OF_SENTENCE.split(message):
        log("%s", sentence)


def count_of(number: int, noun: str) -> str:
    """Return a number with its noun: `1 write`, `2 writes`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def format_table(rows: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Return what flows did as lines of a table, with a last line of totals.

    Args:
        rows: By flow its account, as `finish` leaves it.
    """
    used = [name for name in _ORDER if any(row["counts"].get(name) for row in rows.values())]
    heads = ["flow", "state", *used, "reads", "writes"]
    lines = [
        [
            name,
            row["status"],
            *(_cell(row["counts"].get(outcome)) for outcome in used),
            *(str(row[calls]) for calls in ("metered_reads", "writes")),
        ]
        for name, row in rows.items()
    ]
    numbers = list(zip(*(line[2:] for line in lines), strict=True))
    totals = [str(sum(int(cell) for cell in column if cell != "-")) for column in numbers]
    return _align([heads, *lines, ["all flows", "", *totals]]) if lines else []


def _cell(count: int | None) -> str:
    return str(count) if count else "-"


def _align(lines: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return [
        "  ".join(
            cell.ljust(width) if place < 2 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    ]
