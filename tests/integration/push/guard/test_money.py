"""Money that QuickBooks has already counted is not paid twice or given back by a push."""

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


def credited(house: House, customer: str, invoice: str, amount: str) -> tuple[str, str]:
    """A credit memo set against an invoice in QuickBooks: Ids of the payment that links them and the memo."""
    line = {
        "Amount": Decimal(amount),
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": {"ItemRef": {"value": "1"}},
    }
    memo = quickbooks.create(house, "CreditMemo", CustomerRef={"value": customer}, Line=[line])
    linked = (
        [{"TxnId": invoice, "TxnType": "Invoice"}],
        [{"TxnId": memo["Id"], "TxnType": "CreditMemo"}],
    )
    lines = [{"Amount": Decimal(amount), "LinkedTxn": one} for one in linked]
    payment = quickbooks.create(
        house, "Payment", CustomerRef={"value": customer}, TotalAmt=Decimal(0), Line=lines
    )
    return payment["Id"], memo["Id"]


def test_a_credit_used_in_quickbooks_is_not_given_back_by_a_void_in_loupe(house: House) -> None:
    # Naive: the linking payment is voided, the credit is open again and the invoice unpaid.
    customer_id, _, invoice = invoiced(house, "B-1")
    there, memo = credited(house, house.quickbooks_id("customer", customer_id), invoice, "40.00")
    house.run("pull_invoices")
    house.run("pull_payments")
    payment_id = house.loupe_id("payment", there)
    house.update("payment", payment_id, is_void=True)
    assert house.said(house.run("push_payments"), loupe_id=payment_id) == ["conflict"]
    assert quickbooks.fetch(house, "CreditMemo", memo)["RemainingCredit"] == 0
    assert quickbooks.fetch(house, "Invoice", invoice)["Balance"] == Decimal("60.00")


def test_a_payment_raised_in_loupe_pays_no_more_than_is_open(house: House) -> None:
    # Naive: only new payments are guarded; QuickBooks keeps the rest as unapplied money.
    customer_id, invoice_id, invoice = invoiced(house, "B-6")
    payment_id = loupe.add_payment(house, customer_id, "60.00", {invoice_id: "60.00"})
    house.run("push_payments")
    payer = house.quickbooks_id("customer", customer_id)
    quickbooks.create_payment(house, payer, "30.00", invoice)
    (part,) = [r for r in house.rows("payment_application") if r["payment_id"] == payment_id]
    house.update("payment_application", part["payment_application_id"], amount=Decimal("80.00"))
    house.update("payment", payment_id, amount=Decimal("80.00"))
    run = house.run("push_payments")
    assert house.said(run, loupe_id=payment_id) == ["conflict"]
    there = quickbooks.fetch(house, "Payment", house.quickbooks_id("payment", payment_id))
    assert (there["TotalAmt"], there["UnappliedAmt"]) == (Decimal("60.00"), 0)
