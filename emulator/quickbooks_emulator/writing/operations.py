"""Carries out a create, update, void or delete of one record (Intuit: entities, section 8.1)."""

from __future__ import annotations

from quickbooks_emulator.books.options import Options
from quickbooks_emulator.company.company import Company
from quickbooks_emulator.entities.registry import Entity
from quickbooks_emulator.model import faults
from quickbooks_emulator.model.documents import Document
from quickbooks_emulator.rules import RULES, Rules
from quickbooks_emulator.writing.request_body import parse_document, without_empty


def write_record(company: Company, entity: Entity, body: object, options: Options) -> Document:
    """Create the record in ``body``, or update it if the body holds an Id.

    Raises:
        FaultError: if the record or the change is not allowed.
    """
    rules = _rules(entity)
    sent = parse_document(entity, body)
    if sent.get("Id"):
        return _update(company, entity, rules, sent, options)
    draft = _draft(without_empty(sent))
    _refuse_missing(rules, draft)
    created = company.insert(entity.name, rules.complete(company, draft, None, options))
    rules.settle(company, None, created)
    return _fresh(company, entity, created)


def void_record(company: Company, entity: Entity, body: object) -> Document:
    """Void a transaction.

    Raises:
        FaultError: 500 for a record type that cannot be voided; 610, 2020, 5010.
    """
    if not entity.is_voidable:
        raise faults.unsupported_operation(f"void of {entity.name}")
    rules = _rules(entity)
    current = _current(company, entity, parse_document(entity, body))
    voided = company.replace(entity.name, rules.void(company, current))
    rules.settle(company, current, voided)
    return _fresh(company, entity, voided)


def delete_record(company: Company, entity: Entity, body: object) -> Document:
    """Delete a transaction and return the stub that answers it.

    Raises:
        FaultError: 500 for a record type that is deactivated instead; 610, 2020, 5010.
    """
    if not entity.is_transaction:
        raise faults.unsupported_operation(f"delete of {entity.name}")
    rules = _rules(entity)
    current = _current(company, entity, parse_document(entity, body))
    company.refuse_closed(current["TxnDate"])
    company.remove(entity.name, current["Id"])
    # A payment's lines are gone with it; an invoice's payments still point to it until settled.
    rules.settle(company, current, None)
    return {"domain": "QBO", "status": "Deleted", "Id": current["Id"]}


def _update(
    company: Company, entity: Entity, rules: Rules, sent: Document, options: Options
) -> Document:
    current = _current(company, entity, sent)
    sparse = sent.get("sparse") is True
    if entity.sparse_only and not sparse:
        raise faults.missing("sparse")
    if not sparse or entity.name == "Payment":
        # A live run saw sparse payment updates refused for their missing properties.
        _refuse_missing(rules, without_empty(sent))
    _keep_shown_name(entity, sent, current)
    if sparse and _is_gone_already(sent, current):
        return current
    base = _kept(entity, current, sent) if sparse else {}
    draft = _draft(without_empty({**base, **sent}))
    _refuse_missing(rules, draft)
    changed = rules.complete(company, draft, current, options)
    system = {name: current[name] for name in ("Id", "SyncToken", "MetaData")}
    updated = company.replace(entity.name, {**changed, **system})
    rules.settle(company, current, updated)
    return _fresh(company, entity, updated)


def _rules(entity: Entity) -> Rules:
    if entity.name not in RULES:
        raise faults.NotModelledError(f"Writing {entity.name}")
    return RULES[entity.name]


def _current(company: Company, entity: Entity, sent: Document) -> Document:
    if not sent.get("Id"):
        raise faults.missing("Id")
    current = company.get(entity.name, sent["Id"])
    if not sent.get("SyncToken"):
        raise faults.missing("SyncToken")
    if sent["SyncToken"] != current["SyncToken"]:
        raise faults.stale()
    return current


def _refuse_missing(rules: Rules, draft: Document) -> None:
    for name in rules.required:
        if draft.get(name, []) == []:
            raise faults.missing(name)


def _draft(fields: Document) -> Document:
    return {name: value for name, value in fields.items() if name not in ("SyncToken", "sparse")}


def _kept(entity: Entity, current: Document, sent: Document) -> Document:
    """Return what a sparse update leaves as it is: not what follows a property that is sent."""
    names = {prop.name for prop in entity.properties if not prop.read_only}
    names -= {name for name, leader in entity.follows.items() if leader in sent}
    return {name: value for name, value in current.items() if name in names}


def _is_gone_already(sent: Document, current: Document) -> bool:
    """Return whether an inactive record is only made inactive again: recorded to move nothing."""
    if current.get("Active") is not False or sent.get("Active") is not False:
        return False
    return all(current.get(name) == value for name, value in _draft(sent).items())


def _keep_shown_name(entity: Entity, sent: Document, current: Document) -> None:
    """Read "X (deleted)", which an inactive record shows, as its stored name X when sent back."""
    name = entity.name_property
    if name and current["Active"] is False and sent.get(name) == f"{current[name]} (deleted)":
        sent[name] = current[name]


def _fresh(company: Company, entity: Entity, document: Document) -> Document:
    return company.get(entity.name, document["Id"])
