"""All records of an entity, page by page, none twice and none left out.

Offsets are recomputed at every call, so a record that is touched meanwhile moves between pages
(Intuit: paging, section 3.4). Ids do not move: each page asks for those after the last one seen. That
is right as long as QuickBooks compares Ids in its filter as it does in its order, which Intuit does
not document. So where there is more than one page, or an Id came twice, the records are counted (one more
metered read), and if some are missing they are asked for by offset, in the order of Ids, skipping what was seen.

A server or proxy may answer one page again and again. A page that brings no Id which is new to its pass ends
the pass, so no answer keeps it going for ever; whether all was read is for the count to say. It also says so of a
single short page, wherever somebody concludes from a pass that nothing else exists.

A page that is too long or too slow, or that QuickBooks cannot process because of one record in it, is asked for by
half, again and again: a big company does not stop for ever, and a broken record is found.
"""

import logging
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from quickbooks_sync.model.errors import LateAnswerError, TooMuchAskedError, UnexpectedAnswerError
from quickbooks_sync.quickbooks.query import both, build_select, quote

logger = logging.getLogger(__name__)

MAX_PAGE_SIZE = 1000


class Counted(StrEnum):
    """When the records of a pass are held against a count, which is one metered read.

    Attributes:
        IF_DOUBTFUL: Where there are several pages, or an Id came twice.
        IF_EMPTY: Also where no record came.
        ALWAYS: In any case: somebody concludes from the pass that nothing else exists.
    """

    IF_DOUBTFUL = "if doubtful"
    IF_EMPTY = "if empty"
    ALWAYS = "always"


@dataclass(frozen=True)
class QueryAnswer:
    """The records of one page.

    Attributes:
        server_time: QuickBooks' clock when it answered, with the offset that it writes.
        repeated: How many more came whose Id was in the page already.
    """

    records: list[dict[str, Any]] = field(repr=False)
    server_time: datetime
    repeated: int = 0

    @property
    def received(self) -> int:
        """How many records came."""
        return len(self.records) + self.repeated


class Queries(Protocol):
    """What paging needs of the client."""

    def query(self, statement: str) -> QueryAnswer:
        """Run a SELECT."""
        ...

    def count(self, entity: str, where: str = "", *, has_activity: bool = False) -> int:
        """Run a COUNT."""
        ...


class Pages:
    """One pass over an entity.

    Args:
        client: Runs the statements.
        entity: The entity.
        where: Which of its records; all when empty.
        page_size: Records of a page.
        asked_for: Properties that a query must name to see.
        has_activity: Whether records of the entity may be inactive; those are read, too.
        counted: When the records are counted.
    """

    def __init__(
        self,
        client: Queries,
        entity: str,
        where: str,
        page_size: int,
        *,
        asked_for: Collection[str] = (),
        has_activity: bool = False,
        counted: Counted = Counted.IF_DOUBTFUL,
    ) -> None:
        self._client = client
        self._entity = entity
        self._where = where
        self._page_size = page_size
        self._asked_for = asked_for
        self._has_activity = has_activity
        self._counted = counted
        self._seen: set[str] = set()
        self._last = ""
        self._pages = 0
        self._repeated = 0

    def __iter__(self) -> Iterator[QueryAnswer]:
        """Yield pages until every record was seen; at least one, which may be empty.

        Raises:
            UnexpectedAnswerError: Fewer records came than QuickBooks counts.
        """
        yield from self._pages_by_id()
        if self._is_doubtful() and self._count() > len(self._seen):
            logger.warning("%s: records are missing; going on by offset", self._entity)
            yield from self._pages_by_offset()
            self._verify(self._count())

    def _is_doubtful(self) -> bool:
        is_counted = self._counted is Counted.ALWAYS
        is_empty = self._counted is Counted.IF_EMPTY and not self._seen
        return is_counted or is_empty or self._pages > 1 or self._repeated > 0

    def _pages_by_id(self) -> Iterator[QueryAnswer]:
        while True:
            after = f"Id > {quote(self._last)}" if self._last else ""
            answer = self._ask(both(self._where, after))
            fresh = self._fresh(answer)
            yield fresh
            is_last = answer.received < self._page_size
            if is_last or len(fresh.records) < len(answer.records):
                return
            self._last = str(answer.records[-1]["Id"])

    def _pages_by_offset(self) -> Iterator[QueryAnswer]:
        position, passed = 1, set[str]()
        while True:
            answer = self._ask(self._where, position)
            yield self._fresh(answer)
            ids = {str(record["Id"]) for record in answer.records}
            if answer.received < self._page_size or ids <= passed:
                return
            passed |= ids
            position += answer.received

    def _ask(self, where: str, position: int | None = None) -> QueryAnswer:
        answer = self._ask_by_halves(where, position)
        logger.info("%s: a page of %d records", self._entity, answer.received)
        self._pages += 1
        return answer

    def _ask_by_halves(self, where: str, position: int | None) -> QueryAnswer:
        """Ask for a page, and for half of it where that was too much; later pages are as small."""
        while True:
            try:
                return self._client.query(self._statement(where, position))
            except TooMuchAskedError as error:
                if self._page_size == 1:
                    raise self._narrowed(error, position) from None
            except LateAnswerError:
                if self._page_size == 1:
                    raise
            self._page_size //= 2
            logger.warning("%s: asking for %d at a time", self._entity, self._page_size)

    def _statement(self, where: str, position: int | None) -> str:
        return build_select(
            self._entity,
            where,
            asked_for=self._asked_for,
            has_activity=self._has_activity,
            order_by="Id",
            start_position=position,
            max_results=self._page_size,
        )

    def _narrowed(self, error: TooMuchAskedError, position: int | None) -> TooMuchAskedError:
        """Say which single record it was; its own Id came in no answer."""
        after = f" after Id {self._last}" if self._last and position is None else ""
        return TooMuchAskedError(
            f"{error.message} It is about one record, number {position or 1} of {self._entity}{after} in the order of "
            "Ids: open it in QuickBooks, save it again, and run the flow once more.",
            **error.facts,
        )

    def _fresh(self, answer: QueryAnswer) -> QueryAnswer:
        """Return the answer without the records seen before, and remember the rest."""
        fresh = []
        for record in answer.records:
            if str(record["Id"]) not in self._seen:
                self._seen.add(str(record["Id"]))
                fresh.append(record)
        repeated = answer.received - len(fresh)
        self._repeated += repeated
        return QueryAnswer(fresh, answer.server_time, repeated)

    def _count(self) -> int:
        counted = self._client.count(self._entity, self._where, has_activity=self._has_activity)
        logger.info("%s: %d of %d records seen", self._entity, len(self._seen), counted)
        return counted

    def _verify(self, counted: int) -> None:
        if counted > len(self._seen):
            raise UnexpectedAnswerError(
                f"QuickBooks counts more {self._entity} records than its pages hold: {counted}, but "
                f"{self._pages} pages held {len(self._seen)} and repeated {self._repeated}. Records may be "
                "added right now: run the flow again. If it goes on, look for a proxy on the way to QuickBooks "
                "that answers one page again and again.",
                entity=self._entity,
            )
