"""One request to QuickBooks, until it is answered: pace, token, time limits, repeats, counting.

A repeat is the identical request, `requestid` included, so QuickBooks answers a write that it has already
done with the first answer (Intuit: idempotency, section 2.1). Nothing here logs an address with its
query, a body or a token.
"""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import requests
from tenacity import RetryCallState, Retrying, retry_if_exception_type

from quickbooks_sync.model.errors import (
    CompanyStoppedError,
    LateAnswerError,
    RateLimitedError,
    RetryableError,
    UnexpectedAnswerError,
    UnreachableError,
)
from quickbooks_sync.model.grant import TokenSource, is_token
from quickbooks_sync.model.json_text import parse_json
from quickbooks_sync.model.metering import CallKind, Meter
from quickbooks_sync.quickbooks.addresses import AllowedHosts, ensure_address
from quickbooks_sync.quickbooks.body import read_body
from quickbooks_sync.quickbooks.deadline import complete_within
from quickbooks_sync.quickbooks.fault_text import find_answer_fault, parse_fault_text
from quickbooks_sync.quickbooks.faults import Fault, to_error
from quickbooks_sync.quickbooks.moments import parse_retry_after, parse_server_time
from quickbooks_sync.quickbooks.patience import Patience
from quickbooks_sync.quickbooks.proxies import proxies_for
from quickbooks_sync.quickbooks.session import Bearer
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
    """A parsed answer without a fault; `answers.py` holds it against its documented form.

    Attributes:
        server_time: QuickBooks' clock when it answered, UTC; `None` where the answer does not say.
    """

    document: dict[str, Any] = field(repr=False)
    server_time: datetime | None
    intuit_tid: str | None


@dataclass(frozen=True)
class _Reply:
    """An answer as it came, its body unpacked."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


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
            stop=self._is_enough,
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

    def _ensure_token(self, token: str) -> None:
        """Refuse what cannot be sent: the HTTP library's own error quotes the header, so the token."""
        if not is_token(token):
            raise UnexpectedAnswerError(
                f"The access token of company {self.realm_id} is empty, too long, or holds a blank or a character that "
                "no token has. Nothing was sent. Run again; if it stays so, connect the company again with "
                f"`quickbooks-sync connect --realm {self.realm_id}`.",
                realm_id=self.realm_id,
            )

    def _send_with_fresh_token(self, call: Call) -> Answer:
        """Send once; after a 401, whatever its body, renew the token and send once more."""
        if self.meter is not None:
            self.meter.ensure_allowed(call.kind)
        token = self.tokens.access_token()
        if not is_token(token):
            logger.warning(
                "company %s: the access token cannot be sent; renewing it", self.realm_id
            )
            token = self.tokens.refreshed(token)
        reply = self._exchange(call, token)
        if reply.status == 401:
            logger.info("company %s: access token refused; renewing it", self.realm_id)
            reply = self._exchange(call, self.tokens.refreshed(token))
        return self._to_answer(call, reply)

    def _exchange(self, call: Call, token: str) -> _Reply:
        self._ensure_token(token)
        self.throttle.wait_for_request(is_batch=call.is_batch)
        started = time.monotonic()
        with complete_within(self.patience.deadline):
            response = self._request(call, token, started)
            if response.status_code not in (401, 403, 429):
                self._count(call)
            body = self._read(response, started)
        logger.info(
            "company %s: %s %s answered %s in %.2f s (intuit_tid %s)",
            self.realm_id,
            call.method,
            call.path,
            response.status_code,
            time.monotonic() - started,
            response.headers.get("intuit_tid", "-"),
        )
        return _Reply(response.status_code, response.headers, body)

    def _request(self, call: Call, token: str, started: float) -> requests.Response:
        try:
            return self.session.request(
                call.method,
                f"{self.api_url.rstrip('/')}/v3/company/{self.realm_id}/{call.path}",
                params=dict(call.params),
                data=call.body,
                headers=_headers(call),
                auth=Bearer(token),
                timeout=self.patience.timeout,
                allow_redirects=False,
                proxies=proxies_for(self.api_url),
                stream=True,
            )
        except requests.ConnectTimeout as error:
            raise self._no_answer(error, started) from None
        except requests.RequestException as error:
            # The request may have arrived and be counted; the error's own text quotes the address.
            self._count(call)
            raise self._no_answer(error, started) from None

    def _read(self, response: requests.Response, started: float) -> bytes:
        try:
            return read_body(response, self.patience.longest_answer)
        except requests.RequestException as error:
            raise self._no_answer(error, started) from None

    def _to_answer(self, call: Call, reply: _Reply) -> Answer:
        tid = reply.headers.get("intuit_tid")
        document, fault, trouble = _parse(reply)
        if fault is not None:
            raise to_error(
                fault,
                status=reply.status,
                intuit_tid=tid,
                realm_id=self.realm_id,
                retry_after=parse_retry_after(reply.headers.get("Retry-After")),
            )
        if reply.status != 200 or not isinstance(document, dict):
            raise UnexpectedAnswerError(
                f"QuickBooks answered {call.method} {call.path} with status {reply.status} and "
                f"{reply.headers.get('Content-Type') or 'no content type'}; expected 200 and a JSON object "
                f"({trouble or 'it is JSON'}; intuit_tid {tid}). Check api_url of the QuickBooks connection.",
                status=reply.status,
                intuit_tid=tid,
            )
        return Answer(document, parse_server_time(document, reply.headers), tid)

    def _is_enough(self, state: RetryCallState) -> bool:
        """A late answer has taken minutes: the same question is asked once more, then a smaller one is better."""
        error = state.outcome.exception() if state.outcome else None
        most = 2 if isinstance(error, LateAnswerError) else self.patience.attempts
        return state.attempt_number >= min(most, self.patience.attempts)

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

    def _no_answer(self, error: requests.RequestException, started: float) -> RetryableError:
        is_late = time.monotonic() - started > self.patience.deadline
        trouble = f"not complete after {self.patience.deadline:g} s" if is_late else ""
        kind = LateAnswerError if is_late else UnreachableError
        return kind(
            f"QuickBooks did not answer for company {self.realm_id} ({trouble or type(error).__name__}). "
            "Check the network and api_url of the QuickBooks connection, then try again.",
            server="QuickBooks",
        )


def _headers(call: Call) -> dict[str, str]:
    headers = {"Accept": "application/json"}
    if call.content_type:
        headers["Content-Type"] = call.content_type
    return headers


def _parse(reply: _Reply) -> tuple[Any, Fault | None, str]:
    """Return the JSON document, the fault in it, and what is wrong with its JSON.

    A failing status always counts as a fault.
    """
    document, trouble = None, ""
    try:
        document = parse_json(reply.body, unique_names=True)
    except ValueError as error:
        trouble = str(error)
    fault = find_answer_fault(document)
    if fault is None and document is None:
        fault = parse_fault_text(reply.body.decode("utf-8", "replace"))
    if fault is None and (reply.status in (401, 403, 429) or reply.status >= 500):
        fault = Fault(())
    return document, fault, trouble
