"""Currencies and exchange rates (Intuit: multicurrency, section 8.11).

The faults for a currency that does not fit are not published; 6000 is a guess.
"""

from __future__ import annotations

from decimal import Decimal

from quickbooks_emulator.company.company import Company
from quickbooks_emulator.model import faults
from quickbooks_emulator.model.documents import Document
from quickbooks_emulator.model.numbers import ZERO, to_cents

CURRENCY_NAMES = {
    "USD": "United States Dollar", "EUR": "Euro", "GBP": "British Pound Sterling",
    "CAD": "Canadian Dollar", "AUD": "Australian Dollar", "SGD": "Singapore Dollar",
    "CHF": "Swiss Franc", "INR": "Indian Rupee", "HKD": "Hong Kong Dollar", "JPY": "Japanese Yen",
    "THB": "Thai Baht", "AED": "United Arab Emirates Dirham", "LKR": "Sri Lanka Rupee",
}  # fmt: skip
ONE = Decimal(1)


def resolve_currency(company: Company, draft: Document) -> Document:
    """Return the CurrencyRef of a record; absent means the home currency.

    Raises:
        FaultError: 2220 for an unknown currency, 6000 for a foreign one without multicurrency.
    """
    home = company.home_currency
    code = draft.get("CurrencyRef", {}).get("value", home)
    if code not in CURRENCY_NAMES:
        raise faults.invalid("2220", "Invalid Currency Type", code, "CurrencyRef")
    if code != home and not company.has_currencies:
        text = f"The currency {code} cannot be used: multicurrency is off and the books are {home}."
        raise faults.business(text, "CurrencyRef")
    return {"value": code, "name": CURRENCY_NAMES[code]}


def keep_currency(current: Document | None, currency: Document) -> None:
    """Refuse a change of currency; a customer's is fixed at creation.

    Raises:
        FaultError: 6000.
    """
    if current is not None and current["CurrencyRef"]["value"] != currency["value"]:
        raise faults.business("The currency of this record cannot be changed.", "CurrencyRef")


def transaction_currency(
    company: Company, draft: Document, current: Document | None, customer: Document
) -> Document:
    """Return CurrencyRef and, in a company with several currencies, ExchangeRate.

    Raises:
        FaultError: 2020 without CurrencyRef where it is required; 2220; 6000 for a currency that
            is not the customer's or for a rate that is not above zero.
    """
    if company.has_currencies and "CurrencyRef" not in draft:
        raise faults.missing("CurrencyRef")
    currency = resolve_currency(company, draft)
    keep_currency(current, currency)
    expected = customer["CurrencyRef"]["value"]
    if currency["value"] != expected:
        text = (
            f"The transaction is in {currency['value']}, its customer in {expected}; "
            "a transaction must use the currency of its customer."
        )
        raise faults.business(text, "CurrencyRef")
    if not company.has_currencies:
        return {"CurrencyRef": currency}
    return {"CurrencyRef": currency, "ExchangeRate": _rate(company, draft, currency["value"])}


def _rate(company: Company, draft: Document, code: str) -> Decimal:
    if code == company.home_currency:
        return ONE
    rate: Decimal = draft.get("ExchangeRate", company.exchange_rate(code))
    if rate <= ZERO:
        raise faults.business("The exchange rate must be greater than 0.", "ExchangeRate")
    return rate


def without_rate(draft: Document) -> Document:
    """Return a draft without ExchangeRate, which a company of one currency ignores."""
    return {name: value for name, value in draft.items() if name != "ExchangeRate"}


def home_amounts(document: Document) -> Document:
    """Return HomeTotalAmt and HomeBalance, or {} for a transaction without an exchange rate."""
    rate = document.get("ExchangeRate")
    if rate is None:
        return {}
    return {
        "HomeTotalAmt": to_cents(document["TotalAmt"] * rate),
        "HomeBalance": to_cents(document["Balance"] * rate),
    }
