"""What the pages tell of a run: its counts, its rules in words, and both against the run before."""

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from quickbooks_sync.validation.model import StoredResult
from quickbooks_sync.validation.unread import EXAMPLES

RuleKey = tuple[str, str, str, str]
#: What a run looked at, in words.
SCOPES = {
    "full": "all records",
    "incremental": "changed records",
    "part": "chosen records",
    "preview": "preview",
}
_ORDER = {"rejected": 0, "warning": 1, "passed": 2}


@dataclasses.dataclass
class RuleReport:
    """One rule over all batches of a run.

    Attributes:
        examples: The first records that break it, each with `record` and `found`.
        before: How many records broke it in the run that this one is compared with, if any.
    """

    field: str
    rule: str
    expectation: str
    severity: str
    checked: int = 0
    failed: int = 0
    examples: list[dict[str, Any]] = dataclasses.field(default_factory=list)
    before: int | None = None

    @property
    def key(self) -> RuleKey:
        """What makes it the same rule in another run."""
        return self.field, self.rule, self.expectation, self.severity

    @property
    def state(self) -> str:
        """`passed`, `warning` or `rejected`."""
        return self.severity if self.failed else "passed"

    @property
    def is_told(self) -> bool:
        """Whether there is something to say of it: records break it, or did."""
        return bool(self.failed or self.before)

    @property
    def change(self) -> str:
        """Its change against the run before, in words; empty where there is none to compare."""
        if self.before is None or self.before == self.failed:
            return "" if self.before is None else "as before"
        if not self.before:
            return "new"
        if not self.failed:
            return f"gone, {self.before} before"
        return f"{'more' if self.failed > self.before else 'fewer'}, {self.before} before"


@dataclasses.dataclass
class RunReport:
    """One run's validation.

    Attributes:
        scope: `full`, `incremental`, `part` or `preview`.
        previous: The run before of the same flow and scope.
        history: The flow's runs up to this one, oldest first, previews and parts left out.
    """

    run_id: int
    record_type: str
    direction: str
    realm_id: str
    company_name: str
    scope: str
    started_at: datetime
    suite: str
    great_expectations: str
    batches: int
    records: int
    rejected: int
    warned: int
    rules: list[RuleReport]
    previous: "RunReport | None" = None
    history: "Sequence[RunReport]" = ()

    @property
    def page(self) -> str:
        """The run's file name."""
        return f"run_{self.run_id}.html"

    @property
    def flow(self) -> str:
        """The flow in words."""
        return f"{self.direction.capitalize()} {self.record_type.replace('_', ' ')}s"

    @property
    def company(self) -> str:
        """The company's name and Id."""
        return f"{self.company_name} ({self.realm_id})" if self.company_name else self.realm_id

    @property
    def looked_at(self) -> str:
        """Which records it read, in words."""
        return SCOPES[self.scope]

    @property
    def state(self) -> str:
        """`passed`, `warning` or `rejected`."""
        return "rejected" if self.rejected else "warning" if self.warned else "passed"

    @property
    def passed(self) -> int:
        """How many records broke no rule."""
        return self.records - self.rejected - self.warned

    def change(self, name: str) -> str:
        """Return how `rejected` or `warned` has changed against the run before, in words."""
        if self.previous is None:
            return "nothing to compare yet"
        more = getattr(self, name) - getattr(self.previous, name)
        return f"{abs(more)} {'more' if more > 0 else 'fewer'}" if more else "as before"


def to_reports(results: Iterable[StoredResult], keep: int) -> list[RunReport]:
    """Add up the batches of each of the newest runs and compare the runs; newest first."""
    batches: dict[int, list[StoredResult]] = defaultdict(list)
    for result in results:
        batches[result.run_id].append(result)
    reports = sorted(
        map(_to_report, batches.values()), key=lambda report: (report.started_at, report.run_id)
    )
    kept = reports[-keep:] if keep > 0 else []
    _compare(kept)
    return kept[::-1]


def _compare(reports: Iterable[RunReport]) -> None:
    """Tell each run of those before it; like is compared with like, all records with all records."""
    last: dict[tuple[str, ...], RunReport] = {}
    histories: dict[tuple[str, ...], list[RunReport]] = defaultdict(list)
    for report in reports:
        flow = report.realm_id, report.record_type, report.direction
        report.previous = last.get((*flow, report.scope))
        last[*flow, report.scope] = report
        if report.scope in ("full", "incremental"):
            histories[flow].append(report)
        report.history = tuple(histories[flow])
        before = (
            {rule.key: rule.failed for rule in report.previous.rules} if report.previous else {}
        )
        for rule in report.rules:
            rule.before = before.get(rule.key, 0) if report.previous else None
        report.rules.sort(key=lambda rule: (_ORDER[rule.state], not rule.before))


def _to_report(batches: Sequence[StoredResult]) -> RunReport:
    first = batches[0]
    documents = [
        batch.document for batch in sorted(batches, key=lambda stored: stored.batch_number)
    ]
    return RunReport(
        run_id=first.run_id,
        record_type=first.record_type,
        direction=first.direction,
        realm_id=first.realm_id,
        company_name=first.company_name,
        scope=first.scope,
        started_at=first.started_at,
        suite=str(documents[0]["suite"]),
        great_expectations=str(documents[0]["great_expectations"]),
        batches=len(documents),
        records=_total(documents, "records"),
        rejected=_total(documents, "rejected"),
        warned=_total(documents, "warned"),
        rules=_merge_rules(documents),
    )


def _total(documents: Iterable[dict[str, Any]], name: str) -> int:
    return sum(int(document[name]) for document in documents)


def _merge_rules(documents: Iterable[dict[str, Any]]) -> list[RuleReport]:
    merged: dict[RuleKey, RuleReport] = {}
    for document in documents:
        for rule in document["rules"]:
            key = rule["field"], rule["rule"], rule["expectation"], rule["severity"]
            report = merged.setdefault(key, RuleReport(*key))
            report.checked += int(rule["checked"])
            report.failed += int(rule["failed"])
            named = [example for example in rule.get("examples", ()) if isinstance(example, dict)]
            report.examples = [*report.examples, *named][:EXAMPLES]
    return list(merged.values())
