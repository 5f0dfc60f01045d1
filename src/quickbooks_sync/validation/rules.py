"""One rule of a suite: an expectation, and how its failures are told."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from quickbooks_sync.mapping.vocabulary import Check
from quickbooks_sync.model.problem import Severity

_GX_SEVERITY = {Severity.REJECTED: "critical", Severity.WARNING: "warning"}


@dataclasses.dataclass(frozen=True)
class Rule:
    """One expectation, and how its failures are reported.

    Attributes:
        field: The field it speaks of.
        words: The rule in words.
        severity: What breaking it does to a record.
        type: Great Expectations' expectation.
        kwargs: Its arguments, without the column.
        check: The exact check that fills the column, when it is not the field itself.
        column: The column it looks at.
    """

    field: str
    words: str
    severity: Severity
    type: str
    kwargs: Mapping[str, Any]
    column: str
    check: Check | None = None

    def to_expectation(self) -> dict[str, Any]:
        """Return the expectation as Great Expectations reads it."""
        return {
            "type": self.type,
            "kwargs": {"column": self.column, **self.kwargs},
            "severity": _GX_SEVERITY[self.severity],
            "meta": {"field": self.field, "rule": self.words},
        }


def exact_rule(field: str, words: str, severity: Severity, name: str, check: Check) -> Rule:
    """Return the rule that an exact check holds."""
    return Rule(
        field,
        words,
        severity,
        "expect_column_values_to_be_in_set",
        {"value_set": [True]},
        column=f"{field}: {name}",
        check=check,
    )
