"""All records of an entity, page by page, none twice and none left out.

Offsets are recomputed at every call, so a record that is touched meanwhile moves between pages
(Intuit: paging, section 3.4). Ids do not move: each page asks for those after the last one seen. That
is right as long as QuickBooks compares Ids in its filter as it does in its order, which Intuit does
not document. So where there is more than one page, a repeated Id or a count that falls short (one
more metered read) makes the rest come by offset, in the order of Ids, skipping what was seen.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from quickbooks_sync.errors import UnexpectedAnswerError
from quickbooks_sync.quickbooks.query import both, build_select, quote

logger = logging.getLogger(__name__)

MAX_PAGE_SIZE = 1000


@dataclass(frozen=True)
class QueryAnswer:
    """The records of one page.

    Attributes:
        server_time: QuickBooks' clock when it answered, UTC.
    """

    records: list[dict[str, Any]] = field(repr=False)
    server_time: datetime


class Queries(Protocol):
    """What paging needs of the client."""

    def query(self, statement: str) -> QueryAnswer:
        """Run a SELECT."""
        ...

    def count(self, entity: str, where: str = "") -> int:
        """Run a COUNT."""
        ...


class Pages:
    """One pass over an entity."""

    def __init__(self, client: Queries, entity: str, where: str, page_size: int) -> None:
        self._client = client
        self._entity = entity
        self._where = where
        self._page_size = page_size
        self._seen: set[str] = set()

    def __iter__(self) -> Iterator[QueryAnswer]:
        """Yield pages until every record was seen; at least one, which may be empty.

        Raises:
            UnexpectedAnswerError: Fewer records came than QuickBooks counts.
        """
        pages = 0
        for page in self._pages_by_id():
            pages += 1
            yield page
        if pages > 1 and self._falls_short():
            yield from self._pages_by_offset()
            self._verify()

    def _pages_by_id(self) -> Iterator[QueryAnswer]:
        last = ""
        while True:
            where = both(self._where, f"Id > {quote(last)}" if last else "")
            answer = self._ask(where)
            fresh = self._fresh(answer)
            if len(fresh.records) < len(answer.records):
                logger.warning("%s: Ids repeat from page to page; going on by offset", self._entity)
                yield fresh
                return
            yield fresh
            if len(answer.records) < self._page_size:
                return
            last = str(answer.records[-1]["Id"])

    def _pages_by_offset(self) -> Iterator[QueryAnswer]:
        position = 1
        while True:
            answer = self._ask(self._where, position)
            yield self._fresh(answer)
            if len(answer.records) < self._page_size:
                return
            position += len(answer.records)

    def _ask(self, where: str, position: int | None = None) -> QueryAnswer:
        answer = self._client.query(
            build_select(
                self._entity,
                where,
                order_by="Id",
                start_position=position,
                max_results=self._page_size,
            )
        )
        logger.info("%s: a page of %d records", self._entity, len(answer.records))
        return answer

    def _fresh(self, answer: QueryAnswer) -> QueryAnswer:
        """Return the answer without the records seen before, and remember the rest."""
        fresh = []
        for record in answer.records:
            if str(record["Id"]) not in self._seen:
                self._seen.add(str(record["Id"]))
                fresh.append(record)
        return QueryAnswer(fresh, answer.server_time)

    def _falls_short(self) -> bool:
        counted = self._client.count(self._entity, self._where)
        if counted > len(self._seen):
            logger.warning("%s: %d of %d records seen", self._entity, len(self._seen), counted)
        return counted > len(self._seen)

    def _verify(self) -> None:
        if self._falls_short():
            raise UnexpectedAnswerError(
                f"QuickBooks counts more {self._entity} records than its pages hold ({len(self._seen)}). "
                "Records may be added right now; run the flow again.",
                entity=self._entity,
            )
