"""Terms of payment: a list of names, each used once; by days, or by a day of the month (Intuit: Term, section 8.12)."""

from __future__ import annotations

from quickbooks_emulator.books.list_rules import ListRules
from quickbooks_emulator.books.names import refuse_taken_name
from quickbooks_emulator.books.options import Options
from quickbooks_emulator.company.company import Company
from quickbooks_emulator.model import faults
from quickbooks_emulator.model.documents import Document


class TermRules(ListRules):
    """What holds for every term."""

    required: tuple[str, ...] = ("Name",)

    def complete(
        self, company: Company, draft: Document, current: Document | None, _options: Options
    ) -> Document:
        """Return the whole term.

        Raises:
            FaultError: 6240 for a taken name, 2020 without due days or a day of the month.
        """
        if draft.get("Active", True):
            refuse_taken_name(company, "Term", draft["Name"], current)
        if "DueDays" not in draft and "DayOfMonthDue" not in draft:
            raise faults.missing("DueDays")
        kind = "DATE_DRIVEN" if "DayOfMonthDue" in draft else "STANDARD"
        return {"Active": True, **draft, "Type": kind}
