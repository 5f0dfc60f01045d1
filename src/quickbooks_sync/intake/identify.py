"""Finds the Loupe row that an unlinked QuickBooks record is, among the rows that have no link."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection, exists, select

from quickbooks_sync.first_contact import Candidate, Finder, Match, finder_for
from quickbooks_sync.flows import RunManifest
from quickbooks_sync.intake.pairing import ReadPeers, pair_one
from quickbooks_sync.postgres.decisions import Decision
from quickbooks_sync.postgres.loupe_rows import LOUPE_TABLES, Row, iter_rows
from quickbooks_sync.postgres.schema import link
from quickbooks_sync.postgres.staging import StagedRecord

Values = Mapping[str, Any]
ToValues = Callable[[Mapping[int, Row]], dict[int, dict[str, Any]]]


class Identifier:
    """First contact for one batch; reads Loupe's unlinked rows only when a record needs it.

    Args:
        connection: The batch's transaction.
        run: The run.
        to_values: Turns Loupe rows into canonical values.
        read_peers: Reads QuickBooks' unlinked payments of a day.
        judged: Decisions of people by QuickBooks Id; what they settled is no candidate any more.
    """

    def __init__(
        self,
        connection: Connection,
        run: RunManifest,
        to_values: ToValues,
        read_peers: ReadPeers,
        judged: Mapping[str, Decision],
    ) -> None:
        self._connection = connection
        self._run = run
        self._to_values = to_values
        self._read_peers = read_peers
        self._judged = judged
        self._peers_of_day: dict[str, Mapping[str, Values]] = {}
        self._candidates: list[Candidate] | None = None
        self._finder: Finder = finder_for(run["record_type"])

    def find(self, one: StagedRecord) -> Match:
        """Return the row that the record is, a doubt, or nothing."""
        if self._candidates is None:
            self._candidates = self._read_candidates()
            self._finder.offer(self._candidates)
        values = one.values or {}
        match = self._finder.find(values)
        if match.is_one_of_several and self._run["record_type"] == "payment":
            match = pair_one(one.source_id, values, self._peers(one), self._candidates)
            if not match.doubt and match.loupe_id is not None:
                self._finder.take(match.loupe_id)
        return match

    def _peers(self, one: StagedRecord) -> dict[str, Values]:
        values = one.values or {}
        day = str(values.get("payment_date"))
        if day not in self._peers_of_day:
            self._peers_of_day[day] = self._read_peers(day)
        peers = self._peers_of_day[day]
        unjudged = {key: held for key, held in peers.items() if key not in self._judged}
        return {**unjudged, one.source_id: values}

    def _read_candidates(self) -> list[Candidate]:
        record_type = self._run["record_type"]
        where = LOUPE_TABLES[record_type]
        linked = exists(
            select(link.c.link_id).where(
                link.c.realm_id == self._run["realm_id"],
                link.c.record_type == record_type,
                link.c.loupe_id == where.table.c[where.key],
            )
        )
        found: list[Candidate] = []
        for rows in iter_rows(self._connection, record_type, self._run["organization_id"], ~linked):
            values = self._to_values({row[where.key]: row for row in rows})
            found.extend(Candidate(key, held) for key, held in values.items())
        taken = {one.loupe_id for one in self._judged.values() if one.choice == "same"}
        return [one for one in found if one.loupe_id not in taken]
