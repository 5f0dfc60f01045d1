"""Carries out a batch: up to 30 independent items in one call (Intuit: batch, section 5)."""

from __future__ import annotations

from typing import Any

from quickbooks_emulator import faults
from quickbooks_emulator.company import Company
from quickbooks_emulator.entities import ENTITIES, NOT_MODELLED, Entity
from quickbooks_emulator.limits import CallCounts
from quickbooks_emulator.operations import delete_record, void_record, write_record
from quickbooks_emulator.present import present
from quickbooks_emulator.properties import Document
from quickbooks_emulator.query import run_query
from quickbooks_emulator.rules import Options

MOST_ITEMS = 30
LONGEST_BID = 10
_NOT_ENTITIES = ("bId", "operation", "optionsData", "Query")


def run_batch(
    company: Company, body: Any, counts: CallCounts, *, has_request_id: bool
) -> list[Document]:
    """Return the answer of every item; a Fault strikes only its own item.

    Raises:
        FaultError: 1040 above 30 items, 2020 without items, 2010 for something else.
    """
    items = _items(body)
    if has_request_id:
        for item in items:
            _refuse_long_bid(str(item.get("bId", "")))
    return [_run_item(company, item, counts) for item in items]


def _items(body: Any) -> list[Document]:
    if not isinstance(body, dict):
        raise faults.unreadable_property("BatchItemRequest")
    items = body.get("BatchItemRequest")
    if not items:
        raise faults.missing("BatchItemRequest")
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise faults.unreadable_property("BatchItemRequest")
    if len(items) > MOST_ITEMS:
        detail = f"A batch holds at most {MOST_ITEMS} items. Supplied: {len(items)}"
        raise faults.FaultError("1040", "Batch size exceeded", detail)
    return items


def _refuse_long_bid(bid: str) -> None:
    if len(bid) > LONGEST_BID:
        raise faults.wrong_length("bId", LONGEST_BID, len(bid))


def _run_item(company: Company, item: Document, counts: CallCounts) -> Document:
    head = {"bId": item["bId"]} if "bId" in item else {}
    try:
        with company.store.transaction():
            return {**head, **_answer(company, item, counts)}
    except faults.FaultError as fault:
        return {**head, "Fault": fault.to_body()}


def _answer(company: Company, item: Document, counts: CallCounts) -> Document:
    if "Query" in item:
        counts.metered_reads += 1
        return {"QueryResponse": run_query(company, str(item["Query"]))}
    counts.core_writes += 1
    entity = _entity(item)
    return {entity.name: _write(company, entity, item)}


def _entity(item: Document) -> Entity:
    names = [name for name in item if name not in _NOT_ENTITIES]
    if len(names) != 1:
        raise faults.unreadable_property("BatchItemRequest")
    if names[0] in NOT_MODELLED:
        raise faults.NotModelledError(f"{names[0]} in a batch")
    if names[0] not in ENTITIES:
        raise faults.unknown_property(names[0])
    return ENTITIES[names[0]]


def _write(company: Company, entity: Entity, item: Document) -> Document:
    body, operation = item[entity.name], item.get("operation")
    include = frozenset(str(item.get("optionsData", "")).split(","))
    if operation == "delete":
        return delete_record(company, entity, body)
    if operation == "update" and "void" in include:
        return present(company, entity.name, void_record(company, entity, body))
    if operation not in ("create", "update"):
        raise faults.unsupported_operation(f"{operation} of {entity.name}")
    _refuse_mismatch(operation, body)
    return present(company, entity.name, write_record(company, entity, body, Options(include)))


def _refuse_mismatch(operation: str, body: Any) -> None:
    has_id = isinstance(body, dict) and bool(body.get("Id"))
    if operation == "update" and not has_id:
        raise faults.missing("Id")
    if operation == "create" and has_id:
        raise faults.unknown_property("Id")
