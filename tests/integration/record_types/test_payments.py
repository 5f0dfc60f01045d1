"""Payments: what credits and deposits in QuickBooks forbid, each rule with the damage it prevents."""

from decimal import Decimal

from tests.support.books import loupe
from tests.support.installation import House
from tests.support.outcomes import outcome_of


def test_a_payment_that_uses_a_credit_memo_is_pulled_and_never_restated(
    house: House, customer: int
) -> None:
    # Naive: the payment is sent again without its credit line, and the credit is open a second time.
    invoice_id = loupe.add_invoice(house, customer, "INV-7001")
    house.run("push_invoices")
    client = house.client()
    there = {"value": house.quickbooks_id("customer", customer)}
    invoice = house.quickbooks_id("invoice", invoice_id)
    line = {
        "Amount": Decimal("40.00"),
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": {"ItemRef": {"value": "1"}},
    }
    memo = client.send(
        "CreditMemo", {"CustomerRef": there, "Line": [line]}, request_id="credit-memo"
    )
    applied = [
        {"Amount": Decimal("40.00"), "LinkedTxn": [{"TxnId": invoice, "TxnType": "Invoice"}]},
        {
            "Amount": Decimal("40.00"),
            "LinkedTxn": [{"TxnId": memo["Id"], "TxnType": "CreditMemo"}],
        },
    ]
    payment = client.send(
        "Payment",
        {"CustomerRef": there, "TotalAmt": Decimal(0), "Line": applied},
        request_id="credit-use",
    )
    house.run("pull_invoices")
    house.run("pull_payments")

    row = next(r for r in house.rows("payment") if r["payment_kind"] == "credit_application")
    house.update("payment", row["payment_id"], reference_number="changed in Loupe")
    assert outcome_of(house, house.run("push_payments"), row["payment_id"])[0] == "conflict"
    assert client.fetch("Payment", payment["Id"])["SyncToken"] == payment["SyncToken"]
    assert client.fetch("CreditMemo", memo["Id"])["RemainingCredit"] == 0
    [held] = [r for r in house.rows("invoice") if r["invoice_id"] == invoice_id]
    assert (held["balance_amount"], held["payment_status"]) == (Decimal("60.00"), "Partial")


def test_a_deposited_payment_stays_as_it_was_deposited(house: House, customer: int) -> None:
    # Naive: the payment is changed and the bank deposit no longer matches the statement.
    invoice_id = loupe.add_invoice(house, customer, "INV-7012")
    house.run("push_invoices")
    payment_id = loupe.add_payment(house, customer, "50.00", {invoice_id: "50.00"})
    house.run("push_payments")
    there = house.quickbooks_id("payment", payment_id)
    house.side_door("deposit", {"realm": house.realm_id, "payment": there})
    house.update("payment", payment_id, reference_number="later")
    outcome, reason = outcome_of(house, house.run("push_payments"), payment_id)
    assert outcome == "rejected"
    assert "6540" in reason
