"""Names in any script survive both ways; a character that QuickBooks refuses is refused with its record alone."""

import pytest

from tests.support.books import loupe, quickbooks
from tests.support.installation import House
from tests.support.outcomes import causes

SCRIPTS = "Gem & Co «الواحة» 周大福 Ёлка"


@pytest.fixture(scope="module")
def house(shared_house: House) -> House:
    """One company for the module, with a linked customer."""
    loupe.add_customer(shared_house, "Regular")
    for name in ("pull_customers", "push_customers", "pull_invoices", "pull_inventory_items"):
        shared_house.run(name)
    return shared_house


def test_scripts_survive_both_ways(house: House) -> None:
    customer_id = loupe.add_customer(house, SCRIPTS, city="Zürich")
    house.run("push_customers")
    there = house.quickbooks_id("customer", customer_id)
    assert quickbooks.fetch(house, "Customer", there)["DisplayName"] == SCRIPTS
    made = quickbooks.create(house, "Customer", DisplayName=f"From {SCRIPTS}")["Id"]
    house.run("pull_customers")
    row = house.row("customer", house.loupe_id("customer", made))
    assert row["display_name"] == f"From {SCRIPTS}"


def test_emoji_that_quickbooks_refuses_are_refused_alone(house: House) -> None:
    customer_id = loupe.add_customer(house, "Gem 💎 & Co")
    good = loupe.add_customer(house, "Gem & Co")
    run = house.run("push_customers")
    assert run["status"] == "success"
    # Whether QuickBooks takes them is not documented, so it is asked; the emulator refuses them.
    assert house.said(run, loupe_id=customer_id) == ["rejected"]
    assert house.said(run, loupe_id=good) == ["created"]
    (cause,) = causes(house, "push", customer_id)
    assert cause["rule"] == "accepted by QuickBooks (fault 2040)"
    assert "intuit_tid" in cause["message"]
    house.update("customer", customer_id, display_name="Gem and Co")
    assert house.said(house.run("push_customers"), loupe_id=customer_id) == ["created"]
