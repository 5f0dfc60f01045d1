"""Customers: names, uniqueness, sub-customers and what cannot change (Intuit: section 8.3)."""

from __future__ import annotations

from quickbooks_emulator import faults
from quickbooks_emulator.company import Company
from quickbooks_emulator.indexing import fold_name
from quickbooks_emulator.numbers import ZERO
from quickbooks_emulator.properties import Document
from quickbooks_emulator.rules.contract import Options
from quickbooks_emulator.rules.shared import keep_currency, resolve_currency, resolve_references

_NAME_PARTS = ("Title", "GivenName", "MiddleName", "FamilyName", "Suffix")
_REFERENCES = {
    "SalesTermRef": "Term", "PaymentMethodRef": "PaymentMethod", "CustomerTypeRef": "CustomerType",
    "DefaultTaxCodeRef": "TaxCode",
}  # fmt: skip
_DEEPEST = 4
_TAKEN = (
    "Another customer, vendor or employee is already using this name. Please use a different name."
)


class CustomerRules:
    """What holds for every customer."""

    required: tuple[str, ...] = ()

    def complete(
        self, company: Company, draft: Document, current: Document | None, _options: Options
    ) -> Document:
        """Return the whole customer."""
        name = _display_name(draft)
        active = draft.get("Active", True)
        if active:
            refuse_taken_name(company, name, current)
        elif current is not None and current["Balance"] != ZERO:
            raise faults.FaultError("6220", "Delete Entity Has Balance", _balance_detail(current))
        currency = resolve_currency(company, draft)
        keep_currency(current, currency)
        return {
            **_defaults(name),
            **draft,
            **resolve_references(company, draft, _REFERENCES),
            **_place_in_tree(company, draft, name, current),
            "DisplayName": name,
            "Active": active,
            "CurrencyRef": currency,
            "Balance": current["Balance"] if current else ZERO,
            "BalanceWithJobs": current["BalanceWithJobs"] if current else ZERO,
        }

    def settle(self, company: Company, before: Document | None, after: Document | None) -> None:
        """Rename the sub-customers' full names after their parent."""
        if after is None or before is None or before["DisplayName"] == after["DisplayName"]:
            return
        for entity, number in company.store.lookup(company.realm, "sub-customers", after["Id"]):
            child = company.get(entity, number)
            full = f"{after['FullyQualifiedName']}:{child['DisplayName']}"
            company.keep(entity, {**child, "FullyQualifiedName": full})

    def void(self, _company: Company, _current: Document) -> Document:
        """Customers cannot be voided.

        Raises:
            FaultError: 500, always.
        """
        raise faults.unsupported_operation("void of Customer")


def refuse_taken_name(company: Company, name: str, current: Document | None) -> None:
    """Refuse a name that another active customer, vendor or employee has.

    Raises:
        FaultError: 6240.
    """
    own = ("Customer", current["Id"]) if current else None
    holders = company.store.lookup(company.realm, "names", fold_name(name))
    if any(holder != own for holder in holders):
        raise faults.duplicate_name(_TAKEN)


def _display_name(draft: Document) -> str:
    parts = " ".join(draft[part] for part in _NAME_PARTS if part in draft)
    name = str(draft.get("DisplayName") or parts)
    if not name:
        needed = "One of Title, GivenName, MiddleName, FamilyName, DisplayName or Suffix is needed."
        raise faults.FaultError("6080", "No Name Provided", needed)
    if any(mark in name for mark in ":\t\n\r"):
        raise faults.illegal_text("DisplayName", name)
    return name


def _defaults(name: str) -> Document:
    return {
        "Taxable": False,
        "Job": False,
        "BillWithParent": False,
        "PrintOnCheckName": name[:110],
        "PreferredDeliveryMethod": "None",
        "IsProject": False,
    }


def _place_in_tree(
    company: Company, draft: Document, name: str, current: Document | None
) -> Document:
    if "ParentRef" not in draft:
        if draft.get("Job"):
            text = "ParentRef is required when Job is true."
            raise faults.FaultError("6150", "ParentRef Required", text, "ParentRef")
        return {"FullyQualifiedName": name}
    parent = company.resolve("Customer", draft["ParentRef"], "ParentRef")
    level = int(parent.get("Level", 0)) + 1
    if level > _DEEPEST or (current is not None and parent["Id"] == current["Id"]):
        text = "A customer can stand at most four levels below another, and not below itself."
        raise faults.FaultError("6180", "Too Many Levels", text, "ParentRef")
    full = f"{parent['FullyQualifiedName']}:{name}"
    return {"ParentRef": {"value": parent["Id"]}, "Level": level, "FullyQualifiedName": full}


def _balance_detail(current: Document) -> str:
    return f"The customer cannot be made inactive: its balance is {current['Balance']}."
