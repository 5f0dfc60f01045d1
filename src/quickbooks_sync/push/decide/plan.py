"""What a batch's staged decisions mean: outcomes for rows that stay, writes for rows that go."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Connection, select

from quickbooks_sync.model.decision import Operation
from quickbooks_sync.model.outcome import FieldConflict, Outcome, RecordOutcome
from quickbooks_sync.model.problem import to_problems
from quickbooks_sync.postgres.records.links import Link, read_links
from quickbooks_sync.postgres.records.staging import StagedRecord
from quickbooks_sync.postgres.runs.record_outcomes import read_refusals
from quickbooks_sync.postgres.tables import run_record
from quickbooks_sync.push.decide.staged_rows import from_staged
from quickbooks_sync.push.deliver.operations import Write
from quickbooks_sync.push.deliver.stock import OpeningStock
from quickbooks_sync.run.context import RunContext
from quickbooks_sync.run.retry_key import retry_key
from quickbooks_sync.settings import CompanySettings

_PLANNED = {
    Operation.CREATE: Outcome.CREATED,
    Operation.UPDATE: Outcome.UPDATED,
    Operation.VOID: Outcome.UPDATED,
    Operation.ADJUST: Outcome.UPDATED,
}


@dataclass
class Plan:
    """A batch's rows, sorted by what happens to them.

    Attributes:
        outcomes: Rows that are not sent, with what is to be said of them.
        writes: Rows that are sent.
        adjustments: Items whose stock quantity is adjusted.
        links: Links of rows that are not sent, where more is agreed by now than they say.
    """

    outcomes: list[RecordOutcome] = field(default_factory=list)
    writes: list[Write] = field(default_factory=list)
    adjustments: list[Write] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)


class Planner:
    """Sorts a batch's rows; reads only."""

    def __init__(
        self,
        context: RunContext,
        connection: Connection,
        settings: CompanySettings,
    ) -> None:
        self._context = context
        self._connection = connection
        self._settings = settings
        self._opening = OpeningStock(connection, context, settings)

    def plan(self, records: list[StagedRecord]) -> Plan:
        """Sort the rows; those whose outcome this run has written already are left out."""
        done = self._already_written([int(one.source_id) for one in records])
        left = [one for one in records if int(one.source_id) not in done]
        self._refusals = read_refusals(
            self._connection,
            self._context.realm_id,
            self._context.record_type,
            [one.source_id for one in left],
        )
        links = self._read_links([int(one.source_id) for one in left])
        plan = Plan()
        for one in left:
            link = links.get(int(one.source_id))
            decided = self._decide(one, link)
            is_adjusted = bool((one.action or {}).get("adjust")) and _may_adjust(decided)
            if is_adjusted:
                plan.adjustments.append(self._to_write(one, {"operation": Operation.ADJUST}, link))
            if isinstance(decided, Write):
                plan.writes.append(decided)
            elif not is_adjusted or decided.outcome != Outcome.UNCHANGED:
                plan.outcomes.append(decided)
            if link is not None and not is_adjusted:
                plan.links.extend(_moved_link(one, link))
        return plan

    def planned_outcome(self, write: Write) -> RecordOutcome:
        """Return the outcome that a write would have; what a preview shows."""
        return RecordOutcome(
            str(write.loupe_id),
            _PLANNED[write.operation],
            loupe_id=write.loupe_id,
            quickbooks_id=write.link.quickbooks_id if write.link else None,
            reason=f"would send {', '.join(write.fields) or 'a stock adjustment'}",
        )

    def _already_written(self, loupe_ids: list[int]) -> set[int]:
        rows = self._connection.execute(
            select(run_record.c.loupe_id).where(
                run_record.c.run_id == self._context.run_id, run_record.c.loupe_id.in_(loupe_ids)
            )
        )
        return set(rows.scalars())

    def _read_links(self, loupe_ids: list[int]) -> dict[int, Link]:
        links = read_links(
            self._connection,
            self._context.realm_id,
            self._context.record_type,
            loupe_ids=loupe_ids,
        )
        return {one.loupe_id: one for one in links}

    def _decide(self, one: StagedRecord, link: Link | None) -> RecordOutcome | Write:
        action = one.action or {}
        key = self._retry_key(one, link)
        common: dict[str, Any] = {
            "loupe_id": int(one.source_id),
            "quickbooks_id": link.quickbooks_id if link else None,
            "raw": one.raw,
            "source_version": one.source_version,
            "retry_key": key,
        }
        if action.get("operation") in ("none", "conflict"):
            refused = self._refused_before(one, key, common) if action.get("adjust") else None
            return refused or _outcome_of_action(one, action, common)
        blocked = _blocked(one, common) or self._refused_before(one, key, common)
        if blocked:
            return blocked
        return self._to_write(one, action, link)

    def _refused_before(
        self, one: StagedRecord, key: str, common: Mapping[str, Any]
    ) -> RecordOutcome | None:
        """A record that QuickBooks refused is not sent again until something about it changed."""
        if self._context.record_ids:
            return None  # a person asks for exactly this record
        held, causes = self._refusals.get(one.source_id, ("", ()))
        if held != key or not any(cause.code for cause in causes):
            return None
        return RecordOutcome(one.source_id, Outcome.REJECTED, causes=causes, **common)

    def _to_write(self, one: StagedRecord, action: Mapping[str, Any], link: Link | None) -> Write:
        values, fields = one.values or {}, tuple(action.get("fields") or ())
        is_new_item = "quantity" in fields and action["operation"] == "create"
        opening = self._opening.start(values) if is_new_item else None
        return Write(
            loupe_id=int(one.source_id),
            row_version=int(one.source_version or 0),
            operation=Operation(action["operation"]),
            values=values,
            fields=fields if opening else tuple(name for name in fields if name != "quantity"),
            opening_quantity=opening or "0",
            link=link,
            row=from_staged(self._context.mapping, one.raw),
            raw=one.raw,
            retry_key=self._retry_key(one, link),
            conflicts=_conflicts(action),
        )

    def _retry_key(self, one: StagedRecord, link: Link | None) -> str:
        version = f"{one.source_version} {link.sync_token if link else ''}"
        return retry_key(self._context, version, self._settings)


def _may_adjust(decided: RecordOutcome | Write) -> bool:
    """A record that is rejected or waits is left alone as a whole."""
    return isinstance(decided, Write) or decided.outcome not in (Outcome.REJECTED, Outcome.WAITING)


def _moved_link(one: StagedRecord, link: Link) -> list[Link]:
    action = one.action or {}
    if "base" not in action:
        return []
    moved = replace(
        link,
        loupe_base=action["base"]["loupe"],
        quickbooks_base=action["base"]["quickbooks"],
        loupe_row_version=int(one.source_version or 0) if action["is_settled"] else None,
    )
    return [moved] if moved != link else []


def _outcome_of_action(
    one: StagedRecord, action: Mapping[str, Any], common: Mapping[str, Any]
) -> RecordOutcome:
    waits: dict[str, Any] = {}
    if action.get("waits_for_setting"):
        name, why = action["waits_for_setting"]
        waits = {"waits_for": "setting", "waits_for_id": name}
    differs = to_problems(action.get("differs"))
    if action["operation"] == "conflict":
        conflicts = _conflicts(action)
        reason = action.get("reason") or (conflicts[0].reason if conflicts else None)
        # What else is to be said of the record must not hide behind its conflict.
        told: dict[str, Any] = {"conflicts": conflicts, "warnings": differs}
        return RecordOutcome(
            one.source_id, Outcome.CONFLICT, reason=reason, **told, **waits, **common
        )
    if waits:
        return RecordOutcome(one.source_id, Outcome.WAITING, reason=why, **waits, **common)
    return RecordOutcome(
        one.source_id,
        Outcome.DIFFERS if differs else Outcome.UNCHANGED,
        reason=action.get("reason"),
        causes=differs,
        **common,
    )


def _conflicts(action: Mapping[str, Any]) -> tuple[FieldConflict, ...]:
    return tuple(FieldConflict(**one) for one in action.get("conflicts") or ())


def _blocked(one: StagedRecord, common: Mapping[str, Any]) -> RecordOutcome | None:
    causes = tuple(problem for problem in one.problems if problem.is_rejecting)
    if causes:
        return RecordOutcome(one.source_id, Outcome.REJECTED, causes=causes, **common)
    waiting = [problem for problem in one.problems if not problem.is_warning]
    if waiting:
        return RecordOutcome(
            one.source_id,
            Outcome.WAITING,
            reason=waiting[0].message,
            waits_for=waiting[0].waits_for,
            waits_for_id=waiting[0].waits_for_id,
            **common,
        )
    return None
