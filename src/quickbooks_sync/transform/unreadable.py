"""What is raised for a value that is not what its type demands, and what no field of Loupe can be read from."""

from decimal import Decimal
from typing import Any

from quickbooks_sync.model.json_text import MARKS
from quickbooks_sync.model.problem import Problem
from quickbooks_sync.model.unreadable import Unreadable


class UnreadableValueError(ValueError):
    """A value is not what its type demands; becomes a `Problem`, never leaves the package."""

    def __init__(
        self,
        rule: str,
        value: Any,
        message: str,
        *,
        field: str | None = None,
        waits_for: str | None = None,
        waits_for_id: str | None = None,
    ) -> None:
        super().__init__(message)
        self.rule = rule
        self.value = value
        self.message = message
        self.field = field
        self.waits_for = waits_for
        self.waits_for_id = waits_for_id

    def to_problem(self, field: str) -> Problem:
        """Return it as the problem of a field, or of the sub-field that it names."""
        return Problem(
            f"{field}.{self.field}" if self.field else field,
            self.rule,
            _to_json_safe(self.value),
            self.message,
            waits_for=self.waits_for,
            waits_for_id=self.waits_for_id,
        )


def ensure_readable(value: Any) -> Any:
    """Return a column's value; refuse what Python cannot hold, and characters that mark what JSON could not hold."""
    if isinstance(value, Unreadable):
        raise UnreadableValueError(
            "can be read",
            str(value),
            f"found {value}, which is no finite number and no time of the years 1 to 9999; correct it in Loupe",
        )
    if isinstance(value, str) and not value.isascii() and MARKS.search(value):
        raise UnreadableValueError(
            "holds no noncharacter",
            MARKS.sub("\N{REPLACEMENT CHARACTER}", value),
            "the text holds a code that Unicode sets aside and no text may hold; type it again in Loupe",
        )
    return value


def _to_json_safe(value: Any) -> Any:
    is_safe = value is None or isinstance(value, str | int | Decimal)
    return value if is_safe else str(value)
