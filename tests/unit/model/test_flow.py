"""The flows' names and the parameters of a run."""

from datetime import date
from typing import Any

import pytest

from quickbooks_sync.model.errors import ConfigurationError
from quickbooks_sync.model.flow import FlowOptions
from quickbooks_sync.record_types.registry import FLOWS, flow_named


def test_the_first_sync_order_keeps_what_is_referred_to_ahead() -> None:
    assert [flow.name for flow in FLOWS] == [
        "pull_customers",
        "pull_invoices",
        "push_customers",
        "push_invoices",
        "pull_payments",
        "push_payments",
        "pull_inventory_items",
        "push_inventory_items",
    ]


def test_a_flow_is_found_by_its_name_and_by_its_dag() -> None:
    assert flow_named("push_inventory_items") is flow_named("quickbooks_push_inventory_items")


def test_an_unknown_flow_is_answered_with_the_known_ones() -> None:
    with pytest.raises(
        ConfigurationError, match=r"no flow 'pull_custmers'; use one of pull_customers,"
    ):
        flow_named("pull_custmers")


def test_an_empty_form_means_everything_new_of_the_only_company() -> None:
    form = {"company": " ", "mode": None, "preview": None, "limit": None, "record_ids": ""}
    assert FlowOptions.from_params(form) == FlowOptions()
    assert not FlowOptions().is_narrowed


def test_a_filled_form_is_read() -> None:
    form = {
        "company": " 9341 ",
        "mode": "full",
        "preview": True,
        "limit": "5",
        "record_ids": "12, 13,",
        "since": "2026-01-31",
        "linked_only": True,
    }
    assert FlowOptions.from_params(form) == FlowOptions(
        realm_id="9341",
        mode="full",
        preview=True,
        limit=5,
        record_ids=("12", "13"),
        since=date(2026, 1, 31),
        linked_only=True,
    )


@pytest.mark.parametrize(
    "narrowing",
    [{"limit": 1}, {"record_ids": ["7"]}, {"since": "2026-01-01"}, {"linked_only": True}],
)
def test_a_run_of_part_of_the_records_is_narrowed(narrowing: dict[str, Any]) -> None:
    assert FlowOptions.from_params(narrowing).is_narrowed


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ({"mode": "all"}, "mode is 'all'; it must be incremental or full."),
        ({"limit": "many"}, "limit is 'many'; it must be a whole number above 0."),
        ({"limit": -3}, "limit is -3; it must be a whole number above 0."),
        ({"record_ids": "12,INV-7"}, "record_ids holds 'INV-7'; an Id is a whole number."),
        ({"record_ids": ["²"]}, "record_ids holds '²'; an Id is a whole number."),
        ({"since": "31.01.2026"}, "since is '31.01.2026'; write a day as 2026-01-31."),
    ],
)
def test_a_wrong_parameter_is_named_with_what_it_must_be(
    form: dict[str, Any], message: str
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        FlowOptions.from_params(form)
    assert str(caught.value) == message
