"""OAuth 2.0 with Intuit: the app, the authorize address, code exchange and refresh.

Facts used (Intuit: OAuth 2.0, sections 1.1 to 1.6): one token address for sandbox and production;
Basic authentication; a code works once and is never sent again; a refresh may be repeated, for
the previous value still answers for a while; only `invalid_grant` means that a person must reconnect.
"""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

import requests
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from quickbooks_sync.errors import (
    ConfigurationError,
    RateLimitedError,
    RetryableError,
    UnexpectedAnswerError,
    UnreachableError,
)
from quickbooks_sync.grant import Grant, GrantRefusedError
from quickbooks_sync.json_text import parse_json

logger = logging.getLogger(__name__)

SCOPE = "com.intuit.quickbooks.accounting"
AUTHORIZE_URL = "https://appcenter.intuit.com/connect/oauth2"
TOKEN_URL = "https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer"  # noqa: S105 - an address
API_URLS = {
    "sandbox": "https://sandbox-quickbooks.api.intuit.com",
    "production": "https://quickbooks.api.intuit.com",
}
REDIRECT_URI = "http://localhost:8765/callback"
TIMEOUT = (5, 60)
#: What Intuit gives away; sandbox companies are not metered (Intuit: metering, section 6.1).
FREE_READS = 500_000
_HARD_EXPIRY_HEADER = "x-include-refresh-token-hard-expires-in"
_ATTEMPTS = 4


@dataclass(frozen=True)
class App:
    """An Intuit app, as its connection describes it; the secret stays out of `repr`.

    Attributes:
        environment: `sandbox` or `production`.
        api_url: Where the Accounting API answers, without a trailing slash.
        authorize_url: Where consent is asked; `None` means: ask `discovery_url`.
        token_url: Where tokens are issued; `None` means: ask `discovery_url`.
        redirect_uri: Where Intuit sends the browser back; as registered, to the letter.
        monthly_reads: Metered reads that may be used in a month; `None` for any number.
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

    @classmethod
    def from_connection(cls, connection: Mapping[str, Any]) -> "App":
        """Read an Airflow connection of type `quickbooks`: login, password and extras.

        Raises:
            ConfigurationError: A field is missing or unknown to Intuit; it is named.
        """
        extra = _parse_extra(connection.get("extra"))
        environment = extra.get("environment") or "sandbox"
        if environment not in API_URLS:
            raise ConfigurationError(
                f"The QuickBooks connection's environment is {environment!r}; "
                "it must be sandbox or production."
            )
        discovery = extra.get("discovery_url") or None
        return cls(
            client_id=_required(connection, "login", "the app's client id"),
            client_secret=_required(connection, "password", "the app's client secret"),
            environment=environment,
            api_url=str(extra.get("api_url") or API_URLS[environment]).rstrip("/"),
            authorize_url=extra.get("authorize_url") or (None if discovery else AUTHORIZE_URL),
            token_url=extra.get("token_url") or (None if discovery else TOKEN_URL),
            redirect_uri=extra.get("redirect_uri") or REDIRECT_URI,
            discovery_url=discovery,
            monthly_reads=_parse_monthly_reads(extra.get("monthly_reads"), environment),
        )

    def refresh(self, refresh_token: str) -> Grant:
        """As the module's `refresh`; makes an app a `Refresher`."""
        return refresh(self, refresh_token)


def authorize_url(app: App, state: str) -> str:
    """Return the address where a person consents; `state` must come back with the answer."""
    asked = {
        "client_id": app.client_id,
        "response_type": "code",
        "scope": SCOPE,
        "redirect_uri": app.redirect_uri,
        "state": state,
    }
    base = app.authorize_url or _discovered(app, "authorization_endpoint")
    return f"{base}?{urlencode(asked)}"


def exchange_code(app: App, code: str) -> Grant:
    """Exchange the redirect's `code` for a grant. Sent once: a second exchange may kill the grant.

    Raises:
        GrantRefusedError: The code is used, too old, or was issued for another redirect URI.
        ConfigurationError: Client id or secret are wrong.
    """
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": app.redirect_uri}
    return _request_grant(app, form)


def refresh(app: App, refresh_token: str) -> Grant:
    """Exchange a refresh token for the next grant; store the result before using it.

    Raises:
        GrantRefusedError: The token is expired, rotated or revoked.
        ConfigurationError: Client id or secret are wrong.
        RetryableError: Intuit did not answer properly in several attempts.
    """
    form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
    retrying = Retrying(
        retry=retry_if_exception_type(RetryableError),
        stop=stop_after_attempt(_ATTEMPTS),
        wait=wait_random_exponential(multiplier=0.5, max=5),
        reraise=True,
    )
    return retrying(_request_grant, app, form)


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


def _request_grant(app: App, form: Mapping[str, str]) -> Grant:
    asked_at = datetime.now(UTC)
    url = app.token_url or _discovered(app, "token_endpoint")
    try:
        response = requests.post(
            url,
            data=form,
            auth=(app.client_id, app.client_secret),
            headers={"Accept": "application/json", _HARD_EXPIRY_HEADER: "true"},
            timeout=TIMEOUT,
            allow_redirects=False,
        )
    except requests.RequestException as error:
        raise _no_answer(url, error) from None
    logger.info(
        "token endpoint answered %s to %s (intuit_tid %s)",
        response.status_code,
        form["grant_type"],
        response.headers.get("intuit_tid", "-"),
    )
    return _to_grant(_parse_token_answer(response), asked_at)


def _parse_token_answer(response: requests.Response) -> dict[str, Any]:
    """Return a token document; an error body must not pass for one."""
    status, tid = response.status_code, response.headers.get("intuit_tid")
    try:
        document = parse_json(response.content)
    except ValueError:
        document = {}
    document = document if isinstance(document, dict) else {}
    said = str(document.get("error") or "")
    if said == "invalid_grant":
        raise GrantRefusedError(str(document.get("error_description") or said))
    if status == 429:
        raise RateLimitedError("Intuit's token endpoint is throttling; try again in a minute.")
    if status >= 500:
        raise UnreachableError(f"Intuit's token endpoint answered {status}.", intuit_tid=tid)
    if said == "invalid_client" or status == 401:
        raise ConfigurationError(
            "Intuit does not accept the app's client id and secret. Check login and password of "
            "the QuickBooks connection, and that they are the keys of its environment.",
            intuit_tid=tid,
        )
    if status != 200 or not {"access_token", "refresh_token", "expires_in"} <= document.keys():
        raise UnexpectedAnswerError(
            f"Intuit's token endpoint answered {status} {said or 'without tokens'}; expected a grant.",
            status=status,
            intuit_tid=tid,
        )
    return document


def _to_grant(document: Mapping[str, Any], asked_at: datetime) -> Grant:
    def end(name: str, default: int) -> datetime:
        return asked_at + timedelta(seconds=int(document.get(name) or default))

    hard = "x_refresh_token_hard_expires_in"
    return Grant(
        access_token=str(document["access_token"]),
        refresh_token=str(document["refresh_token"]),
        access_expires_at=end("expires_in", 3600),
        refresh_expires_at=end("x_refresh_token_expires_in", 8_640_000),
        refresh_hard_expires_at=end(hard, 0) if document.get(hard) else None,
    )


def _discovered(app: App, name: str) -> str:
    if app.discovery_url is None:
        raise ConfigurationError(
            f"The QuickBooks connection has neither the {name.replace('_', ' ')} nor a discovery_url."
        )
    return str(_fetch_discovery(app.discovery_url)[name])


@lru_cache(maxsize=8)
def _fetch_discovery(url: str) -> dict[str, Any]:
    try:
        response = requests.get(url, headers={"Accept": "application/json"}, timeout=TIMEOUT)
        document = parse_json(response.content) if response.status_code == 200 else None
    except requests.RequestException as error:
        raise _no_answer(url, error) from None
    except ValueError:
        document = None
    if not isinstance(document, dict) or not {"authorization_endpoint", "token_endpoint"} <= set(
        document
    ):
        raise ConfigurationError(
            f"{url} is not an OpenID discovery document; correct the connection's discovery_url."
        )
    return document


def _no_answer(url: str, error: requests.RequestException) -> UnreachableError:
    return UnreachableError(
        f"{url} did not answer ({type(error).__name__}). Check the network and try again.",
        server=url,
    )


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
