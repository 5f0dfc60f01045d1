"""Customers: names, uniqueness, sub-customers and what cannot change (Intuit: section 8.3)."""

from __future__ import annotations

from quickbooks_emulator.books.currency import keep_currency, resolve_currency
from quickbooks_emulator.books.customer_tree import (
    move_balance,
    place_in_tree,
    refuse_currency_of_parent,
    rename_below,
)
from quickbooks_emulator.books.names import display_name, refuse_taken_name
from quickbooks_emulator.books.options import Options
from quickbooks_emulator.books.references import resolve_references
from quickbooks_emulator.company.company import Company
from quickbooks_emulator.model import faults
from quickbooks_emulator.model.documents import Document
from quickbooks_emulator.model.numbers import ZERO

_REFERENCES = {
    "SalesTermRef": "Term", "PaymentMethodRef": "PaymentMethod", "CustomerTypeRef": "CustomerType",
    "DefaultTaxCodeRef": "TaxCode",
}  # fmt: skip


class CustomerRules:
    """What holds for every customer."""

    required: tuple[str, ...] = ()

    def complete(
        self, company: Company, draft: Document, current: Document | None, _options: Options
    ) -> Document:
        """Return the whole customer."""
        name = display_name(draft)
        active = draft.get("Active", True)
        if active:
            refuse_taken_name(company, "Customer", name, current, draft.get("ParentRef"))
        elif current is not None and current["Balance"] != ZERO:
            raise faults.FaultError("6220", "Delete Entity Has Balance", _balance_detail(current))
        currency = resolve_currency(company, draft)
        keep_currency(current, currency)
        whole = {
            **_defaults(name),
            **draft,
            **resolve_references(company, draft, _REFERENCES),
            **place_in_tree(company, draft, name, current),
            "DisplayName": name,
            "Active": active,
            "CurrencyRef": currency,
            "Balance": current["Balance"] if current else ZERO,
            "BalanceWithJobs": current["BalanceWithJobs"] if current else ZERO,
        }
        refuse_currency_of_parent(company, whole)
        return whole

    def settle(self, company: Company, before: Document | None, after: Document | None) -> None:
        """Carry full names, levels and balances along the tree."""
        if after is None or before is None:
            return
        move_balance(company, before, after)
        if before["FullyQualifiedName"] != after["FullyQualifiedName"]:
            rename_below(company, after)

    def void(self, _company: Company, _current: Document) -> Document:
        """Customers cannot be voided.

        Raises:
            FaultError: 500, always.
        """
        raise faults.unsupported_operation("void of Customer")


def _defaults(name: str) -> Document:
    return {
        "Taxable": True,
        "Job": False,
        "BillWithParent": False,
        "PrintOnCheckName": name[:110],
        "PreferredDeliveryMethod": "Print",
        "IsProject": False,
    }


def _balance_detail(current: Document) -> str:
    return f"The customer cannot be made inactive: its balance is {current['Balance']}."
