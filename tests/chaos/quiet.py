"""The quiet sync: runs of one mode until two in a row change nothing, then one of the other mode must not either."""

import random
from typing import Any

from quickbooks_sync.commands import steps
from quickbooks_sync.model.flow import FlowOptions
from quickbooks_sync.record_types.registry import FLOWS
from quickbooks_sync.workspace import Workspace
from tests.chaos.administration import let_leases_expire, let_missing_age
from tests.chaos.auditor.invariants import find_violations
from tests.chaos.auditor.violation import Violation
from tests.chaos.child import Child
from tests.chaos.company import Company
from tests.chaos.quick_rules import use_quick_rules
from tests.chaos.schedule import Schedule

#: A void payment frees an invoice's lines, then these are sent, then its total is pulled: a pass for each. What
#: is missing from lists counts as deleted only in the pass after the one that missed it.
MOST_PASSES = 8


def settle(schedule: Schedule, label: str) -> list[Violation]:
    """Sync every company in peace and return what is wrong afterwards."""
    schedule.servers.clear_faults()
    lag = schedule.servers.switches["late_rows"]
    schedule.servers.let_lists_lag(0)
    found = []
    for company in schedule.servers.companies:
        let_leases_expire(company)
        schedule.ensure_connected(company)
        found.extend(_calm(schedule, company, label))
        found.extend(find_violations(company))
    schedule.servers.let_lists_lag(lag)
    return found


def _calm(schedule: Schedule, company: Company, label: str) -> list[Violation]:
    modes = ["full", "incremental"]
    # Nights are incremental: what they overlook, a full run must not be needed to find.
    random.Random(f"{schedule.seed}-{label}").shuffle(modes)
    still = 0
    for number in range(1, MOST_PASSES + 1):
        changes = _pass(schedule, company, modes[0], f"{label}-{number}")
        schedule.say(
            f"quiet {modes[0]} pass {number} of company {company.organization_id}: {changes}"
        )
        still = 0 if changes else still + 1
        if still == 2:
            break
    else:
        return [
            Violation("the same again changes nothing", f"after {MOST_PASSES} passes: {changes}")
        ]
    changes = _pass(schedule, company, modes[1], f"{label}-last")
    if changes:
        return [Violation("the same again changes nothing", f"{modes[1]}: {changes}")]
    return []


def _pass(schedule: Schedule, company: Company, mode: str, label: str) -> dict[str, Any]:
    """Run all flows; returns the writes to QuickBooks and the tables of Loupe that changed."""
    let_missing_age(company)
    before = _marks(schedule, company)
    work = _all_flows(company.realm_id, mode, label)
    schedule.judge(Child(work, schedule.servers.workspace, None).end(), frozenset())
    after = _marks(schedule, company)
    return {name: (before[name], after[name]) for name in after if before[name] != after[name]}


def _all_flows(realm_id: str, mode: str, label: str) -> Any:
    def work(workspace: Workspace) -> None:
        options = FlowOptions(realm_id=realm_id, mode=mode)
        use_quick_rules()
        for flow in FLOWS:
            try:
                steps.run_flow(
                    workspace, flow, options, run_key=f"quiet-{label}", triggered_by="chaos"
                )
            except Exception as error:
                error.add_note(f"in {flow.name}")
                raise

    return work


def _marks(schedule: Schedule, company: Company) -> dict[str, Any]:
    counters = schedule.servers.side_door("counters").get(company.realm_id) or {}
    marks: dict[str, Any] = {"writes": int(counters.get("core_writes", 0))}
    for table in ("customer", "invoice", "payment", "inventory_item"):
        (row,) = company.read(
            f"select count(*) as rows, sum(row_version) as versions from loupe.{table}"
            " where organization_id = %s",
            company.organization_id,
        )
        marks[table] = row["rows"], row["versions"]
    return marks
