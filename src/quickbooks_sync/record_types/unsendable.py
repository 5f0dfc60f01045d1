"""Why a new record cannot be sent as it is: what QuickBooks cannot hold, and what the company has switched off.

Each reason names its field and its rule, so that a run's outcomes, the reports and the review call it the same.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any

from quickbooks_sync.model.problem import Problem, warning
from quickbooks_sync.settings import CompanySettings

#: What QuickBooks has no place for, whatever the company switches on.
REPRESENTABLE = "can be represented in QuickBooks"
OPEN_PERIOD = "is after the closed period"
KEPT_CURRENCY = "is in a currency that the company keeps"
SENT_TAX = "has tax only where tax is sent"
COUNTED_STOCK = "is stock only where QuickBooks counts stock"

_REOPEN = "reopen the period in QuickBooks and run `quickbooks-sync settings propose`, which reads the closing date again"


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
    if not _is_closed(settings, day):
        return ()
    message = f"it is dated {day}, and the books are closed up to {settings.book_close_date}; correct the date, or {_REOPEN}"
    return refuse(field, OPEN_PERIOD, str(day), message)


def refuse_closed_change(
    settings: CompanySettings,
    field: str,
    days: Iterable[date | None],
    fields: Collection[str],
    guarded: Collection[str],
) -> tuple[Problem, ...]:
    """Refuse a change of a record that is, or would be, dated in the closed period (Intuit: codes 6200 and 6210).

    Args:
        settings: The company's settings.
        field: The field with the record's day.
        days: The day that QuickBooks has, and the one that it would get.
        fields: The fields to be sent.
        guarded: Fields that change the closed books. Whether QuickBooks takes a change of the others there is not
            documented: they are sent, with a warning.
    """
    day = next((day for day in days if _is_closed(settings, day)), None)
    if day is None:
        return ()
    closed = f"the books are closed up to {settings.book_close_date}"
    changing = [name for name in fields if name in guarded]
    if changing:
        message = f"{', '.join(changing)} would change on {day}, and {closed}; take the change back, or {_REOPEN}"
        return refuse(field, OPEN_PERIOD, day.isoformat(), message)
    message = f"it is dated {day}, and {closed}; QuickBooks may refuse the change (fault 6210): then {_REOPEN}"
    return (warning(field, OPEN_PERIOD, day.isoformat(), message),)


def _is_closed(settings: CompanySettings, day: date | None) -> bool:
    closed = settings.book_close_date
    return closed is not None and day is not None and day <= closed


def tax_problem(settings: CompanySettings, row: Mapping[str, Any]) -> str | None:
    """Return why QuickBooks would leave an invoice's tax out, or `None`."""
    if not row["tax_amount"]:
        return None
    if settings.tax != "total_tax":
        return (
            f"the invoice carries tax of {row['tax_amount']} and the company setting tax is none; "
            "confirm `--set tax=total_tax`, or enter it in QuickBooks and pull it"
        )
    if settings.sales_tax is False:
        return (
            f"the invoice carries tax of {row['tax_amount']}, and QuickBooks, where sales tax is switched off, "
            "would leave it out; switch sales tax on in QuickBooks, or correct the invoice"
        )
    return None
