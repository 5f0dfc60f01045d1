"""Gives and checks document numbers by the company's CustomTxnNumbers (Intuit: section 8.4.2)."""

from __future__ import annotations

import heapq
import re
from collections.abc import Iterator

from quickbooks_emulator.books.options import Options
from quickbooks_emulator.company.company import Company
from quickbooks_emulator.company.indexing import SALES_FORMS
from quickbooks_emulator.model import faults
from quickbooks_emulator.model.documents import Document

_FIRST = "1001"


def choose_number(
    company: Company, entity: str, draft: Document, current: Document | None, options: Options
) -> Document:
    """Return ``{"DocNumber": ..}``, or ``{}`` for a sales form without a number.

    Raises:
        FaultError: 6140 if the company numbers by hand and another form of the kind has the number.
    """
    number = draft.get("DocNumber")
    if not company.preference("SalesFormsPrefs", "CustomTxnNumbers"):
        earlier = current.get("DocNumber") if current else None
        return {"DocNumber": number or earlier or _next_number(company)}
    if number is None:
        return {}
    kept = current is not None and current.get("DocNumber") == number
    if not kept and not options.allows_duplicate_number:
        for kind, holder in company.store.lookup(company.realm, f"{entity} number", number):
            raise faults.duplicate_number(number, kind, holder)
    return {"DocNumber": number}


def _next_number(company: Company) -> str:
    for form in _newest_first(company):
        match = re.fullmatch(r"(.*?)(\d+)", form.get("DocNumber", ""))
        if match:
            head, digits = match.groups()
            return f"{head}{int(digits) + 1:0{len(digits)}d}"
    return _FIRST


def _newest_first(company: Company) -> Iterator[Document]:
    """Yield the sales forms, which share one row of numbers, newest first."""
    lists = (company.store.documents(company.realm, entity) for entity in SALES_FORMS)
    return heapq.merge(
        *(reversed(documents.values()) for documents in lists), key=lambda form: -int(form["Id"])
    )
