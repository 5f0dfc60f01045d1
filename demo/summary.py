"""The account of a first sync: per flow its state, the count of every outcome, reads and writes."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from quickbooks_sync.postgres.tables import OUTCOMES

CHANGES = frozenset({"created", "updated", "linked"})


@dataclass(frozen=True)
class FlowAccount:
    """What one flow did."""

    state: str
    outcomes: Mapping[str, int] = field(default_factory=dict)
    metered_reads: int = 0
    writes: int = 0
    reason: str | None = None


@dataclass(frozen=True)
class Summary:
    """What the first sync did, flow by flow."""

    status: str
    flows: Mapping[str, FlowAccount]
    seconds: float
    data_docs: str
    reason: str | None = None

    @property
    def metered_reads(self) -> int:
        """Metered reads of all flows."""
        return sum(flow.metered_reads for flow in self.flows.values())

    @property
    def writes(self) -> int:
        """Writes sent to QuickBooks by all flows."""
        return sum(flow.writes for flow in self.flows.values())

    @property
    def is_unchanged(self) -> bool:
        """Whether nothing was created, updated, linked or sent."""
        counts = (flow.outcomes.get(name, 0) for flow in self.flows.values() for name in CHANGES)
        return self.status == "success" and not any(counts) and self.writes == 0

    def to_json(self) -> str:
        """Return the summary as a JSON document."""
        totals = {"metered_reads": self.metered_reads, "writes": self.writes}
        return json.dumps({**asdict(self), **totals, "is_unchanged": self.is_unchanged}, indent=2)

    def write(self, file: Path) -> None:
        """Write the JSON document, replacing an older one whole."""
        file.parent.mkdir(parents=True, exist_ok=True)
        unfinished = file.with_name(f"{file.name}.unfinished")
        unfinished.write_text(self.to_json() + "\n")
        unfinished.replace(file)


def to_account(state: str, runs: Iterable[Mapping[str, Any]]) -> FlowAccount:
    """Add up the runs of one flow, as `quickbooks-sync runs --json` tells them."""
    outcomes: dict[str, int] = {}
    reads = writes = 0
    reason = None
    for run in runs:
        for name, count in run["counts"].items():
            outcomes[name] = outcomes.get(name, 0) + count
        reads += run["metered_reads"]
        writes += run["writes"]
        reason = run["reason"] or reason
    return FlowAccount(state, outcomes, reads, writes, reason)


def render_table(summary: Summary) -> str:
    """Return the account as a table for the terminal: a flow a line, an outcome a column."""
    used = [name for name in OUTCOMES if _total(summary, name)]
    header = ["flow", "state", *used, "reads", "writes"]
    rows = [_row(name, flow, used) for name, flow in summary.flows.items()]
    totals = [str(_total(summary, name)) for name in used]
    rows.append(
        ["all flows", summary.status, *totals, str(summary.metered_reads), str(summary.writes)]
    )
    return _align([header, *rows])


def describe(account: FlowAccount) -> str:
    """Return one flow's counts as words: `created 36, linked 9`."""
    counts = [f"{name} {account.outcomes[name]}" for name in OUTCOMES if account.outcomes.get(name)]
    return ", ".join(counts) or "nothing to do"


def _row(name: str, flow: FlowAccount, used: Iterable[str]) -> list[str]:
    counts = (_count(flow, outcome) for outcome in used)
    return [_words(name), flow.state, *counts, str(flow.metered_reads), str(flow.writes)]


def _words(flow: str) -> str:
    return flow.replace("_", " ")


def _count(flow: FlowAccount, outcome: str) -> str:
    return str(flow.outcomes.get(outcome) or "-")


def _total(summary: Summary, outcome: str) -> int:
    return sum(flow.outcomes.get(outcome, 0) for flow in summary.flows.values())


def _align(rows: list[list[str]]) -> str:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if column < 2 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )
