"""What a pull does to one batch: identify, merge, guard, write."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection

from quickbooks_sync.intake.batch_context import BatchContext
from quickbooks_sync.intake.guards import SettlingGuard
from quickbooks_sync.intake.linked import LinkedRecords
from quickbooks_sync.intake.merging import RecordMerger
from quickbooks_sync.intake.outcomes import rejected, waiting, waiting_for_amount
from quickbooks_sync.intake.unlinked import UnlinkedRecords
from quickbooks_sync.intake.writes import PendingWrites
from quickbooks_sync.model.outcome import RecordOutcome
from quickbooks_sync.postgres.records.links import (
    REPLACED,
    Link,
    clear_missing_since,
    delete_links,
    insert_links,
    update_links,
)
from quickbooks_sync.postgres.records.staging import StagedRecord
from quickbooks_sync.quickbooks.changes import is_deleted, is_missing, is_stub
from quickbooks_sync.run.context import RunContext
from quickbooks_sync.run.retry_key import retry_key


class IntakeBatch:
    """Brings the records of one batch into Loupe, inside the caller's transaction.

    Args:
        context: The run.
        connection: An open transaction.
        inserts: Whether a record that no row is becomes a new one.
    """

    def __init__(
        self,
        context: RunContext,
        connection: Connection,
        *,
        inserts: bool = True,
    ) -> None:
        self._context = context
        self._connection = connection
        self._inserts = inserts

    def load(self, records: Sequence[StagedRecord]) -> list[RecordOutcome]:
        """Load the batch; returns one outcome per record, but none of those that are left out."""
        self._note_found(records)
        known = BatchContext.read(self._context, self._connection, records)
        loading = _Loading(known, records, inserts=self._inserts)
        first = self._context.type.identified_first_by
        ordered = sorted(records, key=lambda record: not (record.values or {}).get(first or ""))
        outcomes = [outcome for record in ordered if (outcome := loading.load(record))]
        # Rows are inserted together, once no record of the batch can be one that is there already.
        outcomes.extend(loading.unlinked.insert())
        self._write_links(loading.writes)
        return outcomes

    def absorb(self, answers: Sequence[tuple[StagedRecord, Link]]) -> None:
        """Take what QuickBooks made of a write of ours: filled defaults, and values only pulled.

        Args:
            answers: Each written record as QuickBooks returned it, with its link and new base.
        """
        records = [record for record, _ in answers]
        links = [link for _, link in answers]
        known = BatchContext.read(self._context, self._connection, records, links)
        writes = PendingWrites()
        merger = RecordMerger(known, _to_guard(known), writes)
        for record, link in answers:
            is_new = link.quickbooks_id not in known.stored
            ours = known.rows.get(link.loupe_id)
            if ours is None or merger.merge(record, link, ours, is_new=is_new).waits_for == (
                "decision"
            ):
                # The row is gone, or may not take the answer: the record is ours all the same, and
                # without its link it would be created once more.
                writes.add_link(link, is_new=is_new)
        self._write_links(writes)

    def _note_found(self, records: Sequence[StagedRecord]) -> None:
        """Records that were missing and are read again are not missing any more."""
        read = [record.source_id for record in records if not is_stub(record.raw)]
        clear_missing_since(
            self._connection, self._context.realm_id, self._context.record_type, read
        )

    def _write_links(self, writes: PendingWrites) -> None:
        key = self._connection, self._context.realm_id, self._context.record_type
        insert_links(*key, writes.new_links)
        update_links(*key, writes.changed_links)


class _Loading:
    """The load of one batch: what is known of it, and what it will write."""

    def __init__(
        self, known: BatchContext, records: Sequence[StagedRecord], *, inserts: bool
    ) -> None:
        self._known = known
        self._retry_key = retry_key(known.context, "", known.settings)
        self.writes = PendingWrites()
        # One guard for all: it counts what each payment of the batch applies.
        self._guard = guard = _to_guard(known)
        merger = RecordMerger(known, guard, self.writes)
        self._linked = LinkedRecords(known, merger, self.writes)
        self.unlinked = UnlinkedRecords(known, records, guard, merger, self.writes, inserts=inserts)

    def load(self, record: StagedRecord) -> RecordOutcome | None:
        """Take one record; `None` for one without a row, which is inserted with the others or left."""
        link = self._link_of(record)
        if is_deleted(record.raw):
            return self._linked.remove(record, link)
        if is_missing(record.raw):
            return self._linked.note_missing(record, link)
        # A record that broke a rule is not looked at closer: it may not even say what it refers to.
        blocked = (
            rejected(record, self._retry_key)
            or waiting(record, self._known.references.missing_loupe_id(record.values or {}))
            or waiting_for_amount(record, self._guard.find_unreadable(record.values or {}))
        )
        if blocked:
            return replace(blocked, loupe_id=link.loupe_id if link else None)
        return self.unlinked.settle(record) if link is None else self._linked.update(record, link)

    def _link_of(self, record: StagedRecord) -> Link | None:
        """Return a record's link; one whose Id is another record's now may have been given up."""
        link = self._known.links.get(record.source_id)
        judged = self._known.judged.get(record.source_id)
        if link is None or link.state != REPLACED or judged is None or judged.choice != "separate":
            return link
        context = self._known.context
        key = self._known.connection, context.realm_id, context.record_type
        delete_links(*key, [record.source_id])
        return None


def _to_guard(known: BatchContext) -> SettlingGuard:
    return SettlingGuard(
        known.connection,
        known.context.organization_id,
        known.references,
        known.context.type.settles,
    )
