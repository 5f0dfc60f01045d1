"""Counts what a push would settle against what was open when it was last read; a push asks QuickBooks again.

So a record that does not fit is only to be looked at, but for one that a push has held already and holds again while
it does not fit what was last read. Of a record that QuickBooks does not have yet all is open.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select

from quickbooks_sync.model.outcome import Outcome, RecordOutcome
from quickbooks_sync.postgres.records.links import DELETED, REPLACED, read_links
from quickbooks_sync.postgres.runs.record_outcomes import read_held_ids
from quickbooks_sync.push.decide.write import Write
from quickbooks_sync.push.guard.open_money import OpenMoney
from quickbooks_sync.record_types.declarations import Settling
from quickbooks_sync.record_types.registry import RECORD_TYPES
from quickbooks_sync.review.findings import Remark, from_outcome
from quickbooks_sync.review.model import Effect
from quickbooks_sync.review.reviewed import Reviewed, to_assumed_id

Row = Mapping[str, Any]

_TITLES = {
    Outcome.CONFLICT: "may settle more than is open in QuickBooks",
    Outcome.WAITING: "may be in QuickBooks already",
}


class StoredMoney:
    """Counts writes of one record type, page by page.

    Args:
        connection: An open connection; it is only read from.
        reviewed: The record type.
        settles: How its records settle others.
    """

    def __init__(self, connection: Connection, reviewed: Reviewed, settles: Settling) -> None:
        self._connection = connection
        self._reviewed = reviewed
        self._settles = settles
        self._settled = RECORD_TYPES[settles.of]
        self._money = OpenMoney(reviewed.type, settles, reviewed.realm_id)

    def look_at(self, rows: Sequence[Row], writes: Sequence[Write]) -> dict[str, list[Remark]]:
        """Count the writes of some rows, and return what is to be said of those that may not fit, by source id.

        Args:
            rows: The rows with their lines.
            writes: What a push would send of them.
        """
        settled = {
            **self._read_linked(self._money.find_settled_ids(writes)),
            **self._read_new(rows),
        }
        held = read_held_ids(
            self._connection,
            self._reviewed.realm_id,
            self._reviewed.record_type,
            self._settles.lines,
            [write.source_id for write in writes],
        )
        return {
            outcome.source_id: from_outcome(outcome)
            if outcome.source_id in held and outcome.outcome == Outcome.CONFLICT
            else [self._to_look(outcome)]
            for outcome in self._money.hold(self._connection, writes, settled)
        }

    def _to_look(self, outcome: RecordOutcome) -> Remark:
        title = _TITLES[outcome.outcome]
        message = f"{outcome.reason}, as of when it was last read; a push asks QuickBooks again"
        return Remark(Effect.LOOK, self._settles.lines, title, title, message)

    def _read_linked(self, asked: Iterable[str]) -> dict[str, dict[str, Any]]:
        links = read_links(
            self._connection, self._reviewed.realm_id, self._settles.of, quickbooks_ids=set(asked)
        )
        return {
            link.quickbooks_id: link.document
            for link in links
            if link.state not in (DELETED, REPLACED) and link.missing_since_at is None
        }

    def _read_new(self, rows: Iterable[Row]) -> dict[str, dict[str, Any]]:
        """Return what the rows settle in Loupe, as if QuickBooks had it and nothing were settled yet."""
        settles = self._settles
        ids = {line[settles.child_key] for row in rows for line in row[settles.child_table]}
        (key,) = self._settled.table.primary_key
        found = self._connection.execute(select(key, settles.total).where(key.in_(ids)))
        return {
            to_assumed_id(loupe_id): {settles.open_property: total} for loupe_id, total in found
        }
