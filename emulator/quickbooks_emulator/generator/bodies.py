"""Turns planned parties, products and sales into the bodies that a client would send."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from quickbooks_emulator.generator import words
from quickbooks_emulator.generator.deals import Credit, Receipt
from quickbooks_emulator.generator.parties import HOME, Party
from quickbooks_emulator.generator.products import Product
from quickbooks_emulator.generator.sales import Sale, SaleLine
from quickbooks_emulator.model.documents import Document


@dataclass
class Register:
    """The Ids that QuickBooks gave, by the plan's numbers and keys."""

    parties: dict[int, str] = field(default_factory=dict)
    products: dict[int, str] = field(default_factory=dict)
    sales: dict[int, str] = field(default_factory=dict)
    receipts: dict[int, str] = field(default_factory=dict)
    credits: dict[int, str] = field(default_factory=dict)
    charges: dict[int, str] = field(default_factory=dict)
    named: dict[tuple[str, str], str] = field(default_factory=dict)
    """Accounts, terms, payment methods and tax codes by record type and name."""

    def pointer(self, entity: str, name: str) -> Document:
        """Return a reference to a record of a company's opening by its name."""
        return {"value": self.named[entity, name]}


def customer_body(party: Party, known: Register) -> Document:
    """Return the create of a customer."""
    body: Document = {
        "DisplayName": party.name,
        "GivenName": party.given,
        "FamilyName": party.family,
        "CompanyName": party.company[:100],
        "PrimaryEmailAddr": {"Address": party.email},
        "PrimaryPhone": {"FreeFormNumber": party.phone},
        "Notes": party.notes,
        "BillAddr": _address(party),
    }
    if party.currency != HOME:
        body["CurrencyRef"] = {"value": party.currency}
    if party.parent is not None:
        body |= {"Job": True, "ParentRef": {"value": known.parties[party.parent]}}
    if party.terms:
        body["SalesTermRef"] = known.pointer("Term", party.terms)
    return {name: value for name, value in body.items() if value}


def _address(party: Party) -> Document:
    if party.town < 0:
        return {}
    line, city, region, code, country = words.TOWNS[party.town]
    street = line.format(n=party.street_number)
    names = ("Line1", "City", "CountrySubDivisionCode", "PostalCode", "Country")
    values = zip(names, (street, city, region, code, country), strict=True)
    return {name: value for name, value in values if value}


def item_body(product: Product, known: Register, opened: date) -> Document:
    """Return the create of an item."""
    body: Document = {"Name": product.name, "Type": product.kind}
    if product.kind == "Category":
        return body
    body |= {"Sku": product.sku, "Description": product.description}
    if product.category is not None:
        body |= {"SubItem": True, "ParentRef": {"value": known.products[product.category]}}
    if product.kind == "Group":
        parts = [_part(number, quantity, known) for number, quantity in product.parts]
        return {**body, "ItemGroupDetail": {"ItemGroupLine": parts}}
    body |= {"UnitPrice": product.price, "PurchaseCost": product.cost}
    body["IncomeAccountRef"] = known.pointer("Account", "Sales of Product Income")
    if product.kind != "Service":
        body["ExpenseAccountRef"] = known.pointer("Account", "Cost of Goods Sold")
    if product.kind == "Inventory":
        body["AssetAccountRef"] = known.pointer("Account", "Inventory Asset")
        body |= {"TrackQtyOnHand": True, "QtyOnHand": product.quantity}
        body["InvStartDate"] = opened.isoformat()
    return body


def _part(number: int, quantity: Decimal, known: Register) -> Document:
    return {"ItemRef": {"value": known.products[number]}, "Qty": quantity}


def invoice_body(sale: Sale, known: Register) -> Document:
    """Return the create of an invoice."""
    body: Document = {
        "CustomerRef": {"value": known.parties[sale.party.number]},
        "TxnDate": sale.day.isoformat(),
        "DocNumber": sale.document_number,
        "Line": [_line(line, known) for line in sale.lines],
        "PrivateNote": sale.note,
        "CustomerMemo": {"value": sale.memo} if sale.memo else {},
        **_currency(sale.party),
    }
    if sale.due:
        body["DueDate"] = sale.due.isoformat()
    if sale.tax:
        code = known.pointer("TaxCode", "Sales tax")
        body["TxnTaxDetail"] = {"TxnTaxCodeRef": code, "TotalTax": sale.tax}
    return body


def _line(line: SaleLine, known: Register) -> Document:
    return _LINES.get(line.kind, _sales_line)(line, known)


def _sales_line(line: SaleLine, known: Register) -> Document:
    detail: Document = {}
    if line.product is not None:
        detail["ItemRef"] = {"value": known.products[line.product]}
    if line.kind == "shipping":
        detail["ItemRef"] = {"value": "SHIPPING_ITEM_ID"}
    if line.quantity is not None and line.price is not None:
        detail |= {"Qty": line.quantity, "UnitPrice": line.price}
    if line.taxable:
        detail["TaxCodeRef"] = {"value": "TAX"}
    return {
        "DetailType": "SalesItemLineDetail",
        "Amount": line.amount,
        "Description": line.description,
        "SalesItemLineDetail": detail,
    }


def _text_line(line: SaleLine, _known: Register) -> Document:
    return {"DetailType": "DescriptionOnly", "Description": line.description}


def _discount_line(line: SaleLine, _known: Register) -> Document:
    if line.percent is None:
        return {"DetailType": "DiscountLineDetail", "Amount": line.amount}
    detail: Document = {"PercentBased": True, "DiscountPercent": line.percent}
    return {"DetailType": "DiscountLineDetail", "DiscountLineDetail": detail}


def _bundle_line(line: SaleLine, known: Register) -> Document:
    number = known.products[line.product or 0]
    group = {"GroupItemRef": {"value": number}, "Quantity": line.quantity}
    return {"DetailType": "GroupLineDetail", "GroupLineDetail": group}


_LINES = {"text": _text_line, "discount": _discount_line, "bundle": _bundle_line}


def _currency(party: Party) -> Document:
    currency: Document = {"CurrencyRef": {"value": party.currency}}
    if party.currency == HOME:
        return currency
    return {**currency, "ExchangeRate": Decimal(words.EXCHANGE_RATES[party.currency])}


def credit_body(credit: Credit, known: Register) -> Document:
    """Return the create of a credit memo."""
    return {
        "CustomerRef": {"value": known.parties[credit.party.number]},
        "TxnDate": credit.day.isoformat(),
        "DocNumber": f"CM-{credit.key + 1:06d}",
        "Line": [_line(credit.line, known)],
        **_currency(credit.party),
    }


def payment_body(receipt: Receipt, known: Register) -> Document:
    """Return the create of a payment."""
    body: Document = {
        "CustomerRef": {"value": known.parties[receipt.party.number]},
        "TxnDate": receipt.day.isoformat(),
        "TotalAmt": receipt.total,
        "PaymentRefNum": receipt.reference,
        "PrivateNote": receipt.note,
        "Line": [
            *_links(receipt.applied, known.sales, "Invoice"),
            *_links(receipt.credited, known.credits, "CreditMemo"),
            *_links(receipt.charged, known.charges, "JournalEntry"),
        ],
        **_currency(receipt.party),
    }
    if receipt.method:
        body["PaymentMethodRef"] = known.pointer("PaymentMethod", receipt.method)
    if receipt.goes_to_bank:
        body["DepositToAccountRef"] = known.pointer("Account", "Checking")
    return body


def _links(
    pairs: tuple[tuple[int, Decimal], ...], ids: Mapping[int, str], kind: str
) -> list[Document]:
    return [
        {"Amount": amount, "LinkedTxn": [{"TxnId": ids[key], "TxnType": kind}]}
        for key, amount in pairs
    ]
