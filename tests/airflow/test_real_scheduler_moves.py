"""Airflow's own moves under its real scheduler: clear, mark as failed, an order beside another run, a preview.

What people are told is read from the tasks' logs, as a person does.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.airflow.deployment import FIRST_SYNC, Deployment, deployed

PULL = "quickbooks_pull_customers"
REALM = "9341450000000001"
CUSTOMERS = {"record_types": ["customer"], "directions": ["pull"]}


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    with deployed(tmp_path_factory.mktemp("moves")) as started:
        started.run(PULL)
        yield started


def break_off(deployment: Deployment) -> str:
    """Run the customers' pull while QuickBooks answers every request with a web page; returns the run's id."""
    order: dict[str, Any] = {"kind": "status", "status": 200, "body": "<html>", "times": 50}
    order["match"] = {"path_contains": "/v3/"}
    deployment.order_fault(order)
    run_id = deployment.run(PULL)
    deployment.clear_faults()
    assert deployment.state(PULL, run_id) == "failed"
    return run_id


def newest(deployment: Deployment) -> dict[str, object]:
    """The newest run as the sync tells it."""
    return max(deployment.product.read("runs"), key=lambda run: run["run_id"])


def holder_of(deployment: Deployment) -> object:
    """Who holds the lease on customers."""
    (row,) = deployment.execute(
        f"select holder from quickbooks_sync.lease where realm_id = '{REALM}' and record_type = 'customer'"
    )
    return row["holder"]


def test_a_failed_task_that_is_cleared_completes_the_run(deployment: Deployment) -> None:
    # Naive: the lease has "passed to another run", for finish had freed it, so nothing but a new run helps.
    run_id = break_off(deployment)
    failed = newest(deployment)
    assert failed["status"] == "failed"

    deployment.clear(PULL, run_id, ["extract"], downstream=True)
    deployment.wait(PULL, run_id)

    assert deployment.state(PULL, run_id) == "success", deployment.explain(PULL, run_id)
    run = newest(deployment)
    assert (run["run_id"], run["status"], run["reason"]) == (failed["run_id"], "success", None)
    assert holder_of(deployment) is None


def test_a_failure_says_what_happened_and_what_to_do_before_any_traceback(
    deployment: Deployment,
) -> None:
    run_id = break_off(deployment)

    lines = deployment.log(PULL, run_id, "extract")
    said = [place for place, line in enumerate(lines) if "QuickBooks answered" in line]
    todo = [place for place, line in enumerate(lines) if line.startswith("Check api_url")]
    traced = [place for place, line in enumerate(lines) if "AirflowFailException" in line]
    assert said
    assert todo
    assert said[0] < todo[0] < min(traced, default=len(lines))


@pytest.mark.parametrize("downstream", [True, False])
def test_a_finished_task_that_is_cleared_leaves_a_success_one(
    deployment: Deployment, downstream: bool
) -> None:
    deployment.execute("update loupe.customer set phone = '555-0001' where customer_id = 1")
    run_id = deployment.run(PULL, {"mode": "full"})
    before = newest(deployment)

    deployment.clear(PULL, run_id, ["load"], downstream=downstream)
    deployment.wait(PULL, run_id)

    assert deployment.state(PULL, run_id) == "success", deployment.explain(PULL, run_id)
    after = newest(deployment)
    assert (after["run_id"], after["status"]) == (before["run_id"], "success")
    assert holder_of(deployment) is None


def test_a_run_that_is_marked_as_failed_gives_its_lease_back_and_the_next_one_goes(
    deployment: Deployment,
) -> None:
    slow = {"kind": "slow", "seconds": 60, "times": 1, "match": {"path_contains": "/v3/"}}
    deployment.order_fault(slow)
    run_id = deployment.trigger(PULL)
    deployment.wait_for_task(PULL, run_id, "extract", "running")

    deployment.api.call("PATCH", f"dags/{PULL}/dagRuns/{run_id}", {"state": "failed"})
    deployment.wait_for_task(PULL, run_id, "finish", "failed")
    deployment.clear_faults()

    assert holder_of(deployment) is None
    stopped = newest(deployment)
    assert (stopped["status"], "extract" in str(stopped["reason"])) == ("failed", True)
    assert deployment.state(PULL, deployment.run(PULL)) == "success"


def test_an_order_beside_another_run_fails_and_names_it(deployment: Deployment) -> None:
    # Naive: the flow is skipped and the order is green: a night without customers looks like a good one.
    deployment.execute(
        "update quickbooks_sync.lease set holder = 'somebody else', fence = fence + 1, heartbeat_at = now()"
        f" where realm_id = '{REALM}' and record_type = 'customer'"
    )
    run_id = deployment.trigger(FIRST_SYNC, CUSTOMERS)
    child = f"order__{run_id}__pull_customers"
    deployment.wait_for_task(PULL, child, "check", "running")
    deployment.wait_for_log(PULL, child, "check", "somebody else is at work; waiting")

    deployment.execute("update quickbooks_sync.lease set holder = null where holder is not null")
    deployment.wait(FIRST_SYNC, run_id)
    assert deployment.state(FIRST_SYNC, run_id) == "success"
    report = deployment.log(FIRST_SYNC, run_id, "report")
    assert any(line.startswith("pull_customers") and "success" in line for line in report)
    assert any(line.startswith("all flows") for line in report)
    assert any("push_customers did not run" in line for line in report)


def test_a_preview_says_in_every_log_that_it_is_one(deployment: Deployment) -> None:
    run_id = deployment.run(PULL, {"preview": True, "mode": "full"})

    for task in ("check", "finish"):
        assert any(
            "Preview, neither side is written" in line
            for line in deployment.log(PULL, run_id, task)
        )


def test_a_run_that_is_refused_says_so_and_takes_no_lease(deployment: Deployment) -> None:
    deployment.execute("update quickbooks_sync.company set status = 'needs_attention'")
    try:
        run_id = deployment.run(PULL)
    finally:
        deployment.execute("update quickbooks_sync.company set status = 'connected'")

    assert deployment.state(PULL, run_id) == "failed"
    for task in ("check", "finish"):
        assert any("connect" in line for line in deployment.log(PULL, run_id, task))
    assert holder_of(deployment) is None
