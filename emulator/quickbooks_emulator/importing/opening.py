"""Completes imported books with what every company has and the recordings do not hold.

Without accounts, terms, payment methods and preferences nobody could work with the company. What is
recorded stays as it is; what is added gets Ids of its own.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from quickbooks_emulator.books.references import to_reference
from quickbooks_emulator.books.sales_lines import DEFAULT_ITEM
from quickbooks_emulator.company.company import Company
from quickbooks_emulator.company.slim_store import SlimStore
from quickbooks_emulator.company.store import Store
from quickbooks_emulator.importing.references import TARGETS
from quickbooks_emulator.model.clock import MovableClock
from quickbooks_emulator.model.documents import Document
from quickbooks_emulator.writing.new_company import create_company

_LISTS = ("Account", "Term", "PaymentMethod", "TaxRate", "TaxCode", "CompanyCurrency")
_SINGLES = ("CompanyInfo", "Preferences")
_REALM = "0"


def complete_opening(company: Company, store: SlimStore, name: str) -> list[str]:
    """Add the usual records that are missing by name, and return a line a record type."""
    usual = Store(Path(":memory:"))
    try:
        with usual.transaction():
            implied = _implied_preferences(company)
            create_company(Company(usual, _REALM, MovableClock()), name, implied)
        _add_singles(company, usual)
        lines = _add_lists(company, usual)
        _add_default_item(company, store, usual)
        return lines
    finally:
        usual.close()


def _implied_preferences(company: Company) -> dict[str, Any]:
    """Return the preferences that the recordings imply: several currencies, sales tax."""
    realm, store = company.realm, company.store
    customers = store.documents(realm, "Customer").values()
    codes = {customer.get("CurrencyRef", {}).get("value", "USD") for customer in customers}
    invoices = store.documents(realm, "Invoice").values()
    has_tax = any(invoice.get("TxnTaxDetail", {}).get("TotalTax") for invoice in invoices)
    return {
        "CurrencyPrefs": {"MultiCurrencyEnabled": len(codes) > 1},
        "TaxPrefs": {"UsingSalesTax": has_tax},
    }


def _add_singles(company: Company, usual: Store) -> None:
    for entity in _SINGLES:
        if not company.store.documents(company.realm, entity):
            for document in usual.documents(_REALM, entity).values():
                company.keep(entity, _with_open_books(document))


def _with_open_books(document: Document) -> Document:
    """Return preferences without a closing date, of which recordings say nothing."""
    group = "AccountingInfoPrefs"
    if group not in document:
        return document
    kept = {name: value for name, value in document[group].items() if name != "BookCloseDate"}
    return {**document, group: kept}


def _add_lists(company: Company, usual: Store) -> list[str]:
    new_ids: dict[tuple[str, str], str] = {}
    lines = []
    for entity in _LISTS:
        records = company.store.documents(company.realm, entity)
        by_name = {record["Name"].casefold(): record["Id"] for record in records.values()}
        added = 0
        for document in usual.documents(_REALM, entity).values():
            number = by_name.get(document["Name"].casefold())
            if number is None:
                pointed = _repoint(document, entity, new_ids)
                number = company.insert(entity, pointed)["Id"]
                added += 1
            new_ids[entity, document["Id"]] = number
        if added:
            lines.append(f"{added} of the usual records of type {entity} added")
    return lines


def _add_default_item(company: Company, store: SlimStore, usual: Store) -> None:
    """Add item 1, which QuickBooks puts into lines without an item, if it was not recorded."""
    if company.find("Item", DEFAULT_ITEM) is not None:
        return
    services = {**usual.documents(_REALM, "Item")[int(DEFAULT_ITEM)]}
    items = company.store.documents(company.realm, "Item").values()
    if services["Name"] in {item["Name"] for item in items}:
        services["Name"] = services["FullyQualifiedName"] = f"{services['Name']} (default)"
    income = company.account_of("ServiceFeeIncome")
    if income is not None:
        services["IncomeAccountRef"] = to_reference(income)
    company.keep("Item", services)
    store.raise_number(company.realm, "Item", int(DEFAULT_ITEM))


def _repoint(value: Any, entity: str, new_ids: dict[tuple[str, str], str]) -> Any:
    """Return a document with its references turned to the Ids of this company."""
    if isinstance(value, list):
        return [_repoint(element, entity, new_ids) for element in value]
    if not isinstance(value, dict):
        return value
    return {name: _repoint_field(name, inner, entity, new_ids) for name, inner in value.items()}


def _repoint_field(name: str, inner: Any, entity: str, new_ids: dict[tuple[str, str], str]) -> Any:
    target = TARGETS.get(name)
    if target is None or not isinstance(inner, dict):
        return _repoint(inner, entity, new_ids)
    known = new_ids.get((target or entity, str(inner.get("value"))))
    return {**inner, "value": known} if known else inner
