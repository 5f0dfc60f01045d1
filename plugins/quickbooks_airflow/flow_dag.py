"""Builds the DAG of a flow: `check → extract → per batch transform → validate → gate → per batch load → finish`."""

from datetime import timedelta
from typing import Any

from airflow.sdk import DAG, TriggerRule

from quickbooks_airflow.closing import REPORTS_TASK_ID, FinishOperator
from quickbooks_airflow.flow_docs import STEPS, describe_flow, document_flow
from quickbooks_airflow.operators import (
    CheckOperator,
    DataDocsOperator,
    ExtractOperator,
    GateOperator,
    LoadOperator,
    TransformOperator,
    ValidateOperator,
)
from quickbooks_airflow.parameters import build_flow_params
from quickbooks_sync.model.flow import Flow

OWNER = "quickbooks-sync"
#: Companies run side by side; within a company the lease lets one run at a time work on a record type.
MAX_ACTIVE_RUNS = 8
DEFAULT_ARGS: dict[str, Any] = {
    "owner": OWNER,
    "retries": 2,
    "retry_delay": timedelta(seconds=10),
    "retry_exponential_backoff": 2.0,
    "max_retry_delay": timedelta(minutes=5),
}
_BATCH_NAME = "batch {{ task.batch['batch_number'] }}"


def build_flow_dag(flow: Flow) -> DAG:
    """Return the DAG of a flow: unpaused from the start, run on demand, its parameters as a form."""
    with DAG(
        dag_id=flow.dag_id,
        description=describe_flow(flow),
        doc_md=document_flow(flow),
        schedule=None,
        catchup=False,
        max_active_runs=MAX_ACTIVE_RUNS,
        is_paused_upon_creation=False,
        default_args=DEFAULT_ARGS,
        params=build_flow_params(),
        tags={"quickbooks", str(flow.direction), flow.record_type},
    ) as dag:
        _add_steps(flow)
    return dag


def _add_steps(flow: Flow) -> None:
    check = CheckOperator(flow_name=flow.name, **_named("check"))
    run = check.output
    extract = ExtractOperator(run=run, **_named("extract"))
    transform = TransformOperator.partial(run=run, **_mapped("transform")).expand(
        batch=extract.output
    )
    validate = ValidateOperator.partial(run=run, **_mapped("validate")).expand(
        batch=transform.output
    )
    # Without a batch the mapped steps are skipped, and the run is still a complete one.
    gate = GateOperator(
        run=run, trigger_rule=TriggerRule.NONE_FAILED_MIN_ONE_SUCCESS, **_named("gate")
    )
    load = LoadOperator.partial(run=run, **_mapped("load")).expand(batch=validate.output)
    # One at a time within the flow, and as soon as anything was validated, even if a batch failed.
    reports = DataDocsOperator(
        run=run,
        trigger_rule=TriggerRule.ALL_DONE_MIN_ONE_SUCCESS,
        max_active_tis_per_dag=1,
        **_named(REPORTS_TASK_ID),
    )
    finish = FinishOperator(run=run, batches=extract.output, **_named("finish"))
    [extract, validate] >> gate >> load
    validate >> reports
    # A step that failed ends those after it at once, while its siblings still work: finish waits for every one.
    [check, extract, transform, validate, gate, load, reports] >> finish
    # Airflow leaves a teardown to run when somebody marks the run as failed, so the lease is given back at once.
    finish.as_teardown(on_failure_fail_dagrun=True)


def _named(task_id: str) -> dict[str, Any]:
    return {"task_id": task_id, "doc_md": STEPS[task_id].strip()}


def _mapped(task_id: str) -> dict[str, Any]:
    return {**_named(task_id), "map_index_template": _BATCH_NAME}
