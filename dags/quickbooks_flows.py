"""The eight flows: each record type in each direction is a DAG of its own.

A flow is a row of `FLOWS`; `build_flow_dag` gives every row the same steps.
"""

from quickbooks_airflow.flow_dag import build_flow_dag
from quickbooks_sync.flows import FLOWS

for flow in FLOWS:
    globals()[flow.dag_id] = build_flow_dag(flow)
