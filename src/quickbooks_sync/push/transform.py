"""Transform of a push: Loupe's rows become canonical values and a decision what to send."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection

from quickbooks_sync.matching.id_lookup import IdLookup
from quickbooks_sync.matching.merge import Base, Merge, merge_record, next_base
from quickbooks_sync.model.decision import Operation
from quickbooks_sync.model.errors import RejectedRecordError
from quickbooks_sync.model.flow import BatchManifest
from quickbooks_sync.model.outcome import RECORD_CONFLICT, FieldConflict
from quickbooks_sync.model.problem import Problem
from quickbooks_sync.postgres.records import staging
from quickbooks_sync.postgres.records.decisions import Decision, read_field_decisions
from quickbooks_sync.postgres.records.links import DELETED, REPLACED, RETURNED, Link, read_links
from quickbooks_sync.postgres.runs.record_outcomes import read_conflicted_loupe_ids
from quickbooks_sync.push.decide.computed import find_differences
from quickbooks_sync.push.decide.missing_in_loupe import is_missing_in_loupe
from quickbooks_sync.push.decide.names import find_unnamed
from quickbooks_sync.push.decide.staged_rows import from_staged
from quickbooks_sync.push.deliver.stock import missing_setting, quantity_verdict
from quickbooks_sync.record_types.currency import settle_currency
from quickbooks_sync.record_types.decided import with_decisions
from quickbooks_sync.record_types.record_type import LinkedPair
from quickbooks_sync.run.context import RunContext
from quickbooks_sync.settings import CompanySettings, read_settings
from quickbooks_sync.transform import frame_to_values, records_to_values, rows_to_values

Values = dict[str, Any]
Action = dict[str, Any]

_REPLACED = "its Id is another record's in QuickBooks now; decide the conflict that the pull listed"


def transform(context: RunContext, batch: BatchManifest) -> None:
    """Decide for every row of a batch whether it is created, updated, voided, or left alone."""
    key = context.run_id, batch["batch_number"]
    with context.reading() as connection:
        # A row that is gone was decided when it was found missing.
        records = [
            one for one in staging.read_batch(connection, *key) if not is_missing_in_loupe(one.raw)
        ]
        results = PushDecisions(context, connection).decide(records)
    with context.transaction() as connection:
        staging.write_results(connection, *key, results)


def _of_deleted(row: Mapping[str, Any], link: Link) -> Action:
    """What was deleted in QuickBooks is not made anew by an edit in Loupe."""
    if row.get("lifecycle_status") == "Void" or row.get("is_void") or row.get("is_active") is False:
        return {"operation": "none", "reason": "deleted in QuickBooks"}
    why = "deleted in QuickBooks; void it or make it inactive in Loupe, too"
    held = FieldConflict(RECORD_CONFLICT, why, row["row_version"], link.quickbooks_id)
    return {"operation": "conflict", "reason": why, "conflicts": [vars(held)]}


class PushDecisions:
    """Decides what a push does with each row of a batch; reads only."""

    def __init__(self, context: RunContext, connection: Connection) -> None:
        self.context = context
        self.mapping = context.mapping
        self.settings: CompanySettings = read_settings(connection, context.realm_id)
        self.references = IdLookup(
            connection, context.realm_id, self.mapping, context.workspace.mapping
        )
        self._connection = connection
        self._missing = self.settings.missing(context.type.needed_settings)
        self._decisions: Mapping[int, list[Decision]] = {}
        self._invoiced_in: Mapping[int, set[str]] = {}
        self._paid: set[int] = set()

    def decide(self, records: list[staging.StagedRecord]) -> list[staging.StepResult]:
        """Return what is to be staged of each record: its values, problems and action."""
        record_type, realm_id = self.context.record_type, self.context.realm_id
        rows = [from_staged(self.mapping, one.raw) for one in records]
        self.references.load_loupe_ids(rows)
        done = rows_to_values(
            self.mapping, rows, references=self.references.to_quickbooks, settings=self.settings
        )
        values = frame_to_values(done.frame)
        ids = [int(one.source_id) for one in records]
        links = {
            one.loupe_id: one
            for one in read_links(self._connection, realm_id, record_type, loupe_ids=ids)
        }
        self._decisions = read_field_decisions(self._connection, realm_id, record_type, ids)
        doubts = read_conflicted_loupe_ids(self._connection, realm_id, record_type)
        self._invoiced_in = self.context.type.read_currencies(self._connection, ids)
        self._paid = self.context.type.read_paid(
            self._connection, self.context.organization_id, ids
        )
        results = []
        for position, one in enumerate(records):
            problems = [*done.problems.get(position, ())]
            link = links.get(ids[position])
            action = self._act(rows[position], values[position], problems, link, doubts)
            results.append(
                staging.StepResult(one.row_number, values[position], tuple(problems), action)
            )
        return results

    def _act(
        self,
        row: Mapping[str, Any],
        values: Values,
        problems: list[Problem],
        link: Link | None,
        doubts: Mapping[int, str],
    ) -> Action:
        skipped = self.context.type.unsent_reason(row, is_linked=link is not None)
        if skipped:
            problems.clear()
            return {"operation": "none", "reason": skipped}
        if link is not None and link.state == REPLACED:
            problems.clear()
            return {"operation": "conflict", "reason": _REPLACED}
        if link is not None and link.state == DELETED:
            problems.clear()
            return _of_deleted(row, link)
        if link is not None:
            return self._merge(row, values, link)
        loupe_id = row[self.mapping.key]
        if loupe_id in doubts:
            problems.clear()
            return {"operation": "conflict", "reason": doubts[loupe_id]}
        return self._create(row, values, problems)

    def _create(self, row: Mapping[str, Any], values: Values, problems: list[Problem]) -> Action:
        refused = self.context.type.why_not_representable(self.settings, row)
        if refused:
            problems.append(Problem(None, "can be represented in QuickBooks", None, refused))
        if self._missing and not problems:
            name = self._missing[0]
            problems.append(
                Problem(
                    name,
                    "company setting confirmed",
                    None,
                    f"the company setting {name} is not confirmed; confirm it with "
                    f"`quickbooks-sync settings confirm --set {name}=...`",
                    waits_for="setting",
                    waits_for_id=name,
                )
            )
        fields = [one.name for one in self.mapping.two_way if values.get(one.name) is not None]
        if self.context.type.is_created_in_a_currency:
            self._settle_currency(row, values, problems)
            fields.extend(["currency"] if self.settings.multi_currency else [])
        return {"operation": "create", "fields": fields}

    def _settle_currency(
        self, row: Mapping[str, Any], values: Values, problems: list[Problem]
    ) -> None:
        invoiced_in = self._invoiced_in.get(row[self.mapping.key], set())
        try:
            values["currency"] = settle_currency(self.settings, invoiced_in)
        except RejectedRecordError as error:
            problems.append(
                Problem(error.facts["field"], error.facts["rule"], sorted(invoiced_in), str(error))
            )

    def _merge(self, row: Mapping[str, Any], values: Values, link: Link) -> Action:
        done = records_to_values(
            self.mapping, [link.document], settings=self.settings, lists=self.settings.lists
        )
        theirs = frame_to_values(done.frame)[0]
        policy = self.context.type.merge_policy(
            LinkedPair(
                self.settings,
                row,
                link.origin,
                theirs,
                link.document,
                is_paid=link.loupe_id in self._paid,
                has_returned=link.state == RETURNED,
                agreed=link.loupe_base.keys(),
            ),
        )
        policy = with_decisions(policy, self._decisions.get(link.loupe_id, ()), values, theirs)
        base = Base(link.loupe_base, link.quickbooks_base)
        merge = merge_record(self.mapping, values, theirs, base, policy)
        unnamed = find_unnamed(self.mapping, self.settings.lists, merge.to_quickbooks)
        named_elsewhere = {problem.field for problem in unnamed}
        fields = [name for name in merge.to_quickbooks if name not in named_elsewhere]
        action: Action = {"operation": "update" if fields else "none", "fields": fields}
        if "is_void" in fields:
            action["operation"] = "void" if values["is_void"] else "conflict"
            action["reason"] = "an invoice or payment that is void in QuickBooks stays void"
            merge = _with_conflict(merge, str(action["reason"]), values, theirs)
        if merge.conflicts:
            action["conflicts"] = [vars(one) for one in merge.conflicts]
            action["operation"] = action["operation"] if fields else "conflict"
        if self.context.type.stock_field:
            self._judge_item(action, row, values, theirs, link)
        elif action["operation"] == "none" and not (values.get("is_void") or theirs.get("is_void")):
            # Nothing of it can be sent, so nothing else would tell that the two no longer agree.
            action["differs"] = [
                problem.to_json()
                for problem in (*find_differences(self.mapping, values, theirs), *unnamed)
            ]
        if action["operation"] in ("none", "conflict"):
            _note_agreement(action, merge, values, theirs, base)
        return action

    def _judge_item(
        self, action: Action, row: Mapping[str, Any], ours: Values, theirs: Values, link: Link
    ) -> None:
        """Add what is to be said of prices on another basis, and of the stock quantity."""
        _count_first(action, ours, theirs)
        differs = [*self.context.type.differences(self.settings, row)]
        verdict = quantity_verdict(
            self.settings, link, ours.get("quantity"), theirs.get("quantity")
        )
        if verdict and verdict[0] == Operation.ADJUST:
            action["adjust"] = verdict[1]
        elif verdict and verdict[0] == "waiting":
            action["waits_for_setting"] = (missing_setting(self.settings), verdict[1])
        elif verdict:
            differs.append(Problem("quantity", "stock agrees", None, verdict[1]))
        if differs:
            action["differs"] = [problem.to_json() for problem in differs]


def _with_conflict(merge: Merge, reason: str, ours: Values, theirs: Values) -> Merge:
    """List a revival that QuickBooks does not know, so that a person sees it."""
    if ours["is_void"]:
        return merge
    held = FieldConflict("is_void", reason, ours["is_void"], theirs["is_void"])
    return replace(merge, conflicts=(*merge.conflicts, held))


def _count_first(action: Action, ours: Values, theirs: Values) -> None:
    """Keep an item active while QuickBooks has stock of it: made inactive, it could not be adjusted."""
    if ours.get("is_active") or theirs.get("quantity") in (None, "0"):
        return
    action["fields"] = [one for one in action["fields"] if one != "is_active"]
    if action["operation"] == "update" and not action["fields"]:
        action["operation"] = "none"


def _note_agreement(action: Action, merge: Merge, ours: Values, theirs: Values, base: Base) -> None:
    """Note the base of a row that is not sent: what both sides hold now is agreed.

    Without it a conflict that a person settled in Loupe would come back with the next edit. What
    Loupe has still to take from QuickBooks is left to the pull.
    """
    standing = replace(merge, to_loupe={}, agreed=merge.agreed - merge.to_loupe.keys())
    after = next_base(standing, ours, theirs, base)
    action["base"] = {"loupe": dict(after.loupe), "quickbooks": dict(after.quickbooks)}
    is_over = merge.is_settled and not merge.to_loupe
    action["is_settled"] = is_over and not ("adjust" in action or action.get("differs"))
