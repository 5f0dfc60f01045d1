"""The QuickBooks Online client: queries, reads, writes and batches of one company. Knows no Airflow."""

import logging
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Literal, Self
from urllib.parse import quote

import requests

from quickbooks_sync.model.errors import (
    FatalError,
    LateAnswerError,
    QuickBooksFault,
    TooMuchAskedError,
)
from quickbooks_sync.model.grant import TokenSource
from quickbooks_sync.model.json_text import to_json
from quickbooks_sync.model.metering import CallKind, Meter
from quickbooks_sync.quickbooks.addresses import AllowedHosts, read_allowed_hosts
from quickbooks_sync.quickbooks.answers import (
    read_batch,
    read_changes,
    read_company_info,
    read_preferences,
    read_query,
    read_single,
    read_total,
    read_written,
)
from quickbooks_sync.quickbooks.batch import (
    MAX_ITEMS,
    MAX_REQUEST_ID_LENGTH,
    BatchAnswer,
    parse_batch_body,
)
from quickbooks_sync.quickbooks.changes import Changes
from quickbooks_sync.quickbooks.faults import to_unexpected
from quickbooks_sync.quickbooks.guard import refuse_side_effects
from quickbooks_sync.quickbooks.paging import MAX_PAGE_SIZE, Counted, Pages, QueryAnswer
from quickbooks_sync.quickbooks.patience import Patience
from quickbooks_sync.quickbooks.query import build_count, parse_select
from quickbooks_sync.quickbooks.session import build_session
from quickbooks_sync.quickbooks.throttle import Throttle
from quickbooks_sync.quickbooks.transport import Answer, Call, Transport

logger = logging.getLogger(__name__)

#: Longer statements go by POST: addresses have limits on the way, which Intuit does not state.
LONGEST_GET_STATEMENT = 2000

#: Intuit's fault for an Id that no record has (Intuit: codes, section 7.2).
NOT_FOUND = "610"

_JSON = "application/json"
_STATEMENT = "application/text"


class QuickBooksClient:
    """Talks to one QuickBooks company.

    Args:
        realm_id: The company.
        api_url: Where the API answers, such as `https://quickbooks.api.intuit.com`.
        tokens: Gives and renews access tokens.
        throttle: Keeps the pace that Intuit allows, over all processes.
        meter: Told of every call, and asked before each.
        session: To share a connection pool; an own one by default.
        patience: Time limits and repeats.
        on_stop: Told why, when QuickBooks refuses the whole company.
        allowed_hosts: Hosts beside Intuit's that may get a token; those of this process' environment by default.

    Every method may raise `ConnectionNeededError`, `CompanyStoppedError`, `RateLimitedError`,
    `UnreachableError` and `UnexpectedAnswerError`; reads also `ReadBudgetSpentError`, and those that name
    a record `QuickBooksFault`.
    """

    def __init__(  # noqa: PLR0913 - what a client is made of, each by its name
        self,
        *,
        realm_id: str,
        api_url: str,
        tokens: TokenSource,
        throttle: Throttle,
        meter: Meter | None = None,
        session: requests.Session | None = None,
        patience: Patience | None = None,
        on_stop: Callable[[str], None] | None = None,
        allowed_hosts: AllowedHosts | None = None,
    ) -> None:
        self.realm_id = realm_id
        self._is_session_shared = session is not None
        self._session = session or build_session()
        self._transport = Transport(
            realm_id=realm_id,
            api_url=api_url,
            tokens=tokens,
            throttle=throttle,
            meter=meter,
            session=self._session,
            patience=patience or Patience(),
            on_stop=on_stop,
            allowed_hosts=read_allowed_hosts() if allowed_hosts is None else allowed_hosts,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the pooled connections, unless they are shared."""
        if not self._is_session_shared:
            self._session.close()

    def query(self, statement: str) -> QueryAnswer:
        """Run a SELECT (one metered read); an empty result is an empty list.

        A property that is named beside `*` and is empty is `None` in the record, not absent.
        """
        selected = parse_select(statement)
        return read_query(self._ask("query", statement), selected)

    def count(self, entity: str, where: str = "", *, has_activity: bool = False) -> int:
        """Count an entity's records (one metered read); with `has_activity` inactive ones, too."""
        statement = build_count(entity, where, has_activity=has_activity)
        return read_total(self._ask("count", statement), entity)

    def pages(
        self,
        entity: str,
        *,
        where: str = "",
        asked_for: Collection[str] = (),
        has_activity: bool = False,
        page_size: int = MAX_PAGE_SIZE,
        counted: Counted = Counted.IF_DOUBTFUL,
    ) -> Iterator[QueryAnswer]:
        """Yield all records of an entity; at least one page.

        A metered read for each page, and one more where they are counted.

        Args:
            entity: The entity.
            where: Which of its records; all when empty.
            asked_for: Properties that QuickBooks sends only to a query that names them.
            has_activity: Whether records of the entity may be inactive; those are read, too.
            page_size: Records of a page.
            counted: When the records are counted.
        """
        pages = Pages(
            self,
            entity,
            where,
            page_size,
            asked_for=asked_for,
            has_activity=has_activity,
            counted=counted,
        )
        return iter(pages)

    def changes(self, entity: str, since: datetime) -> Changes | None:
        """Read what changed of an entity since an aware moment at most 29 days ago (one metered read).

        Returns:
            `None` where QuickBooks refuses to say, whatever the fault, or would say too much: everything must be read.
        """
        params = {"entities": entity, "changedSince": since.astimezone(UTC).isoformat()}
        call = Call("GET", "cdc", "cdc", params=params)
        try:
            return read_changes(self._transport.send(call), entity)
        except (QuickBooksFault, TooMuchAskedError, LateAnswerError) as error:
            why = f"{type(error).__name__}, code {error.facts.get('code')}"
            logger.warning("%s: no changes told (%s); reading everything", entity, why)
        return None

    def fetch(self, entity: str, record_id: str) -> dict[str, Any]:
        """Read one record (one metered read); raises `QuickBooksFault` 610 where it is gone."""
        path = f"{entity.lower()}/{quote(record_id, safe='')}"
        return read_single(self._transport.send(Call("GET", path, "read")), entity, record_id)

    def preferences(self) -> dict[str, Any]:
        """Read the company's preferences (one metered read)."""
        return read_preferences(self._read("preferences", "preferences"))

    def company_info(self) -> dict[str, Any]:
        """Read the company's name and address (one metered read); the cheapest question there is.

        `CompanyName` is always there, and a text.
        """
        return read_company_info(self._read("company_info", f"companyinfo/{self.realm_id}"))

    def send_batch(self, body: str, request_id: str) -> BatchAnswer:
        """Send a serialised batch; the same body and id again get the first answer again.

        A fault of one item is in the answer; `QuickBooksFault` is raised for one of the whole batch (600: the
        id was used before). An item's fault with action `retry` needs a new batch with a new id.

        Args:
            body: What `serialise_batch` built.
            request_id: At most 36 characters, as batches want it (Intuit: idempotency, section 2.1).
        """
        _check_request_id(request_id)
        items = parse_batch_body(body)
        if not 0 < len(items) <= MAX_ITEMS:
            raise FatalError(f"A batch of {len(items)} items; Intuit takes 1 to {MAX_ITEMS}.")
        refuse_side_effects(items)
        call = Call(
            "POST",
            "batch",
            params={"requestid": request_id},
            body=body.encode(),
            content_type=_JSON,
            kind="batch",
            number=len(items),
            is_batch=True,
        )
        return read_batch(self._transport.send(call), items)

    def send(
        self,
        entity: str,
        payload: Mapping[str, Any],
        *,
        operation: Literal["void", "delete"] | None = None,
        params: Mapping[str, str] | None = None,
        request_id: str,
    ) -> dict[str, Any]:
        """Create (no Id), update, void or delete one record; returns it as QuickBooks now has it.

        Args:
            entity: The entity.
            payload: The bare object.
            operation: What is done, where it is neither a create nor an update.
            params: How the operation is asked for, where it is not by its name (Intuit: Payment, section 8.5).
            request_id: Names the call: the same call under the same id is carried out once.
        """
        _check_request_id(request_id)
        refuse_side_effects(payload)
        call = Call(
            "POST",
            entity.lower(),
            params={**(params or _operation_params(operation)), "requestid": request_id},
            body=to_json(payload).encode(),
            content_type=_JSON,
            kind="write",
        )
        done = operation or ("update" if "Id" in payload else "create")
        return read_written(self._transport.send(call), entity, payload, done)

    def _ask(self, kind: CallKind, statement: str) -> Answer:
        if len(statement) > LONGEST_GET_STATEMENT:
            return self._read(kind, "query", body=statement.encode())
        return self._read(kind, "query", params={"query": statement})

    def _read(
        self,
        kind: CallKind,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> Answer:
        call = Call(
            "GET" if body is None else "POST",
            path,
            kind,
            params=params or {},
            body=body,
            content_type=None if body is None else _STATEMENT,
        )
        try:
            return self._transport.send(call)
        except QuickBooksFault as fault:
            raise to_unexpected(fault, f"{call.method} {path}") from None


def _operation_params(operation: str | None) -> dict[str, str]:
    return {"operation": operation} if operation else {}


def _check_request_id(request_id: str) -> None:
    if not 0 < len(request_id) <= MAX_REQUEST_ID_LENGTH:
        raise FatalError(
            f"A request id of {len(request_id)} characters; use a UUID ({MAX_REQUEST_ID_LENGTH})."
        )


def fetch_if_there(client: QuickBooksClient, entity: str, record_id: str) -> dict[str, Any] | None:
    """Read one record by its Id, which knows no delay as lists do; `None` where QuickBooks has none."""
    try:
        return client.fetch(entity, record_id)
    except QuickBooksFault as fault:
        if fault.code != NOT_FOUND:
            raise
    return None
