"""One request to QuickBooks, until it is answered: pace, token, time limits, repeats, counting.

A repeat is the identical request, `requestid` included, so QuickBooks answers a write that it has already
done with the first answer (Intuit: idempotency, section 2.1). Nothing here logs an address with its
query, a body or a token.
"""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt

from quickbooks_sync.errors import (
    CompanyStoppedError,
    RateLimitedError,
    RetryableError,
    UnexpectedAnswerError,
    UnreachableError,
)
from quickbooks_sync.grant import TokenSource
from quickbooks_sync.json_text import parse_json
from quickbooks_sync.metering import CallKind, Meter
from quickbooks_sync.quickbooks.addresses import AllowedHosts, ensure_address
from quickbooks_sync.quickbooks.fault_text import find_fault, parse_fault_text
from quickbooks_sync.quickbooks.faults import Fault, to_error
from quickbooks_sync.quickbooks.patience import Patience
from quickbooks_sync.quickbooks.throttle import Throttle

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Call:
    """A request as it is sent, as often as it takes.

    Attributes:
        path: Below the company's root, such as `query` or `invoice/12`.
        body: UTF-8 bytes, or `None` for a GET.
        kind: What Intuit counts it as.
        number: How many calls it counts as; a batch's items count one each (Intuit: batch, section 5).
    """

    method: str
    path: str
    kind: CallKind
    params: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | None = field(default=None, repr=False)
    content_type: str | None = None
    number: int = 1
    is_batch: bool = False


@dataclass(frozen=True)
class Answer:
    """A parsed answer without a fault.

    Attributes:
        server_time: QuickBooks' clock when it answered, UTC.
    """

    document: dict[str, Any] = field(repr=False)
    server_time: datetime
    intuit_tid: str | None


@dataclass(frozen=True)
class Transport:
    """Sends calls to one company; for the attributes see `QuickBooksClient`."""

    realm_id: str
    api_url: str
    tokens: TokenSource
    throttle: Throttle
    meter: Meter | None
    session: requests.Session
    patience: Patience
    on_stop: Callable[[str], None] | None
    allowed_hosts: AllowedHosts

    def send(self, call: Call) -> Answer:
        """Send `call` until it is answered, or patience ends.

        Raises:
            ConfigurationError: `api_url` is not an address that a token may go to; nothing was sent.
            QuickBooksFault: QuickBooks refuses what the call asks.
            CompanyStoppedError: QuickBooks refuses the company.
            RateLimitedError: It throttled every attempt.
            UnreachableError: It did not answer any attempt properly; a write's effect is unknown.
            UnexpectedAnswerError: The answer is not what Intuit documents.
            ReadBudgetSpentError: The month's metered reads are used up; nothing was sent.
        """
        self._ensure_address()
        retrying = Retrying(
            retry=retry_if_exception_type((RateLimitedError, UnreachableError)),
            stop=stop_after_attempt(self.patience.attempts),
            wait=self._seconds_after,
            before_sleep=self._log_wait,
            reraise=True,
        )
        try:
            return retrying(self._send_with_fresh_token, call)
        except CompanyStoppedError as error:
            if self.on_stop is not None:
                self.on_stop(error.message)
            raise

    def _ensure_address(self) -> None:
        """Refuse a foreign address before a token is even asked for."""
        ensure_address(
            self.api_url, "api", named="The client's api_url", allowed=self.allowed_hosts
        )

    def _send_with_fresh_token(self, call: Call) -> Answer:
        """Send once; after a 401, whatever its body, renew the token and send once more."""
        if self.meter is not None:
            self.meter.ensure_allowed(call.kind)
        token = self.tokens.access_token()
        response = self._exchange(call, token)
        if response.status_code == 401:
            logger.info("company %s: access token refused; renewing it", self.realm_id)
            response = self._exchange(call, self.tokens.refreshed(token))
        return self._to_answer(call, response)

    def _exchange(self, call: Call, token: str) -> requests.Response:
        self.throttle.wait_for_request(is_batch=call.is_batch)
        started = time.monotonic()
        try:
            response = self.session.request(
                call.method,
                f"{self.api_url.rstrip('/')}/v3/company/{self.realm_id}/{call.path}",
                params=dict(call.params),
                data=call.body,
                headers=_headers(call),
                auth=_Bearer(token),
                timeout=self.patience.timeout,
                allow_redirects=False,
            )
        except requests.ConnectTimeout as error:
            raise self._no_answer(error) from None
        except requests.RequestException as error:
            # The request may have arrived and be counted; the error's own text quotes the address.
            self._count(call)
            raise self._no_answer(error) from None
        if response.status_code not in (401, 403, 429):
            self._count(call)
        logger.info(
            "company %s: %s %s answered %s in %.2f s (intuit_tid %s)",
            self.realm_id,
            call.method,
            call.path,
            response.status_code,
            time.monotonic() - started,
            response.headers.get("intuit_tid", "-"),
        )
        return response

    def _to_answer(self, call: Call, response: requests.Response) -> Answer:
        tid = response.headers.get("intuit_tid")
        document, fault = _parse(response)
        if fault is not None:
            raise to_error(
                fault,
                status=response.status_code,
                intuit_tid=tid,
                realm_id=self.realm_id,
                retry_after=parse_retry_after(response.headers.get("Retry-After")),
            )
        if response.status_code != 200 or not isinstance(document, dict):
            raise UnexpectedAnswerError(
                f"QuickBooks answered {call.method} {call.path} with status {response.status_code} and "
                f"{response.headers.get('Content-Type') or 'no content type'}; expected 200 and JSON "
                f"(intuit_tid {tid}). Check api_url of the QuickBooks connection.",
                status=response.status_code,
                intuit_tid=tid,
            )
        return Answer(document, _server_time(document, response), tid)

    def _seconds_after(self, state: RetryCallState) -> float:
        """Return the seconds before the next attempt; a throttle holds the other processes, too."""
        error = state.outcome.exception() if state.outcome else None
        seconds = self.patience.seconds_after(state.attempt_number, error)
        if isinstance(error, RateLimitedError):
            self.throttle.pause(seconds)
        return seconds

    def _log_wait(self, state: RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome else None
        logger.warning(
            "company %s: %s; attempt %d of %d follows in %.1f s",
            self.realm_id,
            type(error).__name__,
            state.attempt_number + 1,
            self.patience.attempts,
            state.upcoming_sleep,
        )

    def _count(self, call: Call) -> None:
        if self.meter is not None:
            self.meter.count(call.kind, call.number)

    def _no_answer(self, error: requests.RequestException) -> RetryableError:
        return UnreachableError(
            f"QuickBooks did not answer for company {self.realm_id} ({type(error).__name__}). "
            "Check the network and api_url of the QuickBooks connection, then try again.",
            server="QuickBooks",
        )


class _Bearer(requests.auth.AuthBase):
    """Sets the token as the last thing before sending, so that no .netrc can replace it."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


def _without_query(record: logging.LogRecord) -> bool:
    """Cut the query off the addresses that urllib3 logs at DEBUG: statements name customers."""
    if isinstance(record.args, tuple):
        record.args = tuple(
            arg.partition("?")[0] if isinstance(arg, str) and arg.startswith("/") else arg
            for arg in record.args
        )
    return True


logging.getLogger("urllib3.connectionpool").addFilter(_without_query)


def build_session() -> requests.Session:
    """Build a keep-alive session that leaves repeats to `Transport`."""
    session = requests.Session()
    for scheme in ("https://", "http://"):
        session.mount(scheme, HTTPAdapter(pool_connections=2, pool_maxsize=10, max_retries=0))
    return session


def parse_retry_after(value: str | None) -> float | None:
    """Return the seconds that a Retry-After header asks for, in either of its forms."""
    if not value:
        return None
    if value.strip().isdigit():
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


def _headers(call: Call) -> dict[str, str]:
    headers = {"Accept": "application/json"}
    if call.content_type:
        headers["Content-Type"] = call.content_type
    return headers


def _parse(response: requests.Response) -> tuple[Any, Fault | None]:
    """Return the JSON document and the fault in it; a failing status always counts as a fault."""
    try:
        document = parse_json(response.content)
    except ValueError:
        document = None
    fault = find_fault(document)
    if fault is None and document is None:
        fault = parse_fault_text(response.content.decode("utf-8", "replace"))
    if fault is None and (response.status_code in (401, 403, 429) or response.status_code >= 500):
        fault = Fault(())
    return document, fault


def _server_time(document: Mapping[str, Any], response: requests.Response) -> datetime:
    """Return QuickBooks' clock, from the answer or, failing that, from the Date header."""
    try:
        return datetime.fromisoformat(str(document["time"])).astimezone(UTC)
    except (KeyError, ValueError):
        dated = response.headers.get("Date")
    if not dated:
        raise UnexpectedAnswerError("QuickBooks' answer has no time; cannot tell how new it is.")
    return parsedate_to_datetime(dated).astimezone(UTC)
