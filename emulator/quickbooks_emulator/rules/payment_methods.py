"""Payment methods: a list of names, each used once."""

from __future__ import annotations

from quickbooks_emulator.books.list_rules import ListRules
from quickbooks_emulator.books.names import refuse_taken_name
from quickbooks_emulator.books.options import Options
from quickbooks_emulator.company.company import Company
from quickbooks_emulator.model.documents import Document


class PaymentMethodRules(ListRules):
    """What holds for every payment method."""

    required: tuple[str, ...] = ("Name",)

    def complete(
        self, company: Company, draft: Document, current: Document | None, _options: Options
    ) -> Document:
        """Return the whole payment method."""
        if draft.get("Active", True):
            refuse_taken_name(company, "PaymentMethod", draft["Name"], current)
        return {"Active": True, "Type": "NON_CREDIT_CARD", **draft}
