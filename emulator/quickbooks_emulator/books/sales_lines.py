"""The lines of an invoice: kinds, items, arithmetic, Ids and the generated subtotal.

Intuit: Invoice, section 8.4.1, and entities, section 8.1 (Amount = Qty x UnitPrice, code 6070).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from quickbooks_emulator.books.references import resolve_references, to_reference
from quickbooks_emulator.books.stock import refuse_before_start
from quickbooks_emulator.company.company import Company
from quickbooks_emulator.entities.transaction_tables import SHIPPING
from quickbooks_emulator.model import faults
from quickbooks_emulator.model.documents import Document, to_number
from quickbooks_emulator.model.numbers import ZERO, to_cents, to_quantity

DEFAULT_ITEM = "1"
_TWO_DISCOUNTS = (
    "You can't set both an amount and a discount percentage if the amount is not the sum of the "
    "discount percentage and the subtotal."
)


@dataclass
class Sums:
    """What the lines of an invoice add up to."""

    sales: Decimal = ZERO
    shipping: Decimal = ZERO
    discount: Decimal = ZERO
    taxable_goods: Decimal = ZERO
    taxable_shipping: Decimal = ZERO
    discounts: list[Document] = field(default_factory=list)

    @property
    def taxable(self) -> Decimal:
        """What the TAX lines come to."""
        return self.taxable_goods + self.taxable_shipping

    @property
    def total(self) -> Decimal:
        """The total before tax."""
        return to_cents(self.sales + self.shipping - self.discount)


def complete_lines(
    company: Company, sent: list[Document], current: list[Document], txn_date: str
) -> tuple[list[Document], Sums]:
    """Return the lines as stored, SubTotal line last, and what they add up to.

    Raises:
        FaultError: 2020, 2500, 6000, 6070, 6090, 6100, 6270, 6430 or 6520.
    """
    kept = [line for line in sent if line.get("DetailType") != "SubTotalLineDetail"]
    if not kept:
        raise faults.missing("Line")
    sums, lines = Sums(), []
    for line in kept:
        kind = _KINDS.get(line.get("DetailType", ""))
        if kind is None:
            raise faults.missing("Line.DetailType")
        lines.append(kind(company, line, txn_date, sums))
    _settle_discount(sums, as_stored=sent == current)
    if not any("Amount" in line for line in lines):
        raise faults.business("You must set a transaction amount.")
    _number_lines(lines, current)
    subtotal = {"Amount": to_cents(sums.sales), "DetailType": "SubTotalLineDetail"}
    return [*lines, {**subtotal, "SubTotalLineDetail": {}}], sums


def void_line(line: Document) -> Document:
    """Return a line as a void leaves it: amount and quantity 0, no price (section 8.4.5)."""
    emptied = {**line, "Amount": ZERO} if "Amount" in line else line
    if "GroupLineDetail" in line:
        group = line["GroupLineDetail"]
        children = [void_line(child) for child in group["Line"]]
        return {**emptied, "GroupLineDetail": {**group, "Quantity": ZERO, "Line": children}}
    if "SalesItemLineDetail" not in line:
        return emptied
    detail = {k: v for k, v in line["SalesItemLineDetail"].items() if k != "UnitPrice"}
    # Recorded: a line that was sent without a quantity has none after the void either.
    none = {"Qty": ZERO} if "Qty" in detail else {}
    return {**emptied, "SalesItemLineDetail": {**detail, **none}}


def _number_lines(lines: list[Document], current: list[Document]) -> None:
    known = {line["Id"] for line in _with_children(current) if "Id" in line}
    fresh = max(map(int, known), default=0)
    for line in _with_children(lines):
        if line.get("Id") in known:
            known.remove(line["Id"])
        else:
            fresh += 1
            line["Id"] = str(fresh)
    for position, line in enumerate(lines, 1):
        line["LineNum"] = Decimal(position)


def _with_children(lines: list[Document]) -> Iterator[Document]:
    for line in lines:
        yield line
        yield from line.get("GroupLineDetail", {}).get("Line", [])


def _sales_line(company: Company, line: Document, txn_date: str, sums: Sums) -> Document:
    if "Amount" not in line:
        raise faults.missing("Line.Amount")
    detail = _without_zeros(line)
    _refuse_product(line["Amount"], detail)
    _refuse_tax_code(detail)
    tax = detail.get("TaxCodeRef", {"value": "NON"})
    taxable = line["Amount"] if tax["value"] == "TAX" else ZERO
    if detail.get("ItemRef", {}).get("value") == SHIPPING:
        filled = _shipping(company)
        sums.shipping += line["Amount"]
        sums.taxable_shipping += taxable
    else:
        filled = _goods(company, detail, txn_date)
        sums.sales += line["Amount"]
        sums.taxable_goods += taxable
    return {**_head(line), "SalesItemLineDetail": {**filled, "TaxCodeRef": tax}}


def _without_zeros(line: Document) -> Document:
    """Return the detail, Qty 0 with UnitPrice 0 left out: clients send both when they mean neither."""
    detail: Document = line.get("SalesItemLineDetail", {})
    given = (detail.get("Qty"), detail.get("UnitPrice"))
    if given != (ZERO, ZERO) or line["Amount"] == ZERO:
        return detail
    return {name: value for name, value in detail.items() if name not in ("Qty", "UnitPrice")}


def _head(line: Document) -> Document:
    names = ("Id", "LineNum", "Description", "Amount", "DetailType")
    return {name: line[name] for name in names if name in line}


def _refuse_product(amount: Decimal, detail: Document) -> None:
    if "Qty" not in detail or "UnitPrice" not in detail:
        return
    if to_cents(detail["Qty"] * detail["UnitPrice"]) != amount:
        supplied = to_number(to_quantity(amount))
        text = f"Amount is not equal to UnitPrice * Qty. Supplied value:{supplied}"
        message = "Amount calculation incorrect in the request."
        raise faults.FaultError("6070", message, text, "Line.Amount")


def _refuse_tax_code(detail: Document) -> None:
    code = detail.get("TaxCodeRef", {}).get("value", "NON")
    if code not in ("TAX", "NON"):
        text = f"The tax code of a line must be TAX or NON. Supplied value:{code}"
        raise faults.FaultError("6100", "Invalid Line Tax Code", text, "Line.TaxCodeRef")


def _shipping(company: Company) -> Document:
    if not company.preference("SalesFormsPrefs", "AllowShipping"):
        raise faults.business("Shipping is turned off in the company's preferences.", "Line")
    return {"ItemRef": {"value": SHIPPING}}


def _goods(company: Company, detail: Document, txn_date: str) -> Document:
    pointer = detail.get("ItemRef", {"value": DEFAULT_ITEM})
    item = company.resolve("Item", pointer, "Line.ItemRef")
    if item["Type"] == "Category":
        text = (
            "An item in this transaction is set up as a category instead of a product or service."
        )
        raise faults.bad_reference(text, "Line.ItemRef")
    if item["Type"] == "Inventory":
        _refuse_stock_line(item, detail, txn_date)
    filled = {**detail, **resolve_references(company, detail, {"ClassRef": "Class"})}
    account = item.get("IncomeAccountRef", item.get("ExpenseAccountRef"))
    return {**filled, "ItemRef": to_reference(item), "ItemAccountRef": account}


def _refuse_stock_line(item: Document, detail: Document, txn_date: str) -> None:
    if "Qty" not in detail:
        text = f"Quantity required for inventory item {item['Name']}"
        raise faults.FaultError("6520", "Missing Inventory Item Quantity", text, "Line.Qty")
    refuse_before_start(item, txn_date)


def _group_line(company: Company, line: Document, txn_date: str, sums: Sums) -> Document:
    detail = line.get("GroupLineDetail", {})
    if "GroupItemRef" not in detail:
        raise faults.missing("Line.GroupItemRef")
    bundle = company.resolve("Item", detail["GroupItemRef"], "Line.GroupItemRef")
    if bundle["Type"] != "Group":
        raise faults.bad_reference(f"{bundle['Name']} is not a bundle", "Line.GroupItemRef")
    quantity = detail.get("Quantity", Decimal(1))
    sent = detail.get("Line") or _bundled_lines(company, bundle, quantity)
    children = [_sales_line(company, child, txn_date, sums) for child in sent]
    amount = sum((child["Amount"] for child in children), ZERO)
    filled = {"GroupItemRef": to_reference(bundle), "Quantity": quantity, "Line": children}
    return {**_head(line), "Amount": amount, "GroupLineDetail": filled}


def _bundled_lines(company: Company, bundle: Document, quantity: Decimal) -> list[Document]:
    """Return the sales lines that a bundle stands for, at the prices of its items."""
    lines = []
    for part in bundle["ItemGroupDetail"]["ItemGroupLine"]:
        item = company.resolve("Item", part["ItemRef"], "Line.GroupItemRef")
        needed = to_quantity(part["Qty"] * quantity)
        price = item["UnitPrice"]
        detail = {"ItemRef": {"value": item["Id"]}, "Qty": needed, "UnitPrice": price}
        tax = {"TaxCodeRef": {"value": "TAX" if item["Taxable"] else "NON"}}
        line: Document = {"DetailType": "SalesItemLineDetail", "Amount": to_cents(needed * price)}
        lines.append({**line, "SalesItemLineDetail": {**detail, **tax}})
    return lines


def _description_line(_company: Company, line: Document, _txn_date: str, _sums: Sums) -> Document:
    head = {name: value for name, value in _head(line).items() if name != "Amount"}
    return {**head, "DescriptionLineDetail": line.get("DescriptionLineDetail", {})}


def _discount_line(company: Company, line: Document, _txn_date: str, sums: Sums) -> Document:
    if not company.preference("SalesFormsPrefs", "AllowDiscount"):
        raise faults.business("Discounts are turned off in the company's preferences.", "Line")
    if sums.discounts:
        raise faults.business("An invoice can hold one discount line only.", "Line")
    detail = line.get("DiscountLineDetail", {})
    needed = detail.get("DiscountPercent") if detail.get("PercentBased") else line.get("Amount")
    if needed is None:
        text = "A discount line needs Amount, or PercentBased true and DiscountPercent."
        raise faults.FaultError("6090", "Invalid Discount Line", text, "Line")
    filled = {"PercentBased": False, **detail}
    filled |= {"DiscountAccountRef": _discount_account(company, detail)}
    completed = {**_head(line), "DiscountLineDetail": filled}
    sums.discounts.append(completed)
    return completed


def _discount_account(company: Company, detail: Document) -> Document:
    if "DiscountAccountRef" in detail:
        pointer = detail["DiscountAccountRef"]
        return to_reference(company.resolve("Account", pointer, "Line.DiscountAccountRef"))
    account = company.account_of("DiscountsRefundsGiven")
    if account is None:
        raise faults.missing("Line.DiscountAccountRef")
    return to_reference(account)


def _settle_discount(sums: Sums, *, as_stored: bool) -> None:
    for line in sums.discounts:
        detail = line["DiscountLineDetail"]
        if detail["PercentBased"]:
            amount = to_cents(sums.sales * detail["DiscountPercent"] / 100)
            if line.get("Amount", amount) != amount and not as_stored:
                raise faults.business(_TWO_DISCOUNTS, "Line")
            line["Amount"] = amount
        sums.discount += line["Amount"]


_KINDS: dict[str, Callable[[Company, Document, str, Sums], Document]] = {
    "SalesItemLineDetail": _sales_line,
    "GroupLineDetail": _group_line,
    "DescriptionOnly": _description_line,
    "DiscountLineDetail": _discount_line,
}
