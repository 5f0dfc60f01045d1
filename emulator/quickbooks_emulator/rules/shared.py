"""Rules that several record types have in common: references, void notes, closed books."""

from __future__ import annotations

from collections.abc import Mapping

from quickbooks_emulator.company import Company
from quickbooks_emulator.properties import Document


def to_reference(record: Document) -> Document:
    """Return a reference to a record, with its name."""
    return {"value": record["Id"], "name": record.get("DisplayName") or record["Name"]}


def resolve_references(company: Company, draft: Document, targets: Mapping[str, str]) -> Document:
    """Return the draft's references of ``targets`` (property -> record type), checked and named.

    Raises:
        FaultError: 2500 for one that is unknown or inactive.
    """
    return {
        name: to_reference(company.resolve(entity, draft[name], name))
        for name, entity in targets.items()
        if name in draft
    }


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
