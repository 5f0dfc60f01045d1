"""Credit memos: what a customer may still take from them, and stock that came back.

Intuit: Payment, section 8.5 (a payment's line of TxnType CreditMemo uses one up).
"""

from __future__ import annotations

from quickbooks_emulator.books.balances import (
    Shifts,
    add_shift,
    applied_amount,
    release_payments,
    shift_balances,
)
from quickbooks_emulator.books.credits import apply_credits
from quickbooks_emulator.books.currency import home_amounts
from quickbooks_emulator.books.options import Options
from quickbooks_emulator.books.sales_forms import complete_form, void_form
from quickbooks_emulator.books.stock import move_stock
from quickbooks_emulator.company.company import Company
from quickbooks_emulator.model.documents import Document
from quickbooks_emulator.model.numbers import ZERO


class CreditMemoRules:
    """What holds for every credit memo."""

    required: tuple[str, ...] = ("CustomerRef", "Line")

    def complete(
        self, company: Company, draft: Document, current: Document | None, options: Options
    ) -> Document:
        """Return the whole credit memo."""
        form = complete_form(company, "CreditMemo", draft, current, options)
        used = applied_amount(company, current["Id"]) if current else ZERO
        remaining = max(form["TotalAmt"] - used, ZERO)
        whole = {**form, "Balance": remaining, "RemainingCredit": remaining}
        return {**whole, **home_amounts(whole)}

    def settle(self, company: Company, before: Document | None, after: Document | None) -> None:
        """Move stock, the customer's balance and what payments had taken."""
        move_stock(company, before, after, sign=-1)
        shifts: Shifts = {}
        if before is not None:
            add_shift(shifts, before, before["Balance"])
            most = after["TotalAmt"] if after else ZERO
            release_payments(company, before["Id"], most, shifts)
        if after is not None:
            add_shift(shifts, after, -after["Balance"])
        shift_balances(company, shifts)
        if before is None and after is not None:
            apply_credits(company, after["CustomerRef"]["value"])

    def void(self, company: Company, current: Document) -> Document:
        """Return the credit memo with nothing left and "Voided" in its note."""
        return {**void_form(company, current), "RemainingCredit": ZERO}
