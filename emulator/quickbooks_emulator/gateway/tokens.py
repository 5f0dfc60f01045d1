"""Grants and tokens: who may read which company, and for how long.

Intuit: OAuth 2.0, sections 1.2 to 1.6. Access tokens live 3600 s. The refresh value changes with
the first refresh after 24 h; the one before it lives 24 h longer. 100 idle days or five years end
a grant, and a code that is exchanged twice revokes what it had given.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from quickbooks_emulator.company.store import Store
from quickbooks_emulator.model.clock import Clock
from quickbooks_emulator.model.faults import EmulatorError, GatewayError
from quickbooks_emulator.model.switches import Switches

DAY = 86_400
ACCESS_LIFE = 3600
REFRESH_LIFE = 101 * DAY
HARD_LIFE = 157_680_000
CODE_LIFE = 600
ROTATION = DAY
GRACE = DAY
_KINDS = ("code", "grant", "access", "refresh")


@dataclass
class TokenError(EmulatorError):
    """A refusal of the token endpoint: status and OAuth error code."""

    status: int
    error: str
    description: str = ""


@dataclass
class Grant:
    """A user's consent for one app and one company; times are epoch seconds."""

    id: str
    client_id: str
    realm: str
    scope: str
    consented_at: float
    current: str
    issued_at: float
    used_at: float
    previous: str = ""
    rotated_at: float = 0.0
    revoked: bool = False


class Tokens:
    """Issues, refreshes, checks and revokes tokens; everything is kept in the store."""

    def __init__(self, store: Store, clock: Clock, switches: Switches | None = None) -> None:
        self._store, self._clock = store, clock
        self._switches = switches or Switches()

    def issue_code(self, client_id: str, realm: str, redirect_uri: str, scope: str) -> str:
        """Return a single-use code for a consent that was just given."""
        code = f"AB1{secrets.token_urlsafe(30)}"
        fields = {"client_id": client_id, "realm": realm, "redirect_uri": redirect_uri}
        born = {"scope": scope, "expires_at": self._now() + CODE_LIFE, "grant": ""}
        self._store.write_entry("code", code, {**fields, **born})
        return code

    def exchange(self, client_id: str, code: str, redirect_uri: str) -> dict[str, Any]:
        """Return the first tokens of a grant.

        Raises:
            TokenError: invalid_grant for a code that is unknown, used, old or another app's.
        """
        consent = self._store.read_entry("code", code)
        if consent is not None and consent["grant"]:
            self._revoke_grant(consent["grant"])
        if consent is None or consent["grant"] or consent["expires_at"] < self._now():
            raise TokenError(400, "invalid_grant", "The code is unknown, used or expired")
        if (consent["client_id"], consent["redirect_uri"]) != (client_id, redirect_uri):
            raise TokenError(400, "invalid_grant", "The code belongs to another app or redirect")
        grant = self.open_grant(client_id, consent["realm"], consent["scope"])
        self._store.write_entry("code", code, {**consent, "grant": grant.id})
        return self.issue_tokens(grant)

    def open_grant(self, client_id: str, realm: str, scope: str) -> Grant:
        """Return a new grant for a company.

        Whether the grants of earlier consents live on is not published; they do unless the switch
        ``one_grant`` is on.
        """
        if self._switches.one_grant:
            self.revoke_company(client_id, realm)
        now = self._now()
        value = self._new_refresh_value()
        grant = Grant(secrets.token_hex(8), client_id, realm, scope, now, value, now, now)
        self._save(grant)
        return grant

    def refresh(self, client_id: str, value: str) -> dict[str, Any]:
        """Return new tokens for a refresh value.

        Raises:
            TokenError: invalid_grant for a value that is unknown, rotated away, idle or revoked.
        """
        grant = self._grant_of_refresh(value)
        if grant is None or grant.client_id != client_id or not self._is_alive(grant, value):
            self._punish(grant, client_id)
            raise TokenError(400, "invalid_grant", "Incorrect or invalid refresh token")
        now = self._now()
        due = self._switches.strict_rotation or now - grant.issued_at >= ROTATION
        if value == grant.current and due:
            grant.previous, grant.rotated_at = grant.current, now
            grant.current, grant.issued_at = self._new_refresh_value(), now
        grant.used_at = now
        self._save(grant)
        return self.issue_tokens(grant)

    def _punish(self, grant: Grant | None, client_id: str) -> None:
        """End a grant of which an old value was used, where rotation is strict."""
        if self._switches.strict_rotation and grant and grant.client_id == client_id:
            self._revoke_grant(grant.id)

    def issue_tokens(self, grant: Grant) -> dict[str, Any]:
        """Return the answer of the token endpoint for a grant, with a new access token."""
        now = self._now()
        access = f"eyJ{secrets.token_urlsafe(600)}"
        fields = {"grant": grant.id, "expires_at": now + ACCESS_LIFE}
        self._store.write_entry("access", access, fields)
        remaining = HARD_LIFE - int(now - grant.consented_at)
        return {
            "token_type": "bearer",
            "access_token": access,
            "expires_in": ACCESS_LIFE,
            "refresh_token": grant.current,
            "x_refresh_token_expires_in": min(REFRESH_LIFE, remaining),
            "x_refresh_token_hard_expires_in": remaining,
        }

    def revoke(self, value: str) -> None:
        """End the grant that an access or refresh token belongs to; unknown ones are ignored."""
        access = self._store.read_entry("access", value)
        if access is not None:
            self._revoke_grant(access["grant"])
        grant = self._grant_of_refresh(value)
        if grant is not None:
            self._revoke_grant(grant.id)

    def expire(self, access: str) -> None:
        """Let an access token run out now."""
        fields = self._store.read_entry("access", access)
        if fields is not None:
            self._store.write_entry("access", access, {**fields, "expires_at": 0.0})

    def revoke_company(self, client_id: str, realm: str) -> None:
        """End every grant of an app for a company, as when a person disconnects it."""
        for grant in self._grants_of(client_id, realm):
            self._revoke_grant(grant.id)

    def age_company(self, client_id: str, realm: str) -> None:
        """Let the next refresh of every grant of a company give a new value."""
        for grant in self._grants_of(client_id, realm):
            grant.issued_at -= ROTATION
            self._save(grant)

    def expire_company(self, client_id: str, realm: str) -> None:
        """Let every access token of a company run out now."""
        grant_ids = {grant.id for grant in self._grants_of(client_id, realm)}
        for access, fields in self._store.read_entries("access").items():
            if fields["grant"] in grant_ids:
                self.expire(access)

    def _grants_of(self, client_id: str, realm: str) -> list[Grant]:
        grants = (Grant(**fields) for fields in self._store.read_entries("grant").values())
        return [grant for grant in grants if (grant.client_id, grant.realm) == (client_id, realm)]

    def forget_all(self) -> None:
        """Drop every code, grant and token."""
        for kind in _KINDS:
            self._store.delete_entries(kind)

    def authenticate(self, header: str, realm: str) -> Grant:
        """Return the grant behind an Authorization header, which must be for a company.

        Raises:
            GatewayError: 401 in the forms of Intuit: errors, section 7.3.
        """
        grant = self.identify(header)
        if grant.realm != realm:
            raise _wrong_realm()
        return grant

    def identify(self, header: str) -> Grant:
        """Return the grant behind an Authorization header, whatever it is for.

        Raises:
            GatewayError: 401 in the forms of Intuit: errors, section 7.3.
        """
        scheme, _, token = header.partition(" ")
        if not token or scheme.lower() != "bearer":
            raise _refused("3202", "Missing bearer token")
        fields = self._store.read_entry("access", token)
        if fields is None:
            raise _refused("3200", "Malformed bearer token: too short or too long")
        if fields["expires_at"] <= self._now():
            raise _refused("3200", f"Token expired: {token[:4]}..")
        grant = self._grant(fields["grant"])
        if grant is None or grant.revoked:
            raise _refused("3200", "Token revoked")
        return grant

    def _now(self) -> float:
        return self._clock.now().timestamp()

    def _new_refresh_value(self) -> str:
        return f"RT1-{secrets.randbelow(900) + 100}-H0-{int(self._now())}{secrets.token_hex(12)}"

    def _save(self, grant: Grant) -> None:
        self._store.write_entry("grant", grant.id, asdict(grant))
        self._store.write_entry("refresh", grant.current, {"grant": grant.id})

    def _grant(self, number: str) -> Grant | None:
        fields = self._store.read_entry("grant", number)
        return None if fields is None else Grant(**fields)

    def _grant_of_refresh(self, value: str) -> Grant | None:
        fields = self._store.read_entry("refresh", value)
        return None if fields is None else self._grant(fields["grant"])

    def _is_alive(self, grant: Grant, value: str) -> bool:
        now = self._now()
        if grant.revoked or now - grant.used_at > REFRESH_LIFE:
            return False
        if now - grant.consented_at > HARD_LIFE:
            return False
        if value == grant.current:
            return True
        strict = self._switches.no_grace or self._switches.strict_rotation
        in_grace = value == grant.previous and now - grant.rotated_at <= GRACE
        return in_grace and not strict

    def _revoke_grant(self, number: str) -> None:
        grant = self._grant(number)
        if grant is not None:
            grant.revoked = True
            self._save(grant)


def _refused(code: str, detail: str) -> GatewayError:
    message = f"message=AuthenticationFailed; errorCode=00{code}; statusCode=401"
    return GatewayError(401, code, message, detail, "AUTHENTICATION")


def _wrong_realm() -> GatewayError:
    detail = "AuthenticationErrorGeneral: SRV-110-Authentication Failure , statusCode: 401"
    kind = "AuthenticationFault"
    return GatewayError(401, "100", "General Authentication Error", detail, kind, xml=True)


def without_hard_expiry(tokens: Mapping[str, Any]) -> dict[str, Any]:
    """Return a token answer as it is without the header that asks for the hard expiry."""
    return {k: v for k, v in tokens.items() if k != "x_refresh_token_hard_expires_in"}
