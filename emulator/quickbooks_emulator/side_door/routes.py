"""The side door for tests: counters, time, faults, companies and tokens without a browser.

Only open when the emulator was started with it; nothing here exists at Intuit.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from quickbooks_emulator.company.company import Company
from quickbooks_emulator.http.wiring import Emulator
from quickbooks_emulator.model.documents import to_json
from quickbooks_emulator.model.faults import FaultError
from quickbooks_emulator.reading.query import run_query
from quickbooks_emulator.sample import seed_sample
from quickbooks_emulator.scripted_faults.injection import parse_injection
from quickbooks_emulator.side_door.backups import BACKUP_ROUTES
from quickbooks_emulator.side_door.bookkeeping import BOOK_ROUTES
from quickbooks_emulator.side_door.orders import company_of, emulator_of, read_order, refusal
from quickbooks_emulator.writing.new_company import create_company, merge_preferences

ACCOUNTING = "com.intuit.quickbooks.accounting"


async def read_counters(request: Request) -> JSONResponse:
    """GET: call counts by realm."""
    counts = emulator_of(request).counters.by_realm
    return JSONResponse({realm: asdict(count) for realm, count in counts.items()})


async def reset(request: Request) -> JSONResponse:
    """POST: forget counts, quota, ordered faults, switches and moved time; with ``{"data": true}`` records too.

    With data the sample companies are built again if the emulator was started with them. Tokens
    stay valid unless ``{"tokens": true}``.
    """
    emulator, order = emulator_of(request), await read_order(request)
    emulator.counters.by_realm.clear()
    emulator.injections.clear()
    emulator.limits.reset()
    emulator.switches.reset()
    emulator.counters.quota.remaining = None
    emulator.clock.restore()
    if order.get("tokens"):
        emulator.tokens.forget_all()
    if order.get("data"):
        reset_data(emulator)
    return JSONResponse({"realms": emulator.store.realms()})


def reset_data(emulator: Emulator) -> None:
    """Forget every company and build the sample again where the emulator was started with it."""
    for realm in emulator.store.realms():
        emulator.store.wipe_company(realm)
    emulator.store.delete_entries("replay")
    if emulator.seed_sample:
        seed_sample(emulator.store, emulator.clock)


async def move_clock(request: Request) -> JSONResponse:
    """POST ``{"now": ISO time, "frozen": bool}`` or ``{"advance_seconds": n}``."""
    emulator, order = emulator_of(request), await read_order(request)
    if "now" in order:
        moment = datetime.fromisoformat(str(order["now"]))
        if moment.tzinfo is None:
            return refusal("now has no UTC offset; write for instance 2026-09-01T12:00:00+00:00")
        emulator.clock.put(moment, frozen=bool(order.get("frozen")))
    emulator.clock.advance(float(order.get("advance_seconds", 0)))
    return JSONResponse({"now": emulator.clock.now().isoformat()})


async def order_fault(request: Request) -> JSONResponse:
    """POST: order a fault for requests to come (see `scripted_faults.injection.Injection`)."""
    try:
        emulator_of(request).injections.order(parse_injection(await read_order(request)))
    except ValueError as error:
        return refusal(str(error))
    return JSONResponse({"ordered": True})


async def list_faults(request: Request) -> JSONResponse:
    """GET: the faults still to strike, each with how often."""
    waiting = emulator_of(request).injections.waiting()
    return JSONResponse(
        [{"kind": injection.kind, "times": injection.times} for injection in waiting]
    )


async def add_company(request: Request) -> JSONResponse:
    """POST ``{"realm", "name", "preferences": {..}}``: a company with a chart of accounts only."""
    emulator, order = emulator_of(request), await read_order(request)
    realm, name = str(order.get("realm", "")), str(order.get("name", "Test Company"))
    if not realm.isdigit():
        return refusal(f"realm is {realm!r}; expected a text of digits")
    if realm in emulator.store.realms():
        return refusal(f"the company {realm} exists already")
    with emulator.store.transaction():
        create_company(emulator.company(realm), name, order.get("preferences", {}))
    return JSONResponse({"realm": realm})


async def set_preferences(request: Request) -> JSONResponse:
    """POST ``{"realm", "preferences": {group: {name: value}}}``: change settings of a company."""
    emulator, order = emulator_of(request), await read_order(request)
    company = emulator.company(str(order.get("realm")))
    if company.realm not in emulator.store.realms():
        return refusal(f"there is no company {company.realm}")
    with emulator.store.transaction():
        current = company.get("Preferences", "1")
        company.replace("Preferences", merge_preferences(current, order["preferences"]))
    return JSONResponse({"realm": company.realm})


async def grant_tokens(request: Request) -> JSONResponse:
    """POST ``{"realm"}``: tokens for a company, as if a person had just agreed."""
    emulator, order = emulator_of(request), await read_order(request)
    realm = str(order.get("realm"))
    if realm not in emulator.store.realms():
        return refusal(f"there is no company {realm}")
    grant = emulator.tokens.open_grant(emulator.app.client_id, realm, ACCOUNTING)
    return JSONResponse(emulator.tokens.issue_tokens(grant))


async def turn_switches(request: Request) -> JSONResponse:
    """POST ``{"name": value}``: turn switches (see `model.switches.Switches`); answers how all stand."""
    emulator, order = emulator_of(request), await read_order(request)
    try:
        emulator.switches.turn(order)
    except ValueError as error:
        return refusal(str(error))
    return JSONResponse(asdict(emulator.switches))


async def forget_request_ids(request: Request) -> JSONResponse:
    """POST ``{"realm"}``: forget what was answered to each ``requestid``: sent again, a write is done again."""
    emulator, order = emulator_of(request), await read_order(request)
    head = f"{order.get('realm')}/"
    known = [key for key in emulator.store.read_entries("replay") if key.startswith(head)]
    emulator.store.delete_entries("replay", known)
    return JSONResponse({"forgotten": len(known)})


async def show_records(request: Request) -> Response:
    """POST ``{"realm", "query"}``: the records as QuickBooks' own pages show them, however late its lists are."""
    order = await read_order(request)
    try:
        company = company_of(request, order)
        shown = Company(company.store, company.realm, company.clock)
        shown_records = run_query(shown, str(order.get("query")))
    except (ValueError, FaultError) as error:
        return refusal(str(error))
    return Response(to_json({"QueryResponse": shown_records}), media_type="application/json")


async def set_quota(request: Request) -> JSONResponse:
    """POST ``{"remaining_reads": n or null}``: the metered reads left for all companies."""
    emulator, order = emulator_of(request), await read_order(request)
    given = order.get("remaining_reads")
    remaining = None if given is None else int(given)
    emulator.counters.quota.remaining = remaining
    return JSONResponse({"remaining_reads": remaining})


async def change_grants(request: Request) -> JSONResponse:
    """POST ``{"realm", "action"}``: rotate (at the next refresh), expire or revoke its grants."""
    emulator, order = emulator_of(request), await read_order(request)
    tokens = emulator.tokens
    actions = {
        "rotate": tokens.age_company,
        "expire": tokens.expire_company,
        "revoke": tokens.revoke_company,
    }
    action = str(order.get("action"))
    if action not in actions:
        return refusal(f"action is {action!r}; expected one of {', '.join(actions)}")
    actions[action](emulator.app.client_id, str(order.get("realm")))
    return JSONResponse({"realm": order.get("realm"), "action": action})


ROUTES = [
    *BACKUP_ROUTES,
    *BOOK_ROUTES,
    Route("/_emulator/switches", turn_switches, methods=["POST"]),
    Route("/_emulator/request-ids", forget_request_ids, methods=["POST"]),
    Route("/_emulator/query", show_records, methods=["POST"]),
    Route("/_emulator/quota", set_quota, methods=["POST"]),
    Route("/_emulator/grants", change_grants, methods=["POST"]),
    Route("/_emulator/counters", read_counters, methods=["GET"]),
    Route("/_emulator/reset", reset, methods=["POST"]),
    Route("/_emulator/clock", move_clock, methods=["POST"]),
    Route("/_emulator/faults", order_fault, methods=["POST"]),
    Route("/_emulator/faults", list_faults, methods=["GET"]),
    Route("/_emulator/companies", add_company, methods=["POST"]),
    Route("/_emulator/preferences", set_preferences, methods=["POST"]),
    Route("/_emulator/tokens", grant_tokens, methods=["POST"]),
]
