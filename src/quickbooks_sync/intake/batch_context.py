"""What both sides hold about the records of a batch, read once in its transaction."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection

from quickbooks_sync.intake.guards import SettlingGuard
from quickbooks_sync.intake.identify import Identifier, ReadPeers
from quickbooks_sync.matching.id_lookup import IdLookup
from quickbooks_sync.matching.identity import Match
from quickbooks_sync.model.flow import Direction
from quickbooks_sync.postgres.records.decisions import (
    Decision,
    read_field_decisions,
    read_lost_answers,
    read_record_decisions,
)
from quickbooks_sync.postgres.records.links import Link, read_link_ids, read_links
from quickbooks_sync.postgres.records.loupe_rows import (
    Row,
    read_rows,
)
from quickbooks_sync.postgres.records.staging import (
    StagedRecord,
    read_repeated_values,
    read_unlinked_values,
)
from quickbooks_sync.run.context import RunContext
from quickbooks_sync.settings import read_settings
from quickbooks_sync.transform.loupe_side import rows_to_values
from quickbooks_sync.transform.model import frame_to_values

Values = dict[str, Any]


class BatchContext:
    """Links, rows, decisions and references of a batch's records."""

    def __init__(
        self,
        context: RunContext,
        connection: Connection,
    ) -> None:
        self.context = context
        self.connection = connection
        self.mapping = context.mapping
        self.settings = read_settings(connection, context.realm_id)
        self.references = IdLookup(
            connection, context.realm_id, self.mapping, context.workspace.mapping
        )

    def read(self, records: list[StagedRecord], links: list[Link] | None = None) -> set[str]:
        """Read what a batch needs; returns the Ids that have a link already."""
        realm_id, record_type = self.context.realm_id, self.context.record_type
        ids = [one.source_id for one in records]
        stored = read_links(self.connection, realm_id, record_type, quickbooks_ids=ids)
        links = stored if links is None else links
        self.links = {one.quickbooks_id: one for one in links}
        self.references.load_quickbooks_ids(one.values or {} for one in records)
        self.rows = self.read_rows(one.loupe_id for one in links)
        self.loupe_values = self.to_loupe_values(self.rows)
        self.judged = read_record_decisions(self.connection, realm_id, record_type)
        self.lost_answers = read_lost_answers(self.connection, realm_id, record_type)
        self.identifier = Identifier(
            self.connection,
            self.context,
            self.mapping,
            [one.values or {} for one in records if one.source_id not in self.links],
            self.to_loupe_values,
            self._peers_in(records),
            self.judged,
        )
        loupe_ids = list(self.rows)
        self.decisions = read_field_decisions(self.connection, realm_id, record_type, loupe_ids)
        self.unsettled = self.read_unsettled(loupe_ids)
        self.owners = self._read_owners(records)
        self.guard = SettlingGuard(
            self.connection,
            self.context.organization_id,
            self.references,
            self.context.type.settles,
        )
        self.repeated = self._read_repeated()
        return {one.quickbooks_id for one in stored}

    def _read_owners(self, records: list[StagedRecord]) -> dict[Any, int]:
        """Return which rows carry the batch's values of the field that is unique in Loupe."""
        unique = self.context.type.unique_field
        if unique is None:
            return {}
        carried = [(record.values or {}).get(unique.name) for record in records]
        return self.context.type.read_owners(self.connection, self.context.organization_id, carried)

    def _read_repeated(self) -> set[str]:
        unique = self.context.type.unique_field
        if unique is None or self.context.direction != Direction.PULL:
            return set()
        return read_repeated_values(self.connection, self.context.run_id, unique.name)

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
        return Match(decision.loupe_id) if self.read_rows(ids) else Match()

    def _peers_in(self, records: list[StagedRecord]) -> ReadPeers:
        """Return what reads the unlinked records to pair equal ones among: those of the context, or those looked up."""
        if self.context.direction == Direction.PULL:
            field = str(self.context.type.identity.paired_by)
            return lambda shared: read_unlinked_values(
                self.connection, self.context.run, {field: shared}
            )
        return lambda _shared: {
            one.source_id: one.values or {} for one in records if one.source_id not in self.links
        }

    def read_unsettled(self, ids: list[int]) -> set[int]:
        """Return the rows on which Loupe has money that QuickBooks does not know."""
        return self.context.type.read_unsettled(self.connection, self.context.realm_id, ids)

    def is_paid(self, row: Row) -> bool:
        """Whether Loupe has live payments on a row; only what can be settled has any."""
        key = row[self.mapping.key]
        paid = self.context.type.read_paid(self.connection, self.context.organization_id, [key])
        return bool(paid)

    def read_rows(self, ids: Iterable[int]) -> dict[int, Row]:
        """Read Loupe rows by key, and keep everybody else from changing them."""
        return read_rows(
            self.connection,
            self.mapping,
            self.context.organization_id,
            list(ids),
            lock=True,
        )

    def to_loupe_values(self, rows: Mapping[int, Row]) -> dict[int, Values]:
        """Return the canonical values of Loupe rows, by key."""
        self.references.load_loupe_ids(rows.values())
        done = rows_to_values(
            self.mapping,
            list(rows.values()),
            references=self.references.to_quickbooks,
            settings=self.settings,
        )
        return dict(zip(rows, frame_to_values(done.frame), strict=True))
