"""What PostgreSQL refuses, said without the values of any row.

Design note
    PostgreSQL's texts quote rows: DETAIL (`Key (email)=(...)`), CONTEXT, cast errors, and whatever a trigger of the ERP
    raises; and SQLAlchemy adds the statement's parameters. All of that ends in task logs that every viewer reads. So no
    such text goes further than this module. An error names what kind of refusal it is, with table, column, constraint,
    function and SQLSTATE, and is not chained to the original.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg2

from quickbooks_sync.model.errors import (
    FatalError,
    RefusedRowError,
    RetryableError,
    SyncError,
    UnreachableError,
)

#: SQLSTATE classes and codes that pass: serialization, deadlock, locks, cancelled, out of resources.
_PASSING = ("40", "53", "55P03", "57014")
_LOST = ("08", "57P")
#: What is wrong with a row: its data, a constraint, a trigger.
_ABOUT_ROWS = ("22", "23", "27", "39", "44", "P0")
#: A missing or existing table, schema or column, and a missing right: PostgreSQL's text names these alone.
_ABOUT_SCHEMA = ("3F000", "42501", "42701", "42703", "42710", "42P01", "42P06", "42P07")

_UNDONE = "Nothing of this batch was written."
_CHECK_SCHEMA = "Run `quickbooks-sync db upgrade`, and check the rights of the database's role."

#: The line of an error's context that speaks of COPY; a trigger's own lines come before it.
_PLACE = re.compile(r"^COPY \w+, line (\d+)(?:, column (\w+))?", re.MULTILINE)
_FUNCTION = re.compile(r"^PL/pgSQL function ([\w.\"]+\([^()]*\)) line \d+ at (\w+)", re.MULTILINE)
_TARGET = re.compile(r"\b(?:INTO|UPDATE|FROM|COPY)\s+(\"?\w+\"?(?:\.\"?\w+\"?)?)", re.IGNORECASE)


def is_lost(error: psycopg2.Error) -> bool:
    """Whether an error speaks of the connection and not of what was sent."""
    code = error.pgcode
    if code is None:
        return isinstance(error, psycopg2.OperationalError | psycopg2.InterfaceError)
    return code.startswith(_LOST) and _raised_by(error) is None


def to_sync_error(error: psycopg2.Error, statement: str) -> SyncError:
    """Translate a refusal of PostgreSQL's; raise the result outside of the `except` block, so that nothing is chained.

    Args:
        error: What psycopg2 raised.
        statement: What was sent, without its values.

    Returns:
        `UnreachableError` where the connection broke, `RetryableError` for deadlocks and the like, `RefusedRowError`
        where it is the row that is refused, else `FatalError`; all but the first with the facts `table`, `sqlstate`
        and, of a COPY, `row`.
    """
    target = _TARGET.search(statement)
    table = target[1].replace('"', "") if target else None
    if is_lost(error):
        return UnreachableError(
            f"The connection to PostgreSQL broke at {_verb(statement)}{f' of {table}' if table else ''}; nothing "
            "of it was written. The step can be repeated.",
            server="PostgreSQL",
        )
    place = _PLACE.search(error.diag.context or "")
    row = int(place[1]) if place else None
    message = (
        f"PostgreSQL refused {_what(statement, table, row)}{_names(error, place)}: {_why(error)} "
        f"(SQLSTATE {error.pgcode or 'none'})."
    )
    facts = {"table": table, "sqlstate": error.pgcode, "row": row}
    if (error.pgcode or "").startswith(_PASSING) and _raised_by(error) is None:
        return RetryableError(f"{message} {_UNDONE} The step can be repeated.", **facts)
    if error.pgcode in _ABOUT_SCHEMA and not _FUNCTION.search(error.diag.context or ""):
        return FatalError(f"{message} {_CHECK_SCHEMA}", **facts)
    kind = RefusedRowError if _is_about_rows(error) else FatalError
    return kind(f"{message} {_UNDONE} Correct that record at its source, then run again.", **facts)


def _is_about_rows(error: psycopg2.Error) -> bool:
    """Whether a row was refused: by its data, a constraint, or a function of the database that failed on it."""
    is_inside = _FUNCTION.search(error.diag.context or "") is not None
    return is_inside or (error.pgcode or "").startswith(_ABOUT_ROWS)


def hide_values(error: BaseException | None) -> None:
    """Take the texts out of an error that something else will chain."""
    if isinstance(error, psycopg2.Error):
        restored: Any = error
        restored.__setstate__({"pgerror": None, "pgcode": error.pgcode})
        error.args = (f"refused with SQLSTATE {error.pgcode}",)


@contextmanager
def about(names: Sequence[str]) -> Iterator[None]:
    """Say in a refusal which record it is about.

    Args:
        names: Of the only record, or of those of the rows of a COPY, in their order.
    """
    try:
        yield
    except (FatalError, RetryableError) as error:
        name = _name_of(names, error.facts.get("row"))
        if "sqlstate" not in error.facts or name is None:
            raise
        raise type(error)(f"{name}: {error.message}", **error.facts) from None


def _name_of(names: Sequence[str], row: int | None) -> str | None:
    if len(names) == 1:
        return names[0]
    return names[row - 1] if row and row <= len(names) else None


def _verb(statement: str) -> str:
    words = statement.split(maxsplit=1)
    verb = words[0].upper() if words else "COMMIT"
    return f"{'an' if verb[0] in 'AEIOU' else 'a'} {verb}"


def _what(statement: str, table: str | None, row: int | None) -> str:
    verb = _verb(statement)
    if verb == "a SET":
        return "what was written, as it would at COMMIT"
    if verb == "a COPY":
        return f"{f'row {row}' if row else 'the rows'} of a COPY into {table}"
    return f"{verb} of {table}" if table else verb


def _names(error: psycopg2.Error, place: re.Match[str] | None) -> str:
    """Return column and constraint; a function that raises may put any text in their place."""
    if _raised_by(error):
        return ""
    column = error.diag.column_name or (place[2] if place else None)
    named = {"column": column, "constraint": error.diag.constraint_name}
    return "".join(f", {kind} {name}" for kind, name in named.items() if name)


def _why(error: psycopg2.Error) -> str:
    raised_by = _raised_by(error)
    if raised_by:
        return f"the function {raised_by} raised an error, whose text is left out because it may quote the row"
    inside = _FUNCTION.search(error.diag.context or "")
    if error.pgcode in _ABOUT_SCHEMA and not error.diag.context:
        return (error.diag.message_primary or "").strip()
    return f"{_kind(error)}{f', in the function {inside[1]}' if inside else ''}"


def _raised_by(error: psycopg2.Error) -> str | None:
    """Return the function that raised an error on purpose."""
    found = _FUNCTION.match(error.diag.context or "")
    return found[1] if found and found[2] == "RAISE" else None


def _kind(error: psycopg2.Error) -> str:
    """Return PostgreSQL's name of the condition in words, such as `unique violation`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type(error).__name__).lower()
