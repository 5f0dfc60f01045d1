"""Why a new record cannot be sent as it is: what QuickBooks cannot hold, and what the company has switched off.

Each reason names its field and its rule, so that a run's outcomes, the reports and the review call it the same.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from quickbooks_sync.model.problem import Problem
from quickbooks_sync.settings import CompanySettings

#: What QuickBooks has no place for, whatever the company switches on.
REPRESENTABLE = "can be represented in QuickBooks"
OPEN_PERIOD = "is after the closed period"
KEPT_CURRENCY = "is in a currency that the company keeps"
SENT_TAX = "has tax only where tax is sent"
COUNTED_STOCK = "is stock only where QuickBooks counts stock"


def allowed_lines(kind: str) -> str:
    """Return the rule that a kind of lines is switched on."""
    return f"{kind} lines are allowed"


#: Rules that hold once a feature is switched on, in QuickBooks or in the company's settings.
FEATURE_RULES = frozenset(
    (
        KEPT_CURRENCY,
        SENT_TAX,
        COUNTED_STOCK,
        allowed_lines("discount"),
        allowed_lines("shipping"),
    )
)


def refuse(field: str, rule: str, value: Any, message: str | None) -> tuple[Problem, ...]:
    """Return the problem that a reason is; none without a reason."""
    return (Problem(field, rule, value, message),) if message else ()


def join(*problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return all reasons of a record: whoever corrects it should hear of each at once."""
    return tuple(problem for listed in problems for problem in listed)


def refuse_closed(settings: CompanySettings, field: str, day: date | None) -> tuple[Problem, ...]:
    """Refuse a new record that is dated in the closed period."""
    closed = settings.book_close_date
    if closed is None or day is None or day > closed:
        return ()
    message = (
        f"it is dated {day}, and the books are closed up to {closed}; correct the date, or reopen the period in "
        "QuickBooks and run `quickbooks-sync settings propose`, which reads the closing date again"
    )
    return refuse(field, OPEN_PERIOD, day.isoformat(), message)
