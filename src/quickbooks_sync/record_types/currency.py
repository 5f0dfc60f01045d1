"""In which currencies records can be sent."""

from collections.abc import Collection

from quickbooks_sync.model.errors import RejectedRecordError
from quickbooks_sync.settings import CompanySettings


def currency_problem(settings: CompanySettings, currency: str | None) -> str | None:
    """Return why a currency cannot be pushed, or `None` when it can."""
    home = settings.home_currency
    if currency == home or settings.multi_currency:
        return None
    return (
        f"the currency is {currency}, but the QuickBooks company keeps its books in {home} only; "
        "switch multicurrency on in QuickBooks (it cannot be switched off again), or correct the record"
    )


def settle_currency(settings: CompanySettings, used: Collection[str]) -> str | None:
    """Return the currency of a new customer; it can never be changed in QuickBooks.

    Args:
        settings: The company's settings.
        used: The currencies of the customer's Loupe invoices.

    Raises:
        RejectedRecordError: The invoices are in several currencies, or in one that the company does not
            keep: created in another, the customer could never be invoiced faithfully.
    """
    if len(used) > 1:
        listed = ", ".join(sorted(used))
        raise RejectedRecordError(
            f"The customer has invoices in {listed}, and a QuickBooks customer has one currency for "
            "good. Make one customer per currency in Loupe.",
            field="currency",
            rule="has invoices in one currency",
        )
    currency = next(iter(used), None) or settings.home_currency
    problem = currency_problem(settings, currency)
    if problem:
        raise RejectedRecordError(
            f"The customer's invoices: {problem}.",
            field="currency",
            rule="has invoices in a currency that the company keeps",
        )
    return currency
