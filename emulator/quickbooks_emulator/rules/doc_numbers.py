"""Gives and checks document numbers by the company's CustomTxnNumbers (Intuit: section 8.4.2)."""

from __future__ import annotations

import re

from quickbooks_emulator import faults
from quickbooks_emulator.company import Company
from quickbooks_emulator.properties import Document
from quickbooks_emulator.rules.contract import Options

_FIRST = "1001"


def choose_number(
    company: Company, draft: Document, current: Document | None, options: Options
) -> Document:
    """Return ``{"DocNumber": ..}``, or ``{}`` for an invoice without a number.

    Raises:
        FaultError: 6140 if the company numbers by hand and another invoice has the number.
    """
    number = draft.get("DocNumber")
    if not company.preference("SalesFormsPrefs", "CustomTxnNumbers"):
        earlier = current.get("DocNumber") if current else None
        return {"DocNumber": number or earlier or _next_number(company)}
    if number is None:
        return {}
    kept = current is not None and current.get("DocNumber") == number
    if not kept and not options.allows_duplicate_number:
        for entity, holder in company.store.lookup(company.realm, "invoice number", number):
            raise faults.duplicate_number(number, entity, holder)
    return {"DocNumber": number}


def _next_number(company: Company) -> str:
    for invoice in reversed(company.store.documents(company.realm, "Invoice").values()):
        match = re.fullmatch(r"(.*?)(\d+)", invoice.get("DocNumber", ""))
        if match:
            head, digits = match.groups()
            return f"{head}{int(digits) + 1:0{len(digits)}d}"
    return _FIRST
