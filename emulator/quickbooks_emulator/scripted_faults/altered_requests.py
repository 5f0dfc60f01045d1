"""Takes a request as if part of it had not been sent: Intuit leaves out what a company's plan does not have."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from quickbooks_emulator.model.documents import parse_json, to_json
from quickbooks_emulator.scripted_faults.injection import Injection
from quickbooks_emulator.wire.calls import Call


def without_property(call: Call, injection: Injection) -> Call:
    """Return a call without one property, wherever it stands in the body."""
    body = _without(parse_json(call.text()), injection.ignored)
    return replace(call, body=to_json(body).encode())


def _without(value: Any, name: str) -> Any:
    if isinstance(value, list):
        return [_without(item, name) for item in value]
    if isinstance(value, dict):
        return {key: _without(item, name) for key, item in value.items() if key != name}
    return value
