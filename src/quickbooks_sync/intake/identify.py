"""Finds the Loupe row that an unlinked QuickBooks record is, among the rows that have no link."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, exists, select
from sqlalchemy.sql import ColumnElement

from quickbooks_sync.mapping import Field, RecordMapping
from quickbooks_sync.matching.first_contact import Finder
from quickbooks_sync.matching.identity import Candidate, Match, is_in_use
from quickbooks_sync.model.flow import Direction
from quickbooks_sync.postgres.records.decisions import RecordDecisions
from quickbooks_sync.postgres.records.loupe_rows import Row, iter_columns, loupe_table, read_rows
from quickbooks_sync.postgres.records.staging import StagedRecord
from quickbooks_sync.postgres.tables import link
from quickbooks_sync.run.context import RunContext
from quickbooks_sync.settings import CompanySettings
from quickbooks_sync.transform.canonical import folded
from quickbooks_sync.transform.loupe_side import rows_to_values
from quickbooks_sync.transform.model import frame_to_values

Values = Mapping[str, Any]
#: Reads unlinked QuickBooks records whose fields hold some texts (folded; `None` for nothing): values by Id.
ReadRivals = Callable[[Mapping[str, Collection[str | None]]], Mapping[str, Values]]
ToValues = Callable[[Mapping[int, Row]], dict[int, dict[str, Any]]]

_RETIRED = (
    "the record is inactive or void in QuickBooks, the Loupe record it matches is in use, and this run reads only a part "
    "of QuickBooks' records, so another one may match it better; run the pull without a limit, or decide"
)


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
        read_rivals: Reads the unlinked QuickBooks records that rows of the batch may be as well.
        decisions: What people decided about which record is which.
    """

    def __init__(
        self,
        connection: Connection,
        context: RunContext,
        mapping: RecordMapping,
        searched: Iterable[Values],
        to_values: ToValues,
        read_rivals: ReadRivals,
        decisions: RecordDecisions,
    ) -> None:
        self._connection = connection
        self._context = context
        self._mapping = mapping
        self._searched = searched
        self._to_values = to_values
        self._read_rivals = read_rivals
        self._decisions = decisions
        self._identity = context.type.identity
        self._found: set[str] = set()

    def find(self, record: StagedRecord) -> Match:
        """Return the row that the record is, a doubt, or nothing."""
        values = record.values or {}
        barred = set(self._decisions.separated(record.source_id))
        while (match := self._finder.find(values, barred)).loupe_id is not None:
            settled = self._settle(record, match)
            if settled is not None:
                return settled
            barred.add(match.loupe_id)
        return match

    def _settle(self, record: StagedRecord, match: Match) -> Match | None:
        """Return what a found row is to the record among the other records that it may be; `None` for nothing."""
        values = record.values or {}
        rivals = {**self._rivals, record.source_id: values}
        if match.is_one_of_several and self._identity.pair:
            match = self._identity.pair(record.source_id, values, rivals, self._candidates)
        else:
            open_rivals = {key: theirs for key, theirs in rivals.items() if key not in self._found}
            chosen = self._finder.choose(record.source_id, match, open_rivals)
            if chosen is None:
                return None
            match = self._doubt(record, chosen)
        match = self._doubt_retired(values, match)
        if not match.doubt and match.loupe_id is not None:
            self._finder.take(match.loupe_id)
            self._found.add(record.source_id)
        return match

    def _doubt(self, record: StagedRecord, match: Match) -> Match:
        """Ask about a row of which it is open already whether it is another record."""
        asked = self._decisions.undecided.get(match.loupe_id or 0, ())
        others = sorted(set(asked) - {record.source_id} - self._rivals.keys())
        if match.doubt or not others:
            return match
        return replace(
            match,
            doubt=f"the Loupe record it matches may also be QuickBooks record {', '.join(others)}; decide that first",
        )

    def _doubt_retired(self, values: Values, match: Match) -> Match:
        """Ask about a living row and a retired record where the run does not see whether a living one is closer."""
        is_seen = self._context.direction != Direction.PULL or not self._context.is_narrowed
        if match.doubt or match.loupe_id is None or is_seen or is_in_use(values):
            return match
        (row,) = (row for row in self._candidates if row.loupe_id == match.loupe_id)
        return replace(match, doubt=_RETIRED) if is_in_use(row.values) else match

    @cached_property
    def _finder(self) -> Finder:
        return Finder(self._identity, self._candidates)

    @cached_property
    def _candidates(self) -> list[Candidate]:
        return self._read_candidates()

    @cached_property
    def _rivals(self) -> Mapping[str, Values]:
        """The unlinked QuickBooks records that have a key in common with one of the candidates."""
        keys = self._identity.keys
        near = [{key.near(row.values) for row in self._candidates} - {None} for key in keys]
        found: dict[str, Values] = {}
        for key in keys:
            rows = [row.values for row in self._candidates if key.near(row.values) is not None]
            if rows:
                texts = {name: {folded(row.get(name)) for row in rows} for name in key.near_fields}
                found.update(self._read_rivals(texts))
        return {
            quickbooks_id: values
            for quickbooks_id, values in found.items()
            if not self._decisions.are_about(quickbooks_id)
            and any(key.near(values) in wanted for key, wanted in zip(keys, near, strict=True))
        }

    def _read_candidates(self) -> list[Candidate]:
        ids = [key for page in self._iter_near() for key in page]
        rows = read_rows(self._connection, self._mapping, self._context.organization_id, ids)
        taken = self._decisions.taken
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
    if any(field.derive_loupe or field.loupe is None for field in fields):
        return None
    return {str(field.loupe) for field in fields}


def _read_values(mapping: RecordMapping, rows: Sequence[Row]) -> list[dict[str, Any]]:
    return frame_to_values(
        rows_to_values(mapping, rows, references={}, settings=CompanySettings({})).frame
    )
