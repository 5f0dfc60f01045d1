"""Sub-customers: levels, full names and the balances of those above (Intuit: section 8.3)."""

from __future__ import annotations

from quickbooks_emulator.books.balances import shift_parents
from quickbooks_emulator.company.company import Company
from quickbooks_emulator.model import faults
from quickbooks_emulator.model.documents import Document

_DEEPEST = 4
"""Levels below a customer of its own: five in all (6180)."""


def place_in_tree(
    company: Company, draft: Document, name: str, current: Document | None
) -> Document:
    """Return ParentRef, Level and FullyQualifiedName of a customer.

    Raises:
        FaultError: 6150 for a job without parent, 6180 below the fifth level, 2500, 6000 for a
            customer below itself or below one of another currency.
    """
    if "ParentRef" not in draft:
        if draft.get("Job"):
            text = "ParentRef is required when Job is true."
            raise faults.FaultError("6150", "ParentRef Required", text, "ParentRef")
        return {"FullyQualifiedName": name}
    parent = company.resolve("Customer", draft["ParentRef"], "ParentRef")
    if current is not None and current["Id"] in _line_of(company, parent):
        raise faults.business("A customer cannot stand below itself.", "ParentRef")
    level = int(parent.get("Level", 0)) + 1
    if level + _height(company, current) > _DEEPEST:
        text = f"A customer can have at most {_DEEPEST} levels below it."
        raise faults.FaultError("6180", "Too Many Levels", text, "ParentRef")
    full = f"{parent['FullyQualifiedName']}:{name}"
    return {"ParentRef": {"value": parent["Id"]}, "Level": level, "FullyQualifiedName": full}


def refuse_currency_of_parent(company: Company, customer: Document) -> None:
    """Refuse a sub-customer in another currency than its parent's.

    Raises:
        FaultError: 6000 (the code is a guess).
    """
    if "ParentRef" not in customer:
        return
    parent = company.get("Customer", customer["ParentRef"]["value"])
    if parent["CurrencyRef"]["value"] != customer["CurrencyRef"]["value"]:
        text = f"A sub-customer has its parent's currency, {parent['CurrencyRef']['value']}."
        raise faults.business(text, "CurrencyRef")


def rename_below(company: Company, customer: Document) -> None:
    """Carry a customer's full name and level to everyone below."""
    for child in _children(company, customer["Id"]):
        full = f"{customer['FullyQualifiedName']}:{child['DisplayName']}"
        level = int(customer.get("Level", 0)) + 1
        renamed = company.keep("Customer", {**child, "FullyQualifiedName": full, "Level": level})
        rename_below(company, renamed)


def move_balance(company: Company, before: Document, after: Document) -> None:
    """Take a customer's balance from the parents that it leaves to those that it gets."""
    if before.get("ParentRef") != after.get("ParentRef"):
        shift_parents(company, before, -before["BalanceWithJobs"])
        shift_parents(company, after, after["BalanceWithJobs"])


def _line_of(company: Company, customer: Document) -> list[str]:
    line = [customer["Id"]]
    while "ParentRef" in customer:
        customer = company.get("Customer", customer["ParentRef"]["value"])
        line.append(customer["Id"])
    return line


def _children(company: Company, number: str) -> list[Document]:
    pairs = company.store.lookup(company.realm, "sub-customers", number)
    return [company.get(entity, child) for entity, child in pairs]


def _height(company: Company, customer: Document | None) -> int:
    if customer is None:
        return 0
    heights = (_height(company, child) + 1 for child in _children(company, customer["Id"]))
    return max(heights, default=0)
