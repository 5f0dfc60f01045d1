"""Finds the references inside records: which record they point to and what they call it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from quickbooks_emulator.importing.answers import Recorded
from quickbooks_emulator.model.documents import Document

TARGETS = {
    "CustomerRef": "Customer", "ParentRef": "", "ItemRef": "Item", "GroupItemRef": "Item",
    "SalesTermRef": "Term", "DefaultTerms": "Term", "PaymentMethodRef": "PaymentMethod",
    "IncomeAccountRef": "Account", "ExpenseAccountRef": "Account", "AssetAccountRef": "Account",
    "DiscountAccountRef": "Account", "DepositToAccountRef": "Account", "ItemAccountRef": "Account",
    "ARAccountRef": "Account", "AdjustAccountRef": "Account", "TxnTaxCodeRef": "TaxCode",
    "TaxCodeRef": "TaxCode", "DefaultTaxCodeRef": "TaxCode", "SalesTaxCodeRef": "TaxCode",
    "PurchaseTaxCodeRef": "TaxCode", "TaxRateRef": "TaxRate", "ClassRef": "Class",
    "DepartmentRef": "Department", "PrefVendorRef": "Vendor",
}  # fmt: skip
"""Record type by property; "" for the record's own type. Other references stay as they are."""

_WORDS = frozenset({"TAX", "NON", "SHIPPING_ITEM_ID", "CustomSalesTax"})
"""Values that stand where an Id does and mean no record."""
DELETED = " (deleted)"


@dataclass(frozen=True)
class Reference:
    """One reference of a record.

    Attributes:
        target: the record type that it points to.
        name: what it calls the record, "" if it does not say.
    """

    source: Recorded
    at: str
    target: str
    number: str
    name: str

    @property
    def place(self) -> str:
        """What a message calls it."""
        return f"{self.source.place}, {self.at}"


def list_references(record: Recorded) -> Iterator[Reference]:
    """Yield every reference inside a record to a record type of `TARGETS`."""
    yield from _walk(record, record.document, "")


def _walk(record: Recorded, value: Any, at: str) -> Iterator[Reference]:
    if isinstance(value, list):
        for element in value:
            yield from _walk(record, element, at)
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            path = f"{at}.{name}" if at else name
            target = TARGETS.get(name)
            if target is not None and isinstance(inner, Mapping) and inner.get("value"):
                yield from _reference(record, path, target, inner)
            else:
                yield from _walk(record, inner, path)


def _reference(
    record: Recorded, at: str, target: str, pointer: Mapping[str, Any]
) -> Iterator[Reference]:
    number, name = str(pointer["value"]), str(pointer.get("name") or "")
    if number not in _WORDS:
        yield Reference(record, at, target or record.entity, number, name)


def names_of(document: Document) -> set[str]:
    """Return every name that a reference may rightly call a record, folded."""
    names = (document.get(key) for key in ("DisplayName", "Name", "FullyQualifiedName"))
    return {fold(name) for name in names if name}


def fold(name: str) -> str:
    """Return a name as names are compared: case, outer blanks and " (deleted)" do not count."""
    return name.strip().removesuffix(DELETED).strip().casefold()
