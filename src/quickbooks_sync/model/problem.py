"""What is wrong with a record: one form through all steps, from reading it to QuickBooks' own refusal."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    """What a problem does to its record."""

    REJECTED = "rejected"
    WARNING = "warning"


@dataclass(frozen=True)
class Problem:
    """Why a record cannot be taken as it is, or what is to be said of one that is taken.

    Attributes:
        field: The field; `lines.quantity` for a sub-field; `None` where it is about the whole record.
        rule: The rule it breaks, in words.
        value: What was found, as JSON can hold it.
        message: Found, expected, where, what to do next.
        severity: Whether the record is rejected, or goes on with a warning.
        waits_for: A record type, or `setting`: the record waits for it instead of being rejected.
        waits_for_id: The id of that record on the side the record comes from, or the setting's name.
        code: QuickBooks' fault code, where QuickBooks refused the record.
    """

    field: str | None
    rule: str
    value: Any
    message: str
    severity: Severity = Severity.REJECTED
    waits_for: str | None = None
    waits_for_id: str | None = None
    code: str | None = None

    @property
    def is_warning(self) -> bool:
        """Whether the record goes on in spite of it."""
        return self.severity == Severity.WARNING

    @property
    def is_rejecting(self) -> bool:
        """Whether the record is rejected for it: neither a warning, nor something that it waits for."""
        return not self.is_warning and self.waits_for is None

    def to_json(self) -> dict[str, Any]:
        """Return it as it is staged and listed; what says nothing is left out."""
        kept = ("field", "rule", "value", "message", "severity")
        return {
            name: value for name, value in asdict(self).items() if name in kept or value is not None
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> "Problem":
        """Read one that was staged or listed, also by an older release, which left more out."""
        return cls(
            field=document.get("field"),
            rule=str(document.get("rule") or ""),
            value=document.get("value"),
            message=str(document.get("message") or ""),
            severity=Severity(document.get("severity") or Severity.REJECTED),
            waits_for=document.get("waits_for"),
            waits_for_id=document.get("waits_for_id"),
            code=document.get("code"),
        )


def warning(field: str | None, rule: str, value: Any, message: str) -> Problem:
    """Return what is to be said of a record that goes on."""
    return Problem(field, rule, value, message, severity=Severity.WARNING)


def to_problems(documents: Iterable[Mapping[str, Any]] | None) -> tuple[Problem, ...]:
    """Read a staged or listed sequence of problems; none where nothing was staged."""
    return tuple(Problem.from_json(document) for document in documents or ())
