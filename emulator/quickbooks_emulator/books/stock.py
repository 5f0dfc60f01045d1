"""Moves quantities on hand.

Intuit: entities, section 8.2: whether a sale moves an item's SyncToken or time is not known. The
emulator moves neither unless the switch ``stock_moves_time`` is on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from decimal import Decimal

from quickbooks_emulator.company.company import Company
from quickbooks_emulator.model import faults
from quickbooks_emulator.model.documents import Document
from quickbooks_emulator.model.numbers import to_quantity


def move_stock(
    company: Company, before: Document | None, after: Document | None, *, sign: int = 1
) -> None:
    """Take the inventory lines of a sales form from stock, giving back those of its old form.

    Args:
        company: whose stock it is.
        before: the form as it was, or None.
        after: the form as it is, or None.
        sign: -1 for a credit memo, whose lines come back into stock.
    """
    deltas: dict[str, Decimal] = defaultdict(Decimal)
    for document, way in ((before, sign), (after, -sign)):
        for detail in _item_details((document or {}).get("Line", [])):
            if "ItemRef" in detail and "Qty" in detail:
                deltas[detail["ItemRef"]["value"]] += way * detail["Qty"]
    change_stock(company, deltas)


def _item_details(lines: list[Document]) -> Iterator[Document]:
    for line in lines:
        yield line.get("SalesItemLineDetail", {})
        yield from _item_details(line.get("GroupLineDetail", {}).get("Line", []))


def change_stock(company: Company, deltas: Mapping[str, Decimal]) -> None:
    """Add to the quantities of inventory items; others have none to change."""
    for number, delta in deltas.items():
        item = company.find("Item", number)
        if delta and item is not None and item["Type"] == "Inventory":
            store = company.touch if company.switches.stock_moves_time else company.keep
            store("Item", {**item, "QtyOnHand": to_quantity(item["QtyOnHand"] + delta)})


def refuse_before_start(item: Document, txn_date: str) -> None:
    """Refuse a movement of stock before the item's InvStartDate.

    Raises:
        FaultError: 6270.
    """
    if txn_date < item["InvStartDate"]:
        text = (
            f"Transaction date is prior to start date for inventory item {item['Name']}: "
            f"{txn_date} is before {item['InvStartDate']}"
        )
        message = "Transaction Date Is Prior To Start Date For Inventory Item"
        raise faults.FaultError("6270", message, text, "TxnDate")
