"""Once a day: keep every QuickBooks company's grant alive, and warn before one ends for good."""

from airflow.sdk import DAG, CronTriggerTimetable

from quickbooks_airflow.flow_dag import DEFAULT_ARGS
from quickbooks_airflow.upkeep import KeepConnectionsOperator

DOCUMENTATION = """
### Keep connections

Every day at 01:00 UTC: renews the access to each connected company, so that a company which nobody syncs does not
lose its grant after 100 idle days. Costs no metered read.

A grant ends five years after the consent whatever is done. From 30 days before, the task's log warns; from 7 days before,
and whenever a company needs attention, the run fails and says which company to reconnect.

It also says how many of the month's metered reads are used and expected; it warns when they will not last, and fails when
they are used up and reads are stopped.
"""

with DAG(
    dag_id="quickbooks_keep_connections",
    description="Keeps every company's grant alive, and warns before one ends",
    doc_md=DOCUMENTATION,
    schedule=CronTriggerTimetable("0 1 * * *", timezone="UTC"),
    catchup=False,
    max_active_runs=1,
    is_paused_upon_creation=False,
    default_args=DEFAULT_ARGS,
    tags={"quickbooks", "upkeep"},
):
    KeepConnectionsOperator(
        task_id="keep_connections",
        doc_md="Renews every company's access; fails when a person must reconnect one.",
    )
