"""Makes up the records that recordings only refer to: Id and name, and what those imply.

Nothing else is invented: a customer made up here has no address, an item no price.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal

from quickbooks_emulator.entities.registry import ENTITIES
from quickbooks_emulator.importing.answers import Recorded
from quickbooks_emulator.importing.collection import Collection
from quickbooks_emulator.importing.references import DELETED, Reference
from quickbooks_emulator.model.documents import Document

MADE_UP = "(made up)"
"""The file of a record that was synthesised."""
_NONE = Decimal(0)
_DOLLAR = {"value": "USD", "name": "United States Dollar"}
# By the property that refers to it: AccountType, AccountSubType, Classification. The first wins.
_ACCOUNT_ROLES = {
    "AssetAccountRef": ("Other Current Asset", "Inventory", "Asset"),
    "ARAccountRef": ("Accounts Receivable", "AccountsReceivable", "Asset"),
    "DepositToAccountRef": ("Other Current Asset", "UndepositedFunds", "Asset"),
    "DiscountAccountRef": ("Income", "DiscountsRefundsGiven", "Revenue"),
    "ExpenseAccountRef": ("Cost of Goods Sold", "SuppliesMaterialsCogs", "Expense"),
    "AdjustAccountRef": ("Cost of Goods Sold", "SuppliesMaterialsCogs", "Expense"),
    "IncomeAccountRef": ("Income", "SalesOfProductIncome", "Revenue"),
    "ItemAccountRef": ("Income", "SalesOfProductIncome", "Revenue"),
}


def add_missing(collection: Collection) -> list[str]:
    """Add a record for every reference without one, and return a line a record."""
    made: list[str] = []
    # What is made up refers to others in turn: an item to an account.
    while missing := _missing(collection):
        for (target, number), references in missing.items():
            record = _make(collection, target, number, references)
            collection.records[target, number] = record
            name = record.document.get("DisplayName") or record.document["Name"]
            made.append(f"{target} {number} made up as {name!r}: {len(references)} references")
    return made


def _missing(collection: Collection) -> dict[tuple[str, str], list[Reference]]:
    missing: dict[tuple[str, str], list[Reference]] = defaultdict(list)
    for reference in collection.references():
        key = (reference.target, reference.number)
        if key not in collection.records and reference.target in ENTITIES:
            missing[key].append(reference)
    return missing


def _make(
    collection: Collection, target: str, number: str, references: list[Reference]
) -> Recorded:
    named = next(
        (reference.name for reference in references if reference.name), f"{target} {number}"
    )
    name = named.strip().removesuffix(DELETED)
    fields = _MAKERS.get(target, _plain)(collection, number, name, references)
    document = {
        **fields,
        "Active": not named.strip().endswith(DELETED),
        "Id": number,
        "SyncToken": "0",
        "MetaData": _earliest(references),
    }
    return Recorded(target, document, MADE_UP)


def _earliest(references: Iterable[Reference]) -> Document:
    times = [reference.source.document["MetaData"] for reference in references]
    created = min(metadata.get("CreateTime") or metadata["LastUpdatedTime"] for metadata in times)
    return {"CreateTime": created, "LastUpdatedTime": created}


def _customer(
    collection: Collection, number: str, name: str, references: list[Reference]
) -> Document:
    balance = _balance(collection, number)
    currencies = (reference.source.document.get("CurrencyRef") for reference in references)
    return {
        "Taxable": False,
        "Job": False,
        "BillWithParent": False,
        "Balance": balance,
        "BalanceWithJobs": balance,
        "CurrencyRef": next(filter(None, currencies), _DOLLAR),
        "PreferredDeliveryMethod": "None",
        "IsProject": False,
        "FullyQualifiedName": name,
        "DisplayName": name,
        "PrintOnCheckName": name[:110],
    }


def _balance(collection: Collection, customer: str) -> Decimal:
    total = _NONE
    for record in collection.of("Invoice", "CreditMemo", "Payment"):
        if str(record.document["CustomerRef"]["value"]) == customer:
            sign = 1 if record.entity == "Invoice" else -1
            amount = record.document.get("Balance") or record.document.get("UnappliedAmt")
            total += sign * Decimal(amount or 0)
    return total


def _item(
    collection: Collection, _number: str, name: str, _references: list[Reference]
) -> Document:
    # A service claims least: no stock, no asset account.
    return {
        "Name": name.rpartition(":")[2],
        "FullyQualifiedName": name,
        "SubItem": False,
        "Taxable": False,
        "UnitPrice": _NONE,
        "Type": "Service",
        "IncomeAccountRef": _income_account(collection),
        "PurchaseCost": _NONE,
        "TrackQtyOnHand": False,
    }


def _income_account(collection: Collection) -> Document:
    for record in collection.of("Account"):
        if record.document["AccountType"] == "Income":
            name = record.document.get("FullyQualifiedName", record.document["Name"])
            return {"value": record.number, "name": name}
    taken = [int(record.number) for record in collection.of("Account")]
    used = [
        int(reference.number)
        for reference in collection.references()
        if reference.target == "Account"
    ]
    fresh = str(max([*taken, *used, 0]) + 1)
    return {"value": fresh, "name": "Sales of Product Income"}


def _account(
    _collection: Collection, _number: str, name: str, references: list[Reference]
) -> Document:
    used_as = {reference.at.rpartition(".")[2] for reference in references}
    role = next((role for role in _ACCOUNT_ROLES if role in used_as), "IncomeAccountRef")
    kind, subtype, classification = _ACCOUNT_ROLES[role]
    return {
        "Name": name.rpartition(":")[2],
        "SubAccount": ":" in name,
        "FullyQualifiedName": name,
        "Classification": classification,
        "AccountType": kind,
        "AccountSubType": subtype,
        "CurrentBalance": _NONE,
        "CurrentBalanceWithSubAccounts": _NONE,
        "CurrencyRef": _DOLLAR,
    }


def _term(
    _collection: Collection, _number: str, name: str, _references: list[Reference]
) -> Document:
    days = re.search(r"\d+", name)
    return {"Name": name, "Type": "STANDARD", "DueDays": Decimal(days[0] if days else 0)}


def _tax_code(
    _collection: Collection, _number: str, name: str, references: list[Reference]
) -> Document:
    fields: Document = {"Name": name, "Taxable": True, "TaxGroup": True}
    rates = [detail["TaxRateRef"] for detail in _tax_lines(references) if "TaxRateRef" in detail]
    if rates:
        detail = {"TaxRateRef": rates[0], "TaxTypeApplicable": "TaxOnAmount", "TaxOrder": _NONE}
        fields["SalesTaxRateList"] = {"TaxRateDetail": [detail]}
    return fields


def _tax_rate(
    _collection: Collection, number: str, name: str, references: list[Reference]
) -> Document:
    percents = (
        detail["TaxPercent"]
        for detail in _tax_lines(references)
        if str(detail.get("TaxRateRef", {}).get("value")) == number and "TaxPercent" in detail
    )
    return {"Name": name, "RateValue": next(percents, _NONE)}


def _tax_lines(references: Iterable[Reference]) -> Iterator[Document]:
    for reference in references:
        for line in reference.source.document.get("TxnTaxDetail", {}).get("TaxLine", []):
            yield line.get("TaxLineDetail", {})


def _plain(
    _collection: Collection, _number: str, name: str, _references: list[Reference]
) -> Document:
    return {"Name": name, "DisplayName": name, "FullyQualifiedName": name}


_Maker = Callable[[Collection, str, str, list[Reference]], Document]
_MAKERS: dict[str, _Maker] = {
    "Customer": _customer,
    "Item": _item,
    "Account": _account,
    "Term": _term,
    "TaxCode": _tax_code,
    "TaxRate": _tax_rate,
}
