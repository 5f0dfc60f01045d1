"""The emulator as a web application, and the way to run it in a program of one's own.

Run it inside a test with `create_app` and any ASGI server; uvicorn is the one that the injected
connection cuts know.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from quickbooks_emulator.company.store import DATABASE, Store
from quickbooks_emulator.gateway.limits import Limits
from quickbooks_emulator.gateway.tokens import Tokens
from quickbooks_emulator.http import oauth_pages
from quickbooks_emulator.http.company_api import ConnectionCutError, answer_call
from quickbooks_emulator.http.wiring import App, Emulator
from quickbooks_emulator.model.clock import MovableClock
from quickbooks_emulator.model.faults import GatewayError
from quickbooks_emulator.model.switches import Switches
from quickbooks_emulator.sample import seed_sample
from quickbooks_emulator.scripted_faults.altered_requests import without_property
from quickbooks_emulator.scripted_faults.injection import Injection, Injections
from quickbooks_emulator.scripted_faults.replaced_answers import (
    answer_afterwards,
    answer_instead,
    status_answer,
)
from quickbooks_emulator.scripted_faults.spoiled_lists import spoil
from quickbooks_emulator.side_door.routes import ROUTES as SIDE_DOOR
from quickbooks_emulator.wire.calls import Answer, Call, new_trace_id, to_gateway_answer

log = logging.getLogger(__name__)

_TRANSPORT = "quickbooks_emulator.transport"


class EmulatorApp(Starlette):
    """A Starlette application whose endpoints can close the TCP connection without an answer.

    ASGI has no word for that, so uvicorn's own transport is reached through its ``send``.
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection's scope."""
        scope[_TRANSPORT] = getattr(getattr(send, "__self__", None), "transport", None)
        await super().__call__(scope, receive, send)


def create_app(
    data_dir: Path | str,
    *,
    side_door: bool = False,
    limits: bool = True,
    clock: MovableClock | None = None,
    app: App | None = None,
    sample: bool = False,
    switches: Switches | None = None,
) -> EmulatorApp:
    """Return the emulator over the companies of a folder.

    Args:
        data_dir: where its one SQLite file lives; created when missing.
        side_door: whether ``/_emulator/*`` is open.
        limits: whether Intuit's request rates hold.
        clock: the emulator's time; default the machine's.
        app: the app that may connect; default the demo credentials.
        sample: build the sample companies if the folder holds none.
        switches: disputed behaviours that are on from the start.
    """
    wanted = switches or Switches()
    emulator = _build(Path(data_dir), clock or MovableClock(), app or App(), sample, wanted)
    emulator.limits.on = limits
    application = EmulatorApp(routes=_routes(side_door), lifespan=_lifespan)
    application.state.emulator = emulator
    return application


def _build(
    data_dir: Path, clock: MovableClock, app: App, sample: bool, switches: Switches
) -> Emulator:
    data_dir.mkdir(parents=True, exist_ok=True)
    store = Store(data_dir / DATABASE)
    if sample and not store.realms():
        seed_sample(store, clock)
    tokens = Tokens(store, clock, switches)
    limits = Limits(on=True)
    return Emulator(store, clock, limits, tokens, app, seed_sample=sample, switches=switches)


def _routes(with_side_door: bool) -> list[Route]:
    discovery = ("openid_configuration", "openid_sandbox_configuration")
    return [
        Route("/healthz", _health),
        Route("/connect/oauth2", oauth_pages.authorize, methods=["GET", "POST"]),
        Route("/oauth2/v1/tokens/bearer", _token, methods=["POST"]),
        Route("/v1/openid_connect/userinfo", oauth_pages.userinfo),
        Route("/v2/oauth2/tokens/revoke", _revoke, methods=["POST"]),
        *(Route(f"/.well-known/{name}", oauth_pages.discovery) for name in discovery),
        *(Route(f"/.well-known/{name}/", oauth_pages.discovery) for name in discovery),
        *(SIDE_DOOR if with_side_door else ()),
        Route("/v3/company/{realm}/{rest:path}", _company, methods=["GET", "POST"]),
        Route("/{rest:path}", _nothing, methods=["GET", "POST", "PUT", "DELETE", "PATCH"]),
    ]


@asynccontextmanager
async def _lifespan(app: Starlette) -> AsyncIterator[None]:
    yield
    app.state.emulator.store.close()


async def _health(request: Request) -> Response:
    return JSONResponse({"status": "ok", "realms": request.app.state.emulator.store.realms()})


async def _nothing(request: Request) -> Response:
    detail = f"{request.method} {request.url.path} is not modelled by the QuickBooks emulator."
    return JSONResponse({"error": "not modelled", "detail": detail}, 501)


async def _company(request: Request) -> Response:
    emulator: Emulator = request.app.state.emulator
    call = await _read_call(request)
    try:
        with emulator.limits.in_flight(call.realm):
            return await _serve(request, emulator, call)
    except GatewayError as error:
        emulator.counters.by_realm[call.realm].refused += 1
        return _to_response(to_gateway_answer(call, error, emulator.clock))


async def _serve(request: Request, emulator: Emulator, call: Call) -> Response:
    injection = _take_fault(request)
    if injection is not None:
        instead = answer_instead(call, injection, emulator.clock)
        if instead is not None:
            return _to_response(instead)
        call = await _strike(emulator, call, injection)
    kind = injection.kind if injection else ""
    try:
        answer = answer_call(emulator, call, cut=kind if kind.startswith("cut_") else "")
    except ConnectionCutError:
        return await _cut_connection(request)
    before = emulator.last_pages.exchange(call, answer)
    if injection is not None:
        answer = spoil(answer, injection, before)
    if injection is not None and kind == "slow_after_commit":
        await asyncio.sleep(injection.seconds)
    response = _to_response(answer_afterwards(injection, answer))
    trace = response.headers["intuit_tid"]
    log.info("%s %s -> %d (%s)", call.method, request.url.path, response.status_code, trace)
    return response


async def _token(request: Request) -> Response:
    return await _serve_page(request, oauth_pages.token)


async def _revoke(request: Request) -> Response:
    return await _serve_page(request, oauth_pages.revoke)


async def _serve_page(request: Request, page: Callable[[Request], Awaitable[Response]]) -> Response:
    injection = _take_fault(request)
    if injection is not None and injection.kind == "status":
        return _to_response(status_answer(injection))
    kind = injection.kind if injection else ""
    if kind == "cut_before_commit":
        return await _cut_connection(request)
    if injection is not None and kind == "slow":
        await asyncio.sleep(injection.seconds)
    response = await page(request)
    return await _cut_connection(request) if kind == "cut_after_commit" else response


def _take_fault(request: Request) -> Injection | None:
    injections: Injections = request.app.state.emulator.injections
    query = f"?{request.url.query}" if request.url.query else ""
    return injections.take(request.method, request.url.path + query)


async def _read_call(request: Request) -> Call:
    parts = tuple(part for part in request.path_params["rest"].split("/") if part)
    headers = {name.lower(): value for name, value in request.headers.items()}
    realm, params = request.path_params["realm"], dict(request.query_params)
    return Call(request.method, realm, parts, params, headers, await request.body())


async def _strike(emulator: Emulator, call: Call, injection: Injection) -> Call:
    if injection.kind == "expire_token":
        emulator.tokens.expire(call.headers.get("authorization", "").partition(" ")[2])
    if injection.kind == "slow":
        await asyncio.sleep(injection.seconds)
    if injection.kind == "item_fault":
        return replace(call, struck={injection.item: injection.to_fault()})
    if injection.kind == "ignored_property":
        return without_property(call, injection)
    return call


def _to_response(answer: Answer) -> Response:
    headers = {
        "intuit_tid": new_trace_id(),
        "x-spanid": new_trace_id(),
        "QBO-Version": "emulator",
        **answer.headers,
    }
    return Response(answer.body, answer.status, headers, media_type=answer.content_type)


async def _cut_connection(request: Request) -> Response:
    log.info("%s %s -> connection cut by order", request.method, request.url.path)
    transport = request.scope[_TRANSPORT]
    if transport is None:
        raise RuntimeError("The connection can only be cut when uvicorn serves the app")
    transport.abort()
    await asyncio.sleep(0)  # lets uvicorn learn of it, so that the answer below goes nowhere
    return Response(status_code=500)
