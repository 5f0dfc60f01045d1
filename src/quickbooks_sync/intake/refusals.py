"""Loads a batch around what the database refuses, so that a refused record stops no other.

Design note
    A batch is loaded in one piece. Only where a row of it is refused, by a trigger of the ERP or a constraint, is it
    tried once more record by record, to find out which; all of that is undone, for what was decided in passing counts
    on rows that are not there. Then the batch is loaded again, with those records rejected before they are looked at.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeVar

from sqlalchemy import Connection

from quickbooks_sync.model.errors import RefusedRowError
from quickbooks_sync.model.outcome import RecordOutcome
from quickbooks_sync.model.problem import Problem, Severity
from quickbooks_sync.postgres.database.savepoints import savepoint, undone

Loaded = TypeVar("Loaded")
#: Why the database refuses records, by source id.
Refusals = Mapping[str, Problem]


def load_around(
    connection: Connection,
    load: Callable[[Refusals], Loaded],
    find_refused: Callable[[Refusals], Refusals],
) -> Loaded:
    """Load a batch; returns what `load` returned in the end.

    Args:
        connection: An open transaction.
        load: Loads the batch without the records that are known to be refused.
        find_refused: Tries them one by one; what it writes is undone.

    Raises:
        RefusedRowError: No single record is to blame.
    """
    refused: dict[str, Problem] = {}
    while True:
        refusal = None
        try:
            with savepoint(connection):
                return load(refused)
        except RefusedRowError as error:
            refusal = error
        with undone(connection):
            found = {**find_refused(refused)}
        if not found.keys() - refused.keys():
            raise refusal
        refused |= found


def try_alone(connection: Connection, name: str, load: Callable[[], object]) -> Problem | None:
    """Try one record, called `name`; returns why it is refused, or `None`."""
    try:
        with savepoint(connection, [name]):
            load()
    except RefusedRowError as error:
        return Problem(None, "is accepted by Loupe's database", None, error.message)
    return None


def with_refusal(outcome: RecordOutcome, refused: Refusals) -> RecordOutcome:
    """Say beside the outcome of a write that Loupe did not take the answer to it; the next pull tries again."""
    problem = refused.get(outcome.quickbooks_id or "")
    if problem is None:
        return outcome
    told = replace(problem, severity=Severity.WARNING)
    return replace(outcome, warnings=(*outcome.warnings, told))
