"""Employees, as far as they hold names that customers then cannot have (Intuit: entities, section 8.3)."""

from __future__ import annotations

from quickbooks_emulator.books.list_rules import ListRules
from quickbooks_emulator.books.names import complete_name
from quickbooks_emulator.books.options import Options
from quickbooks_emulator.company.company import Company
from quickbooks_emulator.model import faults
from quickbooks_emulator.model.documents import Document


class EmployeeRules(ListRules):
    """What holds for every employee: a name of a person is required."""

    def complete(
        self, company: Company, draft: Document, current: Document | None, _options: Options
    ) -> Document:
        """Return the whole employee."""
        if not ("GivenName" in draft or "FamilyName" in draft):
            raise faults.missing("GivenName")
        return {"BillableTime": False, **complete_name(company, "Employee", draft, current)}
