"""The OAuth endpoints over HTTP: consent page, token, revocation, discovery.

Intuit: OAuth 2.0, sections 1.1 to 1.6.
"""

from __future__ import annotations

import base64
import binascii
import json
import secrets
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from quickbooks_emulator.gateway.tokens import TokenError, without_hard_expiry
from quickbooks_emulator.http.consent_page import consent_page, error_page
from quickbooks_emulator.http.wiring import App, Emulator
from quickbooks_emulator.model.faults import GatewayError
from quickbooks_emulator.wire.calls import new_trace_id

SCOPES = {
    "com.intuit.quickbooks.accounting", "com.intuit.quickbooks.payment", "openid", "profile",
    "email", "phone", "address",
}  # fmt: skip
_PERSON = {
    "email": {"email": "owner@loupe.example", "emailVerified": "true"},
    "profile": {"givenName": "Ada", "familyName": "Rivers"},
    "phone": {"phoneNumber": "+1 212 555 0100", "phoneNumberVerified": "false"},
}
"""The one person of the emulator, by the scope that shows it."""
_HARD_EXPIRY = "x-include-refresh-token-hard-expires-in"


class AuthorizeError(Exception):
    """What is wrong with an authorization request, for the person at the browser."""


async def authorize(request: Request) -> Response:
    """Show the consent page, or with a decision in the request redirect back to the app."""
    emulator = _emulator(request)
    params = {**request.query_params, **dict(parse_qsl((await request.body()).decode()))}
    try:
        _check_request(emulator.app, params)
    except AuthorizeError as error:
        return _html(error_page(str(error)), 400)
    realm = params.get("realmId", "")
    if params.get("decision") == "decline":
        return _redirect(params, {"error": "access_denied", "state": params["state"]})
    if not realm:
        return _html(consent_page(_companies(emulator), params), 200)
    if realm not in emulator.store.realms():
        return _html(error_page(f"There is no company {realm} here."), 400)
    code = emulator.tokens.issue_code(
        params["client_id"], realm, params["redirect_uri"], params["scope"]
    )
    return _redirect(params, {"code": code, "state": params["state"], "realmId": realm})


def _emulator(request: Request) -> Emulator:
    emulator: Emulator = request.app.state.emulator
    return emulator


def _html(page: str, status: int) -> HTMLResponse:
    # Intuit forbids to show its consent page inside a frame.
    headers = {"Content-Security-Policy": "frame-ancestors 'none'", "intuit_tid": new_trace_id()}
    return HTMLResponse(page, status, headers)


def _redirect(params: Mapping[str, str], fields: Mapping[str, str]) -> RedirectResponse:
    return RedirectResponse(f"{params['redirect_uri']}?{urlencode(fields)}", 302)


def _companies(emulator: Emulator) -> dict[str, str]:
    return {
        realm: emulator.company(realm).get("CompanyInfo", "1")["CompanyName"]
        for realm in emulator.store.realms()
    }


def _check_request(app: App, params: Mapping[str, str]) -> None:
    if params.get("client_id") != app.client_id:
        raise AuthorizeError("The client_id is not known. Check the app's keys.")
    if not allows_redirect(app, params.get("redirect_uri", "")):
        raise AuthorizeError(
            "The redirect_uri is not one of the app's redirect URIs. Expected "
            "http://localhost or http://127.0.0.1, or one given with --redirect-uri."
        )
    if params.get("response_type") != "code":
        raise AuthorizeError("response_type must be code.")
    if not params.get("state"):
        raise AuthorizeError("state is missing; send a random value for every attempt.")
    asked = params.get("scope", "").split()
    if not asked or not set(asked) <= SCOPES:
        raise AuthorizeError("Invalid permissions requested: the scope is missing or unknown.")


def allows_redirect(app: App, uri: str) -> bool:
    """Return whether a redirect URI may be used: registered ones exactly, or a loopback one."""
    if uri in app.redirect_uris:
        return True
    parts = urlsplit(uri)
    is_loopback = parts.hostname in ("localhost", "127.0.0.1")
    return parts.scheme == "http" and is_loopback and not parts.query and not parts.fragment


async def token(request: Request) -> Response:
    """Exchange a code or refresh a grant."""
    emulator = _emulator(request)
    form = dict(parse_qsl((await request.body()).decode()))
    try:
        client = _check_client(emulator.app, request.headers, form)
        tokens = _grant_tokens(emulator, client, form)
    except TokenError as error:
        return _token_error(error)
    if request.headers.get(_HARD_EXPIRY, "").lower() != "true":
        tokens = without_hard_expiry(tokens)
    return _json(tokens)


def _grant_tokens(emulator: Emulator, client: str, form: Mapping[str, str]) -> dict[str, object]:
    kind = form.get("grant_type", "")
    fields = {"authorization_code": "code", "refresh_token": "refresh_token"}
    if kind not in fields:
        error = "unsupported_grant_type" if kind else "invalid_request"
        raise TokenError(400, error)
    value = form.get(fields[kind])
    if not value:
        raise TokenError(400, "invalid_request", f"{fields[kind]} is missing")
    if kind == "refresh_token":
        return emulator.tokens.refresh(client, value)
    return emulator.tokens.exchange(client, value, form.get("redirect_uri", ""))


def _check_client(app: App, headers: Mapping[str, str], form: Mapping[str, str]) -> str:
    client, secret = _basic(headers.get("authorization", ""))
    if not client:
        client, secret = form.get("client_id", ""), form.get("client_secret", "")
    known = secrets.compare_digest(client.encode(), app.client_id.encode())
    if not known or not secrets.compare_digest(secret.encode(), app.client_secret.encode()):
        raise TokenError(401, "invalid_client")
    return client


def _basic(header: str) -> tuple[str, str]:
    scheme, _, value = header.partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        client, _, secret = base64.b64decode(value, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return client, secret


def _token_error(error: TokenError) -> JSONResponse:
    body = {"error": error.error}
    if error.description:
        body["error_description"] = error.description
    return _json(body, error.status)


def _json(body: object, status: int = 200) -> JSONResponse:
    headers = {"intuit_tid": new_trace_id(), "Cache-Control": "no-cache, no-store"}
    return JSONResponse(body, status, headers)


async def revoke(request: Request) -> Response:
    """End the grant of a token; the body is JSON or a form."""
    emulator, raw = _emulator(request), (await request.body()).decode()
    try:
        form = _revocation(raw, request.headers.get("content-type", ""))
        _check_client(emulator.app, request.headers, form)
    except TokenError as error:
        return _token_error(error)
    emulator.tokens.revoke(form["token"])
    return Response(status_code=200, headers={"intuit_tid": new_trace_id()})


def _revocation(raw: str, content_type: str) -> dict[str, str]:
    try:
        fields = json.loads(raw) if "json" in content_type else dict(parse_qsl(raw))
    except ValueError:
        raise TokenError(400, "invalid_request", "the body is not JSON") from None
    if not isinstance(fields, dict) or not fields.get("token"):
        raise TokenError(400, "invalid_request", "token is missing")
    return {name: str(value) for name, value in fields.items()}


async def userinfo(request: Request) -> Response:
    """Say who agreed, to an access token with the scope ``openid`` (section 1.1)."""
    emulator = _emulator(request)
    try:
        grant = emulator.tokens.identify(request.headers.get("authorization", ""))
    except GatewayError as error:
        return _json({"error": "invalid_token", "error_description": error.detail}, error.status)
    scopes = grant.scope.split()
    if "openid" not in scopes:
        return _json({"error": "insufficient_scope"}, 403)
    claims = {"sub": f"emulator-{grant.realm}"}
    for scope, facts in _PERSON.items():
        claims |= facts if scope in scopes else {}
    return _json(claims)


async def discovery(request: Request) -> Response:
    """The discovery document, pointing at this emulator."""
    base = str(request.base_url).rstrip("/")
    return _json(
        {
            "issuer": f"{base}/op/v1",
            "authorization_endpoint": f"{base}/connect/oauth2",
            "token_endpoint": f"{base}/oauth2/v1/tokens/bearer",
            "userinfo_endpoint": f"{base}/v1/openid_connect/userinfo",
            "revocation_endpoint": f"{base}/v2/oauth2/tokens/revoke",
            "jwks_uri": f"{base}/op/v1/jwks",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "scopes_supported": ["openid", "email", "profile", "address", "phone"],
            "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
            "claims_supported": ["aud", "exp", "iat", "iss", "realmid", "sub"],
        }
    )
