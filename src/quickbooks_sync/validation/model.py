"""What a validation says of a batch, and of its records."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from quickbooks_sync.model.problem import Problem, Severity


@dataclass(frozen=True)
class Failure:
    """A record that breaks a rule.

    Attributes:
        row: Its position in the batch.
        field: The field.
        rule: The rule in words, to be read after the field's name.
        value: The canonical value found, or what an exact check found, in words.
        severity: Whether the record is loaded in spite of it.
    """

    row: int
    field: str | None
    rule: str
    value: Any
    severity: Severity


def to_problem(failure: Failure) -> Problem:
    """Return a failure as the problem of its record."""
    found = "nothing" if failure.value is None else repr(failure.value)
    message = f"{failure.field}: {failure.rule}; found {found}"
    return Problem(failure.field, failure.rule, failure.value, message, severity=failure.severity)


@dataclass(frozen=True)
class ValidationResult:
    """The outcome for a batch.

    Attributes:
        failures: What failed, in the order of the rows.
        document: The same by rule, as plain JSON with a few examples; Data Docs are built from it.
    """

    failures: list[Failure]
    document: dict[str, Any]


@dataclass(frozen=True)
class StoredResult:
    """A batch's document as it was kept, and which run it belongs to.

    Attributes:
        scope: What the run looked at: `full`, `incremental`, `part` or `preview`.
    """

    run_id: int
    record_type: str
    direction: str
    realm_id: str
    batch_number: int
    started_at: datetime
    document: dict[str, Any]
    scope: str = "full"
    company_name: str = ""
