"""The side door's disasters: a company is wiped under its realm id, or put back to how it was once."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from quickbooks_emulator.http.wiring import Emulator
from quickbooks_emulator.side_door.orders import company_of, emulator_of, read_order, refusal
from quickbooks_emulator.writing.new_company import create_company


async def act(request: Request) -> JSONResponse:
    """POST ``{"realm", "action"}``: ``take`` a copy of a company, ``put_back`` that copy, or ``wipe`` its data.

    A wiped company keeps its realm id, its preferences and its tokens, and gives its Ids out again. What was
    answered to a ``requestid`` stays remembered.
    """
    emulator, order = emulator_of(request), await read_order(request)
    action = str(order.get("action"))
    if action not in _ACTIONS:
        return refusal(f"action is {action!r}; expected one of {', '.join(_ACTIONS)}")
    try:
        realm = company_of(request, order).realm
    except ValueError as error:
        return refusal(str(error))
    if action == "put_back" and realm not in emulator.copies:
        return refusal(f"no copy of the company {realm} was taken")
    _ACTIONS[action](emulator, realm)
    return JSONResponse({"realm": realm, "action": action})


def _take(emulator: Emulator, realm: str) -> None:
    emulator.copies[realm] = emulator.store.copy_company(realm)


def _put_back(emulator: Emulator, realm: str) -> None:
    emulator.store.put_company_back(realm, emulator.copies[realm])


def _wipe(emulator: Emulator, realm: str) -> None:
    preferences = emulator.company(realm).get("Preferences", "1")
    emulator.store.wipe_company(realm)
    with emulator.store.transaction():
        create_company(emulator.company(realm), "Wiped Company", {})
        company = emulator.company(realm)
        company.replace("Preferences", preferences)


_ACTIONS = {"take": _take, "put_back": _put_back, "wipe": _wipe}
BACKUP_ROUTES = [Route("/_emulator/backups", act, methods=["POST"])]
