"""Vendors and employees, as far as they hold names that customers then cannot have, and methods.

Intuit: entities, section 8.3.
"""

from __future__ import annotations

from quickbooks_emulator import faults
from quickbooks_emulator.company import Company
from quickbooks_emulator.numbers import ZERO
from quickbooks_emulator.properties import Document
from quickbooks_emulator.rules.contract import Options
from quickbooks_emulator.rules.currency import keep_currency, resolve_currency
from quickbooks_emulator.rules.names import display_name, refuse_taken_name
from quickbooks_emulator.rules.shared import resolve_references


class _ListRules:
    """What records have in common that nothing follows from."""

    required: tuple[str, ...] = ()

    def settle(self, company: Company, before: Document | None, after: Document | None) -> None:
        """Nothing else changes."""

    def void(self, _company: Company, _current: Document) -> Document:
        """A list entity cannot be voided.

        Raises:
            FaultError: 500, always.
        """
        raise faults.unsupported_operation("void of a list entity")


class VendorRules(_ListRules):
    """What holds for every vendor."""

    def complete(
        self, company: Company, draft: Document, current: Document | None, _options: Options
    ) -> Document:
        """Return the whole vendor."""
        currency = resolve_currency(company, draft)
        keep_currency(current, currency)
        named = _named(company, "Vendor", draft, current)
        terms = resolve_references(company, draft, {"TermRef": "Term"})
        extra = {"Vendor1099": False, "Balance": ZERO, "CurrencyRef": currency}
        return {**extra, **named, **terms, "CurrencyRef": currency}


class EmployeeRules(_ListRules):
    """What holds for every employee: a name of a person is required."""

    def complete(
        self, company: Company, draft: Document, current: Document | None, _options: Options
    ) -> Document:
        """Return the whole employee."""
        if not ("GivenName" in draft or "FamilyName" in draft):
            raise faults.missing("GivenName")
        return {"BillableTime": False, **_named(company, "Employee", draft, current)}


class PaymentMethodRules(_ListRules):
    """What holds for every payment method."""

    required: tuple[str, ...] = ("Name",)

    def complete(
        self, company: Company, draft: Document, current: Document | None, _options: Options
    ) -> Document:
        """Return the whole payment method."""
        if draft.get("Active", True):
            refuse_taken_name(company, "PaymentMethod", draft["Name"], current)
        return {"Active": True, "Type": "NON_CREDIT_CARD", **draft}


def _named(company: Company, entity: str, draft: Document, current: Document | None) -> Document:
    name = display_name(draft)
    if draft.get("Active", True):
        refuse_taken_name(company, entity, name, current)
    return {"PrintOnCheckName": name[:110], "Active": True, **draft, "DisplayName": name}
