"""Lists that lag, and answers that are no lists: nothing is concluded from what they do not show."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime

import pytest

from quickbooks_sync.model.errors import SyncError
from tests.support.books import loupe, quickbooks
from tests.support.books.linked import invoiced, pay
from tests.support.installation import House

HOURS = 7200


@pytest.fixture(scope="module")
def linked_house(shared_house: House) -> House:
    """One company for the module; every test has records of its own."""
    shared_house.run_all()
    return shared_house


@pytest.fixture
def house(linked_house: House) -> Iterator[House]:
    """The company, its QuickBooks without faults and with prompt lists again after the test."""
    yield linked_house
    linked_house.side_door("reset", {})


def let_lists_lag(house: House) -> None:
    """Hide from lists what is entered from now on; what was entered before is listed."""
    now = datetime.fromisoformat(house.side_door("clock", {})["now"])
    house.side_door("clock", {"advance_seconds": 2})
    order = {"late_rows": HOURS, "listed_until": int(now.timestamp()) + 1}
    house.side_door("switches", order)


def test_an_invoice_that_lists_do_not_show_yet_is_not_voided(house: House) -> None:
    let_lists_lag(house)
    _, invoice_id, quickbooks_id = invoiced(house, "L-1")
    house.run("pull_invoices", mode="full")
    house.run("push_invoices", mode="full")
    assert house.row("invoice", invoice_id)["lifecycle_status"] == "Finalised"
    assert quickbooks.fetch(house, "Invoice", quickbooks_id)["TotalAmt"] == 100


def test_a_payment_that_lists_do_not_show_yet_is_not_voided(house: House) -> None:
    customer_id, invoice_id, _ = invoiced(house, "L-2")
    let_lists_lag(house)
    payment_id, quickbooks_id = pay(house, "L-2", customer_id, invoice_id)
    house.run("pull_payments", mode="full")
    house.run("push_payments", mode="full")
    assert not house.row("payment", payment_id)["is_void"]
    assert quickbooks.fetch(house, "Payment", quickbooks_id)["TotalAmt"] == 40


def test_an_empty_list_ends_nothing(house: House) -> None:
    customer_id, invoice_id, _ = invoiced(house, "E-1")
    payment_id, quickbooks_id = pay(house, "E-1", customer_id, invoice_id)
    house.order_fault("empty_list", "", times=50)
    with suppress(SyncError):
        house.run("pull_payments", mode="full")
    house.side_door("reset", {})
    house.run("push_payments")
    assert not house.row("payment", payment_id)["is_void"]
    assert quickbooks.fetch(house, "Payment", quickbooks_id)["TotalAmt"] == 40


@pytest.mark.parametrize(
    ("kind", "code"), [("null_cdc", "4001"), ("cdc_fault", "4001"), ("cdc_fault", "6000")]
)
def test_what_is_no_answer_about_changes_is_not_taken_for_no_changes(
    house: House, kind: str, code: str
) -> None:
    customer_id = loupe.add_customer(house, f"Edited behind {kind} {code}")
    house.run("push_customers")
    house.run("pull_customers")
    there = house.quickbooks_id("customer", customer_id)
    quickbooks.change(house, "Customer", there, Notes="seen", BillAddr={"City": "Lund"})
    house.order_fault(kind, "", code=code)
    with suppress(
        SyncError
    ):  # a run that says so is right, and so is one that reads everything instead
        house.run("pull_customers")
    house.run("pull_customers")
    assert house.row("customer", customer_id)["city"] == "Lund"


def test_a_record_whose_id_comes_as_a_number_is_the_same_record(house: House) -> None:
    customer_id = loupe.add_customer(house, "Numbered")
    house.run("push_customers")
    house.order_fault("ids_as_numbers", "", times=50)
    with suppress(SyncError):
        house.run("pull_customers", mode="full")
    house.side_door("reset", {})
    rows = [row for row in house.rows("customer") if row["display_name"] == "Numbered"]
    assert [row["customer_id"] for row in rows] == [customer_id]
    assert not [
        conflict
        for conflict in house.rows("conflict")
        if conflict["loupe_id"] == customer_id and conflict["record_type"] == "customer"
    ]
