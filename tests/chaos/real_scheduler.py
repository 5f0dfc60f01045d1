"""Steps through a real Airflow on the run's database: flows triggered, edits meanwhile, a worker killed, a night."""

import json
import os
import random
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from demo.airflow import (
    Airflow,
    build_environment,
    migrate_database,
    start_airflow,
    wait_for_airflow,
)
from demo.airflow_api import ENDED, AirflowApi
from demo.processes import Child, find_free_port
from quickbooks_sync.record_types.registry import FLOWS
from tests.chaos import edits
from tests.chaos.administration import let_leases_expire
from tests.chaos.company import Company
from tests.chaos.faults import to_fault
from tests.chaos.schedule import Schedule, UnexpectedEndError, edit_one
from tests.chaos.servers import Servers

NIGHTLY = "quickbooks_nightly_sync"
_LIMIT_SECONDS = 600


@dataclass(frozen=True)
class Running:
    """A started Airflow.

    Attributes:
        api: A signed-in client.
        scheduler: The process under which its tasks run.
        logs: The folder of its tasks' logs.
    """

    api: AirflowApi
    scheduler: Child
    logs: Path


def take_scheduled_steps(schedule: Schedule, number: int) -> None:
    """Trigger some flows one after the other and a night at the end, with edits and mishaps in between."""
    with _started(schedule.servers) as airflow:
        for step in range(1, number + 1):
            rng = random.Random(f"{schedule.seed}-airflow-{step}")
            company = rng.choice(schedule.servers.companies)
            schedule.say(f"airflow {step}: {_run_flow(schedule, airflow, company, rng)}")
        rng = random.Random(f"{schedule.seed}-airflow")
        schedule.say(f"airflow night: {_run_night(schedule, airflow, rng)}")


@contextmanager
def _started(servers: Servers) -> Iterator[Running]:
    servers.postgres.ensure_databases(["airflow"])
    airflow = Airflow(servers.folder / "airflow", find_free_port(), servers.postgres.url("airflow"))
    product = {
        **servers.environment,
        "AIRFLOW_CONN_LOUPE_DEFAULT": servers.postgres.connection_url("chaos"),
    }
    environment = build_environment(airflow, product)
    migrate_database(environment, servers.folder / "logs" / "migrate.log")
    children = start_airflow(servers.processes, airflow, environment)
    api = wait_for_airflow(airflow, children, NIGHTLY)
    yield Running(api, children[1], airflow.home / "logs")


def _run_flow(schedule: Schedule, airflow: Running, company: Company, rng: random.Random) -> str:
    """Run a flow's DAG, undisturbed, with faults, or with the death of one of its tasks."""
    flow = rng.choice(FLOWS)
    said = [_edit_some(schedule, rng, 4)]
    for one in schedule.servers.companies:
        let_leases_expire(one)
    schedule.ensure_connected(company)
    mishap = rng.choice(("nothing", "faults", "a killed task", "a killed task"))
    if mishap == "faults":
        schedule.servers.side_door("faults", to_fault(rng))
    dag_id = f"quickbooks_{flow.name}"
    run_id = airflow.api.trigger(dag_id, {"company": company.realm_id})
    if mishap == "a killed task":
        said.append(f"killed {_kill_task(airflow, dag_id, run_id)}")
    said.append(_edit_some(schedule, rng, 2))
    state = _wait(airflow, dag_id, run_id)
    schedule.servers.clear_faults()
    if state != "success" and mishap == "nothing":
        _refuse(airflow, dag_id, run_id)
    return f"{flow.name} of company {company.organization_id} with {mishap}: {said}: {state}"


def _run_night(schedule: Schedule, airflow: Running, rng: random.Random) -> str:
    """Run the nightly order for every company while people go on with their work."""
    for company in schedule.servers.companies:
        let_leases_expire(company)
        schedule.ensure_connected(company)
        company.execute("update quickbooks_sync.company set is_nightly = true")
    run_id = airflow.api.trigger(NIGHTLY, {})
    said = []
    while airflow.api.fetch_run_state(NIGHTLY, run_id) not in ENDED:
        said.append(_edit_some(schedule, rng, 1))
        time.sleep(1)
    state = _wait(airflow, NIGHTLY, run_id)
    if state != "success":
        _refuse(airflow, NIGHTLY, run_id)
    return f"{state}, meanwhile {said}"


def _edit_some(schedule: Schedule, rng: random.Random, number: int) -> str:
    said = []
    for _ in range(number):
        company = rng.choice(schedule.servers.companies)
        table = rng.choice((edits.LOUPE, edits.QUICKBOOKS))
        said.append(edit_one(company, rng, table))
    return "; ".join(said)


def _wait(airflow: Running, dag_id: str, run_id: str) -> str:
    deadline = time.monotonic() + _LIMIT_SECONDS
    while (state := airflow.api.fetch_run_state(dag_id, run_id)) not in ENDED:
        airflow.scheduler.ensure_running()
        if time.monotonic() > deadline:
            raise UnexpectedEndError(f"{dag_id} {run_id} did not end in {_LIMIT_SECONDS} s")
        time.sleep(0.3)
    return state


def _refuse(airflow: Running, dag_id: str, run_id: str) -> None:
    failed = airflow.api.fetch_failed_tasks(dag_id, run_id)
    told = "\n".join(_complaints(airflow.logs)[-8:])
    raise UnexpectedEndError(f"{dag_id} {run_id} failed in {failed}; nothing disturbed it\n{told}")


def _complaints(logs: Path) -> list[str]:
    """Return what tasks have failed with, oldest first."""
    found = []
    for log in sorted(logs.rglob("attempt=*.log"), key=lambda one: one.stat().st_mtime):
        for line in log.read_text().splitlines():
            for error in json.loads(line).get("error_detail") or () if '"error"' in line else ():
                said = f"{error['exc_type']}: {error['exc_value'][:300]}"
                found.append(f"{log.parent.relative_to(logs)}: {said}")
    return found


def _kill_task(airflow: Running, dag_id: str, run_id: str) -> str:
    """Kill the first process that runs a task of the DAG run, some time into its work."""
    while airflow.api.fetch_run_state(dag_id, run_id) not in ENDED:
        for process in _task_processes(airflow.scheduler.process.pid):
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
                return f"process {process}"
        time.sleep(0.05)
    return "nothing, it had ended"


def _task_processes(scheduler: int) -> list[int]:
    """Return the processes below the scheduler that run a task: their title names its id (Linux only)."""
    parents: dict[int, int] = {}
    tasks = []
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
            parents[int(entry.name)] = int(fields[1])
            title = (entry / "cmdline").read_bytes()
            if title.startswith(b"airflow worker -- ") and b"LocalExecutor" not in title:
                tasks.append(int(entry.name))
    return [one for one in tasks if _is_below(one, scheduler, parents)]


def _is_below(process: int, ancestor: int, parents: dict[int, Any]) -> bool:
    while process in parents:
        if process == ancestor:
            return True
        process = parents[process]
    return False
