"""What records of a list have in common that nothing follows from: vendors, employees, payment methods."""

from __future__ import annotations

from quickbooks_emulator.company.company import Company
from quickbooks_emulator.model import faults
from quickbooks_emulator.model.documents import Document


class ListRules:
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
