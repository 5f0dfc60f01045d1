"""Payments, as quickbooks-api.md sections 8.2 and 8.5 describe them."""

from typing import Any

import pytest

from tests.contract.emulator.driver import Driver, head, payment_line


def test_a_payment_lowers_and_bumps_its_invoice(company: Driver) -> None:
    """Intuit facts 8.2: the invoice's SyncToken rises; the customer's stays, its time moves."""
    customer = company.customer()["Id"]
    invoice = company.invoice(customer, 187)
    company.side_door("clock", {"advance_seconds": 5})
    before = company.read("Customer", customer)
    payment = company.payment(customer, 100, **{f"i{invoice['Id']}": 100})
    paid = company.read("Invoice", invoice["Id"])
    assert (paid["Balance"], paid["SyncToken"]) == (87, "1")
    assert paid["LinkedTxn"] == [{"TxnId": payment["Id"], "TxnType": "Payment"}]
    assert paid["MetaData"]["LastUpdatedTime"] > invoice["MetaData"]["LastUpdatedTime"]
    after = company.read("Customer", customer)
    assert (after["Balance"], after["SyncToken"]) == (87, "0")
    assert after["MetaData"]["LastUpdatedTime"] > before["MetaData"]["LastUpdatedTime"]


def test_lines_carry_the_residue_of_intuits_serializer(company: Driver) -> None:
    """Intuit facts 8.5: LineEx holds txnId, txnOpenBalance before this payment and the number."""
    customer = company.customer()["Id"]
    invoice = company.invoice(customer, 187, DocNumber="1043")
    payment = company.payment(customer, 130, **{f"i{invoice['Id']}": 100})
    values = [each["value"] for each in payment["Line"][0]["LineEx"]["any"]]
    assert values == [
        {"Name": "txnId", "Value": invoice["Id"]},
        {"Name": "txnOpenBalance", "Value": "187.00"},
        {"Name": "txnReferenceNumber", "Value": "1043"},
    ]
    assert payment["UnappliedAmt"] == 30


def test_money_above_the_balance_is_accepted_as_unapplied(company: Driver) -> None:
    """Intuit facts 0.16 and 8.5: of 30 on a balance of 5, 5 are applied and 25 are not."""
    customer = company.customer()["Id"]
    invoice = company.invoice(customer, 5)
    payment = company.payment(customer, 30, **{f"i{invoice['Id']}": 30})
    assert payment["UnappliedAmt"] == 25
    assert payment["Line"][0]["Amount"] == 5
    assert company.read("Invoice", invoice["Id"])["Balance"] == 0


def test_a_payment_without_lines_is_money_on_account(company: Driver) -> None:
    """Intuit facts 8.5: minimum create; Undeposited Funds by default."""
    payment = company.payment(company.customer()["Id"], 100)
    assert (payment["UnappliedAmt"], payment["Line"]) == (100, [])
    assert payment["DepositToAccountRef"] == company.account("Undeposited Funds")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"CustomerRef": {}}, "2020"),
        ({"TotalAmt": None}, "2020"),
        ({"PaymentRefNum": "4" * 22}, "2050"),
        ({"TotalAmt": -1}, "6000"),
        ({"TxnDate": "2024-01-01"}, "6210"),
        ({"PaymentMethodRef": {"value": "99"}}, "2500"),
        ({"DepositToAccountRef": {"value": "9"}}, "6430"),
        ({"Line": [{"Amount": 1}]}, "2020"),
        ({"Line": [payment_line("999", 1)]}, "610"),
        ({"UnknownAmt": 1}, "2010"),
    ],
)
def test_what_a_payment_may_not_be(company: Driver, change: dict[str, Any], code: str) -> None:
    """Intuit facts 7.2 and 8.5: required fields, lengths, references, deleted invoices."""
    body = {"CustomerRef": {"value": company.customer()["Id"]}, "TotalAmt": 1, **change}
    assert company.fault("Payment", body)["code"] == code


def test_more_applied_than_paid_is_refused(company: Driver) -> None:
    """Intuit facts 8.5: sum of invoice lines above TotalAmt, expected as 6000."""
    customer = company.customer()["Id"]
    invoice = company.invoice(customer, 50)
    body = {
        "CustomerRef": {"value": customer},
        "TotalAmt": 10,
        "Line": [payment_line(invoice["Id"], 20)],
    }
    assert company.fault("Payment", body)["code"] == "6000"
    assert company.read("Invoice", invoice["Id"])["SyncToken"] == "0"


def test_another_customers_invoice_is_silently_left_unapplied(company: Driver) -> None:
    """Intuit facts 8.5: reported as unapplied or refused; silence is the harder case."""
    invoice = company.invoice(company.customer("A")["Id"], 50)
    payment = company.payment(company.customer("B")["Id"], 50, **{f"i{invoice['Id']}": 50})
    assert (payment["UnappliedAmt"], payment["Line"]) == (50, [])
    assert company.read("Invoice", invoice["Id"])["Balance"] == 50


def test_a_sparse_update_is_refused_for_what_it_lacks(company: Driver) -> None:
    """Intuit facts 8.1: a live run saw sparse payment updates refused with 2020."""
    payment = company.payment(company.customer()["Id"], 10)
    change = {**head(payment), "sparse": True, "PrivateNote": "n"}
    assert company.fault("Payment", change)["code"] == "2020"


def test_empty_lines_unapply_and_restated_lines_apply(company: Driver) -> None:
    """Intuit facts 8.5: Line [] gives UnappliedAmt = TotalAmt; edits restate all lines."""
    customer = company.customer()["Id"]
    first, second = (company.invoice(customer, 10) for _ in range(2))
    payment = company.payment(customer, 20, **{f"i{first['Id']}": 10, f"i{second['Id']}": 10})
    whole = {**head(payment), "CustomerRef": {"value": customer}, "TotalAmt": 20}
    freed = company.write("Payment", {**whole, "Line": []})
    assert (freed["UnappliedAmt"], freed["SyncToken"]) == (20, "1")
    assert company.read("Invoice", first["Id"])["Balance"] == 10
    line = payment_line(second["Id"], 4)
    again = company.write("Payment", {**whole, "SyncToken": "1", "Line": [line]})
    assert again["UnappliedAmt"] == 16
    assert company.read("Invoice", first["Id"])["LinkedTxn"] == []
    assert company.read("Invoice", second["Id"])["Balance"] == 6
    assert company.read("Customer", customer)["Balance"] == 0


@pytest.mark.parametrize(
    "form", [{"operation": "update", "include": "void"}, {"operation": "void"}]
)
def test_a_void_takes_the_money_back(company: Driver, form: dict[str, str]) -> None:
    """Intuit facts 8.5: amounts 0, Line [], note "Voided"; the invoice's balance is restored."""
    customer = company.customer()["Id"]
    invoice = company.invoice(customer, 50)
    payment = company.payment(customer, 50, **{f"i{invoice['Id']}": 50})
    voided = company.write("Payment", {**head(payment), "sparse": True}, **form)
    assert (voided["TotalAmt"], voided["UnappliedAmt"], voided["Line"]) == (0, 0, [])
    assert voided["PrivateNote"] == "Voided"
    open_again = company.read("Invoice", invoice["Id"])
    assert (open_again["Balance"], open_again["SyncToken"]) == (50, "2")
    assert company.read("Customer", customer)["Balance"] == 50


def test_a_deleted_payment_restores_the_balance(company: Driver) -> None:
    """Intuit facts 8.5: delete leaves a stub and the invoice open."""
    customer = company.customer()["Id"]
    invoice = company.invoice(customer, 50)
    payment = company.payment(customer, 50, **{f"i{invoice['Id']}": 50})
    assert company.write("Payment", head(payment), operation="delete")["status"] == "Deleted"
    assert company.read("Invoice", invoice["Id"])["Balance"] == 50


def test_checks_and_cards_are_said_to_be_left_out(company: Driver) -> None:
    """Not modelled, and said so with 501 instead of guessed."""
    customer = {"CustomerRef": {"value": company.customer()["Id"]}, "TotalAmt": 0}
    check = {"Amount": 1, "LinkedTxn": [{"TxnId": "1", "TxnType": "Check"}]}
    for extra in ({"Line": [check]}, {"ProcessPayment": True}):
        response = company.request("POST", "payment", json={**customer, **extra})
        assert response.status_code == 501
