"""What QuickBooks may have already is looked up, or waited for, before it is created."""

import pytest

from tests.support.books import loupe, quickbooks
from tests.support.books.linked import invoiced
from tests.support.installation import BuildHouse, House


@pytest.fixture(scope="module")
def house(shared_house: House) -> House:
    """One company for the module; every test has records of its own."""
    shared_house.run_all()
    return shared_house


def test_what_quickbooks_has_is_looked_up_before_the_first_create(
    build_house: BuildHouse,
) -> None:
    # Naive: nothing was pulled yet, so everything is new: a second item with the SKU, a second invoice.
    house = build_house()
    item = quickbooks.create_stock(house, "Star ruby", Sku="STAR-1")
    there = quickbooks.create(house, "Customer", DisplayName="Starlight Gems")
    quickbooks.create_invoice(house, there["Id"], "INV-7014", "55.00")
    customer_id = loupe.add_customer(house, "Starlight Gems")
    item_id = loupe.add_item(house, "Ruby with a star", "STAR-1")
    invoice_id = loupe.add_invoice(house, customer_id, "INV-7014", [("Star", "1", "55.00")])
    for name in ("push_customers", "push_invoices", "push_inventory_items"):
        house.run(name)
    assert house.quickbooks_id("customer", customer_id) == there["Id"]
    assert house.quickbooks_id("inventory_item", item_id) == item["Id"]
    assert len(quickbooks.find(house, "Invoice", "DocNumber = 'INV-7014'")) == 1
    assert house.link("invoice", loupe_id=invoice_id) is not None
    assert len(quickbooks.find(house, "Item", "Sku = 'STAR-1'")) == 1


def test_a_payment_entered_on_both_sides_is_linked_not_sent(house: House) -> None:
    customer_id, invoice_id, quickbooks_id = invoiced(house, "R-6")
    payment_id = loupe.add_payment(house, customer_id, "40.00", {invoice_id: "40.00"})
    payer = house.quickbooks_id("customer", customer_id)
    same = quickbooks.create_payment(house, payer, "40.00", quickbooks_id)

    run = house.run("push_payments")  # 60.00 stay open, so the money would fit in a second time
    assert house.said(run, loupe_id=payment_id) == ["linked"]
    assert house.quickbooks_id("payment", payment_id) == same["Id"]
    assert not house.run("push_payments")["writes"]


def test_a_push_with_nothing_new_looks_nothing_up(house: House) -> None:
    assert house.run("push_customers")["metered_reads"] == 0
    loupe.add_customer(house, "Looked Up Once")
    assert house.run("push_customers")["metered_reads"] == 1
    assert house.run("push_customers")["metered_reads"] == 0


def test_a_row_that_two_new_records_may_be_has_one_outcome_and_two_questions(
    build_house: BuildHouse,
) -> None:
    house = build_house(seed=False)
    quickbooks.prefer(house, "SalesFormsPrefs", CustomTxnNumbers=False)
    customer_id = loupe.add_customer(house, "Customer of Twins")
    house.run("push_customers")
    payer = house.quickbooks_id("customer", customer_id)
    for _ in range(2):
        quickbooks.create_invoice(house, payer, "TWIN-1", "100.00")
    invoice_id = loupe.add_invoice(house, customer_id, "TWIN-1")
    run = house.run("push_invoices")
    assert house.said(run, loupe_id=invoice_id) == ["conflict"]
    asked = [row for row in house.rows("conflict") if row["loupe_id"] == invoice_id]
    assert len(asked) == 2
