"""Payments that recorded invoices name but no recording holds.

An invoice says which payments it has (LinkedTxn) and what is still open. The payments themselves are
not made up, for their dates are unknown; but they must count when a later payment, void or change
makes the emulator compute the invoice's balance anew. So they are kept where nothing shows them.
"""

from __future__ import annotations

from decimal import Decimal

from quickbooks_emulator.books.balances import payable_amount
from quickbooks_emulator.importing.answers import Recorded
from quickbooks_emulator.importing.collection import Collection
from quickbooks_emulator.model.documents import Document

_NONE = Decimal(0)


def find_unrecorded(collection: Collection) -> dict[str, Document]:
    """Return the payments by Id, each with the lines that pay recorded invoices.

    How several payments share what was paid of one invoice is not recorded: the first gets it all.
    """
    payments: dict[str, Document] = {}
    for invoice in collection.of("Invoice"):
        missing = payable_amount(invoice.document) - invoice.document["Balance"]
        missing -= _recorded_amount(collection, invoice.number)
        for number in _missing_links(collection, invoice):
            payment = payments.setdefault(number, _payment(number, invoice.document))
            link = {"TxnId": invoice.number, "TxnType": "Invoice"}
            payment["Line"].append({"Amount": missing, "LinkedTxn": [link]})
            payment["TotalAmt"] += missing
            missing = _NONE
        if missing:
            collection.notes.append(
                f"{invoice.place}: {missing} of it is settled by nothing that was recorded; "
                "a change makes its balance that much higher"
            )
    return payments


def _missing_links(collection: Collection, invoice: Recorded) -> list[str]:
    links = invoice.document.get("LinkedTxn", [])
    numbers = [str(link["TxnId"]) for link in links if link.get("TxnType") == "Payment"]
    unknown = (number for number in numbers if ("Payment", number) not in collection.records)
    return [number for number in unknown if number.isascii() and number.isdigit()]


def _recorded_amount(collection: Collection, invoice: str) -> Decimal:
    amounts = (
        line["Amount"]
        for payment in collection.of("Payment")
        for line in payment.document.get("Line", [])
        if str(line["LinkedTxn"][0]["TxnId"]) == invoice
    )
    return sum(amounts, _NONE)


def _payment(number: str, invoice: Document) -> Document:
    names = ("CustomerRef", "CurrencyRef", "MetaData", "TxnDate")
    known = {name: invoice[name] for name in names if name in invoice}
    amounts = {"TotalAmt": _NONE, "UnappliedAmt": _NONE}
    return {**known, **amounts, "Id": number, "SyncToken": "0", "Line": []}
