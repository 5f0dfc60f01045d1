"""The DAG files: found without errors, documented, light to import."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from quickbooks_sync.flows import FLOWS

REPOSITORY = Path(__file__).resolve().parents[2]
DAG_FILES = sorted((REPOSITORY / "dags").glob("*.py"))
HEAVY = ("pandas", "great_expectations", "numpy", "quickbooks_sync.workspace")
FLOW_DAG_IDS = [flow.dag_id for flow in FLOWS]
ORDER_DAG_IDS = ["quickbooks_first_sync", "quickbooks_nightly_sync"]

# What every parser process has imported already: Airflow's SDK, and the operator that the orders build on.
_MEASURE = """
import runpy, sys, time
import airflow.sdk, airflow.sdk.exceptions
import airflow.providers.standard.operators.trigger_dagrun
airflow.sdk.DAG, airflow.sdk.BaseOperator, airflow.sdk.BaseHook, airflow.sdk.Param
airflow.sdk.task_group, airflow.sdk.CronTriggerTimetable, airflow.sdk.ExceptionRetryPolicy
started = time.perf_counter()
runpy.run_path(sys.argv[1])
print(time.perf_counter() - started, *sorted(set(sys.modules) & set(sys.argv[2:])))
"""


def test_all_dags_are_found(dags: dict[str, Any]) -> None:
    assert set(dags) == {*FLOW_DAG_IDS, *ORDER_DAG_IDS}


@pytest.mark.parametrize("file", DAG_FILES, ids=lambda file: file.stem)
def test_dag_files_import_fast_and_without_heavy_packages(file: Path) -> None:
    best, loaded = min(_measure(file) for _ in range(3))

    assert not loaded, f"{file.name} imports {loaded} when it is parsed"
    assert best < 0.5, f"{file.name} takes {best:.2f} s to import"


@pytest.mark.parametrize("dag_id", [*FLOW_DAG_IDS, *ORDER_DAG_IDS])
def test_dags_are_documented_and_owned(dags: dict[str, Any], dag_id: str) -> None:
    dag = dags[dag_id]

    assert len(dag.doc_md) > 200
    assert dag.description
    assert "quickbooks" in dag.tags
    assert dag.catchup is False
    assert dag.is_paused_upon_creation is False
    for task in dag.tasks:
        assert task.doc_md, f"task {task.task_id} says nothing about itself"
        assert task.owner == "quickbooks-sync"
        assert task.retries == 2


@pytest.mark.parametrize("dag_id", [*FLOW_DAG_IDS, "quickbooks_first_sync"])
def test_every_parameter_explains_itself_in_the_form(dags: dict[str, Any], dag_id: str) -> None:
    params = dags[dag_id].params

    assert params
    for name in params:
        param = params.get_param(name)
        assert param.schema["title"], name
        assert param.description, name
    params.validate()


def test_the_defaults_of_the_form_are_a_plain_incremental_run(dags: dict[str, Any]) -> None:
    from quickbooks_sync.flows import FlowOptions

    for dag_id in FLOW_DAG_IDS:
        assert FlowOptions.from_params(dags[dag_id].params.dump()) == FlowOptions()


def test_first_sync_runs_the_flows_in_the_recommended_order(dags: dict[str, Any]) -> None:
    dag = dags["quickbooks_first_sync"]
    order = [task.task_id for task in dag.topological_sort()]

    assert order == [*(flow.name for flow in FLOWS), "report"]


def test_nightly_is_scheduled_for_two_at_night(dags: dict[str, Any]) -> None:
    assert dags["quickbooks_nightly_sync"].timetable.expression == "0 2 * * *"


def _measure(file: Path) -> tuple[float, list[str]]:
    done = subprocess.run(
        [sys.executable, "-c", _MEASURE, str(file), *HEAVY],
        env=os.environ,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    seconds, *loaded = done.stdout.splitlines()[-1].split()
    return float(seconds), loaded


def test_every_dag_task_and_parameter_is_in_the_documentation(dags: dict[str, Any]) -> None:
    documentation = (REPOSITORY / "docs" / "flows.md").read_text(encoding="utf-8")
    names = {
        name
        for dag in dags.values()
        for name in (dag.dag_id, *dag.params, *(task.task_id for task in dag.tasks))
    }
    flow_names = {flow.name for flow in FLOWS} | {f"company.{flow.name}" for flow in FLOWS}

    missing = [name for name in names - flow_names if f"`{name}`" not in documentation]

    assert not missing
