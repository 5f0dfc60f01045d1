"""Rules that several record types have in common: currency, custom fields and simple references."""

from __future__ import annotations

from collections.abc import Mapping

from quickbooks_emulator import faults
from quickbooks_emulator.company import Company
from quickbooks_emulator.properties import Document

CURRENCY_NAMES = {
    "USD": "United States Dollar", "EUR": "Euro", "GBP": "British Pound Sterling",
    "CAD": "Canadian Dollar", "AUD": "Australian Dollar", "SGD": "Singapore Dollar",
    "CHF": "Swiss Franc", "INR": "Indian Rupee", "HKD": "Hong Kong Dollar", "JPY": "Japanese Yen",
    "THB": "Thai Baht", "AED": "United Arab Emirates Dirham", "LKR": "Sri Lanka Rupee",
}  # fmt: skip


def to_reference(record: Document) -> Document:
    """Return a reference to a record, with its name."""
    return {"value": record["Id"], "name": record.get("DisplayName") or record["Name"]}


def resolve_references(company: Company, draft: Document, targets: Mapping[str, str]) -> Document:
    """Return the draft's references of ``targets`` (property -> record type), checked and named.

    Raises:
        FaultError: 2500 for one that is unknown or inactive.
    """
    return {
        name: to_reference(company.resolve(entity, draft[name], name))
        for name, entity in targets.items()
        if name in draft
    }


def resolve_currency(company: Company, draft: Document) -> Document:
    """Return the CurrencyRef of a record; absent means the home currency.

    The fault for a currency other than the home currency in a company without multicurrency is not
    published; 6000 is a guess.

    Raises:
        FaultError: 2220 for an unknown currency, 6000 for a foreign one.
        NotModelledError: for a foreign currency in a multicurrency company.
    """
    home = company.home_currency
    code = draft.get("CurrencyRef", {}).get("value", home)
    if code not in CURRENCY_NAMES:
        raise faults.invalid("2220", "Invalid Currency Type", code, "CurrencyRef")
    if code != home and company.preference("CurrencyPrefs", "MultiCurrencyEnabled"):
        raise faults.NotModelledError(f"The currency {code} beside the home currency {home}")
    if code != home:
        text = f"The currency {code} cannot be used: multicurrency is off and the books are {home}."
        raise faults.business(text, "CurrencyRef")
    return {"value": code, "name": CURRENCY_NAMES[code]}


def keep_currency(current: Document | None, currency: Document) -> None:
    """Refuse a change of currency; a customer's is fixed at creation.

    Raises:
        FaultError: 6000 (the code is a guess).
    """
    if current is not None and current["CurrencyRef"]["value"] != currency["value"]:
        raise faults.business("The currency of this record cannot be changed.", "CurrencyRef")


def void_note(note: str | None) -> str:
    """Return the PrivateNote of a voided transaction, beginning with "Voided"."""
    if not note or note.startswith("Voided"):
        return note or "Voided"
    return f"Voided - {note}"[:4000]
