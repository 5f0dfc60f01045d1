"""What the randomised model test found, each as the shortest story that shows it."""

import pytest

from quickbooks_sync.model.errors import UnreachableError
from quickbooks_sync.settings import confirm_settings
from tests.support.books import loupe, quickbooks
from tests.support.installation import House


@pytest.fixture(scope="module")
def house(shared_house: House) -> House:
    """One company for the module; every test has records of its own."""
    shared_house.run_all()
    return shared_house


def invoiced(house: House, number: str) -> tuple[int, int, str]:
    """A linked invoice over 100.00: customer, invoice, and the invoice's QuickBooks Id."""
    customer_id = loupe.add_customer(house, f"Customer of {number}")
    invoice_id = loupe.add_invoice(house, customer_id, number)
    house.run("push_customers")
    house.run("push_invoices")
    return customer_id, invoice_id, house.quickbooks_id("invoice", invoice_id)


def open_conflicts(house: House, record_type: str, loupe_id: int) -> set[str]:
    return {
        one["field"]
        for one in house.rows("conflict")
        if (one["record_type"], one["loupe_id"]) == (record_type, loupe_id)
        and one["resolved_at"] is None
    }


def delete_row(house: House, table: str, key: int) -> None:
    with house.workspace.engine.begin() as connection:
        connection.exec_driver_sql(f"delete from loupe.{table} where {table}_id = {key}")


def test_a_payment_sent_late_that_quickbooks_leaves_unapplied_is_held(house: House) -> None:
    customer_id, invoice_id, quickbooks_id = invoiced(house, "R-1")
    payment_id = loupe.add_payment(house, customer_id, "100.00", {invoice_id: "100.00"})
    house.order_fault("cut_before_commit", times=20)
    with pytest.raises(UnreachableError):
        house.run("push_payments")
    house.side_door("reset", {})
    payer = house.quickbooks_id("customer", customer_id)
    quickbooks.create_payment(house, payer, "100.00", quickbooks_id)

    house.run("push_payments")  # sends the batch that was committed while the invoice was open
    house.run("push_payments")
    assert open_conflicts(house, "payment", payment_id) == {"applications"}


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


def test_a_payment_entered_on_both_sides_waits_for_the_pull_that_links_it(house: House) -> None:
    customer_id, invoice_id, quickbooks_id = invoiced(house, "R-6")
    payment_id = loupe.add_payment(house, customer_id, "40.00", {invoice_id: "40.00"})
    payer = house.quickbooks_id("customer", customer_id)
    same = quickbooks.create_payment(house, payer, "40.00", quickbooks_id)

    run = house.run("push_payments")  # 60.00 stay open, so the money would fit in a second time
    assert house.said(run, loupe_id=payment_id) == ["waiting"]
    house.run("pull_payments")
    assert house.quickbooks_id("payment", payment_id) == same["Id"]
    assert house.run("push_payments")["counts"].get("waiting") is None


def test_a_quantity_that_waits_for_a_setting_is_told_beside_a_conflict(house: House) -> None:
    item_id = loupe.add_item(house, "Held Opal", "R-7", quantity=2)
    house.run("push_inventory_items")
    house.run("pull_inventory_items")
    confirm_settings(house.workspace, house.realm_id, {"adjustment_account": ""})
    house.update("inventory_item", item_id, quantity=3, is_active=False)

    run = house.run("push_inventory_items")
    confirm_settings(house.workspace, house.realm_id, {"adjustment_account": "14"})
    assert house.said(run, loupe_id=item_id) == ["conflict"]
    assert open_conflicts(house, "inventory_item", item_id) == {"is_active"}
    waiting = {
        (one["record_type"], one["source_id"]): one["waits_for_id"]
        for one in house.rows("waiting_record")
    }
    assert waiting["inventory_item", str(item_id)] == "adjustment_account"
