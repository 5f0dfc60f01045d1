"""Inventory adjustments: differences of quantity, booked against an account (Intuit: section 8.7)."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from quickbooks_emulator.books.options import Options
from quickbooks_emulator.books.references import resolve_references, to_reference
from quickbooks_emulator.books.stock import change_stock, refuse_before_start
from quickbooks_emulator.books.transactions import transaction_date
from quickbooks_emulator.company.company import Company
from quickbooks_emulator.model import faults
from quickbooks_emulator.model.documents import Document
from quickbooks_emulator.model.numbers import ZERO

DETAIL = "ItemAdjustmentLineDetail"
_ACCOUNT_TYPES = (
    "Cost of Goods Sold", "Expense", "Other Expense", "Income", "Other Income", "Equity",
    "Other Current Asset",
)  # fmt: skip


class AdjustmentRules:
    """What holds for every inventory adjustment."""

    # Intuit's page both requires TxnDate and gives a default; required is the harder reading.
    required: tuple[str, ...] = ("AdjustAccountRef", "TxnDate", "Line")

    def complete(
        self, company: Company, draft: Document, current: Document | None, _options: Options
    ) -> Document:
        """Return the whole adjustment."""
        txn_date = transaction_date(company, draft, current)
        return {
            "DocNumber": _number(company, current),
            **draft,
            **resolve_references(company, draft, {"DepartmentRef": "Department"}),
            "TxnDate": txn_date,
            "AdjustAccountRef": _account(company, draft["AdjustAccountRef"]),
            "Line": _lines(company, draft["Line"], current, txn_date),
        }

    def settle(self, company: Company, before: Document | None, after: Document | None) -> None:
        """Move the items' quantities; their SyncToken and times stay."""
        deltas: dict[str, Decimal] = defaultdict(Decimal)
        for document, sign in ((before, -1), (after, 1)):
            for number, difference in _differences(document):
                deltas[number] += sign * difference
        change_stock(company, deltas)

    def void(self, _company: Company, _current: Document) -> Document:
        """Adjustments are deleted, not voided.

        Raises:
            FaultError: 500, always.
        """
        raise faults.unsupported_operation("void of InventoryAdjustment")


def _number(company: Company, current: Document | None) -> str:
    if current is not None:
        return str(current["DocNumber"])
    return str(company.store.next_number(company.realm, "adjustment number"))


def _account(company: Company, pointer: Document) -> Document:
    account = company.resolve("Account", pointer, "AdjustAccountRef")
    if account["AccountType"] not in _ACCOUNT_TYPES:
        expected = ", ".join(_ACCOUNT_TYPES)
        detail = f"Invalid account type used : {account['Name']} must be one of {expected}"
        raise faults.FaultError("6430", "Invalid Account Type", detail, "AdjustAccountRef")
    return to_reference(account)


def _lines(
    company: Company, sent: list[Document], current: Document | None, txn_date: str
) -> list[Document]:
    known = {line["Id"] for line in current["Line"]} if current else set()
    fresh, lines = max(map(int, known), default=0), []
    for line in sent:
        if current is None and line.get("DetailType") != DETAIL:
            raise faults.missing("Line.DetailType")
        number = line.get("Id")
        if number not in known:
            fresh += 1
            number = str(fresh)
        known.discard(number)
        lines.append({"Id": number, DETAIL: _detail(company, line.get(DETAIL, {}), txn_date)})
    return lines


def _detail(company: Company, detail: Document, txn_date: str) -> Document:
    for name in ("ItemRef", "QtyDiff"):
        if name not in detail:
            raise faults.missing(f"Line.{name}")
    item = company.resolve("Item", detail["ItemRef"], "Line.ItemRef")
    if item["Type"] != "Inventory":
        text = f"{item['Name']} is not an inventory item; its quantity cannot be adjusted."
        raise faults.business(text, "Line.ItemRef")
    if detail["QtyDiff"] == ZERO:
        raise faults.business("The quantity of an adjustment cannot be 0.", "Line.QtyDiff")
    refuse_before_start(item, txn_date)
    classes = resolve_references(company, detail, {"ClassRef": "Class"})
    return {"QtyDiff": detail["QtyDiff"], "ItemRef": {"value": item["Id"]}, **classes}


def _differences(document: Document | None) -> list[tuple[str, Decimal]]:
    lines = document["Line"] if document else []
    return [(line[DETAIL]["ItemRef"]["value"], line[DETAIL]["QtyDiff"]) for line in lines]
