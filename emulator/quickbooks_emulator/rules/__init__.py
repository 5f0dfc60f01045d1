"""The business rules, one module a record type; what several types share is in `quickbooks_emulator.books`."""

from __future__ import annotations

from typing import Protocol

from quickbooks_emulator.books.options import Options
from quickbooks_emulator.company.company import Company
from quickbooks_emulator.model.documents import Document
from quickbooks_emulator.rules.adjustments import AdjustmentRules
from quickbooks_emulator.rules.credit_memos import CreditMemoRules
from quickbooks_emulator.rules.customers import CustomerRules
from quickbooks_emulator.rules.employees import EmployeeRules
from quickbooks_emulator.rules.invoices import InvoiceRules
from quickbooks_emulator.rules.items import ItemRules
from quickbooks_emulator.rules.payment_methods import PaymentMethodRules
from quickbooks_emulator.rules.payments import PaymentRules
from quickbooks_emulator.rules.terms import TermRules
from quickbooks_emulator.rules.vendors import VendorRules


class Rules(Protocol):
    """The rules of one record type."""

    required: tuple[str, ...]
    """What a create and a full update must hold."""

    def complete(
        self, company: Company, draft: Document, current: Document | None, options: Options, /
    ) -> Document:
        """Check a draft and return the whole document: defaults, names and computed values in.

        Args:
            company: whose record it is.
            options: what the request asks for besides its body.
            draft: the writable properties, as they would stand after the write.
            current: the document as it stands, or None for a create.
        """

    def settle(self, company: Company, before: Document | None, after: Document | None, /) -> None:
        """Carry the effects of a stored write to other records (None: did not or does not exist)."""

    def void(self, company: Company, current: Document, /) -> Document:
        """Return the document as a void leaves it."""


RULES: dict[str, Rules] = {
    "CreditMemo": CreditMemoRules(),
    "Customer": CustomerRules(),
    "Employee": EmployeeRules(),
    "InventoryAdjustment": AdjustmentRules(),
    "Invoice": InvoiceRules(),
    "Item": ItemRules(),
    "Payment": PaymentRules(),
    "PaymentMethod": PaymentMethodRules(),
    "Term": TermRules(),
    "Vendor": VendorRules(),
}

__all__ = ["RULES", "Rules"]
