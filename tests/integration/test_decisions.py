"""A person's decision about a conflict is recorded with the name and applied at once."""

from typing import Any

import pytest

from quickbooks_sync.decide import decide
from quickbooks_sync.errors import ConfigurationError
from tests.integration.books import quickbooks
from tests.integration.conftest import House

AURORA = {"display_name": "Aurora Fine Jewelry", "email": "someone@else.example"}


def test_same_links_the_two_records_and_separate_keeps_them_apart(house: House) -> None:
    same = house.insert("customer", **AURORA)
    other = house.insert(
        "customer", display_name="Kusuma Gems Pte Ltd", email="other@kusuma.example"
    )
    assert house.run("pull_customers")["counts"]["conflict"] == 2
    of = {row["loupe_id"]: row["conflict_id"] for row in house.rows("conflict")}

    decide(house.workspace, of[same], "same", by="Ada")
    [linked] = [row for row in house.rows("link") if row["loupe_id"] == same]
    assert linked["document"]["DisplayName"] == "Aurora Fine Jewelry"
    # Which email is right was not decided with it: that is a field of its own.
    [email] = [c for c in house.rows("conflict") if c["loupe_id"] == same and not c["resolved_at"]]
    assert (email["field"], email["loupe_value"]) == ("email", "someone@else.example")

    runs = decide(house.workspace, of[other], "separate", by="Ada")
    assert runs[0]["counts"] == {"created": 1}
    # The name is taken in QuickBooks, so the other one is refused there until it has one of its own.
    assert runs[1]["counts"] == {"conflict": 1} or runs[1]["counts"] == {"rejected": 1}
    [decided] = [row for row in house.rows("conflict") if row["conflict_id"] == of[other]]
    assert (decided["decision"], decided["decided_by"]) == ("separate", "Ada")


@pytest.mark.parametrize("choice", ["loupe", "quickbooks"])
def test_the_chosen_side_wins_on_both_sides(house: House, choice: str) -> None:
    house.run("pull_customers")
    [link] = [r for r in house.rows("link") if r["document"]["DisplayName"] == "Tanzanite Row LLC"]
    house.update("customer", link["loupe_id"], phone="1 Loupe")
    client = house.client()
    record = client.fetch("Customer", link["quickbooks_id"])
    client.send(
        "Customer",
        {
            "Id": record["Id"],
            "SyncToken": record["SyncToken"],
            "sparse": True,
            "PrimaryPhone": {"FreeFormNumber": "2 QuickBooks"},
        },
        request_id="other-side",
    )
    assert house.run("pull_customers")["counts"]["conflict"] == 1
    assert house.run("push_customers")["counts"]["conflict"] == 1
    [held] = [row for row in house.rows("conflict") if row["field"] == "phone"]

    decide(house.workspace, held["conflict_id"], choice, by="Ada")

    wanted = {"loupe": "1 Loupe", "quickbooks": "2 QuickBooks"}[choice]
    [row] = [r for r in house.rows("customer") if r["customer_id"] == link["loupe_id"]]
    assert row["phone"] == wanted
    after = client.fetch("Customer", link["quickbooks_id"])
    assert after["PrimaryPhone"]["FreeFormNumber"] == wanted
    assert not [row for row in house.rows("conflict") if not row["resolved_at"]]
    assert house.run("push_customers")["counts"] == {}


def test_a_choice_that_does_not_fit_is_refused_and_nothing_is_decided(house: House) -> None:
    house.insert("customer", **AURORA)
    house.run("pull_customers")
    [held] = house.rows("conflict")
    with pytest.raises(ConfigurationError, match="same or separate, not 'loupe'"):
        decide(house.workspace, held["conflict_id"], "loupe", by="Ada")
    with pytest.raises(ConfigurationError, match="no open conflict 999"):
        decide(house.workspace, 999, "same", by="Ada")
    assert house.rows("conflict")[0]["decision"] is None


def test_two_items_of_one_sku_cannot_both_have_it_whatever_is_decided(build_house: Any) -> None:
    house = build_house(seed=False)
    items = [quickbooks.create_stock(house, f"Twin {n}", Sku="TWIN-1") for n in (1, 2)]
    house.run("pull_inventory_items")
    for item in items:
        (conflict,) = (
            one
            for one in house.rows("conflict")
            if one["quickbooks_id"] == item["Id"] and one["resolved_at"] is None
        )
        decide(house.workspace, conflict["conflict_id"], "separate", by="Ada")
    assert [row["tag_id"] for row in house.rows("inventory_item")] == ["TWIN-1"]
    (left,) = (one for one in house.rows("conflict") if one["resolved_at"] is None)
    assert "give one of the two items another SKU in QuickBooks" in left["reason"]
    quickbooks.change(house, "Item", left["quickbooks_id"], Sku="TWIN-2")
    house.run("pull_inventory_items")
    assert {row["tag_id"] for row in house.rows("inventory_item")} == {"TWIN-1", "TWIN-2"}
