"""R10: a decision holds for what the person saw, and one that no flow could carry out is refused."""

from typing import Any

import pytest

from quickbooks_sync.commands.decide import decide
from quickbooks_sync.commands.linking import link
from quickbooks_sync.model.errors import ConfigurationError
from tests.support.books import loupe, quickbooks
from tests.support.books.linked import invoiced
from tests.support.installation import House


@pytest.fixture(scope="module")
def house(shared_house: House) -> House:
    """One company for the module; every test has records of its own."""
    shared_house.run_all()
    return shared_house


def find_open(house: House, loupe_id: int, field: str) -> list[dict[str, Any]]:
    return [
        row
        for row in house.rows("conflict")
        if (row["resolved_at"], row["field"], row["loupe_id"]) == (None, field, loupe_id)
    ]


def edit_there(house: House, quickbooks_id: str, phone: str) -> None:
    quickbooks.change(house, "Customer", quickbooks_id, PrimaryPhone={"FreeFormNumber": phone})


def phones(house: House, customer_id: int) -> tuple[str, str]:
    """The phone in Loupe, and in QuickBooks."""
    record = quickbooks.fetch(house, "Customer", house.quickbooks_id("customer", customer_id))
    return house.row("customer", customer_id)["phone"], record["PrimaryPhone"]["FreeFormNumber"]


def held_phone(house: House, name: str) -> tuple[int, str, int]:
    """A customer whose phone is A in Loupe and B in QuickBooks: its key, its Id, and the conflict."""
    customer_id = loupe.add_customer(house, name)
    house.run("push_customers")
    quickbooks_id = house.quickbooks_id("customer", customer_id)
    house.update("customer", customer_id, phone="A")
    edit_there(house, quickbooks_id, "B")
    house.run("pull_customers")
    (held,) = find_open(house, customer_id, "phone")
    return customer_id, quickbooks_id, held["conflict_id"]


def two_nights(house: House) -> None:
    for _ in range(2):
        house.run("pull_customers", mode="full")
        house.run("push_customers", mode="full")


def test_a_value_that_loupe_got_before_the_decision_is_not_overwritten_later(house: House) -> None:
    customer_id, _, conflict_id = held_phone(house, "Moved On in Loupe")
    house.update("customer", customer_id, phone="D")
    decide(house.workspace, conflict_id, "quickbooks", by="Ada")
    two_nights(house)
    assert phones(house, customer_id) == ("D", "B")
    (held,) = find_open(house, customer_id, "phone")
    assert held["decision"] is None


def test_a_value_that_quickbooks_got_before_the_decision_is_not_overwritten_later(
    house: House,
) -> None:
    customer_id, quickbooks_id, conflict_id = held_phone(house, "Moved On in QuickBooks")
    edit_there(house, quickbooks_id, "C")
    decide(house.workspace, conflict_id, "loupe", by="Ada")
    two_nights(house)
    assert phones(house, customer_id) == ("A", "C")
    (held,) = find_open(house, customer_id, "phone")
    assert held["decision"] is None


def test_a_list_of_yesterday_decides_nothing_that_has_moved_on_in_the_night(house: House) -> None:
    customer_id, _, conflict_id = held_phone(house, "Moved On Overnight")
    house.update("customer", customer_id, phone="D")
    two_nights(house)
    with pytest.raises(ConfigurationError, match=f"no open conflict {conflict_id}"):
        decide(house.workspace, conflict_id, "quickbooks", by="Ada")
    assert phones(house, customer_id) == ("D", "B")
    (held,) = find_open(house, customer_id, "phone")
    decide(house.workspace, held["conflict_id"], "quickbooks", by="Ada")
    assert phones(house, customer_id) == ("B", "B")


def test_a_conflict_that_has_not_moved_on_keeps_its_number(house: House) -> None:
    customer_id, _, conflict_id = held_phone(house, "Standing")
    two_nights(house)
    (held,) = find_open(house, customer_id, "phone")
    assert held["conflict_id"] == conflict_id


def test_a_link_by_hand_is_no_word_about_money(house: House) -> None:
    customer_id, invoice_id, there = invoiced(house, "R10-1")
    loupe.add_payment(house, customer_id, "80.00", {invoice_id: "80.00"})
    payment_id = loupe.add_payment(house, customer_id, "60.00", {})
    payer = house.quickbooks_id("customer", customer_id)
    made = quickbooks.create_payment(house, payer, "60.00", there)
    link(house.workspace, "payment", payment_id, made["Id"], by="Ada")
    house.run("pull_payments", mode="full")
    assert house.link("payment", loupe_id=payment_id) is None
    (held,) = find_open(house, payment_id, "record")
    assert held["reason"].startswith("possible duplicate payment")
    decide(house.workspace, held["conflict_id"], "same", by="Ada")
    assert house.quickbooks_id("payment", payment_id) == made["Id"]
    applied = [row for row in house.rows("payment_application") if row["payment_id"] == payment_id]
    assert [row["invoice_id"] for row in applied] == [invoice_id]


def refuse(house: House, loupe_id: int, field: str, choice: str, why: str) -> None:
    """Decide the open conflict of a row, which is refused for a reason; nothing is decided."""
    (held,) = find_open(house, loupe_id, field)
    with pytest.raises(ConfigurationError, match=why):
        decide(house.workspace, held["conflict_id"], choice, by="Ada")
    (still,) = find_open(house, loupe_id, field)
    assert still["decision"] is None


def test_money_that_does_not_fit_into_quickbooks_is_not_decided_into_it(house: House) -> None:
    customer_id, invoice_id, _ = invoiced(house, "R10-2")
    payment_id = loupe.add_payment(house, customer_id, "40.00", {invoice_id: "40.00"})
    new = loupe.add_payment(house, customer_id, "70.00", {invoice_id: "70.00"})
    house.run("push_payments")
    (held,) = (row for row in (payment_id, new) if not house.link("payment", loupe_id=row))
    for choice in ("loupe", "quickbooks"):
        refuse(house, held, "applications", choice, "QuickBooks has no record of it")
    (sent,) = {payment_id, new} - {held}
    raise_payment(house, sent)
    house.run("push_payments")
    refuse(house, sent, "applications", "loupe", "QuickBooks has less open")


def raise_payment(house: House, payment_id: int) -> None:
    """Let a payment settle 150.00 of its invoice of 100.00."""
    (line,) = [row for row in house.rows("payment_application") if row["payment_id"] == payment_id]
    house.update("payment_application", line["payment_application_id"], amount=150)
    house.update("payment", payment_id, amount=150)


def test_what_is_void_in_quickbooks_is_not_decided_alive(house: House) -> None:
    _, invoice_id, there = invoiced(house, "R10-3")
    quickbooks.void(house, "Invoice", there)
    house.run("pull_invoices")
    house.update("invoice", invoice_id, lifecycle_status="Finalised")
    house.run("push_invoices")
    refuse(house, invoice_id, "is_void", "loupe", "stays void")


def test_an_item_that_quickbooks_counts_is_not_decided_inactive(house: House) -> None:
    made = quickbooks.create_stock(house, "Counted onyx", Sku="R10-4", QtyOnHand=3)
    house.run("pull_inventory_items")
    item_id = house.loupe_id("inventory_item", made["Id"])
    house.update("inventory_item", item_id, is_active=False)
    house.run("push_inventory_items")
    refuse(house, item_id, "is_active", "loupe", "at quantity 0")
