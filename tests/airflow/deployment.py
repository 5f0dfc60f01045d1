"""A running Airflow as `make demo` starts it, with a connected company, for tests of the real scheduler."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import requests

from demo.product import REALM_ID
from quickbooks_sync.record_types.registry import FLOWS

NAMES = [flow.name for flow in FLOWS]
FIRST_SYNC, NIGHTLY = "quickbooks_first_sync", "quickbooks_nightly_sync"
_LIMIT_SECONDS = 600


@dataclass(frozen=True)
class Deployment:
    """A running Airflow with a connected company.

    Attributes:
        api: A signed-in client of Airflow.
        product: The product's command line.
        processes: What runs.
        postgres: The server of Loupe's database and of Airflow's.
        emulator_url: QuickBooks' stand-in.
    """

    api: Any
    product: Any
    processes: Any
    postgres: Any
    emulator_url: str

    def run(self, dag_id: str, conf: dict[str, Any] | None = None) -> str:
        """Trigger a DAG, wait for its end, and return the run's id."""
        run_id = self.trigger(dag_id, conf)
        self.wait(dag_id, run_id)
        return run_id

    def trigger(self, dag_id: str, conf: dict[str, Any] | None = None) -> str:
        """Trigger a DAG; returns the run's id."""
        return str(self.api.trigger(dag_id, conf or {}))

    def wait(self, dag_id: str, run_id: str) -> None:
        """Wait until a run has ended."""
        self._wait_until(
            lambda: self.state(dag_id, run_id) in ("success", "failed"),
            f"{dag_id} {run_id} did not end",
        )

    def wait_for_task(self, dag_id: str, run_id: str, task: str, state: str) -> None:
        """Wait until a task is in a state."""
        self._wait_until(
            lambda: self._find_state(dag_id, run_id, task) == state,
            f"{task} of {dag_id} {run_id} did not get {state}",
        )

    def wait_for_log(self, dag_id: str, run_id: str, task: str, text: str) -> None:
        """Wait until a task's log says something."""
        self._wait_until(
            lambda: any(text in line for line in self.log(dag_id, run_id, task)),
            f"{task} of {dag_id} {run_id} did not say {text!r}",
        )

    def _wait_until(self, is_so: Callable[[], bool], trouble: str) -> None:
        deadline = time.monotonic() + _LIMIT_SECONDS
        while not is_so():
            self.processes.ensure_running()
            assert time.monotonic() < deadline, trouble
            time.sleep(0.3)

    def _find_state(self, dag_id: str, run_id: str, task: str) -> str | None:
        """Return a task's state; a run that an order starts may not be there yet."""
        if run_id not in self.run_ids(dag_id):
            return None
        return self.task_states(dag_id, run_id).get(task)

    def log(self, dag_id: str, run_id: str, task: str) -> list[str]:
        """Return the lines of a task's last log that are shown without unfolding a group."""
        path = f"dags/{dag_id}/dagRuns/{run_id}/taskInstances/{task}"
        tries = self.api.call("GET", path)["try_number"]
        content = self.api.call("GET", f"{path}/logs/{tries}", full_content=True)["content"]
        shown, depth = [], 0
        for entry in content:
            event = str(entry["event"] if isinstance(entry, dict) else entry)
            depth += event.startswith("::group::") - event.startswith("::endgroup::")
            if depth == 0:
                shown.append(event)
        return shown

    def explain(self, dag_id: str, run_id: str) -> str:
        """Return the last lines of the logs of the tasks that did not succeed."""
        states = self.task_states(dag_id, run_id)
        return "\n".join(
            f"{task} {state}: {self.log(dag_id, run_id, task)[-8:]}"
            for task, state in states.items()
            if state not in ("success", "skipped", "None")
        )

    def clear(self, dag_id: str, run_id: str, tasks: list[str], *, downstream: bool) -> None:
        """Clear tasks of a run, as a person does in the grid."""
        body = {
            "dry_run": False,
            "dag_run_id": run_id,
            "task_ids": tasks,
            "only_failed": False,
            "include_downstream": downstream,
            "reset_dag_runs": True,
        }
        self.api.call("POST", f"dags/{dag_id}/clearTaskInstances", body)

    def order_fault(self, order: dict[str, Any]) -> None:
        """Let QuickBooks' stand-in fail."""
        requests.post(
            f"{self.emulator_url}/_emulator/faults", json=order, timeout=10
        ).raise_for_status()

    def clear_faults(self) -> None:
        """Let QuickBooks' stand-in work again."""
        requests.post(
            f"{self.emulator_url}/_emulator/reset", json={}, timeout=10
        ).raise_for_status()

    def state(self, dag_id: str, run_id: str) -> str:
        """Return a run's state."""
        return str(self.api.fetch_run_state(dag_id, run_id))

    def task_states(self, dag_id: str, run_id: str) -> dict[str, str]:
        """Return the states of a run's tasks."""
        found = self.api.call("GET", f"dags/{dag_id}/dagRuns/{run_id}/taskInstances")
        return {task["task_id"]: str(task["state"]) for task in found["task_instances"]}

    def run_ids(self, dag_id: str) -> list[str]:
        """Return the ids of a DAG's runs."""
        runs = self.api.call("GET", f"dags/{dag_id}/dagRuns")["dag_runs"]
        return [str(run["dag_run_id"]) for run in runs]

    def run_here(self, *flows: str) -> None:
        """Run flows of the company in this process: a second each, where Airflow takes many."""
        from quickbooks_sync.commands.steps import run_flow
        from quickbooks_sync.model.flow import FlowOptions
        from quickbooks_sync.record_types.registry import flow_named
        from quickbooks_sync.workspace import open_workspace

        workspace = open_workspace({**os.environ, **self.product.environment})
        options = FlowOptions(realm_id=REALM_ID)
        for name in flows:
            key = f"here-{name}-{self.newest_run()}"
            run_flow(workspace, flow_named(name), options, run_key=key, triggered_by="test")
        workspace.close()

    def pause(self, dag_id: str, is_paused: bool) -> None:
        """Pause or resume a DAG."""
        self.api.call("PATCH", f"dags/{dag_id}", {"is_paused": is_paused})

    def accounts(self, known: int = 0) -> dict[str, dict[str, Any]]:
        """Return the newest account of every flow, of runs after `known`."""
        found = self.product.read("runs", "--since-run", str(known))
        return {run["flow"]: run for run in sorted(found, key=lambda run: run["run_id"])}

    def newest_run(self) -> int:
        """Return the id of the sync's newest run."""
        return max((run["run_id"] for run in self.product.read("runs")), default=0)

    def execute(self, statement: str) -> list[dict[str, Any]]:
        """Execute a statement in Loupe's database; returns the rows, if it gives any."""
        from sqlalchemy import create_engine, text

        engine = create_engine(self.postgres.url("loupe"))
        with engine.begin() as connection:
            done = connection.execute(text(statement))
            rows = [dict(row) for row in done.mappings()] if done.returns_rows else []
        engine.dispose()
        return rows

    def start_another(self, folder: Path) -> "Deployment":
        """Start a second Airflow with metadata of its own on the same Loupe database."""
        api = _start_airflow(self.processes, self.postgres, self.product, folder, "airflow_two")
        return replace(self, api=api)


@contextmanager
def deployed(state: Path) -> Iterator[Deployment]:
    """Everything that the demo starts, on ports that are free; all of it is stopped at the end."""
    from demo.__main__ import ensure_company
    from demo.embedded_postgres import remove_cluster, start_postgres
    from demo.emulator import start_emulator
    from demo.loupe_sample import ensure_loupe_sample
    from demo.processes import Processes, find_free_port
    from demo.product import Product, build_product_environment
    from demo.story import Story

    with Processes(state / "logs") as processes:
        postgres = start_postgres(processes, state / "postgres", is_durable=False)
        postgres.ensure_databases(["loupe"])
        emulator_url = start_emulator(processes, state / "emulator", find_free_port())
        product = Product(build_product_environment(state, postgres, emulator_url, processes.mark))
        product.run("db", "upgrade")
        ensure_loupe_sample(postgres.url("loupe"))
        ensure_company(product, state / "ready", Story())
        api = _start_airflow(processes, postgres, product, state, "airflow")
        yield Deployment(api, product, processes, postgres, emulator_url)
    remove_cluster(state / "postgres")


def _start_airflow(processes: Any, postgres: Any, product: Any, folder: Path, database: str) -> Any:
    from demo.airflow import (
        Airflow,
        build_environment,
        migrate_database,
        start_airflow,
        wait_for_airflow,
    )
    from demo.processes import find_free_port

    postgres.ensure_databases([database])
    airflow = Airflow(folder / database, find_free_port(), postgres.url(database))
    environment = build_environment(airflow, product.environment)
    migrate_database(environment, folder / "logs" / "migrate.log")
    children = start_airflow(processes, airflow, environment)
    return wait_for_airflow(airflow, children, FIRST_SYNC)
