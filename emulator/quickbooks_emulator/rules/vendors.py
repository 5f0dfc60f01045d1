"""Vendors, as far as they hold names that customers then cannot have (Intuit: entities, section 8.3)."""

from __future__ import annotations

from quickbooks_emulator.books.currency import keep_currency, resolve_currency
from quickbooks_emulator.books.list_rules import ListRules
from quickbooks_emulator.books.names import complete_name
from quickbooks_emulator.books.options import Options
from quickbooks_emulator.books.references import resolve_references
from quickbooks_emulator.company.company import Company
from quickbooks_emulator.model.documents import Document
from quickbooks_emulator.model.numbers import ZERO


class VendorRules(ListRules):
    """What holds for every vendor."""

    def complete(
        self, company: Company, draft: Document, current: Document | None, _options: Options
    ) -> Document:
        """Return the whole vendor."""
        currency = resolve_currency(company, draft)
        keep_currency(current, currency)
        named = complete_name(company, "Vendor", draft, current)
        terms = resolve_references(company, draft, {"TermRef": "Term"})
        extra = {"Vendor1099": False, "Balance": ZERO, "CurrencyRef": currency}
        return {**extra, **named, **terms, "CurrencyRef": currency}
