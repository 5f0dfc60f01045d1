"""What every transaction keeps: a date outside closed periods, and the note of a void."""

from __future__ import annotations

from quickbooks_emulator.company.company import Company
from quickbooks_emulator.model.documents import Document


def transaction_date(company: Company, draft: Document, current: Document | None) -> str:
    """Return the TxnDate of a draft, by default today's.

    Raises:
        FaultError: 6210 if it, or the date that the transaction has now, lies in a closed period.
    """
    txn_date: str = draft.get("TxnDate") or company.today().isoformat()
    company.refuse_closed(txn_date, *([current["TxnDate"]] if current else ()))
    return txn_date


def void_note(note: str | None) -> str:
    """Return the PrivateNote of a voided transaction, beginning with "Voided"."""
    if not note or note.startswith("Voided"):
        return note or "Voided"
    return f"Voided - {note}"[:4000]
