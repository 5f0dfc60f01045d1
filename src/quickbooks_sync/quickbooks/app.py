"""The Intuit app that companies are connected through: its keys, its addresses, and what it asks of Intuit."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from quickbooks_sync.model.errors import ConfigurationError
from quickbooks_sync.model.grant import Grant, GrantBinding
from quickbooks_sync.quickbooks.addresses import (
    API_HOSTS,
    AllowedHosts,
    Purpose,
    ensure_address,
    ensure_well_formed,
    is_intuits,
    read_allowed_hosts,
)
from quickbooks_sync.quickbooks.discovery import fetch_discovery
from quickbooks_sync.quickbooks.token_requests import patiently, request_grant, request_revocation

AUTHORIZE_URL = "https://appcenter.intuit.com/connect/oauth2"
TOKEN_URL = "https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer"  # noqa: S105 - an address
REVOKE_URL = "https://developer.api.intuit.com/v2/oauth2/tokens/revoke"
API_URLS = {environment: f"https://{host}" for environment, host in API_HOSTS.items()}
REDIRECT_URI = "http://localhost:8765/callback"
#: What Intuit gives away; sandbox companies are not metered (Intuit: metering, section 6.1).
FREE_READS = 500_000
_ENDPOINTS: Mapping[Purpose, str] = {
    "authorize": "authorization_endpoint",
    "token": "token_endpoint",
    "revoke": "revocation_endpoint",
}


@dataclass(frozen=True)
class App:
    """An Intuit app, as its connection describes it; the secret stays out of `repr`.

    Raises:
        ConfigurationError: An address is not one that tokens may go to; it is named.

    Attributes:
        environment: `sandbox` or `production`.
        api_url: Where the Accounting API answers, without a trailing slash.
        authorize_url: Where consent is asked; `None` means: ask `discovery_url`.
        token_url: Where tokens are issued; `None` means: ask `discovery_url`.
        redirect_uri: Where Intuit sends the browser back; as registered, to the letter.
        monthly_reads: Metered reads that may be used in a month; `None` for any number.
        allowed_hosts: Hosts beside Intuit's that the deployment trusts with tokens.
    """

    client_id: str
    client_secret: str = field(repr=False)
    environment: str = "sandbox"
    api_url: str = API_URLS["sandbox"]
    authorize_url: str | None = AUTHORIZE_URL
    token_url: str | None = TOKEN_URL
    redirect_uri: str = REDIRECT_URI
    discovery_url: str | None = None
    monthly_reads: int | None = None
    allowed_hosts: AllowedHosts = field(default_factory=read_allowed_hosts)

    def __post_init__(self) -> None:
        if self.environment not in API_URLS:
            raise ConfigurationError(
                f"The QuickBooks connection's environment is {self.environment!r}; "
                "it must be sandbox or production."
            )
        self._ensure(self.api_url, "api", "api_url")
        ensure_well_formed(self.redirect_uri, named=_named("redirect_uri"))
        optional: dict[Purpose, str | None] = {
            "authorize": self.authorize_url,
            "token": self.token_url,
            "discovery": self.discovery_url,
        }
        for purpose, url in optional.items():
            if url is not None:
                self._ensure(url, purpose, f"{purpose}_url")

    @classmethod
    def from_connection(
        cls, connection: Mapping[str, Any], *, allowed_hosts: AllowedHosts | None = None
    ) -> "App":
        """Read an Airflow connection of type `quickbooks`: login, password and extras.

        Args:
            connection: Its `login`, `password` and `extra`.
            allowed_hosts: Hosts beside Intuit's; those of this process' environment by default.

        Raises:
            ConfigurationError: A field is missing, unknown to Intuit, or an address of somebody else; it is named.
        """
        extra = _parse_extra(connection.get("extra"))
        environment = str(extra.get("environment") or "sandbox")
        discovery = extra.get("discovery_url") or None
        api_url = extra.get("api_url") or API_URLS.get(environment)
        return cls(
            client_id=_required(connection, "login", "the app's client id"),
            client_secret=_required(connection, "password", "the app's client secret"),
            environment=environment,
            api_url=api_url.rstrip("/") if isinstance(api_url, str) else str(api_url),
            authorize_url=extra.get("authorize_url") or (None if discovery else AUTHORIZE_URL),
            token_url=extra.get("token_url") or (None if discovery else TOKEN_URL),
            redirect_uri=extra.get("redirect_uri") or REDIRECT_URI,
            discovery_url=discovery,
            monthly_reads=_parse_monthly_reads(extra.get("monthly_reads"), environment),
            allowed_hosts=read_allowed_hosts() if allowed_hosts is None else allowed_hosts,
        )

    @property
    def binding(self) -> GrantBinding:
        """What a grant of this app is bound to; the token host may have to be discovered first."""
        return self._bind(self.address("token"))

    @property
    def known_binding(self) -> GrantBinding:
        """As `binding`, without asking anybody: the token host is empty where it must be discovered."""
        return self._bind(self.token_url)

    def address(self, purpose: Purpose) -> str:
        """Return where to ask for consent, for tokens, or for a revocation, checked just now.

        Raises:
            ConfigurationError: There is none, or it is not one that tokens may go to.
            UnreachableError: The discovery document could not be fetched.
        """
        fixed = {"authorize": self.authorize_url, "token": self.token_url}.get(purpose)
        if fixed is not None:
            self._ensure(fixed, purpose, f"{purpose}_url")
            return fixed
        return self._revoke_address() if purpose == "revoke" else self._discover(purpose)

    def address_in(self, document: Mapping[str, Any], purpose: Purpose) -> str:
        """Return the address that a discovery document names; raises `ConfigurationError` as `address`."""
        endpoint = _ENDPOINTS[purpose]
        url = document.get(endpoint)
        named = f"The {endpoint} that the connection's discovery_url names"
        ensure_address(url, purpose, named=named, allowed=self.allowed_hosts)
        return str(url)

    def exchange(self, code: str) -> Grant:
        """Exchange the redirect's `code` for a grant. Sent once: a second exchange may kill the grant.

        Raises:
            GrantRefusedError: The code is used, too old, or was issued for another redirect URI.
            ConfigurationError: Client id or secret are wrong.
        """
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.redirect_uri,
        }
        return request_grant(self, form)

    def refresh(self, refresh_token: str) -> Grant:
        """Exchange a refresh token for the next grant; store the result before using it.

        Raises:
            GrantRefusedError: The token is expired, rotated or revoked.
            ConfigurationError: Client id or secret are wrong.
            RetryableError: Intuit did not answer properly in several attempts.
        """
        form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        return patiently(lambda: request_grant(self, form))

    def revoke(self, token: str) -> None:
        """End the consent that a token belongs to (Intuit: OAuth 2.0, section 1.1); may be repeated.

        Raises:
            ConfigurationError: Client id or secret are wrong.
            RetryableError: Intuit did not answer properly in several attempts.
            UnexpectedAnswerError: Intuit refuses; whether the consent has ended is unknown.
        """
        patiently(lambda: request_revocation(self, token))

    def _ensure(self, url: object, purpose: Purpose, name: str) -> str:
        return ensure_address(
            url,
            purpose,
            named=_named(name),
            allowed=self.allowed_hosts,
            environment=self.environment,
        )

    def _bind(self, token_url: str | None) -> GrantBinding:
        token_host = "" if token_url is None else self._ensure(token_url, "token", "token_url")
        return GrantBinding(
            self.client_id, token_host, self._ensure(self.api_url, "api", "api_url")
        )

    def _discover(self, purpose: Purpose) -> str:
        endpoint = _ENDPOINTS[purpose]
        if self.discovery_url is None:
            raise ConfigurationError(
                f"The QuickBooks connection has neither the {endpoint.replace('_', ' ')} nor a discovery_url."
            )
        self._ensure(self.discovery_url, "discovery", "discovery_url")
        return self.address_in(fetch_discovery(self.discovery_url), purpose)

    def _revoke_address(self) -> str:
        """Return where tokens of this app's token host are revoked.

        A token is shown only to whom it came from. A stand-in for Intuit serves Intuit's paths on one host, so it
        revokes where it issues.
        """
        token_url = self.address("token")
        token_host = self._ensure(token_url, "token", "token_url")
        if self.discovery_url is not None:
            url = self._discover("revoke")
        elif is_intuits(token_host):
            url = REVOKE_URL
        else:
            url = f"{token_url.partition('://')[0]}://{urlsplit(token_url).netloc}{urlsplit(REVOKE_URL).path}"
        host = self._ensure(url, "revoke", "revocation address")
        if host != token_host and not (is_intuits(host) and is_intuits(token_host)):
            raise ConfigurationError(
                f"The QuickBooks connection gets tokens from {token_host} and would revoke them at {host}; both "
                "must be Intuit's, or the same host. Correct its discovery_url or token_url."
            )
        return url


def _parse_monthly_reads(value: Any, environment: str) -> int | None:
    if value in (None, ""):
        return FREE_READS if environment == "production" else None
    text = str(value).strip().replace("_", "")
    if text == "unlimited":
        return None
    if not text.isdigit() or int(text) < 1:
        raise ConfigurationError(
            f"The QuickBooks connection's monthly_reads is {value!r}; it must be a whole number of "
            "metered reads, such as 500000, or unlimited."
        )
    return int(text)


def _named(name: str) -> str:
    return f"The QuickBooks connection's {name}"


def _parse_extra(extra: Any) -> dict[str, Any]:
    if isinstance(extra, str) and extra.strip():
        try:
            extra = json.loads(extra)
        except ValueError:
            extra = None
        if not isinstance(extra, dict):
            raise ConfigurationError("The QuickBooks connection's extra is not a JSON object.")
    return dict(extra or {})


def _required(connection: Mapping[str, Any], name: str, meaning: str) -> str:
    value = str(connection.get(name) or "").strip()
    if not value:
        raise ConfigurationError(
            f"The QuickBooks connection lacks its {name} ({meaning}); "
            "Intuit shows it under Keys and credentials of the app."
        )
    return value
