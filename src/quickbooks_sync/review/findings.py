"""Collects what is said of single records into findings: one for each reason, with every record that it is said of."""

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass, replace

from quickbooks_sync.model.outcome import RECORD_CONFLICT, FieldConflict, Outcome, RecordOutcome
from quickbooks_sync.model.problem import Problem
from quickbooks_sync.review.model import Effect, Example, Finding, Stop

HELD = "is decided by a person"
CONFIRMED = "company setting confirmed"


@dataclass(frozen=True)
class Remark:
    """What a push would say of one record.

    Attributes:
        effect: What it does with the record.
        field: The field; `None` where it is about the whole record.
        rule: The rule, in the push's words.
        title: What is said of all such records.
        message: What is said of this one.
        setting: The company setting that the record waits for.
    """

    effect: Effect
    field: str | None
    rule: str
    title: str
    message: str = dataclasses.field(default="", compare=False)
    setting: str | None = None


def from_problem(problem: Problem) -> Remark:
    """Return a problem as a remark; what waits for a setting is filed under the setting."""
    if problem.waits_for == "setting":
        return to_unconfirmed(str(problem.waits_for_id), problem.message)
    effect, ending = Effect.REJECTED, "is not met"
    if problem.waits_for:
        effect, ending = Effect.WAITING, "is not met yet"
    elif problem.is_warning:
        effect = Effect.LOOK
    subject = f'{problem.field}: "{problem.rule}"' if problem.field else f'"{problem.rule}"'
    return Remark(effect, problem.field, problem.rule, f"{subject} {ending}", problem.message)


def to_unconfirmed(setting: str, message: str) -> Remark:
    """Return what is said of a record that waits for a setting."""
    title = "cannot be sent before it is confirmed"
    return Remark(Effect.WAITING, None, CONFIRMED, title, message, setting)


def from_conflict(conflict: FieldConflict) -> Remark:
    """Return a conflict as a remark."""
    name = None if conflict.field == RECORD_CONFLICT else conflict.field
    return to_held(name, conflict.reason)


def to_held(name: str | None, reason: str) -> Remark:
    """Return what is said of a record, or a field of it, that a person must decide about."""
    subject = f"{name} is" if name else "the record is"
    return Remark(Effect.HELD, name, HELD, f"{subject} held until a person decides", reason)


def from_outcome(outcome: RecordOutcome) -> list[Remark]:
    """Return what an outcome that a push writes without sending anything says of its record."""
    remarks = [from_conflict(conflict) for conflict in outcome.conflicts]
    if outcome.outcome == Outcome.CONFLICT and not remarks:
        remarks.append(to_held(None, outcome.reason or ""))
    if outcome.waits_for == "setting":
        remarks.append(to_unconfirmed(str(outcome.waits_for_id), outcome.reason or ""))
    remarks.extend(from_problem(problem) for problem in outcome.warnings)
    if outcome.outcome == Outcome.DIFFERS:
        # The record stays as it is on both sides; that they differ is to be looked at.
        differing = (from_problem(problem) for problem in outcome.causes)
        return [*remarks, *(replace(remark, effect=Effect.LOOK) for remark in differing)]
    return [*remarks, *(from_problem(problem) for problem in outcome.causes)]


class Findings:
    """Findings in the making."""

    def __init__(self) -> None:
        self._examples: dict[tuple[str, Remark], list[Example]] = {}
        self.stops: list[Stop] = []

    def add(self, record_type: str, loupe_id: int, text: str, remarks: Iterable[Remark]) -> None:
        """Add what is said of one record; what is said twice counts once."""
        for remark in dict.fromkeys(remarks):
            examples = self._examples.setdefault((record_type, remark), [])
            examples.append(Example(loupe_id, text, remark.message))

    def listed(self, setting: str | None = None) -> tuple[Finding, ...]:
        """Return the findings: those of a setting that is waited for, or all others.

        They come in the order in which record types were added, of one type the gravest first.
        """
        findings = [
            Finding(
                record_type,
                remark.field,
                remark.rule,
                remark.title,
                remark.effect,
                len(examples),
                tuple(examples),
            )
            for (record_type, remark), examples in self._examples.items()
            if remark.setting == setting
        ]
        types = list(dict.fromkeys(finding.record_type for finding in findings))
        effects = list(Effect)
        return tuple(
            sorted(
                findings,
                key=lambda finding: (
                    types.index(finding.record_type),
                    effects.index(finding.effect),
                ),
            )
        )

    @property
    def settings(self) -> set[str]:
        """The settings that records wait for."""
        return {remark.setting for _, remark in self._examples if remark.setting}
