"""What a transformation gives back: a frame of canonical values, and what could not be read."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pandas as pd

#: Stands in a frame for a value that is not known (neither a value nor empty).
UNKNOWN = pd.NA


@dataclass(frozen=True)
class Problem:
    """Why a record cannot be taken as it is.

    Attributes:
        field: The field; `lines.quantity` for a sub-field.
        rule: The rule it breaks, in words.
        value: What was found, as JSON can hold it.
        message: Found, expected, where.
        waits_for: The record type of an unlinked record; the record waits instead of being rejected.
        waits_for_id: That record's id on the side the record comes from.
    """

    field: str
    rule: str
    value: Any
    message: str
    waits_for: str | None = None
    waits_for_id: str | None = None


@dataclass(frozen=True)
class Transformed:
    """Canonical values of a batch.

    Attributes:
        frame: One row a record in the order given (index 0, 1, ...), one object column a field;
            `pd.NA` where the value is unknown or could not be read.
        problems: What could not be read, by row.
    """

    frame: pd.DataFrame
    problems: dict[int, list[Problem]]

    @property
    def values(self) -> list[dict[str, Any]]:
        """The frame's rows as dicts; unknown values are left out."""
        return frame_to_values(self.frame)


def frame_to_values(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return a frame's rows as dicts; unknown values are left out."""
    columns = {str(name): frame[name].tolist() for name in frame.columns}
    return [
        {name: column[row] for name, column in columns.items() if column[row] is not UNKNOWN}
        for row in range(len(frame))
    ]


class UnreadableValueError(ValueError):
    """A value is not what its type demands; becomes a `Problem`, never leaves the package."""

    def __init__(self, rule: str, value: Any, message: str, **problem: str | None) -> None:
        super().__init__(message)
        self.rule = rule
        self.value = value
        self.message = message
        self.field = problem.pop("field", None)
        self.waits = problem

    def to_problem(self, field: str) -> Problem:
        """Return the problem, told of `field`."""
        name = f"{field}.{self.field}" if self.field else field
        return Problem(name, self.rule, _to_json_safe(self.value), self.message, **self.waits)


def _to_json_safe(value: Any) -> Any:
    is_safe = value is None or isinstance(value, str | int | Decimal)
    return value if is_safe else str(value)
