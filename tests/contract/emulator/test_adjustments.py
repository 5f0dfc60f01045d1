"""Inventory adjustments, as quickbooks-api.md section 8.7 describes them."""

from typing import Any

import pytest

from tests.contract.emulator.driver import Driver, head

Json = dict[str, Any]
TODAY = "2026-08-31"


def adjustment(company: Driver, item: str, difference: float, **fields: Any) -> Json:
    detail = {"QtyDiff": difference, "ItemRef": {"value": item}}
    line = {"DetailType": "ItemAdjustmentLineDetail", "ItemAdjustmentLineDetail": detail}
    account = company.account("Inventory Shrinkage")
    return {"AdjustAccountRef": account, "TxnDate": TODAY, "Line": [line], **fields}


def on_hand(company: Driver, item: Json) -> float:
    return company.read("Item", item["Id"])["QtyOnHand"]


def test_an_adjustment_is_a_difference(company: Driver) -> None:
    """Intuit facts 8.7 and 8.2: QtyOnHand moves, the item's SyncToken and time do not."""
    item = company.stock_item()
    company.side_door("clock", {"advance_seconds": 5})
    made = company.write("InventoryAdjustment", adjustment(company, item["Id"], -2.5))
    assert made["Line"] == [
        {
            "Id": "1",
            "ItemAdjustmentLineDetail": {"QtyDiff": -2.5, "ItemRef": {"value": item["Id"]}},
        }
    ]
    assert len(made["MetaData"]["LastUpdatedTime"]) == len("2026-08-31")
    assert (made["DocNumber"], made["SyncToken"]) == ("1", "0")
    after = company.read("Item", item["Id"])
    assert {**after, "QtyOnHand": 25} == item
    assert after["QtyOnHand"] == 22.5


def test_an_update_must_be_sparse_and_moves_the_difference(company: Driver) -> None:
    """Intuit facts 8.7: update must be sparse:true; delete takes everything back."""
    item = company.stock_item()
    made = company.write("InventoryAdjustment", adjustment(company, item["Id"], -2))
    change = {**adjustment(company, item["Id"], 4), **head(made)}
    assert company.fault("InventoryAdjustment", change)["code"] == "2020"
    changed = company.write("InventoryAdjustment", {**change, "sparse": True})
    assert (on_hand(company, item), changed["SyncToken"]) == (29, "1")
    noted = {**head(changed), "sparse": True, "PrivateNote": "cycle count"}
    changed = company.write("InventoryAdjustment", noted)
    assert on_hand(company, item) == 29
    company.write("InventoryAdjustment", head(changed), operation="delete")
    assert on_hand(company, item) == 25
    assert company.query("SELECT * FROM InventoryAdjustment") == {}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"AdjustAccountRef": None}, "2020"),
        ({"TxnDate": None}, "2020"),
        ({"Line": []}, "2020"),
        ({"TxnDate": "2025-12-31"}, "6270"),
        ({"TxnDate": "2024-12-31"}, "6210"),
        ({"AdjustAccountRef": {"value": "1"}}, "6430"),
        ({"AdjustAccountRef": {"value": "999"}}, "2500"),
        ({"DocNumber": "4" * 22}, "2050"),
        ({"Line": [{"ItemAdjustmentLineDetail": {}}]}, "2020"),
    ],
)
def test_what_an_adjustment_may_not_be(company: Driver, change: Json, code: str) -> None:
    """Intuit facts 7.2 and 8.7: required fields, accounts, the item's start date, closed books."""
    item = company.stock_item()
    body = {**adjustment(company, item["Id"], 1), **change}
    assert company.fault("InventoryAdjustment", body)["code"] == code
    assert on_hand(company, item) == 25


def test_only_active_inventory_items_can_be_adjusted(company: Driver) -> None:
    """Intuit facts 8.6: refused on inactive items."""
    item = company.stock_item()
    services = adjustment(company, "1", 1)
    assert company.fault("InventoryAdjustment", services)["code"] == "6000"
    company.write("Item", {**head(item), "sparse": True, "Active": False})
    refused = company.fault("InventoryAdjustment", adjustment(company, item["Id"], 1))
    assert refused["code"] == "2500"


def test_a_batch_takes_adjustments(company: Driver) -> None:
    """Intuit facts 5: one item of a batch may fail alone."""
    item = company.stock_item()
    items = [
        {"bId": "1", "operation": "create", "InventoryAdjustment": body}
        for body in (adjustment(company, item["Id"], 3), adjustment(company, "1", 3))
    ]
    good, bad = company.post("batch", {"BatchItemRequest": items})["BatchItemResponse"]
    assert good["InventoryAdjustment"]["Id"]
    assert bad["Fault"]["Error"][0]["code"] == "6000"
    assert on_hand(company, item) == 28


def test_a_stock_movement_can_be_made_to_move_the_items_time(company: Driver) -> None:
    """Intuit facts 8.2: unknown; by default nothing moves, switchable to the time only."""
    item = company.stock_item()
    company.side_door("switches", {"stock_moves_time": True})
    company.side_door("clock", {"advance_seconds": 5})
    company.write("InventoryAdjustment", adjustment(company, item["Id"], 1))
    company.side_door("switches", {"stock_moves_time": False})
    after = company.read("Item", item["Id"])
    assert after["MetaData"]["LastUpdatedTime"] > item["MetaData"]["LastUpdatedTime"]
    assert after["SyncToken"] == "0"
