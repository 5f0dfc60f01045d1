"""Records of both sides that are to change places, and what became of them."""

from tests.support.books import loupe
from tests.support.installation import House


def invoices(house: House, name: str, count: int) -> tuple[str, list[str]]:
    """A customer and invoices over 100.00, on both sides: their QuickBooks Ids."""
    customer_id = loupe.add_customer(house, name)
    ids = [loupe.add_invoice(house, customer_id, f"{name}-{place}") for place in range(count)]
    house.run("push_customers")
    house.run("push_invoices")
    payer = house.quickbooks_id("customer", customer_id)
    return payer, [house.quickbooks_id("invoice", invoice_id) for invoice_id in ids]


def conflicts_about(house: House, *quickbooks_ids: str) -> list[int]:
    """Open conflicts about QuickBooks records."""
    return [
        row["conflict_id"]
        for row in house.rows("conflict")
        if row["quickbooks_id"] in quickbooks_ids and row["resolved_at"] is None
    ]


def tag_ids(house: House, ids: list[int]) -> list[str]:
    """The Tag IDs of items in Loupe."""
    return [house.row("inventory_item", item_id)["tag_id"] for item_id in ids]


def stocked(house: House, *tags: str) -> list[int]:
    """Items of both sides with these Tag IDs, each named after its own."""
    ids = [loupe.add_item(house, f"Item {tag}", tag) for tag in tags]
    house.run("push_inventory_items")
    return ids
