"""Payments and voids of QuickBooks that would damage what Loupe has counted are held."""

from decimal import Decimal

import pytest

from tests.support.books import loupe, quickbooks
from tests.support.books.linked import invoiced
from tests.support.installation import House


@pytest.fixture(scope="module")
def house(shared_house: House) -> House:
    """One company for the module; every test has records of its own."""
    shared_house.run_all()
    return shared_house


def test_an_invoice_with_a_payment_in_loupe_is_not_voided_by_quickbooks(house: House) -> None:
    # Naive: Loupe has only just taken the money; the invoice it belongs to becomes void.
    customer_id, invoice_id, invoice = invoiced(house, "B-2")
    loupe.add_payment(house, customer_id, "30.00", {invoice_id: "30.00"})
    quickbooks.void(house, "Invoice", invoice)
    assert house.said(house.run("pull_invoices"), loupe_id=invoice_id) == ["conflict"]
    assert house.row("invoice", invoice_id)["lifecycle_status"] == "Finalised"


def test_two_payments_of_quickbooks_cannot_overpay_together_in_loupe(house: House) -> None:
    # Naive: each alone fits beside the payment that Loupe has not sent yet; together they do not.
    customer_id, invoice_id, invoice = invoiced(house, "B-7")
    loupe.add_payment(house, customer_id, "30.00", {invoice_id: "30.00"})
    payer = house.quickbooks_id("customer", customer_id)
    theirs = [quickbooks.create_payment(house, payer, "50.00", invoice)["Id"] for _ in range(2)]
    run = house.run("pull_payments")
    said = sorted(house.said(run, quickbooks_id=one)[0] for one in theirs)
    assert said == ["conflict", "created"]


def test_a_payment_raised_in_quickbooks_pays_no_more_than_is_open_in_loupe(house: House) -> None:
    # Naive: only new payments are guarded; the invoice is paid twice in Loupe.
    customer_id, invoice_id, invoice = invoiced(house, "B-8")
    payer = house.quickbooks_id("customer", customer_id)
    theirs = quickbooks.create_payment(house, payer, "50.00", invoice)
    house.run("pull_payments")
    loupe.add_payment(house, customer_id, "40.00", {invoice_id: "40.00"})
    raised = {
        "Id": theirs["Id"],
        "SyncToken": theirs["SyncToken"],
        "CustomerRef": {"value": payer},
        "TxnDate": theirs["TxnDate"],
        "TotalAmt": Decimal("80.00"),
        "Line": [
            {"Amount": Decimal("80.00"), "LinkedTxn": [{"TxnId": invoice, "TxnType": "Invoice"}]}
        ],
    }
    quickbooks.create(house, "Payment", **raised)  # with an Id it is a full update
    assert house.said(house.run("pull_payments"), quickbooks_id=theirs["Id"]) == ["conflict"]
    held = house.loupe_id("payment", theirs["Id"])
    (part,) = [r for r in house.rows("payment_application") if r["payment_id"] == held]
    assert part["amount"] == Decimal("50.00")
