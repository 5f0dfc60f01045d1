"""Brings a record that has no link into Loupe: finds the row that it is, or makes one."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from quickbooks_sync.intake.batch_context import BatchContext, LoupeRow
from quickbooks_sync.intake.identify import Identifier, ReadRivals
from quickbooks_sync.intake.linked import to_matched_link
from quickbooks_sync.intake.merging import RecordMerger
from quickbooks_sync.intake.outcomes import doubt, kept_apart, outcome_of, updated_at
from quickbooks_sync.intake.planned import Planned, PlannedInsert, PlannedMerge
from quickbooks_sync.intake.replaced import created_at
from quickbooks_sync.intake.writes import PendingWrites
from quickbooks_sync.matching.identity import Match
from quickbooks_sync.model.flow import Direction
from quickbooks_sync.model.outcome import Outcome, RecordOutcome
from quickbooks_sync.postgres.records.links import Link
from quickbooks_sync.postgres.records.loupe_rows import Row, insert_rows, refused_silently
from quickbooks_sync.postgres.records.staging import StagedRecord, read_unlinked_values
from quickbooks_sync.transform.loupe_side import values_to_row

Values = dict[str, Any]


class UnlinkedRecords:
    """Takes the records of a batch that have no link, one by one.

    Args:
        known: What both sides hold about the batch.
        records: All records of the batch.
        merger: Merges a record with the row that it was found to be.
        writes: Takes rows and links as they are to be written.
        inserts: Whether a record that no row is becomes a new one.
    """

    def __init__(
        self,
        known: BatchContext,
        records: Sequence[StagedRecord],
        merger: RecordMerger,
        writes: PendingWrites,
        *,
        inserts: bool,
    ) -> None:
        self._known = known
        self._merger = merger
        self._writes = writes
        self._inserts = inserts
        self._identifier = _to_identifier(known, records)

    def plan(self, record: StagedRecord) -> RecordOutcome | Planned:
        """Find which row a record is, if any."""
        match = self._match(record)
        if match.doubt:
            return doubt(record, match)
        if match.loupe_id is None:
            return PlannedInsert(record)
        # The row was not among the batch's, for it had no link: it is read, and locked, now.
        ours = self._known.reader.read([match.loupe_id])[match.loupe_id]
        return self._merger.plan(record, to_matched_link(record, match.loupe_id), ours, is_new=True)

    def carry_out(self, planned: Planned) -> RecordOutcome | None:
        """Link a record; `None` for one that no row is, which is inserted with the others or left."""
        if isinstance(planned, PlannedMerge):
            return self._link(planned)
        if self._inserts:
            references = self._known.references.to_loupe
            row = values_to_row(self._known.mapping, planned.theirs, references=references)
            self._writes.inserts.append((planned.record, row))
        return None

    def find_looked_up(self, record: StagedRecord) -> int | None:
        """Return the row that a record is or may be, where it was looked up because a row is about to be created."""
        return None if self._inserts else self._match(record).loupe_id

    def insert(self, inserts: Sequence[tuple[StagedRecord, Row]]) -> list[RecordOutcome]:
        """Make the rows of the records that no row was."""
        if not inserts:
            return []
        context = self._known.context
        rows = [row for _, row in inserts]
        names = [f"QuickBooks' {context.record_type} {record.source_id}" for record, _ in inserts]
        keys = insert_rows(
            self._known.connection, self._known.mapping, context.organization_id, rows, names
        )
        stored = self._known.reader.read(keys)
        outcomes = []
        for (record, _), key, name in zip(inserts, keys, names, strict=True):
            ours = stored.get(key)
            if ours is None:
                raise refused_silently(name)
            link = self._born_link(record, key, ours)
            self._writes.add_link(link, is_new=True)
            outcomes.append(outcome_of(record, link, Outcome.CREATED))
        return outcomes

    def _match(self, record: StagedRecord) -> Match:
        """Return what a person decided, else what first contact finds."""
        unique = self._known.context.type.unique_field
        carried = (record.values or {}).get(unique.name) if unique else None
        if unique and carried in self._known.repeated:
            return Match(None, unique.repeated)
        judged = self._known.judged
        if record.source_id in judged.same:
            return self._known.matched_by_decision(judged.same[record.source_id])
        # Until somebody has decided about each row, a record that a lost write may have made is nobody else's.
        if record.source_id in self._known.lost_answers:
            return Match(*self._known.lost_answers[record.source_id])
        is_new = None in judged.separated(record.source_id)
        return Match() if is_new else self._identifier.find(record)

    def _link(self, planned: PlannedMerge) -> RecordOutcome:
        merged = self._merger.carry_out(planned)
        is_held = merged.outcome == Outcome.CONFLICT
        identity = self._known.context.type.identity
        apart = kept_apart(identity, planned.ours.values, planned.record.values or {})
        return replace(
            merged,
            outcome=Outcome.CONFLICT if is_held else Outcome.LINKED,
            warnings=(*merged.warnings, *apart),
        )

    def _born_link(self, record: StagedRecord, key: int, ours: LoupeRow) -> Link:
        theirs = record.values or {}
        names = [
            field.name
            for field in self._known.mapping.fields
            if field.kind != "computed" and field.name in theirs and field.name in ours.values
        ]
        return Link(
            loupe_id=key,
            quickbooks_id=record.source_id,
            origin="quickbooks",
            sync_token=record.source_version or "0",
            document=record.raw,
            loupe_base={name: ours.values.get(name) for name in names},
            quickbooks_base={name: theirs[name] for name in names},
            quickbooks_updated_at=updated_at(record.raw),
            loupe_row_version=ours.row["row_version"],
            quickbooks_created_at=created_at(record.raw),
        ).seen(ours.row)


def _to_identifier(known: BatchContext, records: Sequence[StagedRecord]) -> Identifier:
    unlinked = [record for record in records if record.source_id not in known.links]
    return Identifier(
        known.connection,
        known.context,
        known.mapping,
        [record.values or {} for record in unlinked],
        known.reader.to_values,
        _to_rivals(known, unlinked),
        known.judged,
    )


def _to_rivals(known: BatchContext, unlinked: Sequence[StagedRecord]) -> ReadRivals:
    """Return what reads the unlinked records that a row may be: those of the run, or those looked up."""
    if known.context.direction == Direction.PULL:
        return lambda texts: read_unlinked_values(known.connection, known.context.run, texts)
    return lambda _texts: {record.source_id: record.values or {} for record in unlinked}
