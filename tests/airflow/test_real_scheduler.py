"""The orders under a real Airflow: API server, scheduler, DAG processor, triggerer and task processes.

One Airflow serves the module, and the tests build on each other in the order of the file, as the days of a
company do: first sync, a quiet night, a retry, a mishap. A flow takes seconds here, so each test runs few.
"""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import requests

from quickbooks_sync.flows import FLOWS

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
        database_url: Loupe's database.
    """

    api: Any
    product: Any
    processes: Any
    database_url: str

    def run(self, dag_id: str, conf: dict[str, Any] | None = None) -> str:
        """Trigger a DAG, wait for its end, and return the run's id."""
        run_id = str(self.api.trigger(dag_id, conf or {}))
        self.wait(dag_id, run_id)
        return run_id

    def wait(self, dag_id: str, run_id: str) -> None:
        """Wait until a run has ended."""
        deadline = time.monotonic() + _LIMIT_SECONDS
        while self.state(dag_id, run_id) not in ("success", "failed"):
            self.processes.ensure_running()
            assert time.monotonic() < deadline, f"{dag_id} {run_id} did not end"
            time.sleep(0.3)

    def state(self, dag_id: str, run_id: str) -> str:
        """Return a run's state."""
        return str(self.api.fetch_run_state(dag_id, run_id))

    def task_states(self, dag_id: str, run_id: str) -> dict[str, str]:
        """Return the states of a run's tasks."""
        found = self.api._call("GET", f"dags/{dag_id}/dagRuns/{run_id}/taskInstances")
        return {task["task_id"]: str(task["state"]) for task in found["task_instances"]}

    def run_ids(self, dag_id: str) -> list[str]:
        """Return the ids of a DAG's runs."""
        runs = self.api._call("GET", f"dags/{dag_id}/dagRuns")["dag_runs"]
        return [str(run["dag_run_id"]) for run in runs]

    def pause(self, dag_id: str, is_paused: bool) -> None:
        """Pause or resume a DAG."""
        self.api._call("PATCH", f"dags/{dag_id}", {"is_paused": is_paused})

    def accounts(self, known: int = 0) -> dict[str, dict[str, Any]]:
        """Return the newest account of every flow, of runs after `known`."""
        found = self.product.read("runs", "--since-run", str(known))
        return {run["flow"]: run for run in sorted(found, key=lambda run: run["run_id"])}

    def newest_run(self) -> int:
        """Return the id of the sync's newest run."""
        return max((run["run_id"] for run in self.product.read("runs")), default=0)

    def execute(self, statement: str) -> None:
        """Execute a statement in Loupe's database."""
        from sqlalchemy import create_engine, text

        engine = create_engine(self.database_url)
        with engine.begin() as connection:
            connection.execute(text(statement))
        engine.dispose()


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """Everything that the demo starts, on ports that are free."""
    from demo.__main__ import ensure_company
    from demo.airflow import (
        Airflow,
        build_environment,
        migrate_database,
        start_airflow,
        wait_for_airflow,
    )
    from demo.embedded_postgres import start_postgres
    from demo.emulator import start_emulator
    from demo.loupe_sample import ensure_loupe_sample
    from demo.processes import Processes, find_free_port
    from demo.product import Product, build_product_environment
    from demo.story import Story

    state = tmp_path_factory.mktemp("deployment")
    with Processes(state / "logs") as processes:
        postgres = start_postgres(processes, state / "postgres", is_durable=False)
        postgres.ensure_databases(["airflow", "loupe"])
        emulator_url = start_emulator(processes, state / "emulator", find_free_port())
        variables = build_product_environment(state, postgres, emulator_url, processes.mark)
        product = Product(variables)
        product.run("db", "upgrade")
        ensure_loupe_sample(postgres.url("loupe"))
        airflow = Airflow(state / "airflow", find_free_port(), postgres.url("airflow"))
        environment = build_environment(airflow, variables)
        migrate_database(environment, state / "logs" / "migrate.log")
        children = start_airflow(processes, airflow, environment)
        ensure_company(product, state / "ready", Story())
        api = wait_for_airflow(airflow, children, FIRST_SYNC)
        yield Deployment(api, product, processes, postgres.url("loupe"))


def test_the_first_sync_brings_all_record_types_together(deployment: Deployment) -> None:
    run_id = deployment.run(FIRST_SYNC)

    assert deployment.task_states(FIRST_SYNC, run_id) == dict.fromkeys(
        [*NAMES, "report"], "success"
    )
    accounts = deployment.accounts()
    assert {flow: account["status"] for flow, account in accounts.items()} == dict.fromkeys(
        NAMES, "success"
    )
    for name in NAMES:
        assert accounts[name]["counts"].get("created"), f"{name} created nothing"
    for name in ("pull_customers", "pull_invoices", "pull_payments", "pull_inventory_items"):
        assert accounts[name]["counts"].get("linked"), f"{name} linked nothing"


def test_the_night_does_nothing_unless_a_company_asks_for_it(deployment: Deployment) -> None:
    known = deployment.newest_run()

    run_id = deployment.run(NIGHTLY)

    assert deployment.state(NIGHTLY, run_id) == "success"
    assert deployment.newest_run() == known


def test_the_night_runs_every_flow_of_a_company_that_asks_and_finds_nothing_to_change(
    deployment: Deployment,
) -> None:
    known = deployment.newest_run()
    deployment.execute("update quickbooks_sync.company set is_nightly = true")

    run_id = deployment.run(NIGHTLY)

    assert deployment.state(NIGHTLY, run_id) == "success"
    accounts = deployment.accounts(known)
    assert set(accounts) == set(NAMES)
    for name, account in accounts.items():
        assert account["mode"] == "incremental", name
        assert account["writes"] == 0, name
        assert not {"created", "updated", "linked"} & set(account["counts"]), name


def test_deselected_flows_are_skipped_and_the_others_run(deployment: Deployment) -> None:
    known = deployment.newest_run()

    run_id = deployment.run(
        FIRST_SYNC,
        {"record_types": ["customer", "inventory_item"], "directions": ["pull"]},
    )

    chosen = {"pull_customers", "pull_inventory_items", "report"}
    assert deployment.state(FIRST_SYNC, run_id) == "success"
    assert deployment.task_states(FIRST_SYNC, run_id) == {
        name: "success" if name in chosen else "skipped" for name in [*NAMES, "report"]
    }
    assert set(deployment.accounts(known)) == {"pull_customers", "pull_inventory_items"}


def test_a_task_that_is_tried_again_attaches_to_the_run_of_its_flow(
    deployment: Deployment,
) -> None:
    parent, child = "tried-again", "order__tried-again__pull_customers"
    chosen = {"record_types": ["customer"], "directions": ["pull"]}
    deployment.api._call(
        "POST",
        "dags/quickbooks_pull_customers/dagRuns",
        {"dag_run_id": child, "logical_date": None, "conf": {}},
    )

    deployment.api._call(
        "POST",
        f"dags/{FIRST_SYNC}/dagRuns",
        {"dag_run_id": parent, "logical_date": None, "conf": chosen},
    )
    deployment.wait(FIRST_SYNC, parent)

    assert deployment.state(FIRST_SYNC, parent) == "success"
    assert deployment.run_ids("quickbooks_pull_customers").count(child) == 1
    assert deployment.state("quickbooks_pull_customers", child) == "success"


def test_a_flow_that_cannot_run_stops_those_after_it_but_not_the_items(
    deployment: Deployment,
) -> None:
    deployment.pause("quickbooks_pull_customers", True)
    try:
        run_id = deployment.run(FIRST_SYNC, {"directions": ["pull"]})
    finally:
        deployment.pause("quickbooks_pull_customers", False)

    assert deployment.state(FIRST_SYNC, run_id) == "failed"
    assert deployment.task_states(FIRST_SYNC, run_id) == {
        "pull_customers": "failed",
        "pull_invoices": "upstream_failed",
        "push_customers": "upstream_failed",
        "push_invoices": "upstream_failed",
        "pull_payments": "upstream_failed",
        "push_payments": "upstream_failed",
        "pull_inventory_items": "success",
        "push_inventory_items": "skipped",
        "report": "failed",
    }


def test_a_run_that_a_person_clears_runs_its_failed_flow_again(deployment: Deployment) -> None:
    chosen = {"record_types": ["customer"], "directions": ["pull"]}
    deployment.execute("update quickbooks_sync.company set status = 'needs_attention'")
    run_id = deployment.run(FIRST_SYNC, chosen)
    child = f"order__{run_id}__pull_customers"
    assert deployment.state("quickbooks_pull_customers", child) == "failed"
    deployment.execute("update quickbooks_sync.company set status = 'connected'")

    deployment.api._call(
        "POST",
        f"dags/{FIRST_SYNC}/clearTaskInstances",
        {"dry_run": False, "dag_run_id": run_id, "only_failed": True, "reset_dag_runs": True},
    )
    deployment.wait(FIRST_SYNC, run_id)

    assert deployment.state(FIRST_SYNC, run_id) == "success"
    assert deployment.state("quickbooks_pull_customers", child) == "success"


def test_airflow_serves_the_reports_to_signed_in_users_only(deployment: Deployment) -> None:
    address = f"{deployment.api.url}/quickbooks/data-docs/index.html"
    token = deployment.api._session.headers["Authorization"]

    assert requests.get(address, timeout=30).status_code == 401
    assert requests.get(f"{address}/../x", timeout=30).status_code == 401
    shown = requests.get(address, headers={"Authorization": token}, timeout=30)
    assert shown.status_code == 200
    assert "html" in shown.headers["Content-Type"]
    assert "no-store" in shown.headers["Cache-Control"]
    outside = requests.get(
        f"{deployment.api.url}/quickbooks/data-docs/%2e%2e/%2e%2e/secrets/grants",
        headers={"Authorization": token},
        timeout=30,
    )
    assert outside.status_code == 404


def test_the_test_button_works_through_airflows_api(deployment: Deployment) -> None:
    quickbooks = json.loads(deployment.product.environment["AIRFLOW_CONN_QUICKBOOKS_DEFAULT"])

    answer = deployment.api._call(
        "POST",
        "connections/test",
        {
            "connection_id": "quickbooks_tested",
            **{name: quickbooks[name] for name in ("conn_type", "login", "password")},
            "extra": json.dumps(quickbooks["extra"]),
        },
    )

    assert answer["status"] is True, answer["message"]
    assert "one metered read" in answer["message"]
