"""Carries out a batch: up to 30 independent items in one call (Intuit: batch, section 5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from quickbooks_emulator.books.options import Options, parse_include
from quickbooks_emulator.company.company import Company
from quickbooks_emulator.entities.registry import ENTITIES, NOT_MODELLED, Entity
from quickbooks_emulator.gateway.limits import Meter
from quickbooks_emulator.model import faults
from quickbooks_emulator.model.documents import Document
from quickbooks_emulator.reading.present import present_alone
from quickbooks_emulator.reading.query import run_query
from quickbooks_emulator.writing.operations import delete_record, void_record, write_record

MOST_ITEMS = 30
MOST_OBJECTS = 1000
LONGEST_BID = 10
_NOT_ENTITIES = ("bId", "operation", "optionsData", "Query")


def run_batch(
    company: Company,
    body: Any,
    meter: Meter,
    *,
    has_request_id: bool,
    struck: Mapping[int, faults.FaultError],
) -> list[Document]:
    """Return the answer of every item; a Fault strikes only its own item.

    Raises:
        FaultError: 1040 above 30 items, 2020 without items, 2010 for something else.
    """
    items = _items(body)
    if has_request_id:
        for item in items:
            _refuse_long_bid(str(item.get("bId", "")))
    answers, room = [], MOST_OBJECTS
    for place, item in enumerate(items):
        answer = _run_item(company, item, meter, room, struck.get(place))
        room -= _objects(answer)
        answers.append(answer)
    return answers


def _objects(answer: Document) -> int:
    return int(answer.get("QueryResponse", {}).get("maxResults", "Fault" not in answer))


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


def _run_item(
    company: Company, item: Document, meter: Meter, room: int, ordered: faults.FaultError | None
) -> Document:
    head = {"bId": item["bId"]} if "bId" in item else {}
    try:
        if ordered is not None:
            raise ordered
        with company.store.transaction():
            answer = _answer(company, item, meter)
            if _objects(answer) > room:
                raise _too_big()
            return {**head, **answer}
    except faults.FaultError as fault:
        return {**head, "Fault": fault.to_body()}
    except faults.GatewayError as error:
        # Throttling can strike single items of a batch that is answered with 200.
        entry = {"Message": error.message, "Detail": error.detail, "code": error.code}
        return {**head, "Fault": {"Error": [entry], "type": error.kind}}


def _too_big() -> faults.FaultError:
    detail = f"The answers of a batch hold at most {MOST_OBJECTS} objects in all."
    return faults.FaultError("10100", "Result set too big", detail)


def _answer(company: Company, item: Document, meter: Meter) -> Document:
    if "Query" in item:
        meter.read()
        return {"QueryResponse": run_query(company, str(item["Query"]))}
    meter.write()
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
    include = parse_include(str(item.get("optionsData", "")))
    if operation == "delete":
        return delete_record(company, entity, body)
    if operation == "update" and "void" in include:
        return present_alone(company, entity.name, void_record(company, entity, body))
    if operation not in ("create", "update"):
        raise faults.unsupported_operation(f"{operation} of {entity.name}")
    _refuse_mismatch(operation, body)
    return present_alone(
        company, entity.name, write_record(company, entity, body, Options(include))
    )


def _refuse_mismatch(operation: str, body: Any) -> None:
    has_id = isinstance(body, dict) and bool(body.get("Id"))
    if operation == "update" and not has_id:
        raise faults.missing("Id")
    if operation == "create" and has_id:
        raise faults.unknown_property("Id")
