"""What is the same after any disaster: flows run into it, the company is stopped, a person has each record listed."""

import random
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from quickbooks_sync.model.flow import Flow, FlowOptions
from quickbooks_sync.record_types.registry import FLOWS
from tests.chaos.administration import confirm
from tests.chaos.company import Company
from tests.chaos.loupe_copies import read_versions

if TYPE_CHECKING:
    from tests.chaos.schedule import Schedule

STOPPED = "CompanyStoppedError"
#: What `max_replaced` is set to where any number is to be listed.
_ANY_NUMBER = 500


class UnnoticedError(Exception):
    """A disaster went unnoticed, or a run that noticed it changed something all the same."""


def run_some(
    schedule: "Schedule",
    company: Company,
    rng: random.Random,
    changed: Mapping[str, int],
    direction: str,
) -> str:
    """Run one to three flows into a disaster.

    Args:
        schedule: Runs them.
        company: Whose.
        rng: Chooses them.
        changed: How many linked records are other ones, by record type.
        direction: Of the flows that must stop where those are many, when they read everything.
    """
    said = []
    for _ in range(rng.choice((1, 2, 3))):
        flow, mode = rng.choice(FLOWS), rng.choice(("full", "incremental"))
        must_stop = changed.get(flow.record_type, 0) > company.most_replaced
        must_stop = must_stop and (flow.direction, mode) == (direction, "full")
        said.append(f"{flow.name} {mode} {_run_into(schedule, company, flow, mode, must_stop)}")
    return ", ".join(said)


def _run_into(
    schedule: "Schedule", company: Company, flow: Flow, mode: str, must_stop: bool
) -> str:
    is_settled = not company.sync_rows("intent", "status = 'open'")
    before = _state(schedule, company)
    options = FlowOptions(realm_id=company.realm_id, mode=mode)
    key = f"disaster-{company.next_number()}"
    ended = schedule.sync(company, flow, options, key, None).end()
    said = schedule.judge(ended, frozenset({STOPPED}))
    if must_stop and STOPPED not in ended.kinds:
        raise UnnoticedError(f"{flow.name} {mode} ended in {said}; it had to stop the company")
    if STOPPED in ended.kinds and is_settled and _state(schedule, company) != before:
        raise UnnoticedError(f"{flow.name} {mode} stopped the company and changed something before")
    return said


def _state(schedule: "Schedule", company: Company) -> Any:
    counters = schedule.servers.side_door("counters").get(company.realm_id) or {}
    return counters.get("core_writes", 0), read_versions(company)


def tolerate(schedule: "Schedule", company: Company, *, is_for_good: bool = False) -> str:
    """Let it stay as it is, as a person can: every record that is another one is listed by a whole sync.

    Args:
        schedule: Runs it.
        company: Whose.
        is_for_good: Leave the allowance standing: more records will come under Ids that are linked.
    """
    confirm(schedule, company, max_replaced=str(_ANY_NUMBER))
    said = []
    for flow in FLOWS:
        options = FlowOptions(realm_id=company.realm_id, mode="full")
        key = f"disaster-{company.next_number()}"
        ended = schedule.sync(company, flow, options, key, None).end()
        said.append(schedule.judge(ended, frozenset()))
    if is_for_good:
        company.most_replaced = _ANY_NUMBER
    if company.most_replaced != _ANY_NUMBER:
        confirm(schedule, company, max_replaced="")
    return f"listed: {' '.join(said)}"
