"""Batches: up to thirty writes in one call, each answered by itself (Intuit: batch, section 5).

A batch's text is built once and stored with the intent; what is sent again after a crash is that text, not
a new serialisation.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from quickbooks_sync.errors import FatalError, QuickBooksFault, UnexpectedAnswerError
from quickbooks_sync.json_text import parse_json, to_json
from quickbooks_sync.quickbooks.fault_text import find_fault
from quickbooks_sync.quickbooks.faults import to_record_fault

MAX_ITEMS = 30
MAX_ID_LENGTH = 10
MAX_REQUEST_ID_LENGTH = 36

Operation = Literal["create", "update", "void", "delete"]


@dataclass(frozen=True)
class BatchRequest:
    """One write of a batch.

    Attributes:
        b_id: The caller's name for it, at most ten characters, unique in the batch.
        payload: The bare object; for update, void and delete with Id and SyncToken.
    """

    b_id: str
    operation: Operation
    entity: str
    payload: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True)
class BatchItem:
    """What became of one write: the record as QuickBooks now has it, or the fault."""

    record: dict[str, Any] | None = field(repr=False)
    fault: QuickBooksFault | None


@dataclass(frozen=True)
class BatchAnswer:
    """The answer to a batch, by the callers' names.

    Attributes:
        server_time: QuickBooks' clock when it answered, UTC.
    """

    items: dict[str, BatchItem]
    server_time: datetime


def serialise_batch(requests: Sequence[BatchRequest]) -> str:
    """Build a batch's text; raises `FatalError` where Intuit would refuse the whole of it."""
    ids = [request.b_id for request in requests]
    if not 0 < len(ids) <= MAX_ITEMS:
        raise FatalError(f"A batch of {len(ids)} items; Intuit takes 1 to {MAX_ITEMS}.")
    if len(set(ids)) != len(ids) or not all(0 < len(one) <= MAX_ID_LENGTH for one in ids):
        raise FatalError(
            f"A batch's item names must be unique and 1 to {MAX_ID_LENGTH} characters long."
        )
    return to_json({"BatchItemRequest": [_to_item(request) for request in requests]})


def parse_batch_body(body: str) -> list[dict[str, Any]]:
    """Return the items of a batch's text; raises `FatalError` where it is not one."""
    try:
        items = parse_json(body)["BatchItemRequest"]
    except (ValueError, KeyError, TypeError):
        items = None
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise FatalError("The text to send is not a batch; expected {'BatchItemRequest': [..]}.")
    return items


def parse_batch_answer(
    document: Mapping[str, Any],
    sent: Sequence[str],
    server_time: datetime,
    intuit_tid: str | None,
) -> BatchAnswer:
    """Parse a batch's answer; order is Intuit's own, so items are matched by name.

    Raises:
        UnexpectedAnswerError: An item that was sent is not answered.
    """
    answered = {
        str(item.get("bId")): _parse_item(item, intuit_tid)
        for item in document.get("BatchItemResponse") or []
    }
    missing = [b_id for b_id in sent if b_id not in answered]
    if missing:
        raise UnexpectedAnswerError(
            f"QuickBooks answered {len(answered)} of {len(sent)} items of a batch; item {missing[0]} "
            "is missing. Its effect is unknown: look the records up before sending them again.",
            intuit_tid=intuit_tid,
            missing=missing,
        )
    return BatchAnswer({b_id: answered[b_id] for b_id in sent}, server_time)


def _to_item(request: BatchRequest) -> dict[str, Any]:
    if request.operation == "void":
        head = {"bId": request.b_id, "operation": "update", "optionsData": "void"}
    else:
        head = {"bId": request.b_id, "operation": request.operation}
    return {**head, request.entity: request.payload}


def _parse_item(item: Mapping[str, Any], intuit_tid: str | None) -> BatchItem:
    fault = find_fault(item)
    if fault is not None:
        return BatchItem(None, to_record_fault(fault, status=200, intuit_tid=intuit_tid))
    records = [value for name, value in item.items() if name != "bId" and isinstance(value, dict)]
    if len(records) != 1:
        raise UnexpectedAnswerError(
            f"Item {item.get('bId')} of a batch's answer holds {len(records)} records, expected one.",
            intuit_tid=intuit_tid,
        )
    return BatchItem(records[0], None)
