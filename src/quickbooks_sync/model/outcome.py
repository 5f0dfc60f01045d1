"""What happened to one record in one run: its outcome, and why."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from quickbooks_sync.model.problem import Problem

#: The `field` of a conflict that is about the whole record (which record is which).
RECORD_CONFLICT = "record"


class Outcome(StrEnum):
    """What became of a record; the same words on every page, in every list and in the tables."""

    CREATED = "created"
    UPDATED = "updated"
    LINKED = "linked"
    UNCHANGED = "unchanged"
    WAITING = "waiting"
    REJECTED = "rejected"
    CONFLICT = "conflict"
    DIFFERS = "differs"
    FAILED = "failed"


@dataclass(frozen=True)
class FieldConflict:
    """A field that neither side may overwrite until a person decides."""

    field: str
    reason: str
    loupe: Any
    quickbooks: Any
    loupe_base: Any = None
    quickbooks_base: Any = None


@dataclass(frozen=True)
class RecordOutcome:
    """What happened to one record in one run.

    Attributes:
        source_id: The id on the side the record was read from (QuickBooks Id or Loupe id).
        outcome: What became of it.
        reason: Why, in words a person can act on; empty where the outcome says it all.
        causes: For rejected and differing records, why.
        conflicts: For records in conflict, the fields held.
        is_pending: Something of the record is still to be sent to the other side.
        waits_for: What a record that will be looked at again without being read again waits for:
            a record type, `setting`, or a person's `decision`.
        waits_for_id: Its id, where it has one.
        warnings: What is to be said beside the outcome.
        others: Further Loupe rows that a conflict about the whole record concerns.
    """

    source_id: str
    outcome: Outcome
    loupe_id: int | None = None
    quickbooks_id: str | None = None
    reason: str | None = None
    causes: tuple[Problem, ...] = ()
    conflicts: tuple[FieldConflict, ...] = ()
    waits_for: str | None = None
    waits_for_id: str | None = None
    warnings: tuple[Problem, ...] = ()
    raw: Any = None
    source_version: str | None = None
    is_pending: bool = False
    retry_key: str = ""
    loupe_changed_at: datetime | None = None
    loupe_changed_by: str | None = None
    quickbooks_changed_at: datetime | None = None
    others: tuple[int, ...] = ()


def count_outcomes(outcomes: Iterable[RecordOutcome]) -> dict[str, int]:
    """Count records by outcome."""
    counts: dict[str, int] = {}
    for record in outcomes:
        counts[str(record.outcome)] = counts.get(str(record.outcome), 0) + 1
    return counts
