"""Follows the first sync and tells it, a line a flow, to the person who started the demo."""

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from demo.airflow_api import ENDED, AirflowApi
from demo.errors import DemoError
from demo.processes import Processes
from demo.product import Product
from demo.summary import FlowAccount, Summary, describe, to_account
from quickbooks_sync.model.flow import Flow
from quickbooks_sync.record_types.registry import FLOWS

DAG_ID = "quickbooks_first_sync"
_POLL_SECONDS = 0.5
_LIMIT_SECONDS = 1800.0


class Story:
    """Prints what happens, each line with the seconds since the start."""

    def __init__(self) -> None:
        self._start = time.monotonic()

    @property
    def seconds(self) -> float:
        """Seconds since the start."""
        return round(time.monotonic() - self._start, 1)

    def tell(self, text: str) -> None:
        """Print a line at once, also into a pipe."""
        print(f"[{self.seconds:5.0f} s] {text}", flush=True)


def follow_first_sync(
    api: AirflowApi, product: Product, processes: Processes, story: Story, data_docs: str
) -> Summary:
    """Trigger the first sync, tell each flow as it ends, and return the account.

    Raises:
        DemoError: A process of the demo ended, or the sync took longer than half an hour.
    """
    since = datetime.now(UTC).isoformat()
    known = max((run["run_id"] for run in product.read("runs")), default=0)
    run_id = api.trigger(DAG_ID, {})
    story.tell(f"{DAG_ID} runs: eight flows, in the recommended order")
    told: dict[str, FlowAccount] = {}
    deadline = time.monotonic() + _LIMIT_SECONDS
    state = ""
    while state not in ENDED:
        processes.ensure_running()
        if time.monotonic() > deadline:
            raise DemoError(f"{DAG_ID} did not end within {_LIMIT_SECONDS:.0f} seconds.")
        time.sleep(_POLL_SECONDS)
        state = api.fetch_run_state(DAG_ID, run_id)
        _tell_ended(api, product, story, told, since, known)
    flows = {flow.name: told.get(flow.name, FlowAccount("not started")) for flow in FLOWS}
    is_whole = state == "success" and all(flow.state == "success" for flow in flows.values())
    return Summary("success" if is_whole else "failed", flows, story.seconds, data_docs)


def _tell_ended(
    api: AirflowApi,
    product: Product,
    story: Story,
    told: dict[str, FlowAccount],
    since: str,
    known: int,
) -> None:
    for flow in FLOWS:
        run = None if flow.name in told else api.fetch_latest_run(flow.dag_id, since)
        if run is None or run["state"] not in ENDED:
            continue
        told[flow.name] = account = _read_account(product, flow, run["state"], known)
        story.tell(f"{flow.name.replace('_', ' '):22} {account.state:8} {describe(account)}")
        if account.state != "success":
            _tell_failure(api, story, flow, run, account)


def _tell_failure(
    api: AirflowApi, story: Story, flow: Flow, run: Mapping[str, Any], account: FlowAccount
) -> None:
    tasks = ", ".join(api.fetch_failed_tasks(flow.dag_id, run["dag_run_id"])) or "none"
    story.tell(f"  failed tasks: {tasks}; reason: {account.reason or 'see the task log'}")


def _read_account(product: Product, flow: Flow, state: str, known: int) -> FlowAccount:
    runs = product.read("runs", "--since-run", str(known))
    mine = [run for run in runs if run["flow"] == flow.name]
    return to_account(state, mine)
