"""Decides and validates rows as a push does, builds what it would send, and sends nothing.

Design note
    A row is judged as it stands, with the links that there are and the settings that are confirmed: what a push would
    say of it now. Before the first push most rows wait, for nothing is linked and no setting is confirmed; such a row
    is judged once more as if that were done, so that a fault behind the wait is named with it. What a push asks
    QuickBooks right before it sends is not asked here: whether the record exists there is not known, and what is still
    open of an invoice is what was open when it was last read.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import Connection

from quickbooks_sync.matching.id_lookup import IdLookup
from quickbooks_sync.model.decision import Create, Keep, Update, Void, fields_sent
from quickbooks_sync.model.errors import RejectedRecordError, SettingsError
from quickbooks_sync.model.flow import Direction
from quickbooks_sync.model.problem import Problem
from quickbooks_sync.postgres.records.loupe_rows import Row, iter_rows
from quickbooks_sync.postgres.records.staging import StagedRecord
from quickbooks_sync.postgres.runs.record_outcomes import read_refusals
from quickbooks_sync.push.decide.batch import decide_rows
from quickbooks_sync.push.decide.decided import Decided
from quickbooks_sync.push.decide.facts import PushFacts
from quickbooks_sync.push.decide.missing_in_loupe import find_missing_in_loupe
from quickbooks_sync.push.decide.names import find_unnamed
from quickbooks_sync.push.decide.opening_stock import OpeningStock
from quickbooks_sync.push.decide.plan import plan_row
from quickbooks_sync.push.decide.plan_facts import PlanFacts
from quickbooks_sync.push.decide.staged_rows import to_staged
from quickbooks_sync.push.decide.write import Write
from quickbooks_sync.push.deliver.operations import build_request, to_cause
from quickbooks_sync.push.extract import is_agreed
from quickbooks_sync.review.findings import (
    Findings,
    Remark,
    from_conflict,
    from_outcome,
    from_problem,
    to_unconfirmed,
)
from quickbooks_sync.review.gate import GateCount
from quickbooks_sync.review.judged import Judged, Planned
from quickbooks_sync.review.model import Effect, Stop
from quickbooks_sync.review.money import StoredMoney
from quickbooks_sync.review.reviewed import BothSettings, Reviewed, assume_linked
from quickbooks_sync.run.retry_key import retry_key
from quickbooks_sync.settings import CompanySettings
from quickbooks_sync.validation import to_problem, validate_values


class Preview:
    """Looks at the rows of one record type that a push would look at.

    Args:
        connection: An open connection; it is only read from.
        reviewed: The record type.
        settings: The company's settings.
        findings: Where findings are added.
    """

    def __init__(
        self,
        connection: Connection,
        reviewed: Reviewed,
        settings: BothSettings,
        findings: Findings,
    ) -> None:
        self._connection = connection
        self._reviewed = reviewed
        self._mapping = reviewed.mapping
        self._settings = settings
        self._findings = findings
        settles = reviewed.type.settles
        self._money = StoredMoney(connection, reviewed, settles) if settles else None
        self._gate = GateCount(connection, reviewed)

    def run(self) -> None:
        """Look at every row whose version the sides do not agree on, page by page, and at links without a row."""
        reviewed = self._reviewed
        pages = iter_rows(
            self._connection,
            self._mapping,
            reviewed.organization_id,
            ~is_agreed(reviewed),
            beside=reviewed.type.unsent_columns,
        )
        for rows in pages:
            self._look_at(rows)
        for record in find_missing_in_loupe(self._connection, reviewed):
            facts = PlanFacts(self._mapping, str, OpeningStock(is_sent=False, is_whole=False))
            outcome = plan_row(record, facts).outcome
            self._gate.add_missing()
            if outcome:
                self._add(int(record.source_id), "-", from_outcome(outcome))
        self._findings.stops += [
            Stop(reviewed.record_type, reason)
            for reason in self._gate.iter_reasons(self._settings.confirmed)
        ]

    def _look_at(self, rows: Sequence[Row]) -> None:
        ids = [int(row[self._mapping.key]) for row in rows]
        facts = PushFacts.read(
            self._connection, self._reviewed, rows, settings=self._settings.confirmed
        )
        references = self._read_references(rows)
        judged = self._judge(rows, references, facts)
        again = [judgement.row for judgement in judged if self._is_judged_again(judgement)]
        assumed = self._judge(
            again,
            assume_linked(self._mapping, references),
            replace(facts, settings=self._settings.assumed),
        )
        by_id = {self._id_of(judgement.row): judgement for judgement in assumed}
        plan_facts = self._read_plan_facts(ids, facts)
        planned = [
            self._plan(by_id.get(self._id_of(judgement.row), judgement), plan_facts)
            for judgement in judged
        ]
        money = self._count_money(rows, planned)
        for judgement, plan in zip(judged, planned, strict=True):
            loupe_id = self._id_of(judgement.row)
            supposed = by_id.get(loupe_id)
            remarks = self._describe(judgement, plan)
            remarks += money.get(str(loupe_id), [])
            self._add(loupe_id, self._reviewed.type.show(judgement.row), remarks)
            problems = supposed.problems if supposed else ()
            self._gate.add(loupe_id, judgement, problems, facts.links.get(loupe_id))

    def _read_references(self, rows: Sequence[Row]) -> Mapping[str, Mapping[int, str]]:
        reviewed = self._reviewed
        lookup = IdLookup(
            self._connection, reviewed.realm_id, self._mapping, reviewed.workspace.mapping
        )
        lookup.load_loupe_ids(rows)
        return lookup.to_quickbooks

    def _read_plan_facts(self, ids: Sequence[int], facts: PushFacts) -> PlanFacts:
        reviewed, confirmed = self._reviewed, self._settings.confirmed
        key = self._connection, reviewed.realm_id, reviewed.record_type
        return PlanFacts(
            self._mapping,
            lambda version: retry_key(reviewed, version, confirmed),
            OpeningStock.read(self._connection, reviewed, confirmed),
            facts.links,
            read_refusals(*key, [str(loupe_id) for loupe_id in ids]),
        )

    def _judge(
        self,
        rows: Sequence[Row],
        references: Mapping[str, Mapping[int, str]],
        facts: PushFacts,
    ) -> list[Judged]:
        decided = decide_rows(rows, references, facts)
        broken = self._validate(decided)
        return [
            Judged(row, verdict, _find_problems(verdict, broken.get(position, ())), facts.settings)
            for position, (row, verdict) in enumerate(zip(rows, decided, strict=True))
        ]

    def _validate(self, decided: Sequence[Decided]) -> dict[int, list[Problem]]:
        """Return by position what the rows to be written break; the rest is not validated, as in a push."""
        written = [
            position
            for position, verdict in enumerate(decided)
            if isinstance(verdict.decision, Create | Update)
        ]
        if not written:
            return {}
        values = [dict(decided[position].values) for position in written]
        reviewed = self._reviewed
        fields = [fields_sent(decided[position].decision) for position in written]
        result = validate_values(
            self._mapping, reviewed.expectations, Direction.PUSH, values, fields
        )
        broken: dict[int, list[Problem]] = {}
        for failure in result.failures:
            broken.setdefault(written[failure.row], []).append(to_problem(failure))
        return broken

    def _is_judged_again(self, judged: Judged) -> bool:
        return judged.is_waiting or bool(self._find_unconfirmed(judged))

    def _find_unconfirmed(self, judged: Judged) -> tuple[str, ...]:
        """Return the settings without which a new row is not sent."""
        if not isinstance(judged.decided.decision, Create):
            return ()
        return self._settings.confirmed.missing(self._reviewed.type.needed_settings)

    def _plan(self, judged: Judged, facts: PlanFacts) -> Planned:
        """Return what a push would do with a row, and what keeps its request from being built."""
        planned = plan_row(self._to_staged(judged), facts)
        built = self._build(planned.write, judged.settings) if planned.write else []
        return Planned(judged, planned, tuple(built))

    def _count_money(
        self, rows: Sequence[Row], planned: Sequence[Planned]
    ) -> dict[str, list[Remark]]:
        if self._money is None:
            return {}
        writes = [plan.row.write for plan in planned if plan.row.write and plan.is_sent]
        return self._money.look_at(rows, writes)

    def _describe(self, judged: Judged, planned: Planned) -> list[Remark]:
        """Return everything that a push says of a row now, and would say of it once it waits for nothing."""
        remarks = [from_problem(problem) for problem in judged.problems]
        remarks += [
            to_unconfirmed(name, _to_confirm(name)) for name in self._find_unconfirmed(judged)
        ]
        if planned.judged is not judged:
            remarks += [from_problem(problem) for problem in planned.judged.problems]
        return [*remarks, *self._describe_plan(planned)]

    def _describe_plan(self, planned: Planned) -> list[Remark]:
        """Return what is said of a row whatever its values break: what is held, and what cannot be built."""
        decided, write = planned.judged.decided, planned.row.write
        remarks = from_outcome(planned.row.outcome) if planned.row.outcome else []
        if write:
            remarks += [from_conflict(conflict) for conflict in write.conflicts]
            refused = {problem.field for problem in decided.problems if not problem.is_warning}
            remarks += self._find_unnamed(write, planned.judged.settings)
            # A field that was refused by deciding is not refused again, in other words, by building it.
            remarks += [remark for remark in planned.built if remark.field not in refused]
        if isinstance(decided.decision, Create):
            remarks += self._find_worth_a_look(planned.judged)
        return remarks

    def _to_staged(self, judged: Judged) -> StagedRecord:
        row, decided = judged.row, judged.decided
        return StagedRecord(
            0,
            str(self._id_of(row)),
            str(row["row_version"]),
            to_staged(row),
            dict(decided.values),
            (),
            decided.decision,
        )

    def _build(self, write: Write, settings: CompanySettings) -> list[Remark]:
        try:
            build_request(self._reviewed.type, self._mapping, settings, write, "1")
        except (RejectedRecordError, SettingsError) as error:
            return [from_problem(to_cause(error))]
        return []

    def _find_unnamed(self, write: Write, settings: CompanySettings) -> list[Remark]:
        values = {name: write.values.get(name) for name in write.fields}
        return [
            from_problem(problem) for problem in find_unnamed(self._mapping, settings.lists, values)
        ]

    def _find_worth_a_look(self, judged: Judged) -> list[Remark]:
        return [
            Remark(Effect.LOOK, look.field, look.words, look.words)
            for look in self._reviewed.type.worth_a_look
            if judged.decided.values.get(look.field) is None
        ]

    def _id_of(self, row: Row) -> int:
        return int(row[self._mapping.key])

    def _add(self, loupe_id: int, text: str, remarks: Sequence[Remark]) -> None:
        self._findings.add(self._reviewed.record_type, loupe_id, text, remarks)


def _find_problems(decided: Decided, broken: Sequence[Problem]) -> tuple[Problem, ...]:
    """Return what keeps a row from being sent; what is not to be sent anyway, is not judged."""
    if not isinstance(decided.decision, Create | Update | Void | Keep):
        return ()
    return (*decided.problems, *broken)


def _to_confirm(setting: str) -> str:
    return f"confirm it with `quickbooks-sync settings confirm --set {setting}=...`"
