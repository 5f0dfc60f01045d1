"""What a pull does to one batch: identify, merge, guard, write."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial

from sqlalchemy import Connection

from quickbooks_sync.intake.batch_context import BatchContext
from quickbooks_sync.intake.guards import SettlingGuard
from quickbooks_sync.intake.linked import LinkedRecords
from quickbooks_sync.intake.merging import RecordMerger
from quickbooks_sync.intake.outcomes import rejected, waiting, waiting_for_amount
from quickbooks_sync.intake.refusals import Refusals, load_around, try_alone
from quickbooks_sync.intake.replaced import find_row_difference
from quickbooks_sync.intake.unlinked import UnlinkedRecords
from quickbooks_sync.intake.writes import PendingWrites
from quickbooks_sync.model.outcome import RecordOutcome
from quickbooks_sync.postgres.records.decisions import read_record_decisions
from quickbooks_sync.postgres.records.link_states import clear_missing_since
from quickbooks_sync.postgres.records.links import (
    REPLACED_IN_LOUPE,
    Link,
    delete_links,
    insert_links,
    read_link_ids,
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
        self._give_up_links(records)
        return load_around(
            self._connection,
            lambda refused: self._load(records, refused),
            lambda refused: self._find_refused(records, refused),
        )

    def _load(self, records: Sequence[StagedRecord], refused: Refusals) -> list[RecordOutcome]:
        loading = self._start(records, refused)
        outcomes = [outcome for record in records if (outcome := loading.load(record))]
        # Rows are inserted together, once no record of the batch can be one that is there already.
        outcomes.extend(loading.unlinked.insert(loading.writes.inserts))
        self._write_links(loading.writes)
        return outcomes

    def _find_refused(self, records: Sequence[StagedRecord], refused: Refusals) -> Refusals:
        """Try every record alone, and say why some are refused; what this writes is not meant to stay."""
        loading = self._start(records, refused)
        found = self._try_alone((record, partial(loading.load, record)) for record in records)
        inserted = self._try_alone(
            (entry[0], partial(loading.unlinked.insert, [entry]))
            for entry in loading.writes.inserts
        )
        return {**found, **inserted}

    def _try_alone(self, tries: Iterable[tuple[StagedRecord, Callable[[], object]]]) -> Refusals:
        called = f"QuickBooks' {self._context.record_type}"
        tried = (
            (record, try_alone(self._connection, f"{called} {record.source_id}", load))
            for record, load in tries
        )
        return {record.source_id: problem for record, problem in tried if problem is not None}

    def _start(self, records: Sequence[StagedRecord], refused: Refusals) -> "_Loading":
        known = BatchContext.read(self._context, self._connection, records)
        return _Loading(known, records, refused, inserts=self._inserts)

    def absorb(self, answers: Sequence[tuple[StagedRecord, Link]]) -> Refusals:
        """Take what QuickBooks made of a write of ours: filled defaults, and values only pulled.

        Args:
            answers: Each written record as QuickBooks returned it, with its link and new base.

        Returns:
            By QuickBooks Id, why Loupe refused to take an answer; its link is written all the same.
        """

        def absorb(refused: Refusals) -> Refusals:
            absorbing = _Absorbing(self._context, self._connection, answers)
            for record, link in answers:
                absorbing.absorb(record, link, is_refused=record.source_id in refused)
            self._write_links(absorbing.writes)
            return refused

        def find_refused(refused: Refusals) -> Refusals:
            absorbing = _Absorbing(self._context, self._connection, answers)
            return self._try_alone(
                (record, partial(absorbing.absorb, record, link))
                for record, link in answers
                if record.source_id not in refused
            )

        return load_around(self._connection, absorb, find_refused)

    def _note_found(self, records: Sequence[StagedRecord]) -> None:
        """Records that were missing and are read again are not missing any more."""
        read = [record.source_id for record in records if not is_stub(record.raw)]
        clear_missing_since(
            self._connection, self._context.realm_id, self._context.record_type, read
        )

    def _give_up_links(self, records: Sequence[StagedRecord]) -> None:
        """Forget the links of pairs that somebody has declared separate; both are looked at anew."""
        key = self._connection, self._context.realm_id, self._context.record_type
        decisions = read_record_decisions(*key)
        ids = [record.source_id for record in records if decisions.separated(record.source_id)]
        if not ids:
            return
        pairs = read_link_ids(*key, quickbooks_ids=ids)
        over = [
            quickbooks_id
            for loupe_id, quickbooks_id in pairs
            if loupe_id in decisions.separated(quickbooks_id)
        ]
        delete_links(*key, over)

    def _write_links(self, writes: PendingWrites) -> None:
        key = self._connection, self._context.realm_id, self._context.record_type
        insert_links(*key, writes.new_links)
        update_links(*key, writes.changed_links)


class _Loading:
    """The load of one batch: what is known of it, and what it will write."""

    def __init__(
        self,
        known: BatchContext,
        records: Sequence[StagedRecord],
        refused: Refusals,
        *,
        inserts: bool,
    ) -> None:
        self._known = known
        self._refused = refused
        self._retry_key = retry_key(known.context, "", known.settings)
        self.writes = PendingWrites()
        # One guard for all: it counts what each payment of the batch applies.
        self._guard = guard = _to_guard(known)
        merger = RecordMerger(known, guard, self.writes)
        self._linked = LinkedRecords(known, merger, self.writes)
        self.unlinked = UnlinkedRecords(known, records, guard, merger, self.writes, inserts=inserts)

    def load(self, record: StagedRecord) -> RecordOutcome | None:
        """Take one record; `None` for one without a row, which is inserted with the others or left."""
        link = self._known.links.get(record.source_id)
        refusal = self._refused.get(record.source_id)
        if refusal is not None:
            # Nobody can tell when the database will take it, so each run tries again.
            return self._with_row(rejected(replace(record, problems=(refusal,)), ""), record, link)
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
            return self._with_row(blocked, record, link)
        return self.unlinked.settle(record) if link is None else self._linked.update(record, link)

    def _with_row(
        self, outcome: RecordOutcome | None, record: StagedRecord, link: Link | None
    ) -> RecordOutcome | None:
        """Name the row that a record is not taken into; one that may be it must not be sent as a new record."""
        loupe_id = link.loupe_id if link else self.unlinked.find_looked_up(record)
        return replace(outcome, loupe_id=loupe_id) if outcome else None


class _Absorbing:
    """The answers to some writes of ours, with the rows that they are taken into."""

    def __init__(
        self,
        context: RunContext,
        connection: Connection,
        answers: Sequence[tuple[StagedRecord, Link]],
    ) -> None:
        records, links = [record for record, _ in answers], [link for _, link in answers]
        self._known = BatchContext.read(context, connection, records, links)
        self.writes = PendingWrites()
        self._merger = RecordMerger(self._known, _to_guard(self._known), self.writes)

    def absorb(self, record: StagedRecord, link: Link, *, is_refused: bool = False) -> None:
        """Take one answer into its row, or the link alone.

        Where the row is gone or another one, may not take the answer, or is refused: the record is ours all the same,
        and without its link it would be created once more.
        """
        is_new = link.quickbooks_id not in self._known.stored
        ours = None if is_refused else self._known.rows.get(link.loupe_id)
        if ours is None:
            self.writes.add_link(link, is_new=is_new)
        elif find_row_difference(link, ours.row):
            self.writes.add_link(replace(link, state=REPLACED_IN_LOUPE), is_new=is_new)
        elif self._merger.merge(record, link, ours, is_new=is_new).waits_for == "decision":
            self.writes.add_link(link, is_new=is_new)


def _to_guard(known: BatchContext) -> SettlingGuard:
    return SettlingGuard(
        known.connection,
        known.context.organization_id,
        known.references,
        known.context.type.settles,
    )
