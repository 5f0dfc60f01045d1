"""R10: a decision that cannot be carried out is refused at once, and one that can is carried out; none stops a flow."""

from typing import Any

import pytest

from quickbooks_sync.commands.decide import decide
from quickbooks_sync.commands.linking import link, unlink
from quickbooks_sync.model.errors import ConfigurationError, LeaseHeldError
from tests.support.books import loupe, quickbooks
from tests.support.installation import BuildHouse, House


@pytest.fixture(scope="module")
def house(shared_house: House) -> House:
    """One company for the module; every test has records of its own."""
    shared_house.run_all()
    return shared_house


def conflict_of(house: House, loupe_id: int) -> dict[str, Any]:
    (found,) = [
        row
        for row in house.rows("conflict")
        if (row["resolved_at"], row["field"], row["loupe_id"]) == (None, "record", loupe_id)
    ]
    return found


def delete_row(house: House, customer_id: int) -> None:
    with house.workspace.engine.begin() as connection:
        connection.exec_driver_sql(
            "delete from loupe.customer where customer_id = %(id)s", {"id": customer_id}
        )


def test_a_customer_entered_again_in_loupe_is_linked_again(house: House) -> None:
    old = loupe.add_customer(house, "Phoenix Jewels")
    house.run("push_customers")
    quickbooks_id = house.quickbooks_id("customer", old)
    delete_row(house, old)
    new = loupe.add_customer(house, "Phoenix Jewels")
    house.run("push_customers")
    held = conflict_of(house, old)
    with pytest.raises(ConfigurationError, match="Loupe has no customer"):
        decide(house.workspace, held["conflict_id"], "same", by="Ada")
    decide(house.workspace, held["conflict_id"], "separate", by="Ada")
    assert house.quickbooks_id("customer", new) == quickbooks_id
    run = house.run("push_customers")
    assert not house.said(run, loupe_id=old)


def test_a_record_whose_row_is_gone_is_entered_again(house: House) -> None:
    old = loupe.add_customer(house, "Basilisk Gems")
    house.run("push_customers")
    quickbooks_id = house.quickbooks_id("customer", old)
    delete_row(house, old)
    house.run("push_customers")
    decide(house.workspace, conflict_of(house, old)["conflict_id"], "separate", by="Ada")
    new = house.loupe_id("customer", quickbooks_id)
    assert house.row("customer", new)["display_name"] == "Basilisk Gems"


def test_two_records_that_nothing_connects_can_be_linked(house: House) -> None:
    customer_id = loupe.add_customer(house, "Griffin GmbH", is_active=False)
    house.run("push_customers")
    made = quickbooks.create(house, "Customer", DisplayName="The Griffin House")
    link(house.workspace, "customer", customer_id, made["Id"], by="Ada")
    assert house.quickbooks_id("customer", customer_id) == made["Id"]
    names = [row["display_name"] for row in house.rows("customer")]
    assert "The Griffin House" not in names


@pytest.mark.parametrize("is_instead", [False, True])
def test_what_is_linked_to_another_one_is_linked_only_instead(
    house: House, *, is_instead: bool
) -> None:
    ours = [loupe.add_customer(house, f"Hydra {number} {is_instead}") for number in (1, 2)]
    house.run("push_customers")
    first, second = (house.quickbooks_id("customer", customer_id) for customer_id in ours)
    if not is_instead:
        with pytest.raises(ConfigurationError, match="--instead"):
            link(house.workspace, "customer", ours[0], second, by="Ada")
        assert house.quickbooks_id("customer", ours[0]) == first
        return
    link(house.workspace, "customer", ours[0], second, by="Ada", is_instead=True)
    assert house.quickbooks_id("customer", ours[0]) == second
    # The two others are looked at anew; neither is lost.
    house.run("pull_customers")
    house.run("push_customers")
    linked = house.link("customer", quickbooks_id=first)
    assert linked is not None
    assert linked["loupe_id"] != ours[0]


def test_what_is_not_there_cannot_be_linked(house: House) -> None:
    customer_id = loupe.add_customer(house, "Minotaur Mounts")
    with pytest.raises(ConfigurationError, match="QuickBooks has no Customer with the Id 99999"):
        link(house.workspace, "customer", customer_id, "99999", by="Ada")
    with pytest.raises(ConfigurationError, match="Loupe has no customer 88888"):
        link(house.workspace, "customer", 88888, "1", by="Ada")
    with pytest.raises(ConfigurationError, match="is not linked"):
        unlink(house.workspace, "customer", customer_id, by="Ada")


def test_a_link_that_is_given_up_leaves_two_records(house: House) -> None:
    customer_id = loupe.add_customer(house, "Sphinx Stones")
    house.run("push_customers")
    quickbooks_id = house.quickbooks_id("customer", customer_id)
    house.update("customer", customer_id, display_name="Sphinx of Giza")
    unlink(house.workspace, "customer", customer_id, by="Ada")
    house.run("pull_customers")
    house.run("push_customers")
    assert house.loupe_id("customer", quickbooks_id) != customer_id
    assert house.quickbooks_id("customer", customer_id) != quickbooks_id


def test_a_decision_about_what_changed_meanwhile_stops_no_flow(build_house: BuildHouse) -> None:
    house = build_house(seed=False)
    made = quickbooks.create(
        house, "Customer", DisplayName="Juno Atelier", PrimaryEmailAddr={"Address": "j@j.example"}
    )
    customer_id = loupe.add_customer(house, "Juno GmbH", email="j@j.example")
    house.run("pull_customers")
    held = conflict_of(house, customer_id)
    delete_row(house, customer_id)
    with pytest.raises(ConfigurationError, match="Loupe has no customer"):
        decide(house.workspace, held["conflict_id"], "same", by="Ada")
    quickbooks.create(house, "Customer", DisplayName="Somebody Else")
    house.run("pull_customers")
    names = {row["display_name"] for row in house.rows("customer")}
    assert names == {"Juno Atelier", "Somebody Else"}
    assert house.link("customer", quickbooks_id=made["Id"]) is not None
    assert not [row for row in house.rows("conflict") if row["resolved_at"] is None]


def decide_while_another_run_works(house: House, loupe_id: int, *quickbooks_ids: str) -> None:
    """Call a row the same as each record, one after the other; none can be carried out yet."""
    working = house.check("pull_customers")
    for quickbooks_id in quickbooks_ids:
        with pytest.raises(LeaseHeldError):
            link(house.workspace, "customer", loupe_id, quickbooks_id, by="Ada")
    house.finish(working)


def test_of_two_decisions_about_one_row_the_later_one_holds(build_house: BuildHouse) -> None:
    # Naive: both records are linked to the row, which a constraint refuses in every later pull.
    house = build_house(seed=False)
    loupe_id = loupe.add_customer(house, "Cerberus Cuts", is_active=False)
    first, second = (
        quickbooks.create(house, "Customer", DisplayName=name)["Id"] for name in ("Cerb", "Cerbe")
    )
    decide_while_another_run_works(house, loupe_id, first, second)
    for _ in range(2):
        house.run("pull_customers", mode="full")
        house.run("push_customers")
    assert house.quickbooks_id("customer", loupe_id) == second
    assert house.loupe_id("customer", first) != loupe_id


def test_of_two_decisions_about_one_record_the_later_one_holds(build_house: BuildHouse) -> None:
    house = build_house(seed=False)
    ours = [loupe.add_customer(house, f"Chimera {number}", is_active=False) for number in (2, 1)]
    quickbooks_id = quickbooks.create(house, "Customer", DisplayName="Chimera")["Id"]
    for loupe_id in (ours[1], ours[0]):
        decide_while_another_run_works(house, loupe_id, quickbooks_id)
    for _ in range(2):
        house.run("pull_customers", mode="full")
        house.run("push_customers")
    assert house.loupe_id("customer", quickbooks_id) == ours[0]
