"""Answers calls under ``/v3/company/{realm}/``: who may, how often, and what is asked.

Intuit: base URLs and requestid, section 2; errors, section 7.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import asdict, replace

from quickbooks_emulator.books.options import Options, parse_include
from quickbooks_emulator.company.company import Company
from quickbooks_emulator.entities.registry import BY_RESOURCE, Entity, is_not_modelled
from quickbooks_emulator.gateway.limits import Meter
from quickbooks_emulator.http.batch import run_batch
from quickbooks_emulator.http.wiring import Emulator
from quickbooks_emulator.model import faults
from quickbooks_emulator.model.documents import Document
from quickbooks_emulator.model.faults import FaultError, GatewayError
from quickbooks_emulator.reading.changes import list_changes
from quickbooks_emulator.reading.present import present_alone
from quickbooks_emulator.reading.query import run_query
from quickbooks_emulator.wire.calls import (
    Answer,
    Call,
    to_answer,
    to_fault_answer,
    to_gateway_answer,
)
from quickbooks_emulator.writing.operations import delete_record, void_record, write_record

log = logging.getLogger(__name__)

LONGEST_REQUEST_ID = 50
LONGEST_BATCH_REQUEST_ID = 36
_INNER_HOST = "https://c50.sandbox.qbo.intuit.com/qbo50"


class ConnectionCutError(Exception):
    """The answer is to be withheld; raised inside the transaction it takes the write back."""


def answer_call(emulator: Emulator, call: Call, *, cut: str = "") -> Answer:
    """Return the answer to a call; what it wrote is on disk by then.

    Args:
        emulator: the running parts.
        call: what was asked.
        cut: ``cut_before_commit`` takes the write back, ``cut_after_commit`` keeps it.

    Raises:
        ConnectionCutError: for either cut.
    """
    try:
        client = _admit(emulator, call)
    except GatewayError as error:
        return _refusal(emulator, call, error)
    try:
        answer = _answer_once(emulator, call, client, cut)
    except FaultError as fault:
        answer = to_fault_answer(call, fault, emulator.clock)
    except GatewayError as error:
        answer = _refusal(emulator, call, error)
    except ConnectionCutError:
        raise
    except Exception:
        log.exception("%s %s failed inside the emulator", call.method, "/".join(call.parts))
        answer = to_fault_answer(call, _system_fault(), emulator.clock)
    if cut:
        raise ConnectionCutError
    return answer


def _refusal(emulator: Emulator, call: Call, error: GatewayError) -> Answer:
    """Return a gateway's refusal; Retry-After is not documented and only sent where switched on."""
    answer = to_gateway_answer(call, error, emulator.clock)
    seconds = emulator.switches.retry_after
    if error.status != 429 or not seconds:
        return answer
    return replace(answer, headers={**answer.headers, "Retry-After": str(seconds)})


def _system_fault() -> FaultError:
    message = "An application error has occurred while processing your request"
    detail = "System Failure Error: the emulator's log has the cause"
    return FaultError("10000", message, detail, kind="SystemFault", status=500)


def _admit(emulator: Emulator, call: Call) -> str:
    """Return the client id of a call that may go on."""
    counts = emulator.counters.by_realm[call.realm]
    try:
        grant = emulator.tokens.authenticate(call.headers.get("authorization", ""), call.realm)
        is_batch = call.parts == ("batch",)
        emulator.limits.admit(call.realm, grant.client_id, batch=is_batch)
    except GatewayError:
        counts.refused += 1
        raise
    return grant.client_id


def _answer_once(emulator: Emulator, call: Call, client: str, cut: str) -> Answer:
    request_id = _request_id(call)
    key = f"{call.realm}/{client}/{request_id}"
    meter = emulator.counters.meter(call.realm)
    with emulator.store.transaction():
        remembered = _remembered(emulator, key) if request_id else None
        if remembered is not None:
            return remembered
        company = emulator.company(call.realm)
        envelope = _handler(call)(company, call, meter)
        answer = to_answer(call, envelope, emulator.clock)
        if request_id:
            fields = {**asdict(answer), "at": emulator.clock.now().timestamp()}
            emulator.store.write_entry("replay", key, fields)
        if cut == "cut_before_commit":
            raise ConnectionCutError
    return answer


def _request_id(call: Call) -> str:
    """Return the requestid of a write, or "" (Intuit: requestid, section 2.1)."""
    request_id = call.params.get("requestid", "")
    is_batch = call.parts == ("batch",)
    limit = LONGEST_BATCH_REQUEST_ID if is_batch else LONGEST_REQUEST_ID
    if len(request_id) > limit:
        detail = f"A requestid holds at most {limit} characters here. Supplied: {len(request_id)}"
        raise FaultError("2130", "Invalid request id", detail, "requestid")
    return request_id if call.method == "POST" and call.parts != ("query",) else ""


def _remembered(emulator: Emulator, key: str) -> Answer | None:
    entry = emulator.store.read_entry("replay", key)
    age = emulator.clock.now().timestamp() - entry["at"] if entry else 0.0
    if entry is None or age > emulator.replay_seconds:
        return None
    return Answer(entry["status"], entry["body"], entry["content_type"], entry["headers"])


Handler = Callable[[Company, Call, Meter], Document]


def _handler(call: Call) -> Handler:
    fixed = {("query",): _query, ("batch",): _batch, ("cdc",): _changes}
    if call.parts in fixed:
        return fixed[call.parts]
    entity = BY_RESOURCE.get(call.parts[0]) if call.parts else None
    if entity is None:
        raise _unknown_resource(call)
    if call.method == "GET" and (len(call.parts) == 2 or entity.name == "Preferences"):
        return _read
    if call.method == "POST" and len(call.parts) == 1:
        return _write
    if len(call.parts) == 3 and call.parts[2] in ("pdf", "send"):
        raise faults.NotModelledError(f"{entity.resource}/{{id}}/{call.parts[2]}")
    raise _unknown_resource(call)


def _unknown_resource(call: Call) -> FaultError:
    path = "/".join(call.parts)
    if call.parts and is_not_modelled(call.parts[0]):
        return faults.NotModelledError(f"The resource {path}")
    below = f"/v3/company/{call.realm}/{path}"
    where = f"relative : {below} of full path: {_INNER_HOST}{below}"
    return faults.unsupported_operation(f"Could not find resource for {where}")


def _read(company: Company, call: Call, meter: Meter) -> Document:
    meter.read()
    parse_include(call.params.get("include", ""))
    entity = BY_RESOURCE[call.parts[0]]
    number = "1" if entity.name in ("Preferences", "CompanyInfo") else call.parts[1]
    return {entity.name: present_alone(company, entity.name, company.get(entity.name, number))}


def _query(company: Company, call: Call, meter: Meter) -> Document:
    meter.read()
    parse_include(call.params.get("include", ""))
    text = call.params.get("query", "") if call.method == "GET" else call.text()
    return {"QueryResponse": run_query(company, text)}


def _changes(company: Company, call: Call, meter: Meter) -> Document:
    meter.read()
    return {"CDCResponse": [{"QueryResponse": list_changes(company, call.params)}]}


def _batch(company: Company, call: Call, meter: Meter) -> Document:
    meter.batch()
    has_request_id = "requestid" in call.params
    answers = run_batch(
        company, call.json(), meter, has_request_id=has_request_id, struck=call.struck
    )
    return {"BatchItemResponse": answers}


def _write(company: Company, call: Call, meter: Meter) -> Document:
    meter.write()
    entity = BY_RESOURCE[call.parts[0]]
    return {entity.name: _written(company, entity, call)}


def _written(company: Company, entity: Entity, call: Call) -> Document:
    operation = call.params.get("operation", "")
    include = parse_include(call.params.get("include", ""))
    if operation == "delete":
        return delete_record(company, entity, call.json())
    if operation == "void" or (operation == "update" and "void" in include):
        return present_alone(company, entity.name, void_record(company, entity, call.json()))
    if operation not in ("", "create", "update"):
        raise faults.unsupported_operation(f"{operation} of {entity.name}")
    written = write_record(company, entity, call.json(), Options(include))
    return present_alone(company, entity.name, written)
