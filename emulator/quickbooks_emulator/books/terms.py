"""What terms of payment do to an invoice: the ones it begins with, and the day it is due (Intuit: section 8.4)."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

from quickbooks_emulator.books.references import to_reference
from quickbooks_emulator.company.company import Company
from quickbooks_emulator.model.documents import Document


def default_terms(company: Company, form: Document) -> Document:
    """Return the terms of a new invoice that names none: its customer's, else the company's.

    That QuickBooks fills in terms is known, not which: to fill in the company's as well is the harder case.
    """
    customer = company.get("Customer", form["CustomerRef"]["value"])
    pointer = customer.get("SalesTermRef") or company.preference("SalesFormsPrefs", "DefaultTerms")
    term = company.find("Term", pointer["value"]) if pointer else None
    is_offered = term and term.get("Active") is not False
    return {"SalesTermRef": to_reference(term)} if term and is_offered else {}


def due_date(company: Company, form: Document) -> str:
    """Return the day on which a form is due by its terms; its own day without any."""
    issued = date.fromisoformat(form["TxnDate"])
    pointer = form.get("SalesTermRef")
    term = company.find("Term", pointer["value"]) if pointer else None
    return (_due(term, issued) if term else issued).isoformat()


def _due(term: Document, issued: date) -> date:
    if term.get("Type") != "DATE_DRIVEN":
        return issued + timedelta(days=int(term.get("DueDays", 0)))
    due = _day_of_month(issued, int(term["DayOfMonthDue"]))
    next_month = issued.replace(day=1) + timedelta(days=32)
    is_too_soon = due < issued + timedelta(days=int(term.get("DueNextMonthDays", 0)))
    return _day_of_month(next_month, int(term["DayOfMonthDue"])) if is_too_soon else due


def _day_of_month(month: date, day: int) -> date:
    return month.replace(day=min(day, monthrange(month.year, month.month)[1]))
