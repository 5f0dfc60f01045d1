"""Data Docs: static pages that tell analysts what was validated in each run, and what failed.

Design note
    The pages are built from results kept in Postgres, whole, by one task at a time, so they can be
    thrown away and rebuilt. Great Expectations' own pages load scripts and fonts from a dozen
    foreign hosts and keep every run for ever; these load nothing and keep a set number of runs.
"""

import dataclasses
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from quickbooks_sync.validation.model import StoredResult
from quickbooks_sync.validation.running import EXAMPLES

_PAGE = re.compile(r"run_\d+\.html")


@dataclasses.dataclass
class RuleReport:
    """One rule over all batches of a run."""

    field: str
    rule: str
    expectation: str
    severity: str
    checked: int = 0
    failed: int = 0
    examples: list[str] = dataclasses.field(default_factory=list)

    @property
    def state(self) -> str:
        """`passed`, `warning` or `rejected`."""
        return self.severity if self.failed else "passed"


@dataclasses.dataclass(frozen=True)
class RunReport:
    """One run's validation."""

    run_id: int
    record_type: str
    direction: str
    realm_id: str
    started_at: datetime
    suite: str
    great_expectations: str
    batches: int
    records: int
    rejected: int
    warned: int
    rules: list[RuleReport]

    @property
    def page(self) -> str:
        """The run's file name."""
        return f"run_{self.run_id}.html"

    @property
    def state(self) -> str:
        """`passed`, `warning` or `rejected`."""
        return "rejected" if self.rejected else "warning" if self.warned else "passed"

    @property
    def passed(self) -> int:
        """How many records broke no rule."""
        return self.records - self.rejected - self.warned


def build_data_docs(folder: Path, results: Sequence[StoredResult], keep: int) -> Path:
    """Write the pages of the newest runs and remove those of older ones.

    Args:
        folder: Where the pages go; made when it is not there.
        results: Stored results, any order; a run may have several batches.
        keep: How many runs to keep.

    Returns:
        The index page.
    """
    reports = _to_reports(results)[: max(keep, 0)]
    pages = Environment(
        loader=PackageLoader("quickbooks_sync.validation"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    pages.filters["when"] = _when
    pages.filters["visible"] = _visible
    folder.mkdir(parents=True, exist_ok=True)
    run_page = pages.get_template("run.html")
    for report in reports:
        _write(folder / report.page, run_page.render(run=report))
    index = folder / "index.html"
    _write(index, pages.get_template("index.html").render(runs=reports, keep=keep))
    _remove_others(folder, {report.page for report in reports})
    return index


def _to_reports(results: Iterable[StoredResult]) -> list[RunReport]:
    batches: dict[int, list[StoredResult]] = defaultdict(list)
    for one in results:
        batches[one.run_id].append(one)
    reports = [_to_report(batches[run_id]) for run_id in batches]
    return sorted(reports, key=lambda report: (report.started_at, report.run_id), reverse=True)


def _to_report(batches: Sequence[StoredResult]) -> RunReport:
    first = batches[0]
    documents = [one.document for one in sorted(batches, key=lambda one: one.batch_number)]
    totals = {
        name: sum(int(one[name]) for one in documents) for name in ("records", "rejected", "warned")
    }
    return RunReport(
        run_id=first.run_id,
        record_type=first.record_type,
        direction=first.direction,
        realm_id=first.realm_id,
        started_at=first.started_at,
        suite=str(documents[0]["suite"]),
        great_expectations=str(documents[0]["great_expectations"]),
        batches=len(documents),
        rules=_merge_rules(documents),
        **totals,
    )


def _merge_rules(documents: Iterable[dict[str, Any]]) -> list[RuleReport]:
    merged: dict[tuple[str, ...], RuleReport] = {}
    for document in documents:
        for rule in document["rules"]:
            key = tuple(rule[name] for name in ("field", "rule", "expectation", "severity"))
            report = merged.setdefault(key, RuleReport(*key))
            report.checked += int(rule["checked"])
            report.failed += int(rule["failed"])
            new = [one for one in rule["examples"] if one not in report.examples]
            report.examples = [*report.examples, *new][:EXAMPLES]
    order = {"rejected": 0, "warning": 1, "passed": 2}
    return sorted(merged.values(), key=lambda report: order[report.state])


def _when(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def _visible(text: str) -> str:
    """Write control characters out, which a browser would hide."""
    return "".join(
        one if one.isprintable() else one.encode("unicode_escape").decode() for one in text
    )


def _write(path: Path, text: str) -> None:
    """Replace a page at once, so that a reader never sees half of one."""
    part = path.with_suffix(".part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)


def _remove_others(folder: Path, kept: set[str]) -> None:
    for path in folder.iterdir():
        if _PAGE.fullmatch(path.name) and path.name not in kept:
            path.unlink()
