"""What the endpoints of the side door have in common: the running parts, orders and refusals."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse

from quickbooks_emulator.company.company import Company
from quickbooks_emulator.http.wiring import Emulator
from quickbooks_emulator.model.documents import parse_json


def emulator_of(request: Request) -> Emulator:
    """Return the running parts."""
    emulator: Emulator = request.app.state.emulator
    return emulator


async def read_order(request: Request) -> Mapping[str, Any]:
    """Return the JSON object that was posted; {} for an empty body."""
    return _as_object(json.loads(await request.body() or b"{}"))


async def read_exact_order(request: Request) -> Mapping[str, Any]:
    """Return the JSON object that was posted, numbers as Decimals, for what goes into the books."""
    return _as_object(parse_json(await request.body() or b"{}"))


def _as_object(order: Any) -> Mapping[str, Any]:
    return order if isinstance(order, dict) else {}


def refusal(text: str) -> JSONResponse:
    """Return a 400 that says what was wrong with an order."""
    return JSONResponse({"error": text}, 400)


def company_of(request: Request, order: Mapping[str, Any]) -> Company:
    """Return the company that an order names by ``realm``.

    Raises:
        ValueError: if there is none.
    """
    emulator, realm = emulator_of(request), str(order.get("realm"))
    if realm not in emulator.store.realms():
        raise ValueError(f"there is no company {realm}")
    return emulator.company(realm)
