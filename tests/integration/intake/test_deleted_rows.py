"""Deletions on either side: what refers to a deleted row waits, and a conflict outlasts being told again."""

import pytest

from tests.support.books import loupe, quickbooks
from tests.support.books.linked import invoiced
from tests.support.installation import House
from tests.support.outcomes import open_conflicts


@pytest.fixture(scope="module")
def house(shared_house: House) -> House:
    """One company for the module; every test has records of its own."""
    shared_house.run_all()
    return shared_house


def delete_row(house: House, table: str, key: int) -> None:
    with house.workspace.engine.begin() as connection:
        connection.exec_driver_sql(f"delete from loupe.{table} where {table}_id = {key}")


def test_a_payment_of_an_invoice_whose_row_was_deleted_does_not_stop_the_others(
    house: House,
) -> None:
    customer_id, invoice_id, quickbooks_id = invoiced(house, "R-2")
    _, _, other = invoiced(house, "R-3")
    payer = house.quickbooks_id("customer", customer_id)
    delete_row(house, "invoice", invoice_id)
    lost = quickbooks.create_payment(house, payer, "100.00", quickbooks_id)
    payer_of_other = quickbooks.fetch(house, "Invoice", other)["CustomerRef"]["value"]
    kept = quickbooks.create_payment(house, payer_of_other, "100.00", other)

    run = house.run("pull_payments")
    assert house.said(run, quickbooks_id=lost["Id"]) == ["waiting"]
    assert house.said(run, quickbooks_id=kept["Id"]) == ["created"]


def test_an_invoice_of_a_customer_whose_row_was_deleted_waits(house: House) -> None:
    customer_id = loupe.add_customer(house, "Soon Forgotten")
    house.run("push_customers")
    customer = house.quickbooks_id("customer", customer_id)
    delete_row(house, "customer", customer_id)
    record = quickbooks.create_invoice(house, customer, "R-4", "10.00")
    assert house.said(house.run("pull_invoices"), quickbooks_id=record["Id"]) == ["waiting"]


def test_a_deletion_that_is_told_again_does_not_close_its_conflict(house: House) -> None:
    customer_id, invoice_id, quickbooks_id = invoiced(house, "R-5")
    loupe.add_payment(house, customer_id, "40.00", {invoice_id: "40.00"})
    quickbooks.remove(house, "Invoice", quickbooks_id)
    house.run("pull_invoices")
    assert open_conflicts(house, "invoice", invoice_id) == {"record"}
    house.run("pull_invoices")  # change data capture tells it again
    assert open_conflicts(house, "invoice", invoice_id) == {"record"}
