"""Names of people and firms: one set for customers, vendors and employees (Intuit: section 8.3)."""

from __future__ import annotations

from quickbooks_emulator.company.company import Company
from quickbooks_emulator.company.indexing import NAME_FAMILY, fold_name
from quickbooks_emulator.model import faults
from quickbooks_emulator.model.documents import Document

_PARTS = ("Title", "GivenName", "MiddleName", "FamilyName", "Suffix")
_TAKEN = (
    "Another customer, vendor or employee is already using this name. Please use a different name."
)


def display_name(draft: Document) -> str:
    """Return the DisplayName of a draft, built from the parts of a name when absent.

    Raises:
        FaultError: 6080 without any name, 2040 for one with a colon or a break.
    """
    parts = " ".join(draft[part] for part in _PARTS if part in draft)
    name = str(draft.get("DisplayName") or parts)
    if not name:
        needed = "One of Title, GivenName, MiddleName, FamilyName, DisplayName or Suffix is needed."
        raise faults.FaultError("6080", "No Name Provided", needed)
    if any(mark in name for mark in ":\t\n\r"):
        raise faults.illegal_text("DisplayName", name)
    return name


def refuse_taken_name(company: Company, entity: str, name: str, current: Document | None) -> None:
    """Refuse a name that another active record of the same family has.

    Raises:
        FaultError: 6240, with the wording of people and firms or that of other lists.
    """
    own = (entity, current["Id"]) if current else None
    family = NAME_FAMILY[entity]
    for holder in company.store.lookup(company.realm, family, fold_name(name)):
        if holder != own:
            raise faults.duplicate_name(_TAKEN if family == "names" else f"Id={holder[1]}")


def complete_name(
    company: Company, entity: str, draft: Document, current: Document | None
) -> Document:
    """Return a vendor or employee with every form of its name; an active one's must be free.

    Raises:
        FaultError: as `display_name` and `refuse_taken_name` do.
    """
    name = display_name(draft)
    if draft.get("Active", True):
        refuse_taken_name(company, entity, name, current)
    return {"PrintOnCheckName": name[:110], "Active": True, **draft, "DisplayName": name}
