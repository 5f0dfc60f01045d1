"""What both sides hold about the records of a batch, read once in its transaction."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from quickbooks_sync.mapping import RecordMapping
from quickbooks_sync.matching.id_lookup import IdLookup
from quickbooks_sync.matching.identity import Match
from quickbooks_sync.model.flow import Direction
from quickbooks_sync.model.problem import Problem
from quickbooks_sync.model.unreadable import without_unreadable
from quickbooks_sync.postgres.records.decisions import (
    Decision,
    RecordDecisions,
    read_field_decisions,
    read_lost_answers,
    read_record_decisions,
)
from quickbooks_sync.postgres.records.links import Link, read_link_ids, read_links
from quickbooks_sync.postgres.records.loupe_rows import Row, read_rows
from quickbooks_sync.postgres.records.staging import StagedRecord, read_repeated_values
from quickbooks_sync.run.context import RunContext
from quickbooks_sync.run.resourced import fields_of
from quickbooks_sync.run.watermarks import find_resourced
from quickbooks_sync.settings import CompanySettings, read_settings
from quickbooks_sync.transform.loupe_side import rows_to_values
from quickbooks_sync.transform.model import Transformed

Values = dict[str, Any]


@dataclass(frozen=True)
class LoupeRow:
    """A Loupe row, locked for the batch.

    Attributes:
        row: Its columns, with its lines; empty where they cannot be read.
        values: Its canonical values.
        problems: What of it could not be read; the merge says nothing of those fields.
        is_unsettled: Whether Loupe has money on it that QuickBooks does not know.
    """

    row: Row
    values: Values
    problems: tuple[Problem, ...] = ()
    is_unsettled: bool = False


@dataclass(frozen=True)
class BatchContext:
    """Links, rows, decisions and references of a batch's records.

    Attributes:
        context: The run.
        connection: The batch's transaction.
        settings: The company's settings.
        references: The Loupe ids of what the records refer to, and back.
        links: Links by QuickBooks Id.
        stored: QuickBooks Ids whose link is in the database already.
        rows: The linked Loupe rows that there are, by key.
        decisions: What people decided about fields, by Loupe id.
        judged: What people decided about which record is which.
        lost_answers: Rows that a record may have been made for, by QuickBooks Id, with the doubt.
        owners: Which Loupe row carries a value of the field that is unique there.
        repeated: Values of it that several records of the run carry.
        resourced: Fields that the mapping reads from elsewhere now, with where they were read from; nobody has
            accepted it yet.
    """

    context: RunContext
    connection: Connection
    settings: CompanySettings
    references: IdLookup
    links: Mapping[str, Link]
    stored: frozenset[str]
    rows: Mapping[int, LoupeRow]
    decisions: Mapping[int, Sequence[Decision]]
    judged: RecordDecisions
    lost_answers: Mapping[str, tuple[int, str]]
    owners: Mapping[Any, int]
    repeated: frozenset[str]
    resourced: Mapping[str, str]

    @classmethod
    def read(
        cls,
        context: RunContext,
        connection: Connection,
        records: Sequence[StagedRecord],
        links: Sequence[Link] | None = None,
    ) -> "BatchContext":
        """Read what is known of a batch's records.

        Args:
            context: The run.
            connection: An open transaction.
            records: The records.
            links: Their links, where the batch has newer ones than the database.
        """
        key = connection, context.realm_id, context.record_type
        settings = read_settings(connection, context.realm_id)
        references = IdLookup(
            connection, context.realm_id, context.mapping, context.workspace.mapping
        )
        references.load_quickbooks_ids(record.values or {} for record in records)
        stored = read_links(*key, quickbooks_ids=[record.source_id for record in records])
        linked = {link.quickbooks_id: link for link in (stored if links is None else links)}
        reader = RowReader(context, connection, settings, references)
        rows = reader.read(link.loupe_id for link in linked.values())
        return cls(
            context,
            connection,
            settings,
            references,
            linked,
            frozenset(link.quickbooks_id for link in stored),
            rows,
            read_field_decisions(*key, list(rows)),
            read_record_decisions(*key),
            read_lost_answers(*key),
            _read_owners(context, connection, records),
            _read_repeated(context, connection),
            find_resourced(
                connection, context.realm_id, context.record_type, context.mapping.sources
            ),
        )

    @property
    def mapping(self) -> RecordMapping:
        """The record type's mapping."""
        return self.context.mapping

    @property
    def held_fields(self) -> frozenset[str]:
        """The fields that stay as they are on both sides because the mapping reads them from elsewhere now."""
        return fields_of(self.resourced)

    @property
    def reader(self) -> "RowReader":
        """Reads more of Loupe's rows, as those of the batch were read."""
        return RowReader(self.context, self.connection, self.settings, self.references)

    def matched_by_decision(self, decision: Decision) -> Match:
        """Return the row that a person named, or a doubt where it is another record's meanwhile."""
        realm_id, record_type = self.context.realm_id, self.context.record_type
        ids = [decision.loupe_id or 0]
        for loupe_id, quickbooks_id in read_link_ids(
            self.connection, realm_id, record_type, loupe_ids=ids
        ):
            return Match(
                loupe_id,
                f"it was decided that this is Loupe row {loupe_id}, but that row is linked to QuickBooks record "
                f"{quickbooks_id}; decide `separate` to keep it as a record of its own",
            )
        return Match(decision.loupe_id) if self.reader.read(ids) else Match()

    def is_paid(self, row: Row) -> bool:
        """Whether Loupe has live payments on a row; only what can be settled has any."""
        ids = [row[self.mapping.key]]
        paid = self.context.type.read_paid(self.connection, self.context.organization_id, ids)
        return bool(paid)


@dataclass(frozen=True)
class RowReader:
    """Reads Loupe rows with their canonical values, and keeps everybody else from changing them."""

    context: RunContext
    connection: Connection
    settings: CompanySettings
    references: IdLookup

    def read(self, loupe_ids: Iterable[int]) -> dict[int, LoupeRow]:
        """Read and lock rows by key; a row that is gone is left out."""
        rows = read_rows(
            self.connection,
            self.context.mapping,
            self.context.organization_id,
            list(loupe_ids),
            lock=True,
        )
        done = self._transform(rows)
        values = done.values
        unsettled = self.context.type.read_unsettled(
            self.connection, self.context.realm_id, list(rows)
        )
        return {
            key: LoupeRow(
                without_unreadable(row),
                values[position],
                tuple(done.problems.get(position, ())),
                key in unsettled,
            )
            for position, (key, row) in enumerate(rows.items())
        }

    def to_values(self, rows: Mapping[int, Row]) -> dict[int, Values]:
        """Return the canonical values of Loupe rows, by key."""
        return dict(zip(rows, self._transform(rows).values, strict=True))

    def _transform(self, rows: Mapping[int, Row]) -> Transformed:
        self.references.load_loupe_ids(rows.values())
        return rows_to_values(
            self.context.mapping,
            list(rows.values()),
            references=self.references.to_quickbooks,
            settings=self.settings,
        )


def _read_owners(
    context: RunContext, connection: Connection, records: Sequence[StagedRecord]
) -> Mapping[Any, int]:
    unique = context.type.unique_field
    if unique is None:
        return {}
    carried = [(record.values or {}).get(unique.name) for record in records]
    return context.type.read_owners(connection, context.organization_id, carried)


def _read_repeated(context: RunContext, connection: Connection) -> frozenset[str]:
    """Only a pull sees all records of its run: what a push looks up is a few of many."""
    unique = context.type.unique_field
    if unique is None or context.direction != Direction.PULL:
        return frozenset()
    return frozenset(read_repeated_values(connection, context.run_id, unique.name))
