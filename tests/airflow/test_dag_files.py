"""The DAG files: found without errors, documented, light to import."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from quickbooks_sync.record_types.registry import FLOWS

REPOSITORY = Path(__file__).resolve().parents[2]
DAG_FILES = sorted((REPOSITORY / "dags").glob("*.py"))
HEAVY = ("pandas", "great_expectations", "numpy", "quickbooks_sync.workspace")
FLOW_DAG_IDS = [flow.dag_id for flow in FLOWS]
ORDER_DAG_IDS = [
    "quickbooks_first_sync",
    "quickbooks_nightly_sync",
    "quickbooks_keep_connections",
]

# What every parser process has imported already: Airflow's SDK, and the operator that the orders build on.
# A forked child measures each import, so that one file does not profit from another's.
_MEASURE = """
import os, runpy, sys, time
import airflow.sdk, airflow.sdk.exceptions
import airflow.providers.standard.operators.trigger_dagrun
airflow.sdk.DAG, airflow.sdk.BaseOperator, airflow.sdk.BaseHook, airflow.sdk.Param
airflow.sdk.task_group, airflow.sdk.CronTriggerTimetable, airflow.sdk.ExceptionRetryPolicy
heavy, files = sys.argv[1].split(), sys.argv[2:]
for file in files * 3:
    if os.fork() == 0:
        started = time.process_time()
        runpy.run_path(file)
        seconds = time.process_time() - started
        print("MEASURED", file, seconds, *sorted(set(sys.modules) & set(heavy)), flush=True)
        os._exit(0)
    assert os.wait()[1] == 0
"""


def test_all_dags_are_found(dags: dict[str, Any]) -> None:
    assert set(dags) == {*FLOW_DAG_IDS, *ORDER_DAG_IDS}


def test_dag_files_import_fast_and_without_heavy_packages() -> None:
    measured = _measure_imports()

    assert set(measured) == {str(file) for file in DAG_FILES}
    for file, results in measured.items():
        best, loaded = min(results)
        assert not loaded, f"{file} imports {loaded} when it is parsed"
        assert best < 0.5, f"{file} takes {best:.2f} s to import"


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
    from quickbooks_sync.model.flow import FlowOptions

    for dag_id in FLOW_DAG_IDS:
        assert FlowOptions.from_params(dags[dag_id].params.dump()) == FlowOptions()


def test_first_sync_runs_the_flows_in_the_recommended_order(dags: dict[str, Any]) -> None:
    dag = dags["quickbooks_first_sync"]
    order = [task.task_id for task in dag.topological_sort()]

    assert order == [*(flow.name for flow in FLOWS), "report"]


def test_nightly_is_scheduled_for_two_at_night(dags: dict[str, Any]) -> None:
    assert dags["quickbooks_nightly_sync"].timetable.expression == "0 2 * * *"


def _measure_imports() -> dict[str, list[tuple[float, list[str]]]]:
    done = subprocess.run(
        [sys.executable, "-c", _MEASURE, " ".join(HEAVY), *map(str, DAG_FILES)],
        env=os.environ,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    measured: dict[str, list[tuple[float, list[str]]]] = {}
    for line in done.stdout.splitlines():
        if line.startswith("MEASURED"):
            _, file, seconds, *loaded = line.split()
            measured.setdefault(file, []).append((float(seconds), loaded))
    return measured


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
