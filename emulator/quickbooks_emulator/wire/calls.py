"""A call to the company API and its answer, free of any web framework."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from quickbooks_emulator.model import faults
from quickbooks_emulator.model.clock import Clock, pacific_millis
from quickbooks_emulator.model.documents import Document, parse_json, to_json
from quickbooks_emulator.model.faults import FaultError, GatewayError
from quickbooks_emulator.wire.xml_text import to_xml

JSON_TYPE = "application/json;charset=UTF-8"
REFUSAL_TYPE = "application/json"
"""What Intuit calls the JSON of a refusal (recorded, section 14)."""
XML_TYPE = "application/xml;charset=UTF-8"


@dataclass(frozen=True)
class Call:
    """One request under ``/v3/company/{realm}/``.

    Attributes:
        parts: the path below the company, split at slashes.
        headers: by lower-case name.
        struck: the faults ordered for items of a batch, by the items' places.
    """

    method: str
    realm: str
    parts: tuple[str, ...]
    params: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    struck: Mapping[int, FaultError] = field(default_factory=dict)

    @property
    def wants_json(self) -> bool:
        """Whether the client accepts JSON; without it Intuit answers XML."""
        return "json" in self.headers.get("accept", "").lower()

    def text(self) -> str:
        """Return the body as text.

        Raises:
            FaultError: 2010 for bytes that are not UTF-8.
        """
        try:
            return self.body.decode("utf-8")
        except UnicodeDecodeError as error:
            byte = self.body[error.start]
            raise _unreadable_body(f"Invalid UTF-8 middle byte 0x{byte:x}") from None

    def json(self) -> Any:
        """Return the body as JSON, numbers as Decimals.

        Raises:
            FaultError: 2010 for a body that is not JSON.
            NotModelledError: for an XML body.
        """
        if "xml" in self.headers.get("content-type", ""):
            raise faults.NotModelledError("A request body in XML")
        try:
            return parse_json(self.text())
        except ValueError as error:
            raise _unreadable_body(f"failed to parse json object: {error}") from None


@dataclass(frozen=True)
class Answer:
    """What goes back over HTTP."""

    status: int
    body: str
    content_type: str = JSON_TYPE
    headers: Mapping[str, str] = field(default_factory=dict)


def to_answer(call: Call, envelope: Document, clock: Clock, status: int = 200) -> Answer:
    """Return an envelope in the form that the client accepts, with its ``time``."""
    time = pacific_millis(clock.now())
    if call.wants_json:
        return Answer(status, to_json({**envelope, "time": time}))
    return Answer(status, to_xml(envelope, time), XML_TYPE)


def to_fault_answer(call: Call, fault: FaultError, clock: Clock) -> Answer:
    """Return a Fault of the API."""
    envelope: Document = {"Fault": fault.to_body()}
    if call.wants_json and not fault.has_time:
        return Answer(fault.status, to_json(envelope), REFUSAL_TYPE)
    answer = to_answer(call, envelope, clock, fault.status)
    return replace(answer, content_type=REFUSAL_TYPE) if call.wants_json else answer


def to_gateway_answer(call: Call, error: GatewayError, clock: Clock) -> Answer:
    """Return a refusal of the gateway: lower-case JSON, or XML (Intuit: errors, section 7.3)."""
    headers = {}
    if error.status == 401:
        headers["www-authenticate"] = 'Bearer realm="Intuit", error="invalid_token"'
    if error.xml or not call.wants_json:
        entry = {"Message": error.message, "Detail": error.detail, "code": error.code}
        fault: Document = {"Fault": {"Error": [entry], "type": error.kind}}
        body = to_xml(fault, pacific_millis(clock.now()))
        return Answer(error.status, body, XML_TYPE, headers)
    return Answer(error.status, to_json(_gateway_body(error, clock)), REFUSAL_TYPE, headers)


def _gateway_body(error: GatewayError, clock: Clock) -> Document:
    entry = {"message": error.message, "detail": error.detail, "code": error.code, "element": None}
    return {
        "warnings": None,
        "intuitObject": None,
        "fault": {"error": [entry], "type": error.kind},
        "report": None,
        "queryResponse": None,
        "batchItemResponse": [],
        "attachableResponse": [],
        "syncErrorResponse": None,
        "requestId": None,
        "time": int(clock.now().timestamp() * 1000),
        "status": None,
        "cdcresponse": [],
    }


def new_trace_id() -> str:
    """Return a value for the ``intuit_tid`` header."""
    return f"1-{secrets.token_hex(4)}-{secrets.token_hex(12)}"


def _unreadable_body(text: str) -> FaultError:
    message = "Request has invalid or unsupported property"
    return FaultError("2010", message, f"Property Name:{text}")
