"""Under which keys a document can be found quickly."""

from __future__ import annotations

from collections.abc import Iterator

from quickbooks_emulator.properties import Document

NAME_FAMILY = {"Customer": "names", "Vendor": "names", "Employee": "names", "Item": "item names"}
"""Record types that share one set of unique names (Intuit: entities, section 8.3)."""


def fold_name(name: str) -> str:
    """Return a name as uniqueness compares it: blanks at the ends and case do not count."""
    return name.strip().casefold()


def index_keys(entity: str, document: Document | None) -> Iterator[tuple[str, str]]:
    """Yield index and key of everything that a document is found by."""
    if document is None:
        return
    if entity in NAME_FAMILY and document.get("Active") is not False:
        yield NAME_FAMILY[entity], fold_name(document.get("DisplayName") or document["Name"])
    if entity == "Invoice":
        if "DocNumber" in document:
            yield "invoice number", document["DocNumber"]
        yield "invoices of customer", document["CustomerRef"]["value"]
    if entity == "Payment":
        for invoice in paid_invoices(document):
            yield "payments of invoice", invoice
    if entity == "Customer" and document.get("ParentRef"):
        yield "sub-customers", document["ParentRef"]["value"]


def paid_invoices(payment: Document) -> list[str]:
    """Return the Ids of the invoices that a payment is applied to."""
    return [line["LinkedTxn"][0]["TxnId"] for line in payment.get("Line", [])]
