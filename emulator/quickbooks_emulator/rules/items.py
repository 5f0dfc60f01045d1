"""Items: types, accounts, stock and names (Intuit: entities, section 8.6)."""

from __future__ import annotations

from quickbooks_emulator.books.names import refuse_taken_name
from quickbooks_emulator.books.options import Options
from quickbooks_emulator.books.references import resolve_references
from quickbooks_emulator.company.company import Company
from quickbooks_emulator.model import faults
from quickbooks_emulator.model.documents import Document
from quickbooks_emulator.model.numbers import ZERO

_ACCOUNTS = {
    "IncomeAccountRef": "Account", "ExpenseAccountRef": "Account", "AssetAccountRef": "Account",
}  # fmt: skip
_REFERENCES = {
    "ClassRef": "Class", "PrefVendorRef": "Vendor", "SalesTaxCodeRef": "TaxCode",
    "PurchaseTaxCodeRef": "TaxCode", "ParentRef": "Item",
}  # fmt: skip
_INVENTORY_NEEDS = (
    "IncomeAccountRef", "ExpenseAccountRef", "AssetAccountRef", "QtyOnHand", "InvStartDate",
)  # fmt: skip
_INVENTORY_ONLY = ("AssetAccountRef", "QtyOnHand", "InvStartDate", "ReorderPoint")
_SUBTYPES = {
    "IncomeAccountRef": ("Income", "SalesOfProductIncome"),
    "ExpenseAccountRef": ("Cost of Goods Sold", "SuppliesMaterialsCogs"),
    "AssetAccountRef": ("Other Current Asset", "Inventory"),
}
_HIGHEST = 99_999_999_999
_DEEPEST = 4


class ItemRules:
    """What holds for every item."""

    required: tuple[str, ...] = ("Name", "Type")

    def complete(
        self, company: Company, draft: Document, current: Document | None, _options: Options
    ) -> Document:
        """Return the whole item."""
        _refuse_type(draft, current)
        _refuse_prices(draft)
        if draft.get("Active", True):
            refuse_taken_name(company, "Item", draft["Name"], current)
        kind = _inventory if draft["Type"] == "Inventory" else _other_kind
        return {
            "Active": True,
            "SubItem": False,
            "Taxable": False,
            "UnitPrice": ZERO,
            "PurchaseCost": ZERO,
            **draft,
            **resolve_references(company, draft, {**_ACCOUNTS, **_REFERENCES}),
            **_full_name(company, draft),
            **kind(company, draft, current),
        }

    def settle(self, company: Company, before: Document | None, after: Document | None) -> None:
        """Nothing else changes with an item."""

    def void(self, _company: Company, _current: Document) -> Document:
        """Items cannot be voided.

        Raises:
            FaultError: 500, always.
        """
        raise faults.unsupported_operation("void of Item")


def _refuse_type(draft: Document, current: Document | None) -> None:
    if draft["Type"] in ("Category", "Group"):
        # Bundles cannot be created through the API; categories are left out here.
        raise faults.NotModelledError(f"Writing an item of Type {draft['Type']}")
    kinds = {draft["Type"], (current or draft)["Type"]}
    if len(kinds) > 1 and "Inventory" in kinds:
        raise faults.business("The type of an inventory item cannot be changed.", "Type")


def _refuse_prices(draft: Document) -> None:
    for name in ("UnitPrice", "PurchaseCost"):
        if abs(draft.get(name, ZERO)) > _HIGHEST:
            raise faults.invalid("2110", "Invalid Decimal", draft[name], name)


def _full_name(company: Company, draft: Document) -> Document:
    if "ParentRef" not in draft:
        return {"FullyQualifiedName": draft["Name"]}
    parent = company.resolve("Item", draft["ParentRef"], "ParentRef")
    level = int(parent.get("Level", 0)) + 1
    if level > _DEEPEST:
        text = f"An item can stand at most {_DEEPEST} levels below a category."
        raise faults.FaultError("6180", "Too Many Levels", text, "ParentRef")
    full = f"{parent['FullyQualifiedName']}:{draft['Name']}"
    return {"FullyQualifiedName": full, "SubItem": True, "Level": level}


def _inventory(company: Company, draft: Document, current: Document | None) -> Document:
    if not company.preference("ProductAndServicesPrefs", "QuantityOnHand"):
        text = "The company does not track quantities on hand."
        raise faults.FaultError("5030", "Feature Not Supported", text)
    needed = _INVENTORY_NEEDS if current is None else _INVENTORY_NEEDS[:3]
    for name in needed:
        if name not in draft:
            raise faults.missing(name)
    if draft.get("TrackQtyOnHand", current is not None) is not True:
        raise faults.business("An inventory item must have TrackQtyOnHand true.", "TrackQtyOnHand")
    for name in _ACCOUNTS:
        _refuse_account(company, draft[name], name)
    if current is None:
        return {"TrackQtyOnHand": True}
    # Reports about QtyOnHand in an update disagree; ignoring it is what a client notices last.
    start = draft.get("InvStartDate", current["InvStartDate"])
    return {"TrackQtyOnHand": True, "QtyOnHand": current["QtyOnHand"], "InvStartDate": start}


def _refuse_account(company: Company, pointer: Document, name: str) -> None:
    account = company.resolve("Account", pointer, name)
    if (account["AccountType"], account["AccountSubType"]) != _SUBTYPES[name]:
        expected = " / ".join(_SUBTYPES[name])
        detail = f"Invalid account type used : {account['Name']} must be {expected}"
        raise faults.FaultError("6430", "Invalid Account Type", detail, name)


def _other_kind(_company: Company, draft: Document, _current: Document | None) -> Document:
    for name in _INVENTORY_ONLY:
        if name in draft:
            raise faults.unknown_property(name)
    if draft.get("TrackQtyOnHand"):
        raise faults.unknown_property("TrackQtyOnHand")
    accounts: tuple[str, ...] = ("IncomeAccountRef",)
    if draft["Type"] == "NonInventory":
        accounts = ("IncomeAccountRef", "ExpenseAccountRef")
    if not any(name in draft for name in accounts):
        raise faults.missing("IncomeAccountRef")
    return {"TrackQtyOnHand": False}
