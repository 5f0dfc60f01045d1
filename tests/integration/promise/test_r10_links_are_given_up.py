"""R10: a link that a person gives up is given up at once, whether or not QuickBooks still has the record."""

from typing import Any

import pytest

from quickbooks_sync.commands.decide import decide
from quickbooks_sync.commands.linking import link, unlink
from quickbooks_sync.model.errors import ConfigurationError, LeaseHeldError
from tests.support.books import loupe, quickbooks
from tests.support.books.linked import invoiced
from tests.support.installation import House


@pytest.fixture(scope="module")
def house(shared_house: House) -> House:
    """One company for the module; every test has records of its own."""
    shared_house.run_all()
    return shared_house


def customers(house: House, *names: str) -> list[int]:
    """Linked customers."""
    keys = [loupe.add_customer(house, name) for name in names]
    house.run("push_customers")
    return keys


def lose_record(house: House, customer_id: int) -> str:
    """Let the link lead to a record that is gone, as after a merge in QuickBooks; returns its Id."""
    quickbooks_id = f"9999{customer_id}"
    with house.workspace.engine.begin() as connection:
        connection.exec_driver_sql(
            "update quickbooks_sync.link set quickbooks_id = %(quickbooks_id)s"
            " where record_type = 'customer' and loupe_id = %(loupe_id)s",
            {"quickbooks_id": quickbooks_id, "loupe_id": customer_id},
        )
    return quickbooks_id


def open_questions(house: House, loupe_id: int) -> list[dict[str, Any]]:
    """What is asked, or decided and not settled, about which record a row is."""
    return [
        row
        for row in house.rows("conflict")
        if (row["resolved_at"], row["field"], row["loupe_id"]) == (None, "record", loupe_id)
    ]


def test_a_row_is_linked_to_the_record_that_its_own_was_merged_into(house: House) -> None:
    ours, other = customers(house, "Chimera Gems", "Chimera Jewels")
    merged = house.quickbooks_id("customer", other)
    lose_record(house, ours)
    link(house.workspace, "customer", ours, merged, by="Ada", is_instead=True)
    assert house.quickbooks_id("customer", ours) == merged
    assert not open_questions(house, ours)


def test_a_row_is_linked_to_the_record_that_was_entered_again(house: House) -> None:
    (ours,) = customers(house, "Centaur Castings")
    lose_record(house, ours)
    made = quickbooks.create(house, "Customer", DisplayName="Centaur Casting House")
    link(house.workspace, "customer", ours, made["Id"], by="Ada", is_instead=True)
    assert house.quickbooks_id("customer", ours) == made["Id"]


def test_a_row_that_is_no_longer_its_record_is_not_voided_with_it(house: House) -> None:
    _, invoice_id, quickbooks_id = invoiced(house, "R10-GONE")
    quickbooks.remove(house, "Invoice", quickbooks_id)
    unlink(house.workspace, "invoice", invoice_id, by="Ada")
    for _ in range(2):
        house.run("pull_invoices")
    assert house.row("invoice", invoice_id)["lifecycle_status"] == "Finalised"
    again = house.quickbooks_id("invoice", invoice_id)
    assert quickbooks.fetch(house, "Invoice", again)["DocNumber"] == "R10-GONE"


def test_what_quickbooks_has_deleted_is_not_declared_the_same_but_two(house: House) -> None:
    customer_id, invoice_id, gone = invoiced(house, "R10-PAID")
    loupe.add_payment(house, customer_id, "40.00", {invoice_id: "40.00"})
    quickbooks.remove(house, "Invoice", gone)
    house.run("pull_invoices")
    (held,) = open_questions(house, invoice_id)
    with pytest.raises(ConfigurationError, match=f"QuickBooks has no Invoice with the Id {gone}"):
        decide(house.workspace, held["conflict_id"], "same", by="Ada")
    decide(house.workspace, held["conflict_id"], "separate", by="Ada")
    assert house.quickbooks_id("invoice", invoice_id) != gone
    assert not open_questions(house, invoice_id)
    house.run("pull_invoices")
    assert house.row("invoice", invoice_id)["lifecycle_status"] == "Finalised"


def test_a_link_stays_while_a_run_works_on_it(house: House) -> None:
    (ours,) = customers(house, "Busy Basilisk")
    there = house.quickbooks_id("customer", ours)
    run = house.check("pull_customers")
    with pytest.raises(LeaseHeldError):
        unlink(house.workspace, "customer", ours, by="Ada")
    house.finish(run)
    assert house.quickbooks_id("customer", ours) == there
    assert not open_questions(house, ours)
