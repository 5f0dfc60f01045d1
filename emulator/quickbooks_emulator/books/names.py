"""Names of people and firms: one set for customers, vendors and employees (Intuit: section 8.3).

Two customers may bear one name under different parents, or one of them under none: a live company
held such pairs, each changed later (section 14).
"""

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


def refuse_taken_name(
    company: Company,
    entity: str,
    name: str,
    current: Document | None,
    parent: Document | None = None,
) -> None:
    """Refuse a new name that another active record of the same family has.

    Args:
        company: the company.
        entity: the record type.
        name: the name that the record is to have.
        current: the record as it is, None for a new one; a name that it has already is not refused.
        parent: the ParentRef that a customer is to have.

    Raises:
        FaultError: 6240, with the wording of customers, of other people and firms, or of other lists.
    """
    if current is not None and _keeps_name(entity, current, name, parent):
        return
    own = (entity, current["Id"]) if current else None
    for holder in company.store.lookup(company.realm, NAME_FAMILY[entity], fold_name(name)):
        if holder != own and not _stands_elsewhere(company, entity, holder, parent):
            raise faults.duplicate_name(_wording(holder))


def _keeps_name(entity: str, current: Document, name: str, parent: Document | None) -> bool:
    before = current.get("DisplayName") or current["Name"]
    if fold_name(before) != fold_name(name) or current["Active"] is not True:
        return False
    return entity != "Customer" or _is_same_parent(current, parent)


def _is_same_parent(customer: Document, parent: Document | None) -> bool:
    return bool(customer.get("ParentRef", {}).get("value") == (parent or {}).get("value"))


def _stands_elsewhere(
    company: Company, entity: str, holder: tuple[str, str], parent: Document | None
) -> bool:
    if not entity == holder[0] == "Customer":
        return False
    return not _is_same_parent(company.get(*holder), parent)


def _wording(holder: tuple[str, str]) -> str:
    if NAME_FAMILY[holder[0]] != "names":
        return f"Id={holder[1]}"
    # Recorded where a customer held the name; the longer text was seen where it was somebody else.
    return "null" if holder[0] == "Customer" else _TAKEN


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
