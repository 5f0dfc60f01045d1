"""A person's decision about a conflict is recorded with the name and applied at once."""

from typing import Any

import pytest

from quickbooks_sync.commands.decide import decide
from quickbooks_sync.model.errors import ConfigurationError
from tests.support.books import quickbooks
from tests.support.installation import House

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


def open_conflicts(house: House) -> list[dict[str, Any]]:
    return [row for row in house.rows("conflict") if row["resolved_at"] is None]


@pytest.mark.parametrize("order", [("pull", "push"), ("push", "pull"), ("push", "push", "pull")])
def test_who_is_who_is_asked_whichever_flow_comes_first(
    build_house: Any, order: tuple[str, ...]
) -> None:
    # Naive: a push looks for the name alone, and two customers share one address on both sides.
    house = build_house(seed=False)
    email = "juno@juno.example"
    quickbooks.create(
        house, "Customer", DisplayName="Juno Atelier", PrimaryEmailAddr={"Address": email}
    )
    row = house.insert("customer", display_name="Juno GmbH", email=email)
    for direction in order:
        house.run(f"{direction}_customers")
    (held,) = open_conflicts(house)
    assert (held["field"], held["loupe_id"]) == ("record", row)
    assert len(house.rows("customer")) == 1
    assert len(quickbooks.find(house, "Customer", "Active = true")) == 1
    decide(house.workspace, held["conflict_id"], "same", by="Ada")
    assert house.link("customer", loupe_id=row) is not None


def doubted_and_linked(house: House) -> dict[str, Any]:
    """The conflict of a record with a row that is linked to another record meanwhile."""
    email = "books@aurora.example"
    quickbooks.create(
        house, "Customer", DisplayName="Aurora Studio", PrimaryEmailAddr={"Address": email}
    )
    other = quickbooks.create(house, "Customer", DisplayName="Zenith")
    row = house.insert("customer", display_name="Aurora", email=email)
    house.run("pull_customers", mode="full")
    with house.workspace.engine.begin() as connection:
        connection.exec_driver_sql(
            "update quickbooks_sync.link set loupe_id = %(row)s where quickbooks_id = %(id)s",
            {"row": row, "id": other["Id"]},
        )
        connection.exec_driver_sql("delete from loupe.customer where display_name = 'Zenith'")
    (held,) = open_conflicts(house)
    return held


def test_a_row_that_was_linked_meanwhile_is_not_declared_the_same(build_house: Any) -> None:
    house = build_house(seed=False)
    held = doubted_and_linked(house)
    with pytest.raises(ConfigurationError, match=r"is linked to QuickBooks record 2 meanwhile"):
        decide(house.workspace, held["conflict_id"], "same", by="Ada")
    assert open_conflicts(house)[0]["decision"] is None


def test_a_decision_that_cannot_be_carried_out_any_more_stops_no_flow(build_house: Any) -> None:
    house = build_house(seed=False)
    held = doubted_and_linked(house)
    with house.workspace.engine.begin() as connection:
        # As decided a moment before the row was linked.
        connection.exec_driver_sql(
            "update quickbooks_sync.conflict set decision = 'same', decided_by = 'Ada', decided_at = now()"
        )
    quickbooks.create(house, "Customer", DisplayName="Somebody Else")
    run = house.run("pull_customers", mode="full")
    assert house.said(run, quickbooks_id=held["quickbooks_id"]) == ["conflict"]
    assert "Somebody Else" in {row["display_name"] for row in house.rows("customer")}
    (asked_again,) = (
        row for row in open_conflicts(house) if row["quickbooks_id"] == held["quickbooks_id"]
    )
    decide(house.workspace, asked_again["conflict_id"], "separate", by="Ada")
    assert house.link("customer", quickbooks_id=held["quickbooks_id"]) is not None
