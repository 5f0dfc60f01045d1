"""A whole run: start the servers, take the steps, settle and check on the way and at the end."""

import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

from quickbooks_sync import steps
from quickbooks_sync.flows import FLOWS, FlowOptions
from quickbooks_sync.postgres.schema import RECORD_TYPES
from quickbooks_sync.validation.rules import Side
from quickbooks_sync.workspace import Workspace
from tests.chaos.quick_rules import evaluate
from tests.chaos.quiet import settle
from tests.chaos.report import describe
from tests.chaos.schedule import Schedule, UnexpectedEndError
from tests.chaos.servers import running


class Failed(Exception):  # noqa: N818 - what a run did
    """Something that must not be was found; the text is the whole report."""


def run(  # noqa: PLR0917
    folder: Path, seed: int, steps: int, realms: int, check_every: int, out: TextIO
) -> str:
    """Run the model.

    Returns:
        How often each kind of thing happened.

    Raises:
        Failed: A check did not hold, or a run ended in an error that nothing explains.
    """
    rng = random.Random(seed)
    switches = {
        "strict_rotation": rng.random() < 0.5,
        "stock_moves_time": rng.random() < 0.5,
        "shifting_pages": rng.random() < 0.5,
    }
    command = f'make chaos ARGS="--steps {steps} --seed {seed} --realms {realms} --check-every {check_every}"'
    with running(folder, realms, switches) as servers:
        warm_up(servers.workspace, servers.companies[0].realm_id)
        schedule = Schedule(servers, seed)
        started = time.monotonic()
        for number in range(1, steps + 1):
            _guarded(schedule, command, lambda number=number: schedule.take(number))
            if number % check_every == 0 or number == steps:
                _guarded(schedule, command, lambda number=number: _check(schedule, number, command))
                pace = number / (time.monotonic() - started)
                out.write(f"seed {seed}: {number} of {steps} steps, {pace:.1f} a second\n")
                out.flush()
        return ", ".join(f"{name} {count}" for name, count in schedule.tally.most_common())


def _check(schedule: Schedule, number: int, command: str) -> None:
    found = settle(schedule, str(number))
    if found:
        raise Failed(describe(schedule, found, command))


def _guarded(schedule: Schedule, command: str, act: Callable[[], None]) -> None:
    try:
        act()
    except UnexpectedEndError as error:
        report = describe(schedule, (), command)
        raise Failed(f"A run ended in an error that nothing explains:\n{error}\n{report}") from None


def warm_up(workspace: Workspace, realm_id: str) -> None:
    """Load and compile what the children need by using it once, and start no thread: a fork has none."""
    import tqdm

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
    empty = {one.name: [] if one.type == "lines" else None for one in mapping.fields}
    odd = {
        **empty,
        **{one.name: "x\x01" * 3000 for one in mapping.fields if one.type in ("text", "enum")},
        **{one.name: "-1.00" for one in mapping.fields if one.type in ("money", "decimal")},
    }
    sides: tuple[Side, ...] = ("pull", "push")
    for side in sides:
        given = mapping, workspace.expectations / f"{record_type}.yaml", side, [empty, odd]
        slow, quick = (
            sorted(map(str, one(*given).failures)) for one in (validate_values, evaluate)
        )
        if slow != quick:
            raise Failed(
                f"The quick rules judge otherwise than Great Expectations:\n{slow}\n{quick}"
            )
