"""The first sync of a company: the eight flows in the recommended order."""

from airflow.sdk import DAG, TriggerRule

from quickbooks_airflow.flow_dag import DEFAULT_ARGS
from quickbooks_airflow.orders import ReportOperator, build_flow_task, build_order
from quickbooks_airflow.parameters import build_first_sync_params

DOCUMENTATION = """
### The first sync of a QuickBooks company

Runs the flows one after another, in the order that makes every record find what it refers to:
pull customers → pull invoices → push customers → push invoices → payments → inventory items.
What QuickBooks has is known before anything is written there, so that a record on both sides is linked, not doubled.

**Before you start:** connect the company, confirm its settings, and read the review report
(`quickbooks-sync review`): it lists possible duplicates, missing names and dates.

**A small test first:** set *Limit* to a few customers; their invoices, payments and items come along. *Preview* writes
nothing at all.

**Deselect** record types or directions in the form; their flows are skipped and the others still run.
Run it again at any time: what is the same on both sides stays as it is.
"""

with DAG(
    dag_id="quickbooks_first_sync",
    description="All record types in both directions, in the recommended order",
    doc_md=DOCUMENTATION,
    schedule=None,
    catchup=False,
    max_active_runs=1,
    is_paused_upon_creation=False,
    default_args=DEFAULT_ARGS,
    params=build_first_sync_params(),
    tags={"quickbooks", "order"},
):
    report = ReportOperator(
        task_id="report",
        companies=[None],
        trigger_rule=TriggerRule.ALL_DONE,
        doc_md="Says what each flow did to how many records, and fails when a flow failed.",
    )
    build_order(build_flow_task) >> report
