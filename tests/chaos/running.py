"""A whole run: start the servers, take the steps, settle and check on the way and at the end."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TextIO

from quickbooks_sync.commands import steps
from quickbooks_sync.model.flow import Direction, FlowOptions
from quickbooks_sync.record_types.registry import FLOWS, RECORD_TYPES
from quickbooks_sync.workspace import Workspace
from tests.chaos.quick_rules import evaluate
from tests.chaos.quiet import settle
from tests.chaos.real_scheduler import take_scheduled_steps
from tests.chaos.report import describe
from tests.chaos.schedule import Schedule, UnexpectedEndError
from tests.chaos.servers import running
from tests.chaos.stopped import UnnoticedError


class Failed(Exception):  # noqa: N818 - what a run did
    """Something that must not be was found; the text is the whole report."""


@dataclass(frozen=True)
class Plan:
    """What a run is to be.

    Attributes:
        seed: What everything follows from.
        steps: How many steps.
        realms: How many companies share the database.
        check_every: After so many steps everything is settled and checked.
        scheduled: How many flows a real Airflow runs after the steps, before the last check; 0 for none.
        ignored: Rules that are known to be broken.
    """

    seed: int
    steps: int
    realms: int = 1
    check_every: int = 250
    scheduled: int = 0
    ignored: tuple[str, ...] = ()

    @property
    def command(self) -> str:
        """The command that repeats the run."""
        options = f"--steps {self.steps} --seed {self.seed} --realms {self.realms}"
        more = f" --scheduler {self.scheduled}" if self.scheduled else ""
        more += "".join(f" --ignore '{rule}'" for rule in self.ignored)
        return f'make chaos ARGS="{options} --check-every {self.check_every}{more}"'

    @property
    def switches(self) -> dict[str, bool | int]:
        """The emulator's switches of this run."""
        rng = random.Random(self.seed)
        names = ("strict_rotation", "stock_moves_time", "shifting_pages")
        flags = {name: rng.random() < 0.5 for name in names}
        return {**flags, "late_rows": 0}

    @property
    def companies(self) -> list[dict[str, bool]]:
        """What is special about each company."""
        rng = random.Random(f"{self.seed}-companies")
        names = ("has_tax", "has_currencies", "has_stock_in_quickbooks")
        return [{name: rng.random() < 0.5 for name in names} for _ in range(self.realms)]

    @property
    def seconds_ahead(self) -> int:
        """How far QuickBooks' clock is ahead of ours; below zero, behind."""
        return random.Random(f"{self.seed}-clock").choice((0, 0, -8, 8))


def run(folder: Path, plan: Plan, out: TextIO) -> str:
    """Run the model.

    Returns:
        How often each kind of thing happened.

    Raises:
        Failed: A check did not hold, or a run ended in an error that nothing explains.
    """
    with running(folder, plan.companies, plan.switches, plan.seconds_ahead) as servers:
        warm_up(servers.workspace, servers.companies[0].realm_id)
        schedule = Schedule(servers, plan.seed)
        started = time.monotonic()
        for number in range(1, plan.steps + 1):
            _guarded(schedule, plan, partial(schedule.take, number))
            if number % plan.check_every == 0 or number == plan.steps:
                _guarded(schedule, plan, partial(_check, schedule, plan, number))
                pace = number / (time.monotonic() - started)
                out.write(
                    f"seed {plan.seed}: {number} of {plan.steps} steps, {pace:.1f} a second\n"
                )
                out.flush()
        if plan.scheduled:
            _guarded(schedule, plan, partial(take_scheduled_steps, schedule, plan.scheduled))
            _guarded(schedule, plan, partial(_check, schedule, plan, plan.steps + 1))
            out.write("\n".join(line for line in schedule.log if "airflow " in line) + "\n")
        return ", ".join(f"{name} {count}" for name, count in schedule.tally.most_common())


def _check(schedule: Schedule, plan: Plan, number: int) -> None:
    violations = settle(schedule, str(number))
    found = [violation for violation in violations if violation.rule not in plan.ignored]
    if found:
        raise Failed(describe(schedule, found, plan.command))


def _guarded(schedule: Schedule, plan: Plan, act: Callable[[], None]) -> None:
    try:
        act()
    except (UnexpectedEndError, UnnoticedError) as error:
        report = describe(schedule, (), plan.command)
        raise Failed(f"A run ended as nothing explains:\n{error}\n{report}") from None


def warm_up(workspace: Workspace, realm_id: str) -> None:
    """Load and compile what the children need by using it once, and start no thread: a fork has none."""
    import tqdm  # type: ignore[import-untyped]

    tqdm.tqdm.monitor_interval = 0
    for record_type in RECORD_TYPES:
        _compare_validators(workspace, record_type)
    for flow in FLOWS:
        steps.run_flow(
            workspace, flow, FlowOptions(realm_id), run_key="warm-up", triggered_by="chaos"
        )
    workspace.engine.dispose()


def _compare_validators(workspace: Workspace, record_type: str) -> None:
    """Hold the quick rules against Great Expectations, with a record that breaks what can be broken."""
    from quickbooks_sync.validation import validate_values

    mapping = workspace.mapping(record_type)
    empty: dict[str, Any] = {
        one.name: [] if one.type == "lines" else None for one in mapping.fields
    }
    odd: dict[str, Any] = {
        **empty,
        **{one.name: "x\x01" * 3000 for one in mapping.fields if one.type in ("text", "enum")},
        **{one.name: "-1.00" for one in mapping.fields if one.type in ("money", "decimal")},
    }
    for side in Direction:
        given = mapping, workspace.expectations / f"{record_type}.yaml", side, [empty, odd]
        slow, quick = (
            sorted(map(str, one(*given).failures)) for one in (validate_values, evaluate)
        )
        if slow != quick:
            raise Failed(
                f"The quick rules judge otherwise than Great Expectations:\n{slow}\n{quick}"
            )
