"""The nightly sync: what changed on either side, for every company that has `nightly` on."""

from functools import partial
from typing import Any

from airflow.sdk import DAG, CronTriggerTimetable, TriggerRule, task_group

from quickbooks_airflow.flow_dag import DEFAULT_ARGS
from quickbooks_airflow.orders import (
    NightlyCompaniesOperator,
    ReportOperator,
    build_flow_task,
    build_order,
)

DOCUMENTATION = """
### The nightly sync

Every night at 02:00 UTC, for each company whose setting `nightly` is on (off by default): the eight flows in the order
of the first sync, taking what changed since their last complete run. Companies run side by side.

With no such company the run does nothing.
"""

with DAG(
    dag_id="quickbooks_nightly_sync",
    description="What changed on either side, every night, for each company that wants it",
    doc_md=DOCUMENTATION,
    schedule=CronTriggerTimetable("0 2 * * *", timezone="UTC"),
    catchup=False,
    max_active_runs=1,
    is_paused_upon_creation=False,
    default_args=DEFAULT_ARGS,
    tags={"quickbooks", "order"},
):
    companies = NightlyCompaniesOperator(
        task_id="companies", doc_md="Lists the connected companies whose setting `nightly` is on."
    )
    report = ReportOperator(
        task_id="report",
        companies=companies.output,
        trigger_rule=TriggerRule.ALL_DONE,
        doc_md="Says what each flow did to how many records, and fails when a flow failed.",
    )

    @task_group(group_id="company")
    def sync_company(company: Any) -> None:
        """The eight flows of one company, one after another."""
        build_order(partial(build_flow_task, company=company, deferrable=True))

    sync_company.expand(company=companies.output) >> report
