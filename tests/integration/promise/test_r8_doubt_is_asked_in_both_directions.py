"""R8: several records that one row may be are a question, as several rows are that one record may be."""

from collections.abc import Callable
from typing import Any

import pytest

from quickbooks_sync.commands.decide import decide
from quickbooks_sync.settings import confirm_settings
from tests.support.books import loupe, quickbooks
from tests.support.installation import BuildHouse, House
from tests.support.outcomes import reason_of

ORDERS = [("pull", "push"), ("push", "pull", "push")]
Plant = Callable[[House], tuple[int, int]]


def open_pairs(house: House) -> set[tuple[int, str]]:
    """The pairs of which a person is asked whether they are one."""
    return {(row["loupe_id"], row["quickbooks_id"]) for row in open_conflicts(house)}


def open_conflicts(house: House) -> list[dict[str, Any]]:
    return [
        row
        for row in house.rows("conflict")
        if row["resolved_at"] is None and row["field"] == "record"
    ]


def decide_pair(house: House, loupe_id: int, quickbooks_id: str, choice: str) -> None:
    (row,) = [
        row
        for row in open_conflicts(house)
        if (row["loupe_id"], row["quickbooks_id"]) == (loupe_id, quickbooks_id)
    ]
    decide(house.workspace, row["conflict_id"], choice, by="Ada")


def run(house: House, record_type: str, order: tuple[str, ...]) -> None:
    for direction in order:
        house.run(f"{direction}_{record_type}s")


def customers(house: House) -> tuple[int, int]:
    quickbooks.create(house, "Customer", DisplayName="aurora")
    return loupe.add_customer(house, "Aurora"), loupe.add_customer(house, "AURORA")


def customers_of_one_address(house: House) -> tuple[int, int]:
    email = "books@x.example"
    quickbooks.create(house, "Customer", DisplayName="Atelier", PrimaryEmailAddr={"Address": email})
    return (
        loupe.add_customer(house, "Aurora", email=email),
        loupe.add_customer(house, "Borealis", email=email),
    )


def items(house: House) -> tuple[int, int]:
    quickbooks.create_stock(house, "opal")
    return loupe.add_item(house, "Opal", "T-1"), loupe.add_item(house, "OPAL", "T-2")


def invoices(house: House) -> tuple[int, int]:
    quickbooks.prefer(house, "SalesFormsPrefs", CustomTxnNumbers=True)
    customer_id = loupe.add_customer(house, "Aurora")
    house.run("push_customers")
    quickbooks.create_invoice(house, house.quickbooks_id("customer", customer_id), "", "100.00")
    return loupe.add_invoice(house, customer_id, None), loupe.add_invoice(house, customer_id, None)


def payments(house: House) -> tuple[int, int]:
    customer_id = loupe.add_customer(house, "Aurora")
    house.run("push_customers")
    quickbooks.create_payment(house, house.quickbooks_id("customer", customer_id), "40.00")
    first, second = (loupe.add_payment(house, customer_id, "40.00", {}) for _ in range(2))
    return first, second


ROWS: dict[str, tuple[str, Plant]] = {
    "customers": ("customer", customers),
    "customers of one address": ("customer", customers_of_one_address),
    "items": ("inventory_item", items),
    "invoices": ("invoice", invoices),
    "payments": ("payment", payments),
}


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("name", ROWS)
def test_no_row_that_a_record_may_be_is_sent_before_somebody_decides(
    build_house: BuildHouse, name: str, order: tuple[str, ...]
) -> None:
    # Naive: the first row is asked about, and the second is new for QuickBooks.
    record_type, plant = ROWS[name]
    house = build_house(seed=False)
    first, second = plant(house)
    run(house, record_type, order)
    ((theirs),) = {quickbooks_id for _, quickbooks_id in open_pairs(house)}
    assert open_pairs(house) == {(first, theirs), (second, theirs)}
    assert not [row for row in house.rows("link") if row["record_type"] == record_type]

    decide_pair(house, second, theirs, "same")
    run(house, record_type, ("pull", "push"))
    assert house.quickbooks_id(record_type, second) == theirs
    other = house.link(record_type, loupe_id=first)
    # QuickBooks takes no second customer or item of a name.
    listed = [row["source_id"] for row in house.rows("rejected_record")]
    assert (other["quickbooks_id"] != theirs) if other else (listed == [str(first)])
    assert not open_pairs(house)


@pytest.mark.parametrize("order", ORDERS)
def test_a_record_that_is_neither_row_is_a_third_one(
    build_house: BuildHouse, order: tuple[str, ...]
) -> None:
    house = build_house(seed=False)
    first, second = customers_of_one_address(house)
    run(house, "customer", order)
    ((theirs),) = {quickbooks_id for _, quickbooks_id in open_pairs(house)}
    decide_pair(house, first, theirs, "separate")
    assert open_pairs(house) >= {(second, theirs)}
    decide_pair(house, second, theirs, "separate")
    run(house, "customer", ("pull", "push"))
    assert not open_pairs(house)
    assert len(house.rows("link")) == 3


@pytest.mark.parametrize("order", ORDERS)
def test_no_record_that_a_row_may_be_is_taken_before_somebody_decides(
    build_house: BuildHouse, order: tuple[str, ...]
) -> None:
    # Naive: the first record that is read takes the row, and the second becomes a row of its own.
    house = build_house(seed=False)
    quickbooks.prefer(house, "SalesFormsPrefs", CustomTxnNumbers=False)
    customer_id = loupe.add_customer(house, "Aurora")
    house.run("push_customers")
    quickbooks_id = house.quickbooks_id("customer", customer_id)
    twins = [
        quickbooks.create_invoice(house, quickbooks_id, "INV-7", "100.00")["Id"] for _ in range(2)
    ]
    invoice_id = loupe.add_invoice(house, customer_id, "INV-7")
    run(house, "invoice", order)
    assert open_pairs(house) == {(invoice_id, twin) for twin in twins}
    assert len(house.rows("invoice")) == 1

    decide_pair(house, invoice_id, twins[1], "same")
    run(house, "invoice", ("pull", "push"))
    assert house.quickbooks_id("invoice", invoice_id) == twins[1]
    assert house.loupe_id("invoice", twins[0]) != invoice_id
    assert not open_pairs(house)


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("is_old_first", [True, False])
def test_the_record_in_use_goes_before_the_inactive_one(
    build_house: BuildHouse, order: tuple[str, ...], *, is_old_first: bool
) -> None:
    house = build_house(seed=False)
    made = quickbooks.create(house, "Customer", DisplayName="Acme Gems")
    other = quickbooks.create(house, "Customer", DisplayName="Acme")
    old, new = (made, other) if is_old_first else (other, made)
    quickbooks.change(house, "Customer", old["Id"], DisplayName="Acme Gems (old)")
    quickbooks.change(house, "Customer", new["Id"], DisplayName="ACME Gems")
    quickbooks.change(house, "Customer", old["Id"], Active=False)
    customer_id = loupe.add_customer(house, "Acme Gems")
    run(house, "customer", order)
    assert house.quickbooks_id("customer", customer_id) == new["Id"]
    assert not open_pairs(house)


def test_a_run_that_sees_a_part_does_not_take_the_inactive_record_for_a_living_row(
    build_house: BuildHouse,
) -> None:
    # Naive: the one in use is not among the run's records, and becomes a second customer later.
    house = build_house(seed=False)
    old = quickbooks.create(house, "Customer", DisplayName="Acme Gems")
    quickbooks.change(house, "Customer", old["Id"], Active=False)
    new = quickbooks.create(house, "Customer", DisplayName="Acme Gems")
    customer_id = loupe.add_customer(house, "Acme Gems")
    house.run("pull_customers", record_ids=(old["Id"],))
    assert open_pairs(house) == {(customer_id, old["Id"])}
    run(house, "customer", ("pull", "push"))
    assert house.quickbooks_id("customer", customer_id) == new["Id"]
    assert not open_pairs(house)


@pytest.mark.parametrize("order", ORDERS)
def test_a_sub_customer_is_not_its_bare_name(
    build_house: BuildHouse, order: tuple[str, ...]
) -> None:
    house = build_house(seed=False)
    parent = quickbooks.create(house, "Customer", DisplayName="Amber House")
    sub = quickbooks.create(
        house,
        "Customer",
        DisplayName="Opal Works",
        Job=True,
        ParentRef={"value": parent["Id"]},
    )
    customer_id = loupe.add_customer(house, "Opal Works", email="opal@works.example")
    run(house, "customer", order)
    link = house.link("customer", loupe_id=customer_id)
    assert link is None or link["quickbooks_id"] != sub["Id"]
    assert "PrimaryEmailAddr" not in quickbooks.fetch(house, "Customer", sub["Id"])


def test_a_row_that_is_asked_about_is_not_given_to_a_record_that_comes_later(
    build_house: BuildHouse,
) -> None:
    house = build_house(seed=False)
    email = "books@x.example"
    asked = quickbooks.create(
        house, "Customer", DisplayName="Atelier", PrimaryEmailAddr={"Address": email}
    )
    customer_id = loupe.add_customer(house, "Aurora", email=email)
    house.run("pull_customers")
    later = quickbooks.create(house, "Customer", DisplayName="Aurora")
    house.run("pull_customers", record_ids=(later["Id"],))
    assert open_pairs(house) == {(customer_id, asked["Id"]), (customer_id, later["Id"])}


def test_the_holder_of_a_name_that_is_taken_is_named(build_house: BuildHouse) -> None:
    house = build_house()
    vendor = quickbooks.find(house, "Vendor", "Active = true")[0]
    customer_id = loupe.add_customer(house, vendor["DisplayName"])
    run = house.run("push_customers")
    assert house.said(run, loupe_id=customer_id) == ["rejected"]
    (listed,) = [
        row for row in house.rows("rejected_record") if row["source_id"] == str(customer_id)
    ]
    assert f"QuickBooks' Vendor {vendor['Id']}" in listed["causes"][0]["message"]
    before = house.run("push_customers")
    assert (before["metered_reads"], before["writes"]) == (0, 0)


def test_the_holder_of_a_name_is_named_whatever_its_case(build_house: BuildHouse) -> None:
    house = build_house(seed=False)
    vendor = quickbooks.create(house, "Vendor", DisplayName="ACME GEMS")
    customer_id = loupe.add_customer(house, "Acme Gems")
    run = house.run("push_customers")
    assert f"QuickBooks' Vendor {vendor['Id']}" in reason_of(house, run, customer_id)


def test_a_name_is_composed_where_that_is_set_and_a_vendor_has_it(build_house: BuildHouse) -> None:
    house = build_house()
    vendor, other = quickbooks.find(house, "Vendor", "Active = true")[:2]
    name = vendor["DisplayName"]
    customer_id = loupe.add_customer(house, name)
    house.run("push_customers")
    confirm_settings(house.workspace, house.realm_id, {"taken_name": "compose"})
    run = house.run("push_customers")
    assert house.said(run, loupe_id=customer_id) == ["created"]
    record = quickbooks.fetch(house, "Customer", house.quickbooks_id("customer", customer_id))
    assert record["DisplayName"] == f"{name} (customer)"
    # Neither side takes over the other's spelling.
    for flow in ("pull_customers", "push_customers"):
        assert house.said(house.run(flow), loupe_id=customer_id) in ([], ["unchanged"])
    assert house.row("customer", customer_id)["display_name"] == name
    house.update("customer", customer_id, display_name=other["DisplayName"])
    assert house.said(house.run("push_customers"), loupe_id=customer_id) == ["updated"]
    record = quickbooks.fetch(house, "Customer", record["Id"])
    assert record["DisplayName"] == f"{other['DisplayName']} (customer)"


def test_a_product_of_many_tags_can_be_renamed(build_house: BuildHouse) -> None:
    # Naive: a new name that the first tag has by now is refused for the others, and nothing else of them goes.
    house = build_house(seed=False)
    ids = [loupe.add_item(house, "Topaz", f"TZ-{number}") for number in (1, 2, 3)]
    house.run("push_inventory_items")
    for item_id in ids:
        house.update("inventory_item", item_id, item_name="Blue Topaz")
    run = house.run("push_inventory_items")
    assert [house.said(run, loupe_id=item_id) for item_id in ids] == [["updated"]] * 3
    names = {
        quickbooks.fetch(house, "Item", house.quickbooks_id("inventory_item", item_id))["Name"]
        for item_id in ids
    }
    assert names == {"Blue Topaz", "Blue Topaz (TZ-2)", "Blue Topaz (TZ-3)"}
    assert house.run("push_inventory_items")["writes"] == 0
    house.run("pull_inventory_items")
    assert {house.row("inventory_item", item_id)["item_name"] for item_id in ids} == {"Blue Topaz"}
