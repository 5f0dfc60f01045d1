"""The eight flows: each record type in each direction is a DAG of its own.

A flow is a row of `FLOWS`; `build_flow_dag` gives every row the same steps.
"""

from airflow.sdk import get_parsing_context

from quickbooks_airflow.flow_dag import build_flow_dag
from quickbooks_sync.record_types.registry import FLOWS

# A task's process reads this file for one DAG only; building the other seven would be most of its start.
wanted = get_parsing_context().dag_id

for flow in FLOWS:
    if wanted in (None, flow.dag_id):
        globals()[flow.dag_id] = build_flow_dag(flow)
