"""What an order hands to its flows, and which of them it runs."""

import copy
from typing import Any

import pytest

from quickbooks_airflow.orders import build_child_run_id, build_conf, is_selected
from quickbooks_sync.model.flow import Direction, Flow, FlowOptions
from quickbooks_sync.record_types.registry import FLOWS

PULL_CUSTOMERS = Flow("customer", Direction.PULL)
PULL_INVOICES = Flow("invoice", Direction.PULL)


def selected(**params: Any) -> list[str]:
    return [flow.name for flow in FLOWS if is_selected(flow, params)]


def test_without_a_choice_every_flow_runs() -> None:
    assert len(selected()) == len(FLOWS)


def test_record_types_and_directions_are_chosen_apart() -> None:
    assert selected(record_types=["customer", "payment"], directions=["push"]) == [
        "push_customers",
        "push_payments",
    ]


def test_without_invoice_history_only_the_pull_of_invoices_is_left_out() -> None:
    assert {flow.name for flow in FLOWS} - set(selected(invoice_history=False)) == {"pull_invoices"}


def test_a_limit_counts_customers_and_the_rest_follows_them() -> None:
    params = {"limit": 5, "company": "934145", "since": "2026-01-31", "preview": False}

    customers = FlowOptions.from_params(build_conf(PULL_CUSTOMERS, params, None))
    invoices = FlowOptions.from_params(build_conf(PULL_INVOICES, params, None))

    assert (customers.limit, customers.linked_only) == (5, False)
    assert (invoices.limit, invoices.linked_only) == (None, True)
    assert customers.realm_id == invoices.realm_id == "934145"


def test_an_order_without_parameters_is_a_plain_incremental_run() -> None:
    assert FlowOptions.from_params(build_conf(PULL_INVOICES, {}, "934145")) == FlowOptions(
        realm_id="934145"
    )


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.name)
def test_a_flow_accepts_what_an_order_hands_over(dags: dict[str, Any], flow: Flow) -> None:
    params = dags["quickbooks_first_sync"].params.dump() | {"limit": 3, "since": "2026-01-31"}
    conf = build_conf(flow, params, "934145")
    form = copy.deepcopy(dags[flow.dag_id].params)

    assert set(conf) <= set(form)
    form.update(conf)
    form.validate()


def test_run_ids_are_the_same_for_every_try_and_differ_between_flows_and_companies() -> None:
    ids = [
        build_child_run_id("scheduled__2026-11-23T02:00:00+00:00", flow, company)
        for flow in FLOWS
        for company in (None, "1", "2")
    ]

    assert len(set(ids)) == len(ids)
    assert ids[1] == "order__scheduled__2026-11-23T02:00:00+00:00__1__pull_customers"


def test_airflow_accepts_the_run_ids() -> None:
    from airflow.utils.types import DagRunType

    run_id = build_child_run_id("scheduled__2026-11-23T02:00:00+00:00", PULL_CUSTOMERS, "1")

    assert DagRunType.from_run_id(run_id) == DagRunType.MANUAL
    assert len(run_id) < 250
