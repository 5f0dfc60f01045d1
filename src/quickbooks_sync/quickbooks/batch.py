"""Batches: up to thirty writes in one call, each answered by itself (Intuit: batch, section 5).

A batch's text is built once and stored with the intent; what is sent again after a crash is that text, not
a new serialisation.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from quickbooks_sync.model.errors import FatalError, QuickBooksFault
from quickbooks_sync.model.json_text import parse_json, to_json

MAX_ITEMS = 30
MAX_ID_LENGTH = 10
MAX_REQUEST_ID_LENGTH = 36

BatchOperation = Literal["create", "update", "void", "delete"]


@dataclass(frozen=True)
class BatchRequest:
    """One write of a batch.

    Attributes:
        b_id: The caller's name for it, at most ten characters, unique in the batch.
        payload: The bare object; for update, void and delete with Id and SyncToken.
    """

    b_id: str
    operation: BatchOperation
    entity: str
    payload: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True)
class BatchItem:
    """What became of one write: the record as QuickBooks now has it, or the fault."""

    record: dict[str, Any] | None = field(repr=False)
    fault: QuickBooksFault | None


@dataclass(frozen=True)
class BatchAnswer:
    """The answer to a batch, by the callers' names."""

    items: dict[str, BatchItem]


def serialise_batch(requests: Sequence[BatchRequest]) -> str:
    """Build a batch's text; raises `FatalError` where Intuit would refuse the whole of it."""
    ids = [request.b_id for request in requests]
    if not 0 < len(ids) <= MAX_ITEMS:
        raise FatalError(f"A batch of {len(ids)} items; Intuit takes 1 to {MAX_ITEMS}.")
    if len(set(ids)) != len(ids) or not all(0 < len(name) <= MAX_ID_LENGTH for name in ids):
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


def _to_item(request: BatchRequest) -> dict[str, Any]:
    if request.operation == "void":
        head = {"bId": request.b_id, "operation": "update", "optionsData": "void"}
    else:
        head = {"bId": request.b_id, "operation": request.operation}
    return {**head, request.entity: request.payload}
