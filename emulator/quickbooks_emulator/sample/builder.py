"""Builds the sample companies through the emulator's own writing path, so that they are consistent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time
from decimal import Decimal
from functools import partial
from typing import Any

from quickbooks_emulator.chart import create_company
from quickbooks_emulator.clock import PACIFIC, Clock, MovableClock
from quickbooks_emulator.company import Company
from quickbooks_emulator.entities import CUSTOMER, INVOICE, ITEM, PAYMENT, Entity
from quickbooks_emulator.numbers import to_cents
from quickbooks_emulator.operations import void_record, write_record
from quickbooks_emulator.properties import Document
from quickbooks_emulator.rules import Options
from quickbooks_emulator.sample import customers, items
from quickbooks_emulator.sample.awkward_sales import AWKWARD_SALES, SHARED_SALES
from quickbooks_emulator.sample.receipts import RECEIPTS
from quickbooks_emulator.sample.records import Discount, Goods, Line, Product, Receipt, Sale, Text
from quickbooks_emulator.sample.sales import SALES
from quickbooks_emulator.store import Store

LOUPE_REALM = "9341450000000001"
SECOND_REALM = "9341450000000002"
_OPENED = "2026-01-02"
_CLOSED = "2026-11-20"
_LOUPE_ADDRESS = {
    "Id": "1",
    "Line1": "62 W 47th St, Suite 1401",
    "City": "New York",
    "CountrySubDivisionCode": "NY",
    "PostalCode": "10036",
    "Country": "USA",
}
Step = Callable[[], object]


def seed_sample(store: Store, clock: Clock) -> None:
    """Write both sample companies; their records carry the times of their own days."""
    with store.transaction():
        _Builder(store, LOUPE_REALM, clock.now()).build_loupe()
        _Builder(store, SECOND_REALM, clock.now()).build_second()


class _Builder:
    """Writes one company day by day, never later than the present."""

    def __init__(self, store: Store, realm: str, present: datetime) -> None:
        self._present, self._clock = present, MovableClock()
        self._company = Company(store, realm, self._clock)
        self._ids = {"Item Services": "1"}

    def build_loupe(self) -> None:
        self._move_to(_OPENED)
        create_company(self._company, "Loupe Gemstones Co.", {}, _LOUPE_ADDRESS)
        sales = (*SHARED_SALES, *SALES, *AWKWARD_SALES)
        self._add_customers(customers.CUSTOMERS)
        self._add_products(items.PRODUCTS, sales)
        for day, _, step in sorted(self._steps(sales), key=lambda each: each[:2]):
            self._move_to(day)
            step()
        self._move_to(_CLOSED)
        self._deactivate(CUSTOMER, customers.INACTIVE)
        self._deactivate(ITEM, items.INACTIVE)

    def build_second(self) -> None:
        self._move_to(_OPENED)
        create_company(self._company, "Second Facet LLC", {})
        self._add_customers(({"DisplayName": "Only Customer"},))
        self._add_sale(
            Sale("1", "Only Customer", "2026-02-02", "", (Goods("Services", "1", "10"),))
        )

    def _move_to(self, day: str) -> None:
        morning = datetime.combine(datetime.fromisoformat(day), time(10), PACIFIC)
        self._clock.put(min(morning.astimezone(UTC), self._present), frozen=True)

    def _steps(self, sales: tuple[Sale, ...]) -> Iterator[tuple[str, int, Step]]:
        for sale in sales:
            yield sale.day, 0, partial(self._add_sale, sale)
            if sale.voided:
                yield sale.voided, 2, partial(self._void, INVOICE, sale.number)
        for position, receipt in enumerate(RECEIPTS):
            key = f"receipt {position}"
            yield receipt.day, 1, partial(self._add_receipt, receipt, key)
            if receipt.voided:
                yield receipt.voided, 2, partial(self._void, PAYMENT, key)

    def _write(self, entity: Entity, key: str, body: Document) -> None:
        written = write_record(self._company, entity, body, Options())
        self._ids[f"{entity.name} {key}"] = written["Id"]

    def _pointer(self, entity: str, name: str) -> dict[str, str]:
        return {"value": self._ids[f"{entity} {name}"]}

    def _named(self, entity: str, name: str) -> dict[str, str]:
        documents = self._company.store.documents(self._company.realm, entity).values()
        return {"value": next(one["Id"] for one in documents if one["Name"] == name)}

    def _add_customers(self, rows: tuple[dict[str, Any], ...]) -> None:
        for row in rows:
            body = {name: value for name, value in row.items() if name not in ("Term", "Parent")}
            if "Term" in row:
                body["SalesTermRef"] = self._named("Term", row["Term"])
            if "Parent" in row:
                body["ParentRef"] = self._pointer("Customer", row["Parent"])
            parts = (row.get("GivenName"), row.get("FamilyName"))
            name = row.get("DisplayName") or " ".join(part for part in parts if part)
            self._write(CUSTOMER, name, body)

    def _add_products(self, products: tuple[Product, ...], sales: tuple[Sale, ...]) -> None:
        sold = _sold_quantities(sales)
        for product in products:
            self._write(ITEM, product.name, self._item_body(product, sold[product.name]))

    def _item_body(self, product: Product, sold: Decimal) -> Document:
        body: Document = {
            "Name": product.name,
            "Type": product.kind,
            "Sku": product.sku,
            "Description": product.description,
            "UnitPrice": Decimal(product.price),
            "PurchaseCost": Decimal(product.cost),
            "IncomeAccountRef": self._named("Account", "Sales of Product Income"),
        }
        if product.kind != "Service":
            body["ExpenseAccountRef"] = self._named("Account", "Cost of Goods Sold")
        if product.kind != "Inventory":
            return body
        stock = {"TrackQtyOnHand": True, "QtyOnHand": Decimal(product.quantity) + sold}
        asset = self._named("Account", "Inventory Asset")
        return {**body, **stock, "AssetAccountRef": asset, "InvStartDate": "2026-01-01"}

    def _add_sale(self, sale: Sale) -> None:
        body: Document = {
            "DocNumber": sale.number,
            "CustomerRef": self._pointer("Customer", sale.customer),
            "TxnDate": sale.day,
            "DueDate": sale.due,
            "Line": [self._line(line) for line in sale.lines],
            **(sale.extra or {}),
        }
        self._write(INVOICE, sale.number, body)

    def _line(self, line: Line) -> Document:
        if isinstance(line, Text):
            return {"DetailType": "DescriptionOnly", "Description": line.text}
        if isinstance(line, Goods):
            return self._goods(line)
        if not isinstance(line, Discount):
            detail: Document = {"ItemRef": {"value": "SHIPPING_ITEM_ID"}}
            amount = Decimal(line.amount)
            return _sales_line(amount, detail, "")
        if line.percent:
            detail = {"PercentBased": True, "DiscountPercent": Decimal(line.percent)}
            return {"DetailType": "DiscountLineDetail", "DiscountLineDetail": detail}
        return {"DetailType": "DiscountLineDetail", "Amount": Decimal(line.amount)}

    def _goods(self, line: Goods) -> Document:
        detail: Document = {"ItemRef": self._pointer("Item", line.item)}
        price = Decimal(line.price)
        if not line.quantity:
            return _sales_line(price, detail, line.description)
        quantity = Decimal(line.quantity)
        detail |= {"Qty": quantity, "UnitPrice": price}
        return _sales_line(to_cents(quantity * price), detail, line.description)

    def _add_receipt(self, receipt: Receipt, key: str) -> None:
        lines = [
            {"Amount": Decimal(amount), "LinkedTxn": [self._link(number)]}
            for number, amount in receipt.applied
        ]
        body: Document = {
            "CustomerRef": self._pointer("Customer", receipt.customer),
            "TxnDate": receipt.day,
            "TotalAmt": Decimal(receipt.total),
            "PaymentMethodRef": self._named("PaymentMethod", receipt.method),
            "PaymentRefNum": receipt.reference,
            "PrivateNote": receipt.note,
            "Line": lines,
        }
        self._write(PAYMENT, key, body)

    def _link(self, number: str) -> Document:
        return {"TxnId": self._ids[f"Invoice {number}"], "TxnType": "Invoice"}

    def _void(self, entity: Entity, key: str) -> None:
        current = self._company.get(entity.name, self._ids[f"{entity.name} {key}"])
        body = {"Id": current["Id"], "SyncToken": current["SyncToken"]}
        void_record(self._company, entity, body)

    def _deactivate(self, entity: Entity, names: tuple[str, ...]) -> None:
        for name in names:
            current = self._company.get(entity.name, self._ids[f"{entity.name} {name}"])
            head = {"Id": current["Id"], "SyncToken": current["SyncToken"]}
            body = {**head, "sparse": True, "Active": False}
            write_record(self._company, entity, body, Options())


def _sales_line(amount: Decimal, detail: Document, description: str) -> Document:
    line: Document = {"DetailType": "SalesItemLineDetail", "Amount": amount}
    return {**line, "Description": description, "SalesItemLineDetail": detail}


def _sold_quantities(sales: tuple[Sale, ...]) -> dict[str, Decimal]:
    """Return how much of each item the invoices that stand take from stock."""
    sold: dict[str, Decimal] = defaultdict(Decimal)
    for sale in sales:
        for line in sale.lines:
            if isinstance(line, Goods) and line.quantity and not sale.voided:
                sold[line.item] += Decimal(line.quantity)
    return sold
