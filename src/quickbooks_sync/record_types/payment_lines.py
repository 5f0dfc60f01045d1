"""Which invoices the lines of a QuickBooks payment settle, and how they are sent."""

import copy
from collections.abc import Mapping, Sequence
from typing import Any

from quickbooks_sync.mapping.vocabulary import Json
from quickbooks_sync.transform.canonical import to_decimal

_INVOICE = "Invoice"


def transactions_of(line: Json) -> list[Json]:
    """Return what a line settles."""
    listed = line.get("LinkedTxn")
    return (
        [linked for linked in listed if isinstance(linked, Mapping)]
        if isinstance(listed, list)
        else []
    )


def linked_invoice(line: Json) -> Any:
    """Return the Id of the invoice that a line settles; `None` where it settles none."""
    invoices = [
        linked.get("TxnId") for linked in transactions_of(line) if linked.get("TxnType") == _INVOICE
    ]
    return invoices[0] if invoices else None


def build_lines(
    _field: Any, lines: Sequence[Json], before: Sequence[Json], _settings: Any
) -> list[dict[str, Any]]:
    """Return a payment's Line array: one line an invoice.

    Other properties of the last document's line for the same invoice stay, but for `LineEx`, which
    only QuickBooks writes (Intuit: payment, section 8.5).
    """
    return [{**_line_before(line["invoice"], before), **_to_line(line)} for line in lines]


def _to_line(line: Json) -> dict[str, Any]:
    return {
        "Amount": to_decimal(line["amount"]),
        "LinkedTxn": [{"TxnId": line["invoice"], "TxnType": _INVOICE}],
    }


def _line_before(invoice: str, before: Sequence[Json]) -> dict[str, Any]:
    for line in before:
        linked = [(linked.get("TxnId"), linked.get("TxnType")) for linked in transactions_of(line)]
        if linked == [(invoice, _INVOICE)]:
            return {name: copy.deepcopy(value) for name, value in line.items() if name != "LineEx"}
    return {}
