"""Counts what closes the gate of a push, over the rows that it would look at: rejected rows, and emptied fields.

What is too much stands in `run/gate.py`. A run counts its staged records in the database; a review stages none.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Connection, func, select

from quickbooks_sync.model.decision import Update
from quickbooks_sync.model.flow import Direction
from quickbooks_sync.model.outcome import Outcome, RecordOutcome
from quickbooks_sync.model.problem import Problem, Severity
from quickbooks_sync.postgres.records.blanks import BlankedField, count_filled_links
from quickbooks_sync.postgres.records.links import Link
from quickbooks_sync.review.judged import Judged
from quickbooks_sync.review.reviewed import Reviewed
from quickbooks_sync.run.gate import why_blanked_too_often, why_rejected_too_often
from quickbooks_sync.run.rejections import Rejections
from quickbooks_sync.run.watermarks import read_watermark
from quickbooks_sync.settings import CompanySettings


class GateCount:
    """Counts the rows of one record type.

    Args:
        connection: An open connection; it is only read from.
        reviewed: The record type.
    """

    def __init__(self, connection: Connection, reviewed: Reviewed) -> None:
        self._connection = connection
        self._reviewed = reviewed
        self._total = 0
        self._rejected: list[RecordOutcome] = []
        self._filled: Counter[str] = Counter()
        self._blanked: Counter[str] = Counter()

    def add(
        self, loupe_id: int, judged: Judged, supposed: Iterable[Problem], link: Link | None
    ) -> None:
        """Count a row.

        Args:
            loupe_id: Its key.
            judged: What a push would do with it, and everything that is wrong with it now.
            supposed: What is wrong with it once it waits for nothing.
            link: Its link.
        """
        decided = judged.decided
        listed = [*decided.problems, *judged.problems, *supposed]
        self._total += 1
        self._add_rejected(loupe_id, judged, listed)
        is_stopped = any(problem.severity == Severity.REJECTED for problem in listed)
        if link is None or link.state != "live" or is_stopped or decided.values.get("is_void"):
            return
        sent = decided.decision.fields if isinstance(decided.decision, Update) else ()
        for field in self._reviewed.mapping.fields:
            if field.name in decided.values and not _is_empty(link.quickbooks_base.get(field.name)):
                self._filled[field.name] += 1
                is_emptied = field.name in sent and _is_empty(decided.values[field.name])
                self._blanked[field.name] += is_emptied

    def _add_rejected(self, loupe_id: int, judged: Judged, listed: Iterable[Problem]) -> None:
        causes = tuple(problem for problem in listed if problem.is_rejecting)
        if causes:
            version = str(judged.row["row_version"])
            self._rejected.append(
                RecordOutcome(
                    str(loupe_id), Outcome.REJECTED, causes=causes, source_version=version
                )
            )

    def add_missing(self) -> None:
        """Count a link whose row has vanished."""
        self._total += 1

    def iter_reasons(self, settings: CompanySettings) -> Iterator[str]:
        """Yield why the gate of a push would close, if it would."""
        key = self._connection, self._reviewed.realm_id, self._reviewed.record_type
        # The first push looks at every row, also at those that a pull has linked and that need no look.
        is_first = read_watermark(*key, Direction.PUSH) is None
        total = max(self._count_rows(), self._total) if is_first else self._total
        sorted_out = Rejections.sort(*key, Direction.PUSH, self._rejected)
        new, known = len(sorted_out.new), len(sorted_out.known)
        yield from filter(None, [why_rejected_too_often(settings, total, new, known)])
        for name, blanked in self._blanked.items():
            filled = count_filled_links(*key, name) if is_first else self._filled[name]
            field = BlankedField(name, max(filled, blanked), blanked)
            yield from filter(None, [why_blanked_too_often(settings, Direction.PUSH, field)])

    def _count_rows(self) -> int:
        table = self._reviewed.type.table
        mine = table.c.organization_id == self._reviewed.organization_id
        return self._connection.scalar(select(func.count()).select_from(table).where(mine)) or 0


def _is_empty(value: Any) -> bool:
    return value in (None, "", [])
