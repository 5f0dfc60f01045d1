"""What a pull does to one batch: identify, merge, guard, write."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from quickbooks_sync.accounts import RECORD_CONFLICT, Account, FieldConflict
from quickbooks_sync.errors import RetryableError
from quickbooks_sync.first_contact import TOLD_BY, Match
from quickbooks_sync.flows import RunManifest
from quickbooks_sync.intake.deleted import remove
from quickbooks_sync.intake.guards import PaymentGuard, read_unsynced_invoice_ids
from quickbooks_sync.intake.identify import Identifier
from quickbooks_sync.intake.pairing import ReadPeers
from quickbooks_sync.mapping import RecordMapping
from quickbooks_sync.merge import Base, Merge, merge_record, next_base
from quickbooks_sync.postgres.decisions import read_field_decisions, read_record_decisions
from quickbooks_sync.postgres.links import Link, insert_links, read_links, update_links
from quickbooks_sync.postgres.loupe_rows import (
    Row,
    insert_rows,
    read_paid_invoice_ids,
    read_rows,
    read_tag_owners,
    update_row,
)
from quickbooks_sync.postgres.staging import (
    StagedRecord,
    read_repeated_values,
    read_unlinked_values,
)
from quickbooks_sync.quickbooks.changes import is_deleted
from quickbooks_sync.references import References
from quickbooks_sync.refusals import retry_key
from quickbooks_sync.rules import APART, LinkedPair, merge_rules, with_decisions
from quickbooks_sync.settings import CompanySettings, read_settings
from quickbooks_sync.transform import (
    folded,
    frame_to_values,
    rows_to_values,
    values_to_row,
)
from quickbooks_sync.workspace import Workspace

Values = dict[str, Any]


@dataclass
class _Written:
    """What a batch will write once every record of it has been decided."""

    inserts: list[tuple[StagedRecord, Row]] = field(default_factory=list)
    new_links: list[Link] = field(default_factory=list)
    changed_links: list[Link] = field(default_factory=list)


class IntakeBatch:
    """Brings the records of one batch into Loupe, inside the caller's transaction."""

    def __init__(
        self,
        workspace: Workspace,
        run: RunManifest,
        connection: Connection,
        *,
        inserts: bool = True,
    ) -> None:
        self.run = run
        self.connection = connection
        self.mapping = workspace.mapping(run["record_type"])
        self.settings = read_settings(connection, run["realm_id"])
        self.references = References(connection, run["realm_id"], self.mapping)
        self.inserts = inserts
        self.retry_key = retry_key(workspace, run["record_type"], "", self.settings)
        self.written = _Written()
        self.unsettled: set[int] = set()

    def load(self, records: list[StagedRecord]) -> list[Account]:
        """Load the batch; returns one account a record."""
        self._read(records)
        # A payment with a reference number goes first, lest one without takes its row.
        ordered = sorted(records, key=lambda one: not (one.values or {}).get("reference_number"))
        accounts = [self._load_one(one) for one in ordered]
        accounts.extend(self._insert())
        self._write_links()
        return [one for one in accounts if one.outcome != _PENDING]

    def absorb(self, answers: Sequence[tuple[StagedRecord, Link]]) -> None:
        """Take what QuickBooks made of a write of ours: filled defaults, and values only pulled.

        Args:
            answers: Each written record as QuickBooks returned it, with its link and new base.
        """
        links = [link for _, link in answers]
        known = self._read([one for one, _ in answers], links)
        for one, link in answers:
            is_new = link.quickbooks_id not in known
            is_gone = link.loupe_id not in self.rows
            if is_gone or self._merge(one, link, is_new=is_new).waits_for == "decision":
                # The row is gone, or may not take the answer: the record is ours all the same, and
                # without its link it would be created once more.
                (self.written.new_links if is_new else self.written.changed_links).append(link)
        self._write_links()

    def _read(self, records: list[StagedRecord], links: list[Link] | None = None) -> set[str]:
        realm_id, record_type = self.run["realm_id"], self.run["record_type"]
        ids = [one.source_id for one in records]
        stored = read_links(self.connection, realm_id, record_type, quickbooks_ids=ids)
        links = stored if links is None else links
        self.links = {one.quickbooks_id: one for one in links}
        self.references.load_quickbooks_ids(one.values or {} for one in records)
        self.rows = self._read_rows(one.loupe_id for one in links)
        self.loupe_values = self._to_loupe_values(self.rows)
        self.judged = read_record_decisions(self.connection, realm_id, record_type)
        self.identifier = Identifier(
            self.connection,
            self.run,
            self.mapping,
            [one.values or {} for one in records if one.source_id not in self.links],
            self._to_loupe_values,
            self._peers_in(records),
            self.judged,
        )
        loupe_ids = list(self.rows)
        self.decisions = read_field_decisions(self.connection, realm_id, record_type, loupe_ids)
        self.unsynced = self._read_unsynced(loupe_ids)
        self.tags: dict[Any, int] = (
            read_tag_owners(
                self.connection,
                self.run["organization_id"],
                [(one.values or {}).get("tag_id") for one in records],
            )
            if record_type == "inventory_item"
            else {}
        )
        self.guard = PaymentGuard(self.connection, self.run["organization_id"], self.references)
        self.repeated = (
            read_repeated_values(self.connection, self.run["run_id"], "tag_id")
            if record_type == "inventory_item" and self.run["direction"] == "pull"
            else set()
        )
        return {one.quickbooks_id for one in stored}

    def _peers_in(self, records: list[StagedRecord]) -> ReadPeers:
        """Return what reads the unlinked payments of a day: those of the run, or those looked up."""
        if self.run["direction"] == "pull":
            return lambda day: read_unlinked_values(
                self.connection, self.run, {"payment_date": day}
            )
        return lambda _day: {
            one.source_id: one.values or {} for one in records if one.source_id not in self.links
        }

    def _read_unsynced(self, ids: list[int]) -> set[int]:
        if self.run["record_type"] != "invoice":
            return set()
        return read_unsynced_invoice_ids(self.connection, self.run["realm_id"], ids)

    def _is_paid(self, row: Row) -> bool:
        """Whether Loupe has live payments on an invoice; other record types have none."""
        ids = [row.get("invoice_id") or 0]
        return bool(read_paid_invoice_ids(self.connection, self.run["organization_id"], ids))

    def _read_rows(self, ids: Iterable[int]) -> dict[int, Row]:
        return read_rows(
            self.connection,
            self.run["record_type"],
            self.run["organization_id"],
            list(ids),
            lock=True,
        )

    def _to_loupe_values(self, rows: Mapping[int, Row]) -> dict[int, Values]:
        self.references.load_loupe_ids(rows.values())
        done = rows_to_values(
            self.mapping,
            list(rows.values()),
            references=self.references.to_quickbooks,
            settings=self.settings,
        )
        return dict(zip(rows, frame_to_values(done.frame), strict=True))

    def _load_one(self, one: StagedRecord) -> Account:
        link = self.links.get(one.source_id)
        if is_deleted(one.raw):
            return self._remove(one, link)
        blocked = self._rejected(one) or self._waiting(one)
        if blocked:
            return replace(blocked, loupe_id=link.loupe_id if link else None)
        return self._identify(one) if link is None else self._update(one, link)

    def _identify(self, one: StagedRecord) -> Account:
        """Settle which Loupe row an unlinked record is: one of the unlinked, or a new one."""
        match = self._match(one)
        if match.doubt:
            return self._doubt(one, match)
        if match.loupe_id is not None:
            return self._link(one, match.loupe_id)
        return self._plan_insert(one)

    def _match(self, one: StagedRecord) -> Match:
        """Return what a person decided, else what first contact finds."""
        values = one.values or {}
        if values.get("tag_id") in self.repeated:
            return Match(None, "several QuickBooks items carry this SKU")
        judged = self.judged.get(one.source_id)
        if judged is not None:
            return Match(judged.loupe_id if judged.choice == "same" else None)
        match = self.identifier.find(one)
        if match == Match() and values.get("tag_id") in self.tags:
            why = "the Loupe item with this SKU as its Tag ID is linked to another QuickBooks item"
            return Match(None, why)
        return match

    def _remove(self, one: StagedRecord, link: Link | None) -> Account:
        """Take a deletion: the row gets a state, and the link remembers that nothing is there."""
        row = self.rows.get(link.loupe_id) if link else None
        if link is None or row is None or link.state == _GONE:
            # The stub comes again with each overlap; a conflict about it is over once the row is.
            account = Account(one.source_id, "unchanged", quickbooks_id=one.source_id)
            return replace(account, is_pending=True)
        is_paid = self._is_paid(row)
        removal = remove(self.run["record_type"], row, one.source_id, is_paid=is_paid)
        version = self._write_changes(link, row, removal.changes)
        self.written.changed_links.append(replace(link, state=_GONE, loupe_row_version=version))
        outcome = "conflict" if removal.conflict else "updated" if removal.changes else "unchanged"
        return replace(
            self._account(one, link, outcome),
            reason=removal.conflict.reason if removal.conflict else "deleted in QuickBooks",
            conflicts=(removal.conflict,) if removal.conflict else (),
            loupe_changed_at=row["updated_at"],
            loupe_changed_by=row["updated_by"],
        )

    def _rejected(self, one: StagedRecord) -> Account | None:
        causes = [p for p in one.problems or () if _rejects(p)]
        if not causes:
            return None
        return Account(
            one.source_id,
            "rejected",
            quickbooks_id=one.source_id,
            causes=tuple(causes),
            raw=one.raw,
            source_version=one.source_version,
            retry_key=self.retry_key,
        )

    def _waiting(self, one: StagedRecord) -> Account | None:
        missing = self.references.missing_loupe_id(one.values or {})
        if missing is None:
            return None
        record_type, quickbooks_id = missing
        return Account(
            one.source_id,
            "waiting",
            quickbooks_id=one.source_id,
            reason=f"the {record_type} {quickbooks_id} of QuickBooks is not linked to Loupe yet, "
            "or its row is gone there",
            waits_for=record_type,
            waits_for_id=quickbooks_id,
            raw=one.raw,
        )

    def _doubt(self, one: StagedRecord, match: Match) -> Account:
        held = FieldConflict(RECORD_CONFLICT, match.doubt or "", match.loupe_id, one.source_id)
        return Account(
            one.source_id,
            "conflict",
            loupe_id=match.loupe_id,
            quickbooks_id=one.source_id,
            reason=match.doubt,
            conflicts=(held,),
            waits_for="decision",
            raw=one.raw,
            quickbooks_changed_at=_updated_at(one.raw),
            warnings=_warnings(one),
        )

    def _link(self, one: StagedRecord, loupe_id: int) -> Account:
        rows = self._read_rows([loupe_id])
        self.rows.update(rows)
        self.loupe_values.update(self._to_loupe_values(rows))
        self.unsynced |= self._read_unsynced([loupe_id])
        fresh = Link(loupe_id, one.source_id, "matched", one.source_version or "0", one.raw)
        apart = _kept_apart(self.run["record_type"], self.loupe_values[loupe_id], one.values or {})
        account = self._merge(one, fresh, is_new=True)
        outcome = "linked" if account.outcome != "conflict" else "conflict"
        return replace(account, outcome=outcome, warnings=(*account.warnings, *apart))

    def _update(self, one: StagedRecord, link: Link) -> Account:
        if int(one.source_version or 0) < int(link.sync_token):
            # A write of ours, or a later run, has already seen a newer version.
            return self._account(one, link, "unchanged")
        if link.loupe_id not in self.rows:
            held = FieldConflict(
                RECORD_CONFLICT, "gone in Loupe: the row no longer exists", None, one.source_id
            )
            return replace(self._account(one, link, "conflict"), conflicts=(held,))
        return self._merge(one, link, is_new=False)

    def _merge(self, one: StagedRecord, link: Link, *, is_new: bool) -> Account:
        row, ours = self.rows[link.loupe_id], self.loupe_values[link.loupe_id]
        theirs = _storable(self.mapping, one.values or {})
        rules = merge_rules(
            self.run["record_type"],
            LinkedPair(
                self.settings,
                row,
                link.origin,
                theirs,
                one.raw,
                is_paid=bool(theirs.get("is_void")) and self._is_paid(row),
            ),
        )
        if self.tags.get(theirs.get("tag_id"), link.loupe_id) != link.loupe_id:
            taken = {"tag_id": "another Loupe item carries this SKU as its Tag ID"}
            rules = replace(rules, loupe_locked={**rules.loupe_locked, **taken})
        decisions = self.decisions.get(link.loupe_id, ())
        rules = with_decisions(rules, decisions, ours, theirs)
        base = Base(link.loupe_base, link.quickbooks_base)
        merge = merge_record(self.mapping, ours, theirs, base, rules)
        excess = self.guard.check(theirs, row) if "applications" in merge.to_loupe else None
        if excess:
            return replace(self._doubt(one, Match(link.loupe_id, excess)), reason=excess)
        changes = self._changes(link, merge, ours, theirs, row)
        version = self._write_changes(link, row, changes)
        after = _with_counted(self.settings, ours, theirs, next_base(merge, ours, theirs, base))
        self._keep_link(one, link, after, version, merge, is_new)
        outcome = "conflict" if merge.conflicts else "updated" if changes else "unchanged"
        return replace(
            self._account(one, link, outcome),
            conflicts=merge.conflicts,
            is_pending=bool(merge.to_quickbooks),
            # Once the payment is on both sides, QuickBooks' balance is taken from what was read now.
            waits_for="payment" if row.get("invoice_id") in self.unsettled else None,
            raw=one.raw,
            loupe_changed_at=row["updated_at"],
            loupe_changed_by=row["updated_by"],
        )

    def _changes(self, link: Link, merge: Merge, ours: Values, theirs: Values, row: Row) -> Row:
        """Return the Loupe columns to write: taken fields, and computed ones that moved."""
        taken = {**merge.to_loupe}
        for one in self.mapping.computed if self.run["direction"] == "pull" else ():
            if (
                one.loupe is None
                or one.name not in theirs
                or ours.get(one.name) == theirs[one.name]
            ):
                continue
            if one.follows and not _is_followed(one.follows, merge, link):
                continue
            taken[one.name] = theirs[one.name]
        if row.get("invoice_id") in self.unsynced:
            # Loupe knows of money that QuickBooks does not: its payment state is the newer one.
            held = [taken.pop(name, None) for name in ("balance_amount", "payment_status")]
            if any(held):
                self.unsettled.add(row["invoice_id"])
        if not taken:
            return {}
        return values_to_row(
            self.mapping, taken, references=self.references.to_loupe, fields=set(taken)
        )

    def _write_changes(self, link: Link, row: Row, changes: Row) -> int:
        if not changes:
            return int(row["row_version"])
        version = update_row(
            self.connection,
            self.run["record_type"],
            self.run["organization_id"],
            link.loupe_id,
            row["row_version"],
            changes,
        )
        if version is None:
            raise RetryableError(
                f"Loupe row {link.loupe_id} changed while it was being merged; nothing of this "
                "batch was written. The step is repeated.",
            )
        return version

    def _keep_link(
        self,
        one: StagedRecord,
        link: Link,
        base: Base,
        version: int,
        merge: Merge,
        is_new: bool,
    ) -> None:
        kept = replace(
            link,
            sync_token=one.source_version or "0",
            document=one.raw,
            loupe_base=dict(base.loupe),
            quickbooks_base=dict(base.quickbooks),
            quickbooks_updated_at=_updated_at(one.raw),
            loupe_row_version=version if merge.is_settled else None,
            state="live",
        )
        (self.written.new_links if is_new else self.written.changed_links).append(kept)

    def _plan_insert(self, one: StagedRecord) -> Account:
        excess = self.guard.check(one.values or {}, None)
        if excess:
            return self._doubt(one, Match(None, excess))
        if not self.inserts:
            return Account(one.source_id, _PENDING)
        row = values_to_row(self.mapping, one.values or {}, references=self.references.to_loupe)
        self.written.inserts.append((one, row))
        return Account(one.source_id, _PENDING)

    def _insert(self) -> list[Account]:
        inserts = self.written.inserts
        if not inserts:
            return []
        organization_id, record_type = self.run["organization_id"], self.run["record_type"]
        rows = [row for _, row in inserts]
        keys = insert_rows(self.connection, record_type, organization_id, rows)
        stored = self._read_rows(keys)
        held = self._to_loupe_values(stored)
        accounts = []
        for (one, _), key in zip(inserts, keys, strict=True):
            link = self._born_link(one, key, held[key], stored[key]["row_version"])
            self.written.new_links.append(link)
            accounts.append(self._account(one, link, "created"))
        return accounts

    def _born_link(self, one: StagedRecord, key: int, ours: Values, row_version: int) -> Link:
        theirs = one.values or {}
        names = [
            f.name
            for f in self.mapping.fields
            if f.kind != "computed" and f.name in theirs and f.name in ours
        ]
        return Link(
            key,
            one.source_id,
            "quickbooks",
            one.source_version or "0",
            one.raw,
            {name: ours.get(name) for name in names},
            {name: theirs[name] for name in names},
            _updated_at(one.raw),
            row_version,
        )

    def _write_links(self) -> None:
        realm_id, record_type = self.run["realm_id"], self.run["record_type"]
        insert_links(self.connection, realm_id, record_type, self.written.new_links)
        update_links(self.connection, realm_id, record_type, self.written.changed_links)

    def _account(self, one: StagedRecord, link: Link, outcome: str) -> Account:
        return Account(
            one.source_id,
            outcome,
            loupe_id=link.loupe_id,
            quickbooks_id=one.source_id,
            warnings=_warnings(one),
            quickbooks_changed_at=_updated_at(one.raw),
        )


_PENDING = "pending"
_GONE = "deleted_in_quickbooks"


def _with_counted(settings: CompanySettings, ours: Values, theirs: Values, base: Base) -> Base:
    """Note that both sides have agreed on a stock quantity; from then on differences are adjusted."""
    quantity = theirs.get("quantity")
    if settings["stock_owner"] == "quickbooks" or quantity is None:
        return base
    if ours.get("quantity") != quantity:
        return base
    counted = {"quantity": quantity}
    return Base({**base.loupe, **counted}, {**base.quickbooks, **counted})


def _kept_apart(record_type: str, ours: Values, theirs: Values) -> list[dict[str, Any]]:
    """Warn of values that differ and that first contact leaves as they are on both sides."""
    names = [*TOLD_BY.get(record_type, ()), *APART.get(record_type, ())]
    return [
        {
            "field": name,
            "rule": "is the same on both sides",
            "value": theirs[name],
            "message": f"QuickBooks has {name} {theirs[name]!r}, Loupe {ours[name]!r}; each side "
            "keeps its own until somebody changes it",
            "severity": "warning",
        }
        for name in sorted(names)
        if ours.get(name) and theirs.get(name) and _differ(record_type, name, ours, theirs)
    ]


def _differ(record_type: str, name: str, ours: Values, theirs: Values) -> bool:
    """Names that identify a record differ in spelling alone, or first contact asks a person."""
    is_alike = folded(ours[name]) == folded(theirs[name])
    is_apart = name in APART.get(record_type, ())
    return not is_alike if is_apart else is_alike and ours[name] != theirs[name]


def _storable(mapping: RecordMapping, values: Values) -> Values:
    """Leave out texts that Loupe cannot hold; a pull has rejected them, an answer may bring them."""
    too_long = {
        one.name
        for one in mapping.fields
        if one.max_length_loupe and len(values.get(one.name) or "") > one.max_length_loupe
    }
    return {name: value for name, value in values.items() if name not in too_long}


def _is_followed(name: str, merge: Merge, link: Link) -> bool:
    """Whether a total may be stored: its lines were taken, or QuickBooks is where they come from.

    A Loupe invoice whose total QuickBooks computes differently keeps its own and says so.
    """
    return name in merge.to_loupe or (link.origin == "quickbooks" and name in merge.agreed)


def _rejects(problem: Mapping[str, Any]) -> bool:
    return str(problem.get("severity", "rejected")) == "rejected"


def _warnings(one: StagedRecord) -> tuple[Mapping[str, Any], ...]:
    return tuple(p for p in one.problems or () if not _rejects(p))


def _updated_at(record: Mapping[str, Any]) -> datetime | None:
    written = (record.get("MetaData") or {}).get("LastUpdatedTime")
    return datetime.fromisoformat(written) if written else None
