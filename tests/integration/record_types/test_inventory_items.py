"""Inventory items: stock, prices and SKUs, each rule with the damage it prevents."""

from decimal import Decimal

from quickbooks_sync.settings import confirm_settings
from tests.support.books import loupe
from tests.support.installation import REALM, House
from tests.support.outcomes import outcome_of


def test_a_sale_in_loupe_lowers_the_stock_once(house: House, customer: int) -> None:
    # Naive: the invoice sells the stock item and the quantity is sent as well: two pieces gone for one.
    house.run("pull_inventory_items")
    [link] = [r for r in house.rows("link") if r["document"].get("Sku") == "LF-RING0003"]
    item = link["loupe_id"]
    invoice_id = loupe.add_invoice(house, customer, "INV-7011", [("Solitaire", "1", "2400.00")])
    line = next(r for r in house.rows("invoice_line") if r["invoice_id"] == invoice_id)
    house.update("invoice_line", line["invoice_line_id"], inventory_item_id=item)
    house.update("inventory_item", item, quantity=Decimal(1))
    house.run("push_invoices")
    assert outcome_of(house, house.run("push_inventory_items"), item)[0] == "updated"
    assert house.client().fetch("Item", link["quickbooks_id"])["QtyOnHand"] == 1
    assert house.run("push_inventory_items")["writes"] == 0


def test_an_adjustment_is_made_of_the_quantity_quickbooks_has_now(house: House) -> None:
    # Naive: the difference to the quantity of last night is sent, and a correction is counted twice.
    house.run("pull_inventory_items")
    [link] = [r for r in house.rows("link") if r["document"].get("Sku") == "LF-OPAL0012"]
    adjustment = {
        "AdjustAccountRef": {"value": _adjustment_account(house)},
        "TxnDate": "2026-11-20",
        "Line": [
            {
                "DetailType": "ItemAdjustmentLineDetail",
                "ItemAdjustmentLineDetail": {
                    "ItemRef": {"value": link["quickbooks_id"]},
                    "QtyDiff": Decimal(-20),
                },
            }
        ],
    }
    house.client().send("InventoryAdjustment", adjustment, request_id="count")
    house.update("inventory_item", link["loupe_id"], quantity=Decimal(90))
    house.run("push_inventory_items")
    assert house.client().fetch("Item", link["quickbooks_id"])["QtyOnHand"] == 90


def test_quantities_that_never_agreed_are_counted_by_a_person(house: House) -> None:
    # Naive: at first contact one side's stock value is written off to the other's.
    prices = {"sell_price": Decimal(2400), "cost_price": Decimal(1310)}
    ring = {"quantity": Decimal(7), **prices}
    item = loupe.add_item(house, "Solitaire ring 18k", "LF-RING0003", **ring)
    house.run("pull_inventory_items")
    outcome, reason = outcome_of(house, house.run("push_inventory_items"), item)
    assert outcome == "differs"
    assert "never agreed" in reason
    assert house.run("push_inventory_items")["writes"] == 0


def test_stock_that_quickbooks_owns_is_only_pulled(house: House) -> None:
    # Naive: Loupe's older number overwrites what QuickBooks counted.
    confirm_settings(house.workspace, REALM, {"stock_owner": "quickbooks"})
    house.run("pull_inventory_items")
    [link] = [r for r in house.rows("link") if r["document"].get("Sku") == "LF-CHAIN001"]
    house.update("inventory_item", link["loupe_id"], quantity=Decimal(999))
    assert house.run("push_inventory_items")["writes"] == 0
    run = house.run("pull_inventory_items", mode="full")
    [row] = [r for r in house.rows("inventory_item") if r["inventory_item_id"] == link["loupe_id"]]
    assert row["quantity"] == link["document"]["QtyOnHand"]
    # Nothing that somebody counted is put back without a word.
    assert house.said(run, loupe_id=link["loupe_id"]) == ["updated", "warning"]


def test_a_price_per_carat_is_not_sent_as_a_price_per_piece(house: House) -> None:
    # Naive: a stone of 2 ct at 500 a carat is sold at 500.
    item = loupe.add_item(house, "Spinel", "GEMSPI0001", price_basis="carat")
    outcome, reason = outcome_of(house, house.run("push_inventory_items"), item)
    assert outcome == "rejected"
    assert "per carat" in reason


def _adjustment_account(house: House) -> str:
    [row] = [r for r in house.rows("company_setting") if r["name"] == "adjustment_account"]
    return str(row["value"])


def test_a_sku_that_loupe_cannot_hold_or_has_elsewhere_stops_nobody_else(house: House) -> None:
    # Naive: one item's SKU breaks a constraint of the table, and no item of the batch is loaded.
    house.run("pull_inventory_items")
    first, second = [
        row for row in house.rows("link") if (row["document"].get("Sku") or "").startswith("LF-")
    ][:2]
    client = house.client()
    for link, sku in ((first, second["document"]["Sku"]), (second, "X" * 60)):
        record = client.fetch("Item", link["quickbooks_id"])
        change = {"Id": record["Id"], "SyncToken": record["SyncToken"], "sparse": True, "Sku": sku}
        client.send("Item", change, request_id=f"sku-{link['quickbooks_id']}")
    # QuickBooks' answer to an edit of ours brings the new SKU along.
    house.update("inventory_item", second["loupe_id"], description="polished")
    house.run("push_inventory_items")
    run = house.run("pull_inventory_items", mode="full")
    assert outcome_of(house, run, first["loupe_id"])[0] == "conflict"
    assert outcome_of(house, run, second["loupe_id"])[0] == "rejected"
    tags = {row["inventory_item_id"]: row["tag_id"] for row in house.rows("inventory_item")}
    assert tags[first["loupe_id"]] == first["document"]["Sku"]
    assert tags[second["loupe_id"]] == second["document"]["Sku"]
