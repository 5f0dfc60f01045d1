"""The review says that a push would stop as a whole: the gate closes for the same counts, and sends nothing."""

from decimal import Decimal

import pytest

from quickbooks_sync.model.errors import GateClosedError
from quickbooks_sync.review import Review, build_review, to_text
from tests.support.books import loupe
from tests.support.installation import BuildHouse, House

MANY = 25


def reviewed(house: House) -> Review:
    """The review of the company."""
    return build_review(house.workspace, house.realm_id)


def test_too_many_rejected_records_are_foreseen_to_stop_the_push(build_house: BuildHouse) -> None:
    house = build_house(seed=False)
    for number in range(MANY):
        loupe.add_customer(house, f"Mail {number}", email="no at sign")
    for number in range(5):
        loupe.add_customer(house, f"Sound {number}")

    review = reviewed(house)
    (stop,) = review.stops
    assert stop.record_type == "customer"
    assert stop.reason in to_text(review)
    with pytest.raises(GateClosedError) as caught:
        house.run("push_customers")
    assert str(caught.value).startswith(stop.reason)
    assert house.writes() == 0


def test_the_share_of_rejected_records_is_that_of_the_run_to_come(build_house: BuildHouse) -> None:
    # Naive: the first push is full, and what a pull has linked counts as well.
    house = build_house()
    house.run("pull_customers")
    linked = len(house.rows("customer"))
    for number in range(20):
        loupe.add_customer(house, f"Mail {number}", email="no at sign")
    for number in range(5 * 20 - 20 - linked):
        loupe.add_customer(house, f"Sound {number}")

    assert reviewed(house).stops == ()
    assert house.run("push_customers")["status"] == "success"
    # What a run has passed with is known, and stops nobody else.
    assert reviewed(house).stops == ()
    assert house.run("push_customers")["status"] == "success"
    for number in range(3):
        loupe.add_customer(house, f"New {number}", email="no at sign")
    (stop,) = reviewed(house).stops
    with pytest.raises(
        GateClosedError, match=r"3 of 3 records were rejected \(beside 20"
    ) as caught:
        house.run("push_customers")
    assert str(caught.value).startswith(stop.reason)


def test_a_field_that_would_be_emptied_too_often_is_foreseen(build_house: BuildHouse) -> None:
    house = build_house(seed=False)
    customers = [loupe.add_customer(house, f"Gate {at}", phone=f"555 {at}") for at in range(MANY)]
    items = [loupe.add_item(house, f"Item {at}", f"T-{at}") for at in range(19)]
    house.run("push_customers")
    house.run("push_inventory_items")
    for customer_id in customers:
        house.update("customer", customer_id, phone=None)
    for item_id in items:
        house.update("inventory_item", item_id, cost_price=None, sell_price=Decimal(11))

    (stop,) = reviewed(house).stops
    with pytest.raises(GateClosedError) as caught:
        house.run("push_customers")
    assert str(caught.value).startswith(f"The push of customers stops: {stop.reason}")
    assert house.run("push_inventory_items")["counts"]["updated"] == len(items)
