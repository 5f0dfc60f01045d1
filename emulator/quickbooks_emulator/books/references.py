"""References to other records: checked, and given the name of what they point to."""

from __future__ import annotations

from collections.abc import Mapping

from quickbooks_emulator.company.company import Company
from quickbooks_emulator.model.documents import Document


def to_reference(record: Document) -> Document:
    """Return a reference to a record, with its name."""
    return {"value": record["Id"], "name": record.get("DisplayName") or record["Name"]}


def resolve_references(company: Company, draft: Document, targets: Mapping[str, str]) -> Document:
    """Return the draft's references of ``targets`` (property -> record type), checked and named.

    Raises:
        FaultError: 2500 for one that is unknown or inactive.
    """
    return {
        name: to_reference(company.resolve(entity, draft[name], name))
        for name, entity in targets.items()
        if name in draft
    }
