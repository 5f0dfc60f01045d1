"""What would damage the stock's value quietly: items retired too early, sales counted twice or not at all."""

from collections.abc import Iterator
from decimal import Decimal

import pytest

from quickbooks_sync.model.errors import RetryableError
from quickbooks_sync.settings import confirm_settings
from tests.support.books import loupe, quickbooks
from tests.support.installation import BuildHouse, House
from tests.support.outcomes import causes, open_conflicts, reason_of


@pytest.fixture(scope="module")
def house(shared_house: House) -> House:
    """One company for the module, whose stock Loupe owns; every test has records of its own."""
    shared_house.run_all()
    return shared_house


@pytest.fixture
def house_of_quickbooks(house: House) -> Iterator[House]:
    """The same company while QuickBooks owns the stock."""
    confirm_settings(house.workspace, house.realm_id, {"stock_owner": "quickbooks"})
    yield house
    confirm_settings(house.workspace, house.realm_id, {"stock_owner": "loupe"})


def adjust(house: House, item: str, difference: int) -> None:
    """A count in QuickBooks."""
    (held,) = [one for one in house.rows("company_setting") if one["name"] == "adjustment_account"]
    line = {
        "DetailType": "ItemAdjustmentLineDetail",
        "ItemAdjustmentLineDetail": {"ItemRef": {"value": item}, "QtyDiff": Decimal(difference)},
    }
    quickbooks.create(
        house,
        "InventoryAdjustment",
        AdjustAccountRef={"value": str(held["value"])},
        TxnDate="2026-11-20",
        Line=[line],
    )


def sell(house: House, number: str, item: int, quantity: str) -> None:
    """Invoice pieces of an item at 50.00, in Loupe, to a linked customer."""
    customer_id = loupe.add_customer(house, f"Customer of {number}")
    house.run("push_customers")
    lines = [("Stone", quantity, "50.00")]
    invoice_id = loupe.add_invoice(house, customer_id, number, lines)
    (line,) = [one for one in house.rows("invoice_line") if one["invoice_id"] == invoice_id]
    house.update("invoice_line", line["invoice_line_id"], inventory_item_id=item)


def test_an_item_sold_out_and_retired_at_once_is_counted_before_it_is_made_inactive(
    house: House,
) -> None:
    # Naive: made inactive first it cannot be adjusted, and a piece that was sold stays in stock.
    stock = quickbooks.create_stock(house, "Last Opal", Sku="LAST-1", QtyOnHand=1)
    house.run("pull_inventory_items")
    item = house.loupe_id("inventory_item", stock["Id"])
    house.update("inventory_item", item, quantity=Decimal(0), is_active=False)
    assert house.said(house.run("pull_inventory_items"), loupe_id=item) == ["unchanged"]
    assert house.said(house.run("push_inventory_items"), loupe_id=item) == ["updated"]
    assert quickbooks.fetch(house, "Item", stock["Id"])["Active"] is True
    assert house.said(house.run("push_inventory_items"), loupe_id=item) == ["updated"]
    record = quickbooks.fetch(house, "Item", stock["Id"])
    assert (record["Active"], record["QtyOnHand"]) == (False, 0)


def test_an_item_whose_quantities_never_agreed_is_counted_before_it_is_made_inactive(
    house: House,
) -> None:
    # Naive: Loupe has none, so it may go; QuickBooks' five go with it, unseen.
    stock = quickbooks.create_stock(house, "Found Again", Sku="FOUND-1", QtyOnHand=5)
    prices = {"sell_price": Decimal(10), "cost_price": Decimal(4)}
    item = loupe.add_item(house, "Found Again", "FOUND-1", **prices)
    house.run("pull_inventory_items")
    house.update("inventory_item", item, is_active=False)
    assert house.said(house.run("push_inventory_items"), loupe_id=item) == ["differs"]
    assert quickbooks.fetch(house, "Item", stock["Id"])["Active"] is True


def test_an_item_with_stock_in_quickbooks_is_not_made_inactive_there(
    house_of_quickbooks: House,
) -> None:
    # Naive: only Loupe's quantity is looked at, and QuickBooks writes its stock off.
    house = house_of_quickbooks
    stock = quickbooks.create_stock(house, "Late Delivery", Sku="LATE-1", QtyOnHand=0)
    house.run("pull_inventory_items")
    item = house.loupe_id("inventory_item", stock["Id"])
    adjust(house, stock["Id"], 4)
    house.run("pull_inventory_items")
    assert house.row("inventory_item", item)["quantity"] == 4
    house.update("inventory_item", item, quantity=Decimal(0), is_active=False)
    assert house.said(house.run("push_inventory_items"), loupe_id=item) == ["conflict"]
    assert quickbooks.fetch(house, "Item", stock["Id"])["Active"] is True


def test_a_sale_entered_in_quickbooks_is_seen_where_it_owns_the_stock(
    house_of_quickbooks: House,
) -> None:
    # Naive: only changed items are read, and a sale need not move an item's time of change.
    house = house_of_quickbooks
    house.side_door("clock", {"advance_seconds": -7200})
    stock = quickbooks.create_stock(house, "Sold There", Sku="SOLD-1", QtyOnHand=5)
    house.side_door("clock", {"advance_seconds": 7200})
    house.run("pull_inventory_items")
    adjust(house, stock["Id"], -2)
    house.run("pull_inventory_items")
    item = house.loupe_id("inventory_item", stock["Id"])
    assert house.row("inventory_item", item)["quantity"] == 3


def test_where_quickbooks_owns_the_stock_a_sale_lowers_it_there(house_of_quickbooks: House) -> None:
    # Naive: the line is sold as a service, and QuickBooks keeps goods that have left the house.
    house = house_of_quickbooks
    stock = quickbooks.create_stock(house, "Sold Here", Sku="SOLD-2", QtyOnHand=5)
    house.run("pull_inventory_items")
    item = house.loupe_id("inventory_item", stock["Id"])
    sell(house, "S-1", item, "2")
    house.run("push_invoices")
    assert quickbooks.fetch(house, "Item", stock["Id"])["QtyOnHand"] == 3


def test_a_stock_difference_waits_for_the_account_to_post_it_to(house: House) -> None:
    stock = quickbooks.create_stock(house, "Uncounted", Sku="WAIT-1", QtyOnHand=5)
    house.run("pull_inventory_items")
    item = house.loupe_id("inventory_item", stock["Id"])
    (held,) = [one for one in house.rows("company_setting") if one["name"] == "adjustment_account"]
    confirm_settings(house.workspace, house.realm_id, {"adjustment_account": ""})
    try:
        house.update("inventory_item", item, quantity=Decimal(4))
        assert house.said(house.run("push_inventory_items"), loupe_id=item) == ["waiting"]
        assert quickbooks.fetch(house, "Item", stock["Id"])["QtyOnHand"] == 5
    finally:
        confirm_settings(
            house.workspace, house.realm_id, {"adjustment_account": str(held["value"])}
        )
    assert house.said(house.run("push_inventory_items"), loupe_id=item) == ["updated"]
    assert quickbooks.fetch(house, "Item", stock["Id"])["QtyOnHand"] == 4


def test_what_a_full_pull_does_not_list_is_asked_for_before_it_counts_as_deleted(
    house: House,
) -> None:
    # Naive: what was not on the pages is gone, and a pull of fewer types deletes the others in Loupe.
    confirm_settings(house.workspace, house.realm_id, {"item_types": "Inventory,NonInventory"})
    made = quickbooks.create(
        house,
        "Item",
        Name="Gift box",
        Type="NonInventory",
        Sku="BOX-1",
        IncomeAccountRef={"value": "9"},
        ExpenseAccountRef={"value": "13"},
    )
    house.run("pull_inventory_items")
    assert house.link("inventory_item", quickbooks_id=made["Id"]) is not None
    confirm_settings(house.workspace, house.realm_id, {"item_types": "Inventory"})
    run = house.run("pull_inventory_items", mode="full")
    assert house.said(run, quickbooks_id=made["Id"]) == ["unchanged"]
    link = house.link("inventory_item", quickbooks_id=made["Id"])
    assert link is not None
    assert link["state"] == "live"


@pytest.mark.parametrize("owner", ["quickbooks", "loupe"])
def test_a_quantity_that_never_agreed_is_said_and_zeroes_nothing(
    build_house: BuildHouse, owner: str
) -> None:
    # Naive: the item is made with 0 (opening_stock none), and Loupe's 10 become 0 by the next pull.
    house = build_house(seed=False, stock_owner=owner, opening_stock="none")
    item_id = loupe.add_item(house, "Emerald", "EM-9", quantity=10)
    house.run("push_inventory_items")
    for _ in range(2):
        pulled = house.run("pull_inventory_items", mode="full")
        pushed = house.run("push_inventory_items", mode="full")
    there = quickbooks.fetch(house, "Item", house.quickbooks_id("inventory_item", item_id))
    assert (house.row("inventory_item", item_id)["quantity"], there["QtyOnHand"]) == (10, 0)
    assert house.said(pushed, loupe_id=item_id) == ["differs"]
    if owner == "quickbooks":
        assert house.said(pulled, loupe_id=item_id) == ["differs"]


def test_a_quantity_of_quickbooks_is_followed_once_the_two_have_agreed(
    build_house: BuildHouse,
) -> None:
    house = build_house(seed=False, stock_owner="quickbooks", opening_stock="none")
    item_id = loupe.add_item(house, "Emerald", "EM-9", quantity=10)
    house.run("push_inventory_items")
    there = house.quickbooks_id("inventory_item", item_id)
    adjust(house, there, 10)
    house.run("pull_inventory_items")
    adjust(house, there, -3)
    house.run("pull_inventory_items")
    assert house.row("inventory_item", item_id)["quantity"] == 7


def test_stock_after_the_opening_is_adjusted_and_leaves_equity_alone(
    build_house: BuildHouse,
) -> None:
    house = build_house(seed=False, opening_stock="push")
    house.run_all()
    first = loupe.add_item(house, "Parcel", "PAR-1", quantity=10)
    house.run("push_inventory_items")
    house.update("inventory_item", first, quantity=0)
    later = [loupe.add_item(house, "Stone", f"PAR-1-{n}", quantity=1) for n in range(10)]
    for _ in range(2):
        house.run("pull_inventory_items")
        house.run("push_inventory_items")
    moved = [
        line["ItemAdjustmentLineDetail"]["QtyDiff"]
        for record in house.client().query("select * from InventoryAdjustment").records
        for line in record["Line"]
    ]
    assert sorted(moved) == [-10, *[1] * 10]
    for item_id in later:
        record = quickbooks.fetch(house, "Item", house.quickbooks_id("inventory_item", item_id))
        assert record["QtyOnHand"] == 1


def test_an_adjustment_is_dated_on_the_day_that_it_is_for_the_company(house: House) -> None:
    # Naive: UTC's day, so the last evening of each month falls into the next one.
    item_id = loupe.add_item(house, "Ring", "DAY-1", quantity=10)
    house.run("push_inventory_items")
    house.run("pull_inventory_items")
    house.update("inventory_item", item_id, quantity=9)
    house.run("push_inventory_items")
    newest = house.client().query("select * from InventoryAdjustment").records
    made = max(newest, key=lambda record: int(record["Id"]))
    assert made["TxnDate"] == made["MetaData"]["LastUpdatedTime"][:10]


def test_a_quantity_that_waits_for_a_setting_is_told_beside_a_conflict(house: House) -> None:
    item_id = loupe.add_item(house, "Held Opal", "R-7", quantity=2)
    house.run("push_inventory_items")
    house.run("pull_inventory_items")
    confirm_settings(house.workspace, house.realm_id, {"adjustment_account": ""})
    house.update("inventory_item", item_id, quantity=3, is_active=False)

    run = house.run("push_inventory_items")
    confirm_settings(house.workspace, house.realm_id, {"adjustment_account": "14"})
    assert house.said(run, loupe_id=item_id) == ["conflict"]
    assert open_conflicts(house, "inventory_item", item_id) == {"is_active"}
    waiting = {
        (one["record_type"], one["source_id"]): one["waits_for_id"]
        for one in house.rows("waiting_record")
    }
    assert waiting["inventory_item", str(item_id)] == "adjustment_account"


def test_a_quantity_that_was_never_sent_is_not_zeroed(house: House) -> None:
    owned = {"stock_owner": "quickbooks", "opening_stock": "none"}
    confirm_settings(house.workspace, house.realm_id, owned)
    item_id = loupe.add_item(house, "Counted Opal", "S-1", quantity=3)
    house.run("push_inventory_items")
    house.run("pull_inventory_items")
    confirm_settings(
        house.workspace, house.realm_id, {"stock_owner": "loupe", "opening_stock": "push"}
    )
    assert house.row("inventory_item", item_id)["quantity"] == Decimal(3)


def test_a_refused_name_stays_listed_where_the_quantity_is_adjusted(house: House) -> None:
    # Naive: the adjustment's answer takes the item off the list, and the refused name is sent every night.
    quickbooks.create(house, "Item", Name="Taken", Type="Service", IncomeAccountRef={"value": "9"})
    item_id = loupe.add_item(house, "Twice Told", None, quantity=3)
    house.run("push_inventory_items")
    house.run("pull_inventory_items")
    house.update("inventory_item", item_id, item_name="Taken", quantity=Decimal(2))

    run = house.run("push_inventory_items")
    [record] = [row for row in house.records(run) if row["loupe_id"] == item_id]
    assert record["outcome"] == "rejected"
    assert "stock adjusted to 2" in record["reason"]
    assert causes(house, "push", item_id)[0]["code"] == "6240"
    writes = house.writes()
    assert house.said(house.run("push_inventory_items"), loupe_id=item_id) == ["rejected"]
    assert house.writes() == writes


def test_a_held_price_stays_in_question_where_the_quantity_is_adjusted(house: House) -> None:
    # Naive: the adjustment's answer closes the conflict, and the next push asks another one.
    item_id = loupe.add_item(house, "Priced Twice", "HELD-1", quantity=3)
    house.run("push_inventory_items")
    house.run("pull_inventory_items")
    there = house.quickbooks_id("inventory_item", item_id)
    house.update("inventory_item", item_id, sell_price=Decimal(11))
    quickbooks.change(house, "Item", there, UnitPrice=12)
    house.run("pull_inventory_items")
    [asked] = conflicts_of(house, item_id)

    house.update("inventory_item", item_id, quantity=Decimal(2))
    assert house.said(house.run("push_inventory_items"), loupe_id=item_id) == ["conflict"]
    assert conflicts_of(house, item_id) == [asked]
    house.update("inventory_item", item_id, quantity=Decimal(1), description="Cut")
    assert house.said(house.run("push_inventory_items"), loupe_id=item_id) == ["conflict"]
    assert conflicts_of(house, item_id) == [asked]
    assert quickbooks.fetch(house, "Item", there)["QtyOnHand"] == 1


def test_a_preview_counts_an_item_once(house: House) -> None:
    item_id = loupe.add_item(house, "Seen Before", "ONCE-1", quantity=3)
    house.run("push_inventory_items")
    house.run("pull_inventory_items")
    house.update("inventory_item", item_id, quantity=Decimal(2), description="Cut")
    run = house.run("push_inventory_items", preview=True)
    assert "description; would adjust the stock to 2" in reason_of(house, run, item_id)


def test_an_adjustment_whose_answer_is_lost_leaves_the_lists_alone(house: House) -> None:
    # Naive: what the next push settles late closes a conflict that stands, and hides the item from that push.
    item_id = loupe.add_item(house, "Lost Count", "LATE-9", quantity=3)
    house.run("push_inventory_items")
    house.run("pull_inventory_items")
    there = house.quickbooks_id("inventory_item", item_id)
    house.update("inventory_item", item_id, sell_price=Decimal(11), quantity=Decimal(2))
    quickbooks.change(house, "Item", there, UnitPrice=12)
    house.run("pull_inventory_items")
    [asked] = conflicts_of(house, item_id)
    house.order_fault("cut_after_commit", times=2)
    with pytest.raises(RetryableError):
        house.run("push_inventory_items")

    assert house.said(house.run("push_inventory_items"), loupe_id=item_id) == ["conflict"]
    assert conflicts_of(house, item_id) == [asked]
    assert quickbooks.fetch(house, "Item", there)["QtyOnHand"] == 2


def conflicts_of(house: House, item_id: int) -> list[int]:
    """The open conflicts about an item."""
    return [
        row["conflict_id"]
        for row in house.rows("conflict")
        if (row["record_type"], row["loupe_id"]) == ("inventory_item", item_id)
        and row["resolved_at"] is None
    ]
