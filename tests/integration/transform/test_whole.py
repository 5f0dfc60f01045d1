"""What QuickBooks always sends and did not send is not empty: nothing is concluded from such a record."""

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, update

from quickbooks_sync.model.errors import UnexpectedAnswerError
from quickbooks_sync.postgres import tables
from tests.support.books import loupe, quickbooks
from tests.support.installation import BuildHouse, House

TIME = "2026-11-26T08:00:00-08:00"
ENTITIES = {"customer": "Customer", "invoice": "Invoice", "inventory_item": "Item"}


@pytest.fixture
def house(build_house: BuildHouse) -> House:
    """A company that owns the stock, with a customer, an invoice and an item on both sides."""
    house = build_house(seed=False, stock_owner="quickbooks")
    customer_id = loupe.add_customer(house, "Whole", email="whole@l.example", phone="1")
    loupe.add_invoice(house, customer_id, "W-1")
    loupe.add_item(house, "Opal", "OP-1", quantity=5)
    house.run_all()
    return house


@pytest.mark.parametrize(
    ("record_type", "without"),
    [
        ("customer", {"sparse": True, "PrimaryEmailAddr": None, "PrimaryPhone": None}),
        ("customer", {"DisplayName": None}),
        ("invoice", {"Balance": None}),
        ("invoice", {"Line": None}),
        ("invoice", {"TxnDate": None}),
        ("inventory_item", {"QtyOnHand": None}),
    ],
)
def test_a_record_that_is_not_whole_is_rejected_alone_and_empties_nothing(
    house: House, record_type: str, without: dict[str, Any]
) -> None:
    (link,) = [row for row in house.rows("link") if row["record_type"] == record_type]
    entity, before = ENTITIES[record_type], house.rows(record_type)
    record = {**quickbooks.fetch(house, entity, link["quickbooks_id"]), **without}
    body = {"QueryResponse": {entity: [record]}, "time": TIME}
    house.order_fault("status", "/query", status=200, body=json.dumps(body, default=str))
    run = house.run(f"pull_{record_type}s", mode="full")
    assert house.said(run, quickbooks_id=link["quickbooks_id"]) == ["rejected"]
    assert house.rows(record_type) == before
    house.run(f"pull_{record_type}s", mode="full")
    assert not house.rows("rejected_record")


def test_an_answer_that_is_not_whole_empties_nothing(house: House) -> None:
    (row,) = house.rows("customer")
    there = house.quickbooks_id("customer", row["customer_id"])
    house.update("customer", row["customer_id"], city="Lund")
    record = quickbooks.fetch(house, "Customer", there)
    thin = {name: record[name] for name in ("Id", "SyncToken", "MetaData")}
    body = {"BatchItemResponse": [{"bId": "1", "Customer": thin}], "time": TIME}
    house.order_fault("status", status=200, body=json.dumps(body, default=str))
    with pytest.raises(UnexpectedAnswerError, match="came without DisplayName"):
        house.run("push_customers")
    house.run("push_customers")
    after = house.row("customer", row["customer_id"])
    assert (after["email"], after["display_name"]) == (row["email"], row["display_name"])
    assert quickbooks.fetch(house, "Customer", there)["BillAddr"]["City"] == "Lund"


def test_a_batch_that_is_never_answered_whole_is_looked_up_after_an_hour(house: House) -> None:
    # Naive: the same answer comes again and again, and nothing of the record type moves for a day.
    customer_id = loupe.add_customer(house, "Thin")
    thin = {"Id": "77", "SyncToken": "0"}
    body = {"BatchItemResponse": [{"bId": "1", "Customer": thin}], "time": TIME}
    order = {"status": 200, "body": json.dumps(body)}
    house.order_fault("status", times=2, **order)
    for _ in range(2):
        with pytest.raises(UnexpectedAnswerError, match="came without DisplayName"):
            house.run("push_customers")
    with house.workspace.engine.begin() as connection:
        connection.execute(update(tables.intent).values(created_at=func.now() - timedelta(hours=2)))
    house.order_fault("status", **order)
    house.run("pull_customers")
    assert not [row for row in house.rows("intent") if row["status"] == "open"]
    house.run("push_customers")
    (made,) = quickbooks.find(house, "Customer", "DisplayName = 'Thin'")
    assert house.quickbooks_id("customer", customer_id) == made["Id"]
