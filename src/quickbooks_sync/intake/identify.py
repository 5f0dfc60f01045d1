"""Finds the Loupe row that an unlinked QuickBooks record is, among the rows that have no link."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, exists, select
from sqlalchemy.sql import ColumnElement

from quickbooks_sync.intake.pairing import ReadPeers, pair_one
from quickbooks_sync.mapping import Field, RecordMapping
from quickbooks_sync.matching.first_contact import Candidate, Finder, Match, finder_for
from quickbooks_sync.model.flow import RunManifest
from quickbooks_sync.postgres.records.decisions import Decision
from quickbooks_sync.postgres.records.loupe_rows import LOUPE_TABLES, Row, iter_columns, read_rows
from quickbooks_sync.postgres.records.staging import StagedRecord
from quickbooks_sync.postgres.tables import link
from quickbooks_sync.settings import CompanySettings
from quickbooks_sync.transform import frame_to_values, rows_to_values

Values = Mapping[str, Any]
ToValues = Callable[[Mapping[int, Row]], dict[int, dict[str, Any]]]


class Identifier:
    """First contact for one batch; reads Loupe's unlinked rows only when a record needs it.

    Of all unlinked rows it reads the few columns that tell them apart; whole, with their lines, only those
    that a record of the batch may be.

    Args:
        connection: The batch's transaction.
        run: The run.
        mapping: The record type's mapping.
        searched: Canonical values of the batch's unlinked records.
        to_values: Turns Loupe rows into canonical values.
        read_peers: Reads QuickBooks' unlinked payments of a day.
        judged: Decisions of people by QuickBooks Id; what they settled is no candidate any more.
    """

    def __init__(
        self,
        connection: Connection,
        run: RunManifest,
        mapping: RecordMapping,
        searched: Iterable[Values],
        to_values: ToValues,
        read_peers: ReadPeers,
        judged: Mapping[str, Decision],
    ) -> None:
        self._connection = connection
        self._run = run
        self._mapping = mapping
        self._searched = searched
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
        ids = [key for page in self._iter_near() for key in page]
        rows = read_rows(self._connection, record_type, self._run["organization_id"], ids)
        taken = {one.loupe_id for one in self._judged.values() if one.choice == "same"}
        found = self._to_values(rows)
        return [Candidate(key, found[key]) for key in sorted(found) if key not in taken]

    def _iter_near(self) -> Iterator[list[int]]:
        """Yield the keys of the unlinked rows that have something in common with the batch's records."""
        near = self._finder.near
        wanted = {
            name: {to_key(one.get(name)) for one in self._searched} - {None}
            for name, to_key in near.items()
        }
        fields = [one for one in self._mapping.fields if one.name in near]
        narrow = replace(self._mapping, fields=tuple(fields))
        for rows in self._iter_unlinked(_columns(fields)):
            yield [
                row[self._mapping.key]
                for row, held in zip(rows, _read_values(narrow, rows), strict=True)
                if any(to_key(held.get(name)) in wanted[name] for name, to_key in near.items())
            ]

    def _iter_unlinked(self, columns: set[str] | None) -> Iterator[list[Row]]:
        record_type = self._run["record_type"]
        where = LOUPE_TABLES[record_type]
        linked: ColumnElement[bool] = exists(
            select(link.c.link_id).where(
                link.c.realm_id == self._run["realm_id"],
                link.c.record_type == record_type,
                link.c.loupe_id == where.table.c[where.key],
            )
        )
        return iter_columns(
            self._connection, record_type, self._run["organization_id"], columns, ~linked
        )


def _columns(fields: Sequence[Field]) -> set[str] | None:
    """Return the columns that some fields are read from; `None`, all, where a rule reads them."""
    if any(one.derive_loupe or one.loupe is None for one in fields):
        return None
    return {str(one.loupe) for one in fields}


def _read_values(mapping: RecordMapping, rows: Sequence[Row]) -> list[dict[str, Any]]:
    return frame_to_values(
        rows_to_values(mapping, rows, references={}, settings=CompanySettings({})).frame
    )
