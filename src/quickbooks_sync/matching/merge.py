"""The merge: which side's value each field of a record takes. One pure function, both directions.

Design note
    QuickBooks trims, rounds and fills defaults, so one common base would make our own writes look
    like other people's edits. The base therefore has two halves, each side's canonical values as
    of the last sync, and each side is compared with its own half. A field the base does not
    hold (first contact, or newly mapped) is settled by comparing the sides with each other.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from quickbooks_sync.mapping import Field, RecordMapping
from quickbooks_sync.model.base import Base
from quickbooks_sync.model.outcome import FieldConflict
from quickbooks_sync.transform.canonical import comparable, folded

Values = Mapping[str, Any]


@dataclass(frozen=True)
class MergePolicy:
    """What steers a merge beyond the mapping.

    Attributes:
        on_conflict: `hold`, `quickbooks` or `loupe` per field; a field not named follows the
            mapping.
        quickbooks_locked: Fields that must not be written to QuickBooks, with the reason.
        loupe_locked: Fields that must not be written to Loupe, with the reason.
        quickbooks_owned: Two-way fields that only QuickBooks may change for this company.
        excluded: Two-way fields that this function leaves alone: they are sent separately, or stay as they are.
        decided: Fields on which a person has decided: `loupe` or `quickbooks` wins, whatever is
            locked.
        folded: Fields that agree at first contact where only case or blanks differ; each side keeps
            its spelling.
        apart: Fields that stay as they are at first contact where both sides hold something.
        together: Fields that mean nothing without each other: where one is held, so are the others.
    """

    on_conflict: Mapping[str, str] = dataclasses.field(default_factory=dict)
    quickbooks_locked: Mapping[str, str] = dataclasses.field(default_factory=dict)
    loupe_locked: Mapping[str, str] = dataclasses.field(default_factory=dict)
    quickbooks_owned: frozenset[str] = frozenset()
    excluded: frozenset[str] = frozenset()
    decided: Mapping[str, str] = dataclasses.field(default_factory=dict)
    folded: frozenset[str] = frozenset()
    apart: frozenset[str] = frozenset()
    together: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Merge:
    """The outcome: what each side must take, what is in conflict, and the new base.

    Attributes:
        to_loupe: Canonical QuickBooks values that Loupe must take, by field.
        to_quickbooks: Canonical Loupe values that QuickBooks must take, by field.
        conflicts: Fields held on both sides.
        agreed: Fields on which the sides agree already, or will once `to_loupe` is applied.
    """

    to_loupe: dict[str, Any]
    to_quickbooks: dict[str, Any]
    conflicts: tuple[FieldConflict, ...]
    agreed: frozenset[str]

    @property
    def is_settled(self) -> bool:
        """Whether nothing is left to send to QuickBooks and nothing is in conflict."""
        return not self.to_quickbooks and not self.conflicts


def merge_record(
    mapping: RecordMapping, loupe: Values, quickbooks: Values, base: Base, policy: MergePolicy
) -> Merge:
    """Merge one record, field by field.

    Args:
        mapping: The record type's mapping.
        loupe: Loupe's canonical values now; a missing key is *unknown*, not empty.
        quickbooks: QuickBooks' canonical values now, likewise.
        base: Both halves as of the last sync.
        policy: Conflict rules, locks and ownership for this record.
    """
    merge = Merge({}, {}, (), frozenset())
    agreed: set[str] = set()
    conflicts: list[FieldConflict] = []
    for field in mapping.fields:
        if field.kind == "computed" or field.name in policy.excluded:
            continue
        if field.name not in quickbooks or field.name not in loupe:
            continue  # unknown on one side: nothing can be said about it
        verdict = _verdict(field, mapping, loupe, quickbooks, base, policy)
        if verdict == "agreed":
            agreed.add(field.name)
        elif verdict == "to_loupe":
            merge.to_loupe[field.name] = quickbooks[field.name]
            agreed.add(field.name)
        elif verdict == "to_quickbooks":
            merge.to_quickbooks[field.name] = loupe.get(field.name)
        else:
            conflicts.append(_conflict(field, verdict, loupe, quickbooks, base))
    for name in _held_with(conflicts, merge, policy):
        reason = "goes together with what is held beside it"
        conflicts.append(_conflict(mapping.field(name), reason, loupe, quickbooks, base))
        merge.to_loupe.pop(name, None)
        merge.to_quickbooks.pop(name, None)
        agreed.discard(name)
    return Merge(merge.to_loupe, merge.to_quickbooks, tuple(conflicts), frozenset(agreed))


def _held_with(conflicts: list[FieldConflict], merge: Merge, policy: MergePolicy) -> list[str]:
    """Return the moving fields that may not move without a held one."""
    if not policy.together.intersection(held.field for held in conflicts):
        return []
    return [name for name in (*merge.to_loupe, *merge.to_quickbooks) if name in policy.together]


def next_base(merge: Merge, loupe: Values, quickbooks: Values, base: Base) -> Base:
    """Return the base after `merge.to_loupe` has been written to Loupe.

    Only agreed fields move; what is still to be sent or in conflict keeps its old base, so that
    the next look comes to the same verdict.
    """
    after = {**loupe, **merge.to_loupe}
    return Base(
        {**base.loupe, **{name: after.get(name) for name in merge.agreed}},
        {**base.quickbooks, **{name: quickbooks[name] for name in merge.agreed}},
    )


def _verdict(
    field: Field,
    mapping: RecordMapping,
    loupe: Values,
    quickbooks: Values,
    base: Base,
    policy: MergePolicy,
) -> str:
    """Return `agreed`, `to_loupe`, `to_quickbooks`, or the reason of a conflict."""
    verdict = _compare(field, mapping, loupe, quickbooks, base, policy)
    is_left = verdict == "to_loupe" and not mapping.list_of(field).is_known(quickbooks[field.name])
    # A name that Loupe cannot hold is seen and left: each side keeps its own until somebody changes it.
    return "agreed" if is_left else verdict


def _compare(
    field: Field,
    mapping: RecordMapping,
    loupe: Values,
    quickbooks: Values,
    base: Base,
    policy: MergePolicy,
) -> str:
    ours, theirs = _seen(field, loupe), _seen(field, quickbooks)
    if ours == theirs:
        return "agreed"
    if field.name in policy.decided:
        return "to_loupe" if policy.decided[field.name] == "quickbooks" else "to_quickbooks"
    if field.kind == "pull_only" or field.name in policy.quickbooks_owned:
        return _locked(field, policy.loupe_locked) or "to_loupe"
    return _three_way(field, mapping, ours, theirs, base, policy)


def _three_way(
    field: Field, mapping: RecordMapping, ours: Any, theirs: Any, base: Base, policy: MergePolicy
) -> str:
    if field.name not in base.loupe and _may_differ(field, ours, theirs, policy):
        return "agreed"
    ours_changed, theirs_changed = _changes(field, ours, theirs, base)
    if not ours_changed and not theirs_changed:
        return "agreed"
    if ours_changed and theirs_changed:
        return _both_changed(field, mapping, base, policy)
    if theirs_changed:
        return _locked(field, policy.loupe_locked) or "to_loupe"
    return _locked(field, policy.quickbooks_locked) or "to_quickbooks"


def _may_differ(field: Field, ours: Any, theirs: Any, policy: MergePolicy) -> bool:
    """Whether two values that were never compared before may stay as they are on both sides."""
    if field.name in policy.apart and not _is_empty(ours) and not _is_empty(theirs):
        return True
    return field.name in policy.folded and folded(ours) == folded(theirs)


def _changes(field: Field, ours: Any, theirs: Any, base: Base) -> tuple[bool, bool]:
    """Return whether Loupe and QuickBooks changed the field since the base."""
    if field.name not in base.loupe or field.name not in base.quickbooks:
        # First contact: an empty side takes the filled one, two different values are a conflict.
        return not _is_empty(ours), not _is_empty(theirs)
    return ours != _seen(field, base.loupe), theirs != _seen(field, base.quickbooks)


def _both_changed(field: Field, mapping: RecordMapping, base: Base, policy: MergePolicy) -> str:
    rule = policy.on_conflict.get(field.name) or _rule_of(field, mapping, base)
    if rule == "quickbooks":
        return _locked(field, policy.loupe_locked) or "to_loupe"
    if rule == "loupe":
        return _locked(field, policy.quickbooks_locked) or "to_quickbooks"
    if field.name not in base.loupe:
        return "both sides hold a value and the two differ"
    return "changed on both sides since they last agreed"


def _rule_of(field: Field, mapping: RecordMapping, base: Base) -> str:
    """At first contact nobody knows which side is right, least of all about money and parties."""
    if field.name in base.loupe:
        return field.on_conflict or mapping.on_conflict
    is_held = field.type in ("money", "decimal", "lines", "reference") or field.name == "currency"
    return "hold" if is_held else mapping.first_contact


def _locked(field: Field, locks: Mapping[str, str]) -> str | None:
    return locks.get(field.name)


def _conflict(
    field: Field, reason: str, loupe: Values, quickbooks: Values, base: Base
) -> FieldConflict:
    return FieldConflict(
        field.name,
        reason,
        loupe.get(field.name),
        quickbooks.get(field.name),
        base.loupe.get(field.name),
        base.quickbooks.get(field.name),
    )


def _seen(field: Field, values: Values) -> Any:
    return comparable(field, values.get(field.name))


def _is_empty(value: Any) -> bool:
    return value is None or value == []
