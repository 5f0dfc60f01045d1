"""R5: only what was decided to go moves, and a value counts as taken only when it was written."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from tests.support.books import loupe, quickbooks
from tests.support.books.linked import invoiced
from tests.support.installation import House


@pytest.fixture(scope="module")
def house(shared_house: House) -> House:
    """One company for the module; every test has records of its own."""
    shared_house.run_all()
    return shared_house


def pull_and_push(house: House) -> None:
    for name in ("pull_invoices", "push_invoices", "pull_payments", "push_payments"):
        house.run(name)


def retype(house: House, quickbooks_id: str, **properties: Any) -> None:
    """Save a payment anew in QuickBooks, as its form does: what the form shows is all there is."""
    shown = ("Id", "SyncToken", "CustomerRef", "TotalAmt", "TxnDate", "Line", "PaymentRefNum")
    record = quickbooks.fetch(house, "Payment", quickbooks_id)
    body = {name: record[name] for name in shown if name in record} | properties
    house.client().send("Payment", body, request_id=str(uuid4()))


def paid(house: House, number: str, amount: str) -> tuple[int, str, str]:
    """A payment that both sides have: its key, its Id, and its invoice's Id."""
    customer_id, invoice_id, there = invoiced(house, number)
    payment_id = loupe.add_payment(house, customer_id, amount, {invoice_id: amount})
    pull_and_push(house)
    return payment_id, house.quickbooks_id("payment", payment_id), there


def test_a_held_value_is_not_overwritten_by_another_fields_edit(house: House) -> None:
    payment_id, quickbooks_id, _ = paid(house, "R5-1", "40.00")
    pull_and_push(house)
    retype(house, quickbooks_id, TxnDate="2026-09-20")
    house.update("payment", payment_id, payment_date=date(2026, 9, 11), reference_number="REF-R5")
    pull_and_push(house)
    record = quickbooks.fetch(house, "Payment", quickbooks_id)
    assert (record["TxnDate"], record["PaymentRefNum"]) == ("2026-09-20", "REF-R5")


def test_a_payment_taken_back_into_use_has_the_amount_that_quickbooks_has(house: House) -> None:
    payment_id, quickbooks_id, there = paid(house, "R5-2", "100.00")
    quickbooks.void(house, "Payment", quickbooks_id)
    house.run("pull_payments")
    assert house.row("payment", payment_id)["is_void"]
    line = {"Amount": Decimal(60), "LinkedTxn": [{"TxnId": there, "TxnType": "Invoice"}]}
    retype(house, quickbooks_id, TotalAmt=Decimal(60), Line=[line], PrivateNote="typed anew")
    house.run("pull_payments")
    row = house.row("payment", payment_id)
    assert (row["is_void"], row["amount"]) == (False, Decimal("60.00"))
    before = house.writes()
    pull_and_push(house)
    assert house.writes() == before


@pytest.mark.parametrize("origin", ["loupe", "quickbooks"])
def test_an_invoice_taken_back_into_use_has_the_lines_that_quickbooks_has_or_is_asked_about(
    house: House, origin: str
) -> None:
    customer_id, invoice_id, quickbooks_id = invoiced(house, f"R5-3 {origin[0]}")
    if origin == "quickbooks":
        payer = house.quickbooks_id("customer", customer_id)
        quickbooks_id = quickbooks.create_invoice(house, payer, "R5-4", "100.00")["Id"]
        house.run("pull_invoices")
        invoice_id = house.loupe_id("invoice", quickbooks_id)
    quickbooks.void(house, "Invoice", quickbooks_id)
    house.run("pull_invoices")
    assert house.row("invoice", invoice_id)["lifecycle_status"] == "Void"
    detail = {"ItemRef": {"value": "1"}, "Qty": 1, "UnitPrice": Decimal(60)}
    line = {
        "Amount": Decimal(60),
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": detail,
    }
    quickbooks.change(house, "Invoice", quickbooks_id, Line=[line], PrivateNote="voided by mistake")
    pull_and_push(house)
    assert house.row("invoice", invoice_id)["lifecycle_status"] != "Void"
    held = [
        row["field"]
        for row in house.rows("conflict")
        if row["resolved_at"] is None and row["quickbooks_id"] == quickbooks_id
    ]
    total = house.row("invoice", invoice_id)["total_amount"]
    assert ("lines" in held) if origin == "loupe" else (total == Decimal("60.00"))
    assert quickbooks.fetch(house, "Invoice", quickbooks_id)["TotalAmt"] == Decimal("60.00")


def test_what_is_held_of_a_payment_holds_nothing_else_and_stays_listed(house: House) -> None:
    # Naive: the whole payment waits, and the question about its day is closed by the one about its money.
    payment_id, quickbooks_id, there = paid(house, "R5-7", "40.00")
    customer_id = house.row("payment", payment_id)["customer_id"]
    full = loupe.add_invoice(house, customer_id, "R5-8")
    house.run("push_invoices")
    payer = house.quickbooks_id("customer", customer_id)
    quickbooks.create_payment(house, payer, "100.00", house.quickbooks_id("invoice", full))
    (line,) = [one for one in house.rows("payment_application") if one["payment_id"] == payment_id]
    house.update("payment_application", line["payment_application_id"], invoice_id=full)
    house.update("payment", payment_id, payment_date=date(2026, 9, 11), reference_number="REF-7")
    retype(house, quickbooks_id, TxnDate="2026-09-20")
    pull_and_push(house)
    record = quickbooks.fetch(house, "Payment", quickbooks_id)
    assert (record["TxnDate"], record["PaymentRefNum"]) == ("2026-09-20", "REF-7")
    assert record["Line"][0]["LinkedTxn"][0]["TxnId"] == there
    held = {
        row["field"]
        for row in house.rows("conflict")
        if row["resolved_at"] is None
        and (row["record_type"], row["loupe_id"]) == ("payment", payment_id)
    }
    assert held == {"applications", "payment_date"}
    before = house.writes()
    pull_and_push(house)
    assert house.writes() == before


def edit_void_invoice(house: House) -> None:
    _, invoice_id, quickbooks_id = invoiced(house, "R5-5")
    quickbooks.void(house, "Invoice", quickbooks_id)
    house.run("pull_invoices")
    house.update("invoice", invoice_id, due_date=date(2026, 11, 30), updated_by="operations")


def give_a_payment_to_another_customer(house: House) -> None:
    payment_id, _, _ = paid(house, "R5-6", "40.00")
    other = loupe.add_customer(house, "Somebody Else of R5")
    house.run("push_customers")
    house.update("payment", payment_id, customer_id=other)


@pytest.mark.parametrize("edit", [edit_void_invoice, give_a_payment_to_another_customer])
def test_what_quickbooks_does_not_take_is_not_sent_every_night(
    house: House, edit: Callable[[House], None]
) -> None:
    edit(house)
    house.run("pull_customers")
    pull_and_push(house)
    pull_and_push(house)
    before = house.writes()
    pull_and_push(house)
    assert house.writes() == before
