"""Finds the Loupe row that an unlinked QuickBooks record is, among the rows that have no link."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, exists, select
from sqlalchemy.sql import ColumnElement

from quickbooks_sync.mapping import Field, RecordMapping
from quickbooks_sync.matching.first_contact import Finder
from quickbooks_sync.matching.identity import Candidate, Match
from quickbooks_sync.postgres.records.decisions import Decision
from quickbooks_sync.postgres.records.loupe_rows import Row, iter_columns, loupe_table, read_rows
from quickbooks_sync.postgres.records.staging import StagedRecord
from quickbooks_sync.postgres.tables import link
from quickbooks_sync.run.context import RunContext
from quickbooks_sync.settings import CompanySettings
from quickbooks_sync.transform.loupe_side import rows_to_values
from quickbooks_sync.transform.model import frame_to_values

Values = Mapping[str, Any]
#: Reads unlinked QuickBooks records: values by Id.
ReadPeers = Callable[[str], Mapping[str, Values]]
ToValues = Callable[[Mapping[int, Row]], dict[int, dict[str, Any]]]


class Identifier:
    """First contact for one batch; reads Loupe's unlinked rows only when a record needs it.

    Of all unlinked rows it reads the few columns that tell them apart; whole, with their lines, only those
    that a record of the batch may be.

    Args:
        connection: The batch's transaction.
        context: The run.
        mapping: The record type's mapping.
        searched: Canonical values of the batch's unlinked records.
        to_values: Turns Loupe rows into canonical values.
        read_peers: Reads the unlinked QuickBooks records with a value of the field that equal ones are paired by.
        judged: Decisions of people by QuickBooks Id; what they settled is no candidate any more.
    """

    def __init__(
        self,
        connection: Connection,
        context: RunContext,
        mapping: RecordMapping,
        searched: Iterable[Values],
        to_values: ToValues,
        read_peers: ReadPeers,
        judged: Mapping[str, Decision],
    ) -> None:
        self._connection = connection
        self._context = context
        self._mapping = mapping
        self._searched = searched
        self._to_values = to_values
        self._read_peers = read_peers
        self._judged = judged
        self._peers_by: dict[str, Mapping[str, Values]] = {}
        self._candidates: list[Candidate] = []
        self._finder: Finder | None = None
        self._identity = context.type.identity

    def find(self, record: StagedRecord) -> Match:
        """Return the row that the record is, a doubt, or nothing."""
        finder = self._ensure_finder()
        values = record.values or {}
        match = finder.find(values)
        if match.is_one_of_several and self._identity.pair:
            peers = self._peers(record)
            match = self._identity.pair(record.source_id, values, peers, self._candidates)
            if not match.doubt and match.loupe_id is not None:
                finder.take(match.loupe_id)
        return match

    def _ensure_finder(self) -> Finder:
        if self._finder is None:
            self._candidates = self._read_candidates()
            self._finder = Finder(self._identity, self._candidates)
        return self._finder

    def _peers(self, record: StagedRecord) -> dict[str, Values]:
        values = record.values or {}
        shared = str(values.get(str(self._identity.paired_by)))
        if shared not in self._peers_by:
            self._peers_by[shared] = self._read_peers(shared)
        peers = self._peers_by[shared]
        unjudged = {key: theirs for key, theirs in peers.items() if key not in self._judged}
        return {**unjudged, record.source_id: values}

    def _read_candidates(self) -> list[Candidate]:
        ids = [key for page in self._iter_near() for key in page]
        rows = read_rows(self._connection, self._mapping, self._context.organization_id, ids)
        taken = {one.loupe_id for one in self._judged.values() if one.choice == "same"}
        found = self._to_values(rows)
        return [Candidate(key, found[key]) for key in sorted(found) if key not in taken]

    def _iter_near(self) -> Iterator[list[int]]:
        """Yield the keys of the unlinked rows that have something in common with the batch's records."""
        keys = self._identity.keys
        wanted = [{key.near(values) for values in self._searched} - {None} for key in keys]
        names = self._identity.near_fields
        fields = [field for field in self._mapping.fields if field.name in names]
        narrow = replace(self._mapping, fields=tuple(fields))
        for rows in self._iter_unlinked(_columns(fields)):
            yield [
                row[self._mapping.key]
                for row, values in zip(rows, _read_values(narrow, rows), strict=True)
                if any(key.near(values) in near for key, near in zip(keys, wanted, strict=True))
            ]

    def _iter_unlinked(self, columns: set[str] | None) -> Iterator[list[Row]]:
        where = loupe_table(self._mapping)
        linked: ColumnElement[bool] = exists(
            select(link.c.link_id).where(
                link.c.realm_id == self._context.realm_id,
                link.c.record_type == self._context.record_type,
                link.c.loupe_id == where.table.c[where.key],
            )
        )
        return iter_columns(
            self._connection, self._mapping, self._context.organization_id, columns, ~linked
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
