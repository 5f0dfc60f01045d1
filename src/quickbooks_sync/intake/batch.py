"""What a pull does to one batch: identify, merge, guard, write."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection

from quickbooks_sync.intake.batch_context import BatchContext
from quickbooks_sync.intake.linked import LinkedRecords, Written
from quickbooks_sync.intake.outcomes import (
    doubt,
    kept_apart,
    outcome_of,
    rejected,
    updated_at,
    waiting,
)
from quickbooks_sync.matching.identity import Match
from quickbooks_sync.model.outcome import Outcome, RecordOutcome
from quickbooks_sync.postgres.records.links import (
    REPLACED,
    Link,
    clear_missing_since,
    delete_links,
    insert_links,
    update_links,
)
from quickbooks_sync.postgres.records.loupe_rows import insert_rows
from quickbooks_sync.postgres.records.staging import StagedRecord
from quickbooks_sync.quickbooks.changes import is_deleted, is_missing, is_stub
from quickbooks_sync.run.context import RunContext
from quickbooks_sync.run.retry_key import retry_key
from quickbooks_sync.transform.loupe_side import values_to_row

Values = dict[str, Any]


class IntakeBatch:
    """Brings the records of one batch into Loupe, inside the caller's transaction."""

    def __init__(
        self,
        context: RunContext,
        connection: Connection,
        *,
        inserts: bool = True,
    ) -> None:
        self.known = BatchContext(context, connection)
        self.inserts = inserts
        self.retry_key = retry_key(context, "", self.known.settings)
        self.written = Written()
        self.linked = LinkedRecords(self.known, self.written)

    def load(self, records: list[StagedRecord]) -> list[RecordOutcome]:
        """Load the batch; returns one outcome per record."""
        self.known.read(records)
        self._note_found(records)
        first = self.known.context.type.identified_first_by
        ordered = sorted(records, key=lambda record: not (record.values or {}).get(first or ""))
        outcomes = [outcome for record in ordered if (outcome := self._load_one(record))]
        outcomes.extend(self._insert())
        self._write_links()
        return outcomes

    def absorb(self, answers: Sequence[tuple[StagedRecord, Link]]) -> None:
        """Take what QuickBooks made of a write of ours: filled defaults, and values only pulled.

        Args:
            answers: Each written record as QuickBooks returned it, with its link and new base.
        """
        links = [link for _, link in answers]
        known = self.known.read([one for one, _ in answers], links)
        for one, link in answers:
            is_new = link.quickbooks_id not in known
            is_missing_in_loupe = link.loupe_id not in self.known.rows
            if (
                is_missing_in_loupe
                or self.linked.merge(one, link, is_new=is_new).waits_for == "decision"
            ):
                # The row is gone, or may not take the answer: the record is ours all the same, and
                # without its link it would be created once more.
                (self.written.new_links if is_new else self.written.changed_links).append(link)
        self._write_links()

    def _note_found(self, records: list[StagedRecord]) -> None:
        """Records that were missing and are read again are not missing any more."""
        found = [
            record.source_id
            for record in records
            if (link := self.known.links.get(record.source_id))
            and link.missing_since_at
            and not is_stub(record.raw)
        ]
        if not found:
            return
        realm_id, record_type = self.known.context.realm_id, self.known.context.record_type
        clear_missing_since(self.known.connection, realm_id, record_type, found)
        for quickbooks_id in found:
            link = self.known.links[quickbooks_id]
            self.known.links[quickbooks_id] = replace(link, missing_since_at=None)

    def _link_of(self, record: StagedRecord) -> Link | None:
        """Return a record's link; one whose Id is another record's now may have been given up."""
        link = self.known.links.get(record.source_id)
        judged = self.known.judged.get(record.source_id)
        if link is None or link.state != REPLACED or judged is None or judged.choice != "separate":
            return link
        realm_id, record_type = self.known.context.realm_id, self.known.context.record_type
        delete_links(self.known.connection, realm_id, record_type, [record.source_id])
        return None

    def _load_one(self, one: StagedRecord) -> RecordOutcome | None:
        """Settle what a record is; `None` for one without a row yet, which is inserted with the others or left."""
        link = self._link_of(one)
        if is_deleted(one.raw):
            return self.linked.remove(one, link)
        if is_missing(one.raw):
            return self.linked.note_missing(one, link)
        blocked = rejected(one, self.retry_key) or waiting(
            one, self.known.references.missing_loupe_id(one.values or {})
        )
        if blocked:
            return replace(blocked, loupe_id=link.loupe_id if link else None)
        return self._identify(one) if link is None else self.linked.update(one, link)

    def _identify(self, one: StagedRecord) -> RecordOutcome | None:
        """Settle which Loupe row an unlinked record is: one of the unlinked, or a new one."""
        match = self._match(one)
        if match.doubt:
            return doubt(one, match)
        if match.loupe_id is not None:
            return self._link(one, match.loupe_id)
        return self._plan_insert(one)

    def _match(self, one: StagedRecord) -> Match:
        """Return what a person decided, else what first contact finds."""
        unique = self.known.context.type.unique_field
        carried = (one.values or {}).get(unique.name) if unique else None
        if unique and carried in self.known.repeated:
            return Match(None, unique.repeated)
        judged = self.known.judged.get(one.source_id)
        if judged is not None and judged.choice == "same":
            return self.known.matched_by_decision(judged)
        if judged is None and one.source_id in self.known.lost_answers:
            return Match(*self.known.lost_answers[one.source_id])
        match = Match() if judged is not None else self.known.identifier.find(one)
        if unique and match == Match() and carried in self.known.owners:
            return Match(None, unique.taken)
        return match

    def _link(self, one: StagedRecord, loupe_id: int) -> RecordOutcome:
        rows = self.known.read_rows([loupe_id])
        self.known.rows.update(rows)
        self.known.loupe_values.update(self.known.to_loupe_values(rows))
        self.known.unsettled |= self.known.read_unsettled([loupe_id])
        fresh = Link(loupe_id, one.source_id, "matched", one.source_version or "0", one.raw)
        apart = kept_apart(
            self.known.context.type.identity, self.known.loupe_values[loupe_id], one.values or {}
        )
        merged = self.linked.merge(one, fresh, is_new=True)
        is_held = merged.outcome == Outcome.CONFLICT
        outcome = Outcome.CONFLICT if is_held else Outcome.LINKED
        return replace(merged, outcome=outcome, warnings=(*merged.warnings, *apart))

    def _plan_insert(self, one: StagedRecord) -> RecordOutcome | None:
        excess = self.known.guard.check(one.values or {}, None)
        if excess:
            return doubt(one, Match(None, excess))
        if not self.inserts:
            return None
        row = values_to_row(
            self.known.mapping, one.values or {}, references=self.known.references.to_loupe
        )
        self.written.inserts.append((one, row))
        return None

    def _insert(self) -> list[RecordOutcome]:
        inserts = self.written.inserts
        if not inserts:
            return []
        context, rows = self.known.context, [row for _, row in inserts]
        names = [f"QuickBooks' {context.record_type} {staged.source_id}" for staged, _ in inserts]
        keys = insert_rows(
            self.known.connection, self.known.mapping, context.organization_id, rows, names
        )
        stored = self.known.read_rows(keys)
        held = self.known.to_loupe_values(stored)
        outcomes = []
        for (one, _), key in zip(inserts, keys, strict=True):
            link = self._born_link(one, key, held[key], stored[key]["row_version"])
            self.written.new_links.append(link)
            outcomes.append(outcome_of(one, link, Outcome.CREATED))
        return outcomes

    def _born_link(self, one: StagedRecord, key: int, ours: Values, row_version: int) -> Link:
        theirs = one.values or {}
        names = [
            f.name
            for f in self.known.mapping.fields
            if f.kind != "computed" and f.name in theirs and f.name in ours
        ]
        return Link(
            loupe_id=key,
            quickbooks_id=one.source_id,
            origin="quickbooks",
            sync_token=one.source_version or "0",
            document=one.raw,
            loupe_base={name: ours.get(name) for name in names},
            quickbooks_base={name: theirs[name] for name in names},
            quickbooks_updated_at=updated_at(one.raw),
            loupe_row_version=row_version,
        )

    def _write_links(self) -> None:
        realm_id, record_type = self.known.context.realm_id, self.known.context.record_type
        insert_links(self.known.connection, realm_id, record_type, self.written.new_links)
        update_links(self.known.connection, realm_id, record_type, self.written.changed_links)
