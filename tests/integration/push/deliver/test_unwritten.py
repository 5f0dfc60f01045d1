"""Accepted is not written: under the SyncToken that a write was sent with, QuickBooks has changed nothing."""

import json
from datetime import date
from typing import Any

import pytest

from tests.support.books import loupe, quickbooks
from tests.support.installation import BuildHouse, House


@pytest.fixture
def house(build_house: BuildHouse) -> House:
    """An empty company whose flows have run once."""
    house = build_house(seed=False)
    house.run_all()
    return house


def answer_unchanged(house: House, entity: str, quickbooks_id: str) -> None:
    """Let the next batch be answered with the record as it was, and nothing be written."""
    record = quickbooks.fetch(house, entity, quickbooks_id)
    body = {
        "BatchItemResponse": [{"bId": "1", entity: record}],
        "time": "2026-11-26T08:00:00-08:00",
    }
    house.order_fault("status", status=200, body=json.dumps(body, default=str))


@pytest.mark.parametrize(
    ("edit", "property_name", "value"),
    [
        ({"due_date": date(2026, 12, 24)}, "DueDate", "2026-12-24"),
        ({"lifecycle_status": "Void"}, "TotalAmt", 0),
    ],
)
def test_a_change_that_quickbooks_did_not_write_is_said_and_sent_again(
    house: House, edit: dict[str, Any], property_name: str, value: Any
) -> None:
    # Naive: the answer is agreed on, and the change is lost for good.
    customer_id = loupe.add_customer(house, "Unwritten")
    invoice_id = loupe.add_invoice(house, customer_id, "U-1")
    house.run("push_customers")
    house.run("push_invoices")
    there = house.quickbooks_id("invoice", invoice_id)
    house.update("invoice", invoice_id, **edit)
    answer_unchanged(house, "Invoice", there)
    run = house.run("push_invoices")
    assert house.said(run, loupe_id=invoice_id) == ["differs"]
    house.run("push_invoices")
    assert quickbooks.fetch(house, "Invoice", there)[property_name] == value


def test_stock_is_not_adjusted_from_a_quantity_that_was_not_said(house: House) -> None:
    # Naive: no quantity counts as 0, and the whole stock is posted once more.
    item_id = loupe.add_item(house, "Ring", "RG-1", quantity=5)
    house.run("push_inventory_items")
    house.run("pull_inventory_items")
    there = house.quickbooks_id("inventory_item", item_id)
    record = quickbooks.fetch(house, "Item", there)
    del record["QtyOnHand"]
    house.update("inventory_item", item_id, quantity=4)
    body = {"QueryResponse": {"Item": [record]}, "time": "2026-11-26T08:00:00-08:00"}
    house.order_fault("status", "/query", status=200, body=json.dumps(body, default=str))
    run = house.run("push_inventory_items")
    assert house.said(run, loupe_id=item_id) == ["failed"]
    assert quickbooks.fetch(house, "Item", there)["QtyOnHand"] == 5
    house.run("push_inventory_items")
    assert quickbooks.fetch(house, "Item", there)["QtyOnHand"] == 4
