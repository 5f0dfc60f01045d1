"""The steps of a run: what happens next, and with which faults, all of it from the seed."""

import random
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from quickbooks_sync.model.flow import Flow, FlowOptions
from quickbooks_sync.record_types.registry import FLOWS
from tests.chaos import administration, by_hand, contradictions, disasters, edits, lost_answers
from tests.chaos.administration import let_leases_expire
from tests.chaos.child import Break, Child, Ended, run_flow
from tests.chaos.company import Company
from tests.chaos.faults import EVERY_TIME, REFUSED, UNREADABLE, to_fault, to_list_fault
from tests.chaos.servers import Servers

#: What a run may end in by design: the lease is another's, or a person must reconnect.
_ALWAYS = frozenset({"LeaseHeldError", "ConnectionNeededError", "UnsettledError"})
_WITH_FAULTS = frozenset(
    {"RetryableError", "UnexpectedAnswerError", "CompanyStoppedError", "GateClosedError"}
)
_WITH_EDITS = frozenset({"RetryableError", "LeaseLostError"})
_SECONDS_BEFORE_KILL = 1.5
#: So many records of a type are enough: from then on people rather change what is there.
ENOUGH = 60
#: For so many steps lists lag by the same time: mostly not at all, or for longer than any run takes.
STRETCH = 60
_LAGS = (0, 0, 0, 2, 8, 1800, 7200, 43200)


class UnexpectedEndError(Exception):
    """A run ended in a way that nothing that happened to it explains."""


@dataclass
class Schedule:
    """Takes steps, one after the other, and remembers what they were.

    Attributes:
        servers: What runs.
        seed: Everything that is chosen follows from it and the number of the step.
        log: A line a step.
        tally: How often each kind of thing happened.
    """

    servers: Servers
    seed: int
    log: list[str] = field(default_factory=list)
    tally: Counter[str] = field(default_factory=Counter)

    def take(self, number: int) -> None:
        """Take step `number`; what it chooses does not depend on what earlier steps used up."""
        rng = random.Random(f"{self.seed}-{number}")
        if number % STRETCH == 1:
            self._begin_stretch(number)
        company = rng.choice(self.servers.companies)
        company.pass_marks_on()
        kind = rng.choices(tuple(_KINDS), tuple(_KINDS.values()))[0]
        started = time.monotonic()
        said = kind(self, company, rng)
        name = kind.__name__.removeprefix("_").replace("_", " ")
        self.tally[name] += 1
        took = time.monotonic() - started
        self.log.append(f"{number:5d} {company.organization_id} {name}: {said} ({took:.2f} s)")

    def _begin_stretch(self, number: int) -> None:
        lag = random.Random(f"{self.seed}-{number}-lag").choice(_LAGS)
        self.servers.let_lists_lag(lag)
        self.say(f"lists lag by {lag} seconds from here on")

    def say(self, line: str) -> None:
        """Add a line to the log."""
        self.log.append(f"      {line}")

    def sync(
        self, company: Company, flow: Flow, options: FlowOptions, key: str, at: Break | None
    ) -> Child:
        """Start a flow in a child."""
        self.ensure_connected(company)
        return Child(run_flow(flow, options, key), self.servers.workspace, at)

    def judge(self, ended: Ended, allowed: frozenset[str]) -> str:
        """Say how a child ended; raises `UnexpectedEndError` for an end that nothing explains."""
        if ended.is_killed:
            self.tally["killed"] += 1
            return "killed"
        if ended.error is None:
            summary = ended.result
            return str(summary["counts"]) if isinstance(summary, dict) else "done"
        if not {*ended.kinds} & (allowed | _ALWAYS):
            raise UnexpectedEndError(f"{ended.error}\n{ended.trace}")
        self.tally[ended.kinds[0]] += 1
        return f"ended in {ended.kinds[0]}"

    def ensure_connected(self, company: Company) -> None:
        """Reconnect a company that needs attention, as its admin would."""
        (row,) = company.sync_rows("company")
        if row["status"] != "connected":
            self.tally["reconnected"] += 1
            self.say(f"reconnected: {row['status_reason']}")
            self.servers.reconnect(company)


def _edit_loupe(_schedule: Schedule, company: Company, rng: random.Random) -> str:
    return edit_one(company, rng, edits.LOUPE)


def _edit_quickbooks(_schedule: Schedule, company: Company, rng: random.Random) -> str:
    return edit_one(company, rng, edits.QUICKBOOKS)


def edit_one(
    company: Company,
    rng: random.Random,
    table: Mapping[edits.Edit, int],
) -> str:
    """Make one edit; says so where QuickBooks or a lock refuses it."""
    edit = rng.choices(tuple(table), tuple(table.values()))[0]
    kind = edit.__name__.removeprefix("add_")
    if kind != edit.__name__ and rng.random() < 0.8 and company.is_crowded(kind, ENOUGH):
        changes = {one: often for one, often in table.items() if "add_" not in one.__name__}
        edit = rng.choices(tuple(changes), tuple(changes.values()))[0]
    return f"{edit.__name__} {lost_answers.try_to(lambda: edit(company, rng))}"


def _sync(schedule: Schedule, company: Company, rng: random.Random) -> str:
    """Run one flow undisturbed."""
    flow, options, key = _choose(company, rng)
    ended = schedule.sync(company, flow, options, key, None).end()
    return f"{flow.name} {options.mode}: {schedule.judge(ended, frozenset())}"


def _choose(company: Company, rng: random.Random) -> tuple[Flow, FlowOptions, str]:
    flow = rng.choice(FLOWS)
    mode = "full" if rng.random() < 0.2 else "incremental"
    options = FlowOptions(realm_id=company.realm_id, mode=mode, preview=rng.random() < 0.03)
    return flow, options, f"chaos-{rng.getrandbits(48):x}"


def _sync_all(schedule: Schedule, company: Company, rng: random.Random) -> str:
    """Run the eight flows in their order."""
    mode = "full" if rng.random() < 0.3 else "incremental"
    options = FlowOptions(realm_id=company.realm_id, mode=mode)
    said = []
    for flow in FLOWS:
        key = f"chaos-{rng.getrandbits(48):x}"
        ended = schedule.sync(company, flow, options, key, None).end()
        said.append(schedule.judge(ended, frozenset()))
    return f"{mode}: {' '.join(said)}"


def _sync_with_faults(schedule: Schedule, company: Company, rng: random.Random) -> str:
    """Run one flow while QuickBooks or the network fails."""
    flow, options, key = _choose(company, rng)
    orders = [to_fault(rng) for _ in range(rng.choice((1, 1, 2, 3)))]
    if flow.direction == "pull" and rng.random() < 0.4 and not _awaits_answer(company, flow):
        orders = [to_list_fault(rng)]
    schedule.ensure_connected(company)  # the fault is for the run, not for the admin before it
    for order in orders:
        schedule.servers.side_door("faults", order)
    ended = schedule.sync(company, flow, options, key, None).end()
    fooled = _fooled_by(schedule, orders) if ended.error is None else ""
    schedule.servers.clear_faults()
    if fooled:
        raise UnexpectedEndError(f"{flow.name} ended well although every answer was {fooled}")
    kinds = ", ".join(f"{one['kind']} x{one['times']} after {one['skip']}" for one in orders)
    return f"{flow.name} {options.mode} with {kinds}: {schedule.judge(ended, _WITH_FAULTS)}"


def _fooled_by(schedule: Schedule, orders: list[dict[str, Any]]) -> str:
    """Return the fault that made every answer about changes unreadable and was not noticed."""
    left = {fault["kind"]: fault["times"] for fault in schedule.servers.side_door("faults")}
    struck = [
        order["kind"]
        for order in orders
        if order["kind"] in UNREADABLE
        and order.get("code") != REFUSED
        and order["times"] == EVERY_TIME
        and left.get(order["kind"], 0) < EVERY_TIME
    ]
    return ", ".join(struck)


def _awaits_answer(company: Company, flow: Flow) -> bool:
    """Whether a write must be looked up first: for what a list leaves out then, nothing else could stand in."""
    open_ones = f"record_type = '{flow.record_type}' and status = 'open'"
    return bool(company.sync_rows("intent", open_ones))


def _sync_and_kill(schedule: Schedule, company: Company, rng: random.Random) -> str:
    """Run one flow, kill -9 it at some request or commit, or at any time; then perhaps repeat it."""
    flow, options, key = _choose(company, rng)
    at = _break(rng, "kill") if rng.random() < 0.85 else None
    child = schedule.sync(company, flow, options, key, at)
    if at is None:
        child.kill_after(rng.random() * _SECONDS_BEFORE_KILL)
    said = f"{flow.name} {at or 'kill at any time'}: {schedule.judge(child.end(), frozenset())}"
    choice = rng.random()
    if choice < 0.4:
        again = schedule.sync(company, flow, options, key, None).end()
        return f"{said}; repeated: {schedule.judge(again, frozenset())}"
    if choice < 0.8:
        let_leases_expire(company)
        return f"{said}; left, its lease expired"
    return f"{said}; left with its lease"


def _break(rng: random.Random, kind: str) -> Break:
    event = rng.choice(("request", "request", "commit"))
    last = 12 if event == "commit" else 5
    return Break(kind, event, rng.random() < 0.5, min(rng.randint(1, last), rng.randint(1, last)))


def _sync_and_edit_meanwhile(schedule: Schedule, company: Company, rng: random.Random) -> str:
    """Run one flow and edit both sides while it stands at some request or commit."""
    flow, options, key = _choose(company, rng)
    at = _break(rng, "hold")
    child = schedule.sync(company, flow, options, key, at)
    said = []
    if child.wait_until_held():
        for _ in range(rng.choice((1, 2, 4))):
            chosen = rng.choice((edits.LOUPE, edits.QUICKBOOKS))
            said.append(edit_one(company, rng, chosen))
        child.let_go()
    ended = schedule.judge(child.end(), _WITH_EDITS)
    return f"{flow.name} {at}: {'; '.join(said) or 'never got there'}: {ended}"


def _sync_twice_at_once(schedule: Schedule, company: Company, rng: random.Random) -> str:
    """Run the same flow by two schedulers at once."""
    flow, options, key = _choose(company, rng)
    first = schedule.sync(company, flow, options, key, None)
    second = schedule.sync(company, flow, options, f"{key}-too", None)
    both = [schedule.judge(one.end(), frozenset()) for one in (first, second)]
    return f"{flow.name}: {' | '.join(both)}"


def _sync_side_by_side(schedule: Schedule, company: Company, rng: random.Random) -> str:
    """Run a flow of every company, or two record types of one, at the same time."""
    started = []
    for one in schedule.servers.companies if len(schedule.servers.companies) > 1 else [company] * 2:
        flow, options, key = _choose(one, rng)
        started.append((flow, schedule.sync(one, flow, options, key, None)))
    ended = [f"{flow.name}: {schedule.judge(child.end(), frozenset())}" for flow, child in started]
    return " | ".join(ended)


def _wake_the_dead(schedule: Schedule, company: Company, rng: random.Random) -> str:
    """Hold a run before a request until its lease has passed to a successor, then let it go on."""
    flow, options, key = _choose(company, rng)
    at = Break("hold", "request", is_after=rng.random() < 0.5, number=rng.choice((1, 1, 2, 3)))
    dead = schedule.sync(company, flow, options, key, at)
    if not dead.wait_until_held():
        return f"{flow.name}: over before {at}: {schedule.judge(dead.end(), frozenset())}"
    let_leases_expire(company)
    same = [one for one in FLOWS if one.record_type == flow.record_type]
    successor = schedule.sync(company, rng.choice(same), options, f"{key}-next", None)
    # One that stands still in the middle of a refresh keeps the company's tokens locked.
    said = schedule.judge(successor.end(), frozenset({"RetryableError"}))
    dead.let_go()
    return f"{flow.name} {at}: {said}; then {schedule.judge(dead.end(), _WITH_EDITS)}"


_KINDS: dict[Callable[[Schedule, Company, random.Random], str], int] = {
    _edit_loupe: 340,
    _edit_quickbooks: 300,
    _sync: 110,
    _sync_with_faults: 70,
    _sync_and_kill: 70,
    _sync_and_edit_meanwhile: 50,
    _sync_twice_at_once: 8,
    _sync_side_by_side: 10,
    _wake_the_dead: 14,
    _sync_all: 6,
    lost_answers.lose_an_answer: 26,
    contradictions.contradict: 12,
    administration.decide: 25,
    administration.retry_some: 8,
    administration.change_setting: 6,
    administration.close_books: 4,
    **by_hand.STEPS,
    **disasters.STEPS,
    administration.trouble_tokens: 10,
    administration.let_time_pass: 5,
}
