"""What the batch says of a record: the outcomes of every way that it can go."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from quickbooks_sync.matching.identity import Identity, Match
from quickbooks_sync.model.outcome import RECORD_CONFLICT, FieldConflict, Outcome, RecordOutcome
from quickbooks_sync.model.problem import Problem, warning
from quickbooks_sync.postgres.records.links import Link
from quickbooks_sync.postgres.records.staging import StagedRecord
from quickbooks_sync.transform.canonical import folded

Values = dict[str, Any]


def outcome_of(record: StagedRecord, link: Link, outcome: Outcome) -> RecordOutcome:
    """Outcome of a linked record."""
    return RecordOutcome(
        record.source_id,
        outcome,
        loupe_id=link.loupe_id,
        quickbooks_id=record.source_id,
        warnings=warnings_of(record),
        quickbooks_changed_at=updated_at(record.raw),
    )


def rejected(record: StagedRecord, retry_key: str) -> RecordOutcome | None:
    """Outcome of a record that broke a rule; `None` where it broke none."""
    causes = tuple(problem for problem in record.problems if not problem.is_warning)
    if not causes:
        return None
    return RecordOutcome(
        record.source_id,
        Outcome.REJECTED,
        quickbooks_id=record.source_id,
        causes=causes,
        raw=record.raw,
        source_version=record.source_version,
        retry_key=retry_key,
    )


def refused_by_loupe(record: StagedRecord, refusal: Problem, loupe_id: int | None) -> RecordOutcome:
    """Outcome of a record that Loupe's database refuses; nobody can tell until when, so each run tries again."""
    return RecordOutcome(
        record.source_id,
        Outcome.REJECTED,
        loupe_id=loupe_id,
        quickbooks_id=record.source_id,
        causes=(refusal,),
        raw=record.raw,
        source_version=record.source_version,
    )


def waiting(record: StagedRecord, missing: tuple[str, str] | None) -> RecordOutcome | None:
    """Outcome of a record that refers to one without a link; `None` where nothing is missing."""
    if missing is None:
        return None
    record_type, quickbooks_id = missing
    reason = (
        f"the {record_type} {quickbooks_id} of QuickBooks is not linked to Loupe yet, "
        "or its row is gone there, or one of the two is another one now"
    )
    return _waiting(record, missing, reason)


def waiting_for_amount(
    record: StagedRecord, settled: tuple[str, str] | None
) -> RecordOutcome | None:
    """Outcome of a record that settles one of which nobody can say what is open; `None` where all can be read."""
    if settled is None:
        return None
    record_type, quickbooks_id = settled
    reason = (
        f"what is open of the {record_type} {quickbooks_id} of QuickBooks cannot be told, for Loupe has an amount on "
        "it that is no number; correct it in Loupe, and the next pull takes the record"
    )
    return _waiting(record, settled, reason)


def _waiting(record: StagedRecord, awaited: tuple[str, str], reason: str) -> RecordOutcome:
    record_type, quickbooks_id = awaited
    return RecordOutcome(
        record.source_id,
        Outcome.WAITING,
        quickbooks_id=record.source_id,
        reason=reason,
        waits_for=record_type,
        waits_for_id=quickbooks_id,
        raw=record.raw,
    )


def doubt(record: StagedRecord, match: Match) -> RecordOutcome:
    """Outcome of a record of which a person must say what it is."""
    conflict = FieldConflict(RECORD_CONFLICT, match.doubt or "", match.loupe_id, record.source_id)
    return RecordOutcome(
        record.source_id,
        Outcome.CONFLICT,
        loupe_id=match.loupe_id,
        quickbooks_id=record.source_id,
        reason=match.doubt,
        conflicts=(conflict,),
        waits_for="decision",
        raw=record.raw,
        quickbooks_changed_at=updated_at(record.raw),
        warnings=warnings_of(record),
        others=match.others,
    )


def kept_apart(identity: Identity, ours: Values, theirs: Values) -> tuple[Problem, ...]:
    """Warn of values that differ and that first contact leaves as they are on both sides."""
    return tuple(
        warning(
            name,
            "is the same on both sides",
            theirs[name],
            f"QuickBooks has {name} {theirs[name]!r}, Loupe {ours[name]!r}; each side keeps its "
            "own until somebody changes it",
        )
        for name in sorted(identity.folded | identity.apart)
        if ours.get(name) and theirs.get(name) and _differ(identity, name, ours, theirs)
    )


def _differ(identity: Identity, name: str, ours: Values, theirs: Values) -> bool:
    """Names that identify a record differ in spelling alone, or first contact asks a person."""
    is_alike = folded(ours[name]) == folded(theirs[name])
    is_apart = name in identity.apart
    return not is_alike if is_apart else is_alike and ours[name] != theirs[name]


def warnings_of(record: StagedRecord) -> tuple[Problem, ...]:
    """Return the problems that hold nothing up."""
    return tuple(problem for problem in record.problems if problem.is_warning)


def updated_at(document: Mapping[str, Any]) -> datetime | None:
    """Return when QuickBooks last saw a change of a record."""
    written = (document.get("MetaData") or {}).get("LastUpdatedTime")
    return datetime.fromisoformat(written) if written else None
