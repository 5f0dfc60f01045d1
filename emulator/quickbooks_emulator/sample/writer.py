"""Writes a sample company's records through the emulator's own writing path, day by day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, time
from decimal import Decimal
from typing import Any

from quickbooks_emulator.books.options import Options
from quickbooks_emulator.company.company import Company
from quickbooks_emulator.company.store import Store
from quickbooks_emulator.entities.registry import (
    ADJUSTMENT,
    CREDIT_MEMO,
    CUSTOMER,
    INVOICE,
    ITEM,
    PAYMENT,
    Entity,
)
from quickbooks_emulator.model.clock import PACIFIC, MovableClock
from quickbooks_emulator.model.documents import Document
from quickbooks_emulator.model.numbers import to_cents
from quickbooks_emulator.sample.records import (
    Bundle,
    Count,
    Credit,
    Discount,
    Goods,
    Line,
    Product,
    Receipt,
    Sale,
    Text,
)
from quickbooks_emulator.writing.bookkeeping import add_item, deposit_payment
from quickbooks_emulator.writing.operations import void_record, write_record


class Writer:
    """Writes one company, never later than the present; records are named, not numbered."""

    def __init__(self, store: Store, realm: str, present: datetime) -> None:
        self._present, self._clock = present, MovableClock()
        self.company = Company(store, realm, self._clock)
        self._ids = {"Item Services": "1"}

    def move_to(self, day: str) -> None:
        """Make it ten o'clock of a day."""
        morning = datetime.combine(datetime.fromisoformat(day), time(10), PACIFIC)
        self._clock.put(min(morning.astimezone(UTC), self._present), frozen=True)

    def write(self, entity: Entity, key: str, body: Document) -> None:
        """Create a record and remember its Id under a name."""
        written = write_record(self.company, entity, body, Options())
        self._ids[f"{entity.name} {key}"] = written["Id"]

    def pointer(self, entity: str, name: str) -> dict[str, str]:
        """Return a reference to a record of this sample."""
        return {"value": self._ids[f"{entity} {name}"]}

    def named(self, entity: str, name: str) -> dict[str, str]:
        """Return a reference to a record that every company begins with."""
        documents = self.company.store.documents(self.company.realm, entity).values()
        return {"value": next(document["Id"] for document in documents if document["Name"] == name)}

    def add_customers(self, rows: tuple[dict[str, Any], ...]) -> None:
        """Write customers; ``Term`` and ``Parent`` are given by name."""
        for row in rows:
            body = {name: value for name, value in row.items() if name not in ("Term", "Parent")}
            if "Term" in row:
                body["SalesTermRef"] = self.named("Term", row["Term"])
            if "Parent" in row:
                body["ParentRef"] = self.pointer("Customer", row["Parent"])
            parts = (row.get("GivenName"), row.get("FamilyName"))
            name = row.get("DisplayName") or " ".join(part for part in parts if part)
            self.write(CUSTOMER, name, body)

    def add_category(self, name: str) -> None:
        """Add a category of items."""
        added = add_item(self.company, {"Name": name, "Type": "Category"})
        self._ids[f"Item {name}"] = added["Id"]

    def add_bundle(self, name: str, parts: Mapping[str, str]) -> None:
        """Add a bundle of items, each with how many of it one holds."""
        lines = [
            {"ItemRef": self.pointer("Item", item), "Qty": Decimal(quantity)}
            for item, quantity in parts.items()
        ]
        detail = {"ItemGroupLine": lines}
        added = add_item(self.company, {"Name": name, "Type": "Group", "ItemGroupDetail": detail})
        self._ids[f"Item {name}"] = added["Id"]

    def add_product(self, product: Product, moved: Decimal) -> None:
        """Write an item; ``moved`` is what later records take from its stock."""
        body: Document = {
            "Name": product.name,
            "Type": product.kind,
            "Sku": product.sku,
            "Description": product.description,
            "UnitPrice": Decimal(product.price),
            "PurchaseCost": Decimal(product.cost),
            "IncomeAccountRef": self.named("Account", "Sales of Product Income"),
        }
        if product.category:
            body |= {"SubItem": True, "ParentRef": self.pointer("Item", product.category)}
        if product.kind != "Service":
            body["ExpenseAccountRef"] = self.named("Account", "Cost of Goods Sold")
        if product.kind == "Inventory":
            stock = {"TrackQtyOnHand": True, "QtyOnHand": Decimal(product.quantity) + moved}
            asset = self.named("Account", "Inventory Asset")
            body |= {**stock, "AssetAccountRef": asset, "InvStartDate": "2026-01-01"}
        self.write(ITEM, product.name, body)

    def add_sale(self, sale: Sale) -> None:
        """Write an invoice."""
        body: Document = {
            "DocNumber": sale.number,
            "CustomerRef": self.pointer("Customer", sale.customer),
            "TxnDate": sale.day,
            "DueDate": sale.due,
            "Line": [self._line(line) for line in sale.lines],
            **(sale.extra or {}),
        }
        self.write(INVOICE, sale.number, body)

    def add_credit(self, credit: Credit) -> None:
        """Write a credit memo."""
        body: Document = {
            "DocNumber": credit.number,
            "CustomerRef": self.pointer("Customer", credit.customer),
            "TxnDate": credit.day,
            "Line": [self._line(line) for line in credit.lines],
        }
        self.write(CREDIT_MEMO, credit.number, body)

    def add_count(self, count: Count) -> None:
        """Write an inventory adjustment."""
        detail = {
            "ItemRef": self.pointer("Item", count.item),
            "QtyDiff": Decimal(count.difference),
        }
        line = {"DetailType": "ItemAdjustmentLineDetail", "ItemAdjustmentLineDetail": detail}
        body: Document = {
            "AdjustAccountRef": self.named("Account", "Inventory Shrinkage"),
            "TxnDate": count.day,
            "PrivateNote": count.note,
            "Line": [line],
        }
        self.write(ADJUSTMENT, count.day, body)

    def add_receipt(self, receipt: Receipt, key: str) -> None:
        """Write a payment."""
        used = [self._link("CreditMemo", *share) for share in receipt.credits]
        body: Document = {
            "CustomerRef": self.pointer("Customer", receipt.customer),
            "TxnDate": receipt.day,
            "TotalAmt": Decimal(receipt.total),
            "PaymentRefNum": receipt.reference,
            "PrivateNote": receipt.note,
            "Line": [self._link("Invoice", *share) for share in receipt.applied] + used,
            **(receipt.extra or {}),
        }
        if receipt.method:
            body["PaymentMethodRef"] = self.named("PaymentMethod", receipt.method)
        self.write(PAYMENT, key, body)

    def deposit(self, key: str) -> None:
        """Take a payment to the bank."""
        deposit_payment(self.company, self._ids[f"Payment {key}"])

    def void(self, entity: Entity, key: str) -> None:
        """Void a transaction."""
        void_record(self.company, entity, self._head(entity, key))

    def deactivate(self, entity: Entity, names: tuple[str, ...]) -> None:
        """Make records of a list inactive."""
        for name in names:
            body = {**self._head(entity, name), "sparse": True, "Active": False}
            write_record(self.company, entity, body, Options())

    def _head(self, entity: Entity, key: str) -> Document:
        current = self.company.get(entity.name, self._ids[f"{entity.name} {key}"])
        return {"Id": current["Id"], "SyncToken": current["SyncToken"]}

    def _link(self, entity: str, number: str, amount: str) -> Document:
        link = {"TxnId": self._ids[f"{entity} {number}"], "TxnType": entity}
        return {"Amount": Decimal(amount), "LinkedTxn": [link]}

    def _line(self, line: Line) -> Document:
        if isinstance(line, Text):
            return {"DetailType": "DescriptionOnly", "Description": line.text}
        if isinstance(line, Goods):
            return self._goods(line)
        if isinstance(line, Bundle):
            detail: Document = {"GroupItemRef": self.pointer("Item", line.item)}
            detail["Quantity"] = Decimal(line.quantity)
            return {"DetailType": "GroupLineDetail", "GroupLineDetail": detail}
        if isinstance(line, Discount):
            return _discount_line(line)
        return _sales_line(Decimal(line.amount), {"ItemRef": {"value": "SHIPPING_ITEM_ID"}}, "")

    def _goods(self, line: Goods) -> Document:
        detail: Document = {"ItemRef": self.pointer("Item", line.item)}
        price = Decimal(line.price)
        if not line.quantity:
            return _sales_line(price, detail, line.description)
        quantity = Decimal(line.quantity)
        detail |= {"Qty": quantity, "UnitPrice": price}
        return _sales_line(to_cents(quantity * price), detail, line.description)


def _discount_line(line: Discount) -> Document:
    if line.percent:
        detail = {"PercentBased": True, "DiscountPercent": Decimal(line.percent)}
        return {"DetailType": "DiscountLineDetail", "DiscountLineDetail": detail}
    return {"DetailType": "DiscountLineDetail", "Amount": Decimal(line.amount)}


def _sales_line(amount: Decimal, detail: Document, description: str) -> Document:
    line: Document = {"DetailType": "SalesItemLineDetail", "Amount": amount}
    return {**line, "Description": description, "SalesItemLineDetail": detail}
