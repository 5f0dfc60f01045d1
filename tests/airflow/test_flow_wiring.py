"""How a flow's steps hang together in Airflow: what runs, what is skipped, and when the run fails.

The steps themselves are stand-ins here, because most of these situations are rare; the real ones run in
`test_flow_runs.py`.
"""

import inspect
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from quickbooks_sync.commands import steps
from quickbooks_sync.model.errors import (
    ConnectionNeededError,
    GateClosedError,
    LeaseHeldError,
    UnreachableError,
)
from quickbooks_sync.model.flow import Direction, Flow, FlowOptions

# Airflow's own scheduler code runs in this process, with deprecations that are not ours.
pytestmark = pytest.mark.filterwarnings("default", "error:::quickbooks_")

STEPS = (
    *("check", "extract", "transform", "validate", "gate", "load", "finish"),
    *("build_data_docs", "describe_open_records"),
)
RUN = {"run_id": 7, "realm_id": "934145", "mode": "full", "direction": "pull", "preview": False}


@dataclass
class FakeSteps:
    """The steps, remembering how they were called.

    Attributes:
        batches: How many batches `extract` finds.
        failing: The error of a step, by `step` or `step batch`.
    """

    batches: int = 2
    failing: dict[str, Exception] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    options: FlowOptions | None = None
    flow: Flow | None = None
    run_keys: list[str] = field(default_factory=list)
    failed_steps: list[str] | None = None

    def check(self, _workspace: Any, flow: Flow, options: FlowOptions, **names: Any) -> Any:
        self.flow, self.options = flow, options
        self.run_keys.append(names["run_key"])
        self._note("check")
        return RUN

    def extract(self, _workspace: Any, run: Any) -> list[Any]:
        self._note("extract", run)
        return [
            {"run_id": 7, "batch_number": number, "row_count": 10} for number in range(self.batches)
        ]

    def transform(self, _workspace: Any, run: Any, batch: Any) -> Any:
        self._note(f"transform {batch['batch_number']}", run)
        return batch

    def validate(self, _workspace: Any, run: Any, batch: Any) -> Any:
        self._note(f"validate {batch['batch_number']}", run)
        return batch

    def gate(self, _workspace: Any, run: Any) -> dict[str, int]:
        self._note("gate", run)
        return {"records": 20, "rejected": 1}

    def load(self, _workspace: Any, run: Any, batch: Any) -> dict[str, int]:
        self._note(f"load {batch['batch_number']}", run)
        return {"created": 10}

    def build_data_docs(self, _workspace: Any) -> str:
        self._note("data_docs")
        return "index.html"

    def finish(self, _workspace: Any, run: Any, *, failed_steps: list[str]) -> dict[str, Any]:
        self.failed_steps = failed_steps
        self._note("finish", run)
        return {
            "run_id": 7,
            "status": "failed" if failed_steps else "success",
            "reason": f"Failed: {', '.join(failed_steps)}" if failed_steps else None,
            "counts": {"created": 20},
            "metered_reads": 3,
            "writes": 0,
        }

    def describe_open_records(self, _workspace: Any, _run: Any) -> list[str]:
        return ["rejected: customer Loupe 22: has a name"]

    def _note(self, call: str, run: Any = RUN) -> None:
        assert run == RUN
        self.calls.append(call)
        if call in self.failing:
            raise self.failing[call]


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakeSteps:
    from quickbooks_airflow.hooks import QuickBooksHook

    @contextmanager
    def opened_workspace(_hook: Any) -> Iterator[None]:
        yield None

    made = FakeSteps()
    monkeypatch.setattr(QuickBooksHook, "opened_workspace", opened_workspace)
    for name in STEPS:
        monkeypatch.setattr(steps, name, getattr(made, name))
    return made


def run_flow(dags: dict[str, Any], **conf: Any) -> tuple[str, dict[str, list[str]]]:
    """Run the customers' pull; returns the run's state and its tasks' states, mapped ones together."""
    from airflow.sdk import timezone

    dag_run = dags["quickbooks_pull_customers"].test(run_conf=conf, logical_date=timezone.utcnow())
    states: dict[str, list[str]] = {}
    for ti in sorted(dag_run.get_task_instances(), key=lambda ti: ti.map_index):
        states.setdefault(ti.task_id, []).append(str(ti.state))
    return str(dag_run.state), states


@pytest.mark.parametrize("name", STEPS)
def test_a_stand_in_takes_what_the_step_takes(name: str) -> None:
    expected = inspect.signature(getattr(steps, name)).parameters
    taken = inspect.signature(getattr(FakeSteps(), name)).parameters

    assert _positional(taken) == _positional(expected)


def _positional(parameters: Mapping[str, inspect.Parameter]) -> list[str]:
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    return [name.lstrip("_") for name, one in parameters.items() if one.kind is kind]


def test_every_batch_goes_through_every_step(
    impatient_dags: dict[str, Any], fake: FakeSteps
) -> None:
    state, states = run_flow(impatient_dags)

    assert state == "success"
    assert sorted(fake.calls) == sorted(
        [
            *("check", "extract", "transform 0", "transform 1", "validate 0", "validate 1", "gate"),
            *("load 0", "load 1", "data_docs", "finish"),
        ]
    )
    assert fake.calls.index("gate") < fake.calls.index("load 0")
    assert fake.calls[-1] == "finish"
    assert states["load"] == ["success", "success"]
    assert fake.failed_steps == []


def test_the_form_reaches_the_sync(impatient_dags: dict[str, Any], fake: FakeSteps) -> None:
    run_flow(
        impatient_dags,
        company="934145",
        mode="full",
        preview=True,
        limit=5,
        record_ids=["12", "7"],
        since="2026-01-31",
    )

    assert fake.flow == Flow("customer", Direction.PULL)
    assert fake.options == FlowOptions.from_params(
        {
            "company": "934145",
            "mode": "full",
            "preview": True,
            "limit": 5,
            "record_ids": ["12", "7"],
            "since": "2026-01-31",
        }
    )


def test_nothing_to_do_is_a_complete_run(impatient_dags: dict[str, Any], fake: FakeSteps) -> None:
    fake.batches = 0

    state, states = run_flow(impatient_dags)

    assert state == "success"
    assert fake.calls == ["check", "extract", "gate", "finish"]
    assert fake.failed_steps == []
    assert states["load"] == ["skipped"]


def test_a_company_that_is_not_connected_fails_the_run_and_says_so(
    impatient_dags: dict[str, Any], fake: FakeSteps
) -> None:
    fake.failing["check"] = ConnectionNeededError("Connect one with `quickbooks-sync connect`.")

    state, states = run_flow(impatient_dags)

    assert state == "failed"
    assert fake.calls == ["check"]
    assert states["check"] == ["failed"]
    assert states["finish"] == ["failed"]


def test_a_run_beside_another_that_does_not_end_fails(
    impatient_dags: dict[str, Any], fake: FakeSteps, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Naive: it is skipped, which Airflow shows as a success, and nobody learns that nothing was done.
    check = impatient_dags["quickbooks_pull_customers"].get_task("check")
    monkeypatch.setattr(check, "patience", timedelta(0))
    fake.failing["check"] = LeaseHeldError("pull_customers run 3 is at work.", holder="run 3")

    state, states = run_flow(impatient_dags)

    assert state == "failed"
    assert fake.calls == ["check"]
    assert states["check"] == states["finish"] == ["failed"]


def test_a_run_waits_for_another_that_ends(
    impatient_dags: dict[str, Any], fake: FakeSteps, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ends(_seconds: float) -> None:
        fake.failing.clear()

    monkeypatch.setattr("quickbooks_airflow.operators.time.sleep", ends)
    fake.failing["check"] = LeaseHeldError("pull_customers run 3 is at work.", holder="run 3")

    state, _ = run_flow(impatient_dags)

    assert state == "success"
    assert fake.calls[:2] == ["check", "check"]


@pytest.mark.parametrize(
    ("step", "named"),
    [
        ("extract", ["extract"]),
        ("transform 1", ["transform_1"]),
        ("validate 0", ["validate_0"]),
        ("load 1", ["load_1"]),
    ],
)
def test_a_failed_step_is_told_to_the_sync_and_fails_the_run(
    impatient_dags: dict[str, Any], fake: FakeSteps, step: str, named: list[str]
) -> None:
    fake.failing[step] = UnreachableError("QuickBooks did not answer.")

    state, states = run_flow(impatient_dags)

    assert state == "failed"
    assert fake.failed_steps == named
    assert states["finish"] == ["failed"]
    assert fake.calls[-1] == "finish"


def test_a_closed_gate_lets_nothing_through(
    impatient_dags: dict[str, Any], fake: FakeSteps
) -> None:
    fake.failing["gate"] = GateClosedError("40 of 50 records were rejected.")

    state, _states = run_flow(impatient_dags)

    assert state == "failed"
    assert not [call for call in fake.calls if call.startswith("load")]
    assert fake.failed_steps == ["gate"]


def test_a_failed_batch_does_not_keep_the_others_from_being_loaded(
    impatient_dags: dict[str, Any], fake: FakeSteps
) -> None:
    fake.failing["load 0"] = UnreachableError("Postgres did not answer.")

    run_flow(impatient_dags)

    assert "load 1" in fake.calls


def test_reports_that_cannot_be_built_leave_the_sync_complete(
    impatient_dags: dict[str, Any], fake: FakeSteps
) -> None:
    fake.failing["data_docs"] = OSError("no space left on device")

    state, states = run_flow(impatient_dags)

    assert state == "success"
    assert states["data_docs"] == ["failed"]
    assert fake.failed_steps == []


def test_reports_are_built_when_another_batch_could_not_be_validated(
    impatient_dags: dict[str, Any], fake: FakeSteps
) -> None:
    fake.failing["validate 1"] = UnreachableError("Postgres did not answer.")

    run_flow(impatient_dags)

    assert "data_docs" in fake.calls


def test_a_mistake_that_a_person_must_correct_is_not_tried_again(
    dags: dict[str, Any], fake: FakeSteps
) -> None:
    fake.failing["check"] = ConnectionNeededError("Connect one with `quickbooks-sync connect`.")

    run_flow(dags)

    assert fake.calls == ["check"]


def test_a_step_that_may_succeed_later_is_tried_again_under_the_same_run_key(
    dags: dict[str, Any], fake: FakeSteps, monkeypatch: pytest.MonkeyPatch
) -> None:
    from datetime import timedelta

    for task in dags["quickbooks_pull_customers"].tasks:
        if task.task_id == "check":
            monkeypatch.setattr(task, "retry_delay", timedelta(seconds=0))
            monkeypatch.setattr(task, "retry_exponential_backoff", 0)
    fake.failing["check"] = UnreachableError("Postgres did not answer.")

    run_flow(dags)

    assert fake.calls == ["check"] * 3
    assert len(set(fake.run_keys)) == 1
