"""Under which keys a document can be found quickly."""

from __future__ import annotations

from collections.abc import Iterator

from quickbooks_emulator.model.documents import Document

NAME_FAMILY = {
    "Customer": "names", "Vendor": "names", "Employee": "names", "Item": "item names",
    "PaymentMethod": "method names", "Term": "term names",
}  # fmt: skip
"""Record types that share one set of unique names (Intuit: entities, section 8.3)."""

UNRECORDED = "UnrecordedPayment"
"""Payments that an import knows only by what they paid: they count, but are never shown."""

SALES_FORMS = ("Invoice", "CreditMemo")
PARTY_LISTS = {
    "Invoice": "invoices of customer", "CreditMemo": "credits of customer",
    "JournalEntry": "journal of customer", "Payment": "payments of customer",
}  # fmt: skip


def fold_name(name: str) -> str:
    """Return a name as uniqueness compares it: blanks at the ends and case do not count."""
    return name.strip().casefold()


def index_keys(entity: str, document: Document | None) -> Iterator[tuple[str, str]]:
    """Yield index and key of everything that a document is found by."""
    if document is None:
        return
    if entity in NAME_FAMILY and document.get("Active") is not False:
        yield NAME_FAMILY[entity], fold_name(document.get("DisplayName") or document["Name"])
    if entity in SALES_FORMS and "DocNumber" in document:
        yield f"{entity} number", document["DocNumber"]
    if entity in PARTY_LISTS and "CustomerRef" in document:
        yield PARTY_LISTS[entity], document["CustomerRef"]["value"]
    if entity in ("Payment", UNRECORDED):
        for number in linked_transactions(document):
            yield "payments of transaction", number
    if entity == "Customer" and document.get("ParentRef"):
        yield "sub-customers", document["ParentRef"]["value"]


def linked_transactions(payment: Document) -> list[str]:
    """Return the Ids of what a payment is applied to: charges and the credits that pay them."""
    return [line["LinkedTxn"][0]["TxnId"] for line in payment.get("Line", [])]
