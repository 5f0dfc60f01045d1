"""The requests that carry the app's secret: for a grant, and for the end of one."""

import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Protocol, TypeVar

import requests
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from quickbooks_sync.model.errors import RetryableError
from quickbooks_sync.model.grant import Grant
from quickbooks_sync.quickbooks.addresses import AllowedHosts, Purpose, ensure_address
from quickbooks_sync.quickbooks.discovery import TIMEOUT, to_unreachable
from quickbooks_sync.quickbooks.proxies import proxies_for
from quickbooks_sync.quickbooks.token_answers import check_revocation, parse_token_answer, to_grant

logger = logging.getLogger(__name__)

_HARD_EXPIRY_HEADER = "x-include-refresh-token-hard-expires-in"
_ATTEMPTS = 4
_Result = TypeVar("_Result")


class HasSecret(Protocol):
    """What these requests need of an app."""

    @property
    def client_id(self) -> str:
        """Its id."""
        ...

    @property
    def client_secret(self) -> str:
        """Its secret."""
        ...

    @property
    def allowed_hosts(self) -> AllowedHosts:
        """Hosts beside Intuit's that the deployment trusts with tokens."""
        ...

    def address(self, purpose: Purpose) -> str:
        """Where to ask."""
        ...


def request_grant(app: HasSecret, form: Mapping[str, str]) -> Grant:
    """Ask for tokens once; raises as `parse_token_answer` does."""
    asked_at = datetime.now(UTC)
    hard_expiry = {_HARD_EXPIRY_HEADER: "true"}
    response = _post(app, "token", form["grant_type"], data=form, headers=hard_expiry)
    return to_grant(parse_token_answer(response), asked_at)


def request_revocation(app: HasSecret, token: str) -> None:
    """Ask once that a token and its consent end; raises as `check_revocation` does."""
    check_revocation(_post(app, "revoke", "revoke", json={"token": token}, headers={}))


def patiently(ask: Callable[[], _Result]) -> _Result:
    """Ask up to four times while the trouble may pass."""
    retrying = Retrying(
        retry=retry_if_exception_type(RetryableError),
        stop=stop_after_attempt(_ATTEMPTS),
        wait=wait_random_exponential(multiplier=0.5, max=5),
        reraise=True,
    )
    return retrying(ask)


def _post(
    app: HasSecret, purpose: Purpose, asked: str, *, headers: Mapping[str, str], **body: Any
) -> requests.Response:
    url = app.address(purpose)
    ensure_address(url, purpose, named=f"The {purpose} address", allowed=app.allowed_hosts)
    try:
        response = requests.post(
            url,
            auth=(app.client_id, app.client_secret),
            headers={"Accept": "application/json", **headers},
            timeout=TIMEOUT,
            allow_redirects=False,
            proxies=proxies_for(url),
            **body,
        )
    except requests.RequestException as error:
        raise to_unreachable(url, error) from None
    logger.info(
        "%s endpoint answered %s to %s (intuit_tid %s)",
        purpose,
        response.status_code,
        asked,
        response.headers.get("intuit_tid", "-"),
    )
    return response
