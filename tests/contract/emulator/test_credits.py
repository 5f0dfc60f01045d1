"""Credit memos and the payments that use them, as quickbooks-api.md section 8.5 describes them."""

from decimal import Decimal
from typing import Any

import pytest

from tests.contract.emulator.driver import Driver, head, payment_line, sales_line

Json = dict[str, Any]


def credit_memo(company: Driver, customer: str, amount: float, **fields: Any) -> Json:
    body = {"CustomerRef": {"value": customer}, "Line": [sales_line(amount)], **fields}
    return company.write("CreditMemo", body)


def credit_line(number: str, amount: float) -> Json:
    return {"Amount": amount, "LinkedTxn": [{"TxnId": number, "TxnType": "CreditMemo"}]}


def pay(company: Driver, customer: str, total: float, *lines: Json) -> Json:
    body = {"CustomerRef": {"value": customer}, "TotalAmt": total, "Line": list(lines)}
    return company.write("Payment", body)


def balance(company: Driver, customer: str) -> Decimal:
    return Decimal(str(company.read("Customer", customer)["Balance"]))


def test_a_credit_memo_lowers_the_customers_balance(company: Driver) -> None:
    """Intuit facts 8.2: the customer's time moves, its SyncToken stays."""
    customer = company.customer()["Id"]
    memo = credit_memo(company, customer, 40, DocNumber="CM-1")
    assert (memo["TotalAmt"], memo["RemainingCredit"], memo["Balance"]) == (40, 40, 40)
    assert memo["Line"][-1]["DetailType"] == "SubTotalLineDetail"
    after = company.read("Customer", customer)
    assert (after["Balance"], after["SyncToken"]) == (-40, "0")
    assert company.ids("SELECT * FROM CreditMemo WHERE DocNumber = 'CM-1'", "CreditMemo") == [
        memo["Id"]
    ]


def test_a_credit_memo_and_an_invoice_may_share_a_number(company: Driver) -> None:
    """Intuit facts 7.2: 6140 names the TxnType; numbers are unique per kind."""
    customer = company.customer()["Id"]
    company.invoice(customer, 1, DocNumber="7")
    credit_memo(company, customer, 1, DocNumber="7")
    body = {"CustomerRef": {"value": customer}, "Line": [sales_line(1)], "DocNumber": "7"}
    assert "TxnType=CreditMemo" in company.fault("CreditMemo", body)["Detail"]


def test_a_payment_of_nothing_links_a_credit_to_an_invoice(company: Driver) -> None:
    """Intuit facts 8.5: TotalAmt may be 0; the credit's amount pays the invoice."""
    customer = company.customer()["Id"]
    invoice, memo = company.invoice(customer, 100), credit_memo(company, customer, 40)
    payment = pay(
        company, customer, 0, payment_line(invoice["Id"], 40), credit_line(memo["Id"], 40)
    )
    assert (payment["TotalAmt"], payment["UnappliedAmt"]) == (0, 0)
    paid, used = company.read("Invoice", invoice["Id"]), company.read("CreditMemo", memo["Id"])
    assert (paid["Balance"], paid["SyncToken"]) == (60, "1")
    assert (used["RemainingCredit"], used["TotalAmt"], used["SyncToken"]) == (0, 40, "1")
    assert balance(company, customer) == 60


def test_money_and_credit_pay_together(company: Driver) -> None:
    """Intuit facts 8.5: credit memos add to what can be applied."""
    customer = company.customer()["Id"]
    invoice, memo = company.invoice(customer, 100), credit_memo(company, customer, 30)
    lines = (payment_line(invoice["Id"], 100), credit_line(memo["Id"], 30))
    assert pay(company, customer, 75, *lines)["UnappliedAmt"] == 5
    assert company.read("Invoice", invoice["Id"])["Balance"] == 0
    assert balance(company, customer) == -5


def test_more_than_money_and_credit_cover_is_refused(company: Driver) -> None:
    """Intuit facts 8.5: sum of invoice lines above TotalAmt + credits, expected as 6000."""
    customer = company.customer()["Id"]
    invoice, memo = company.invoice(customer, 100), credit_memo(company, customer, 30)
    lines = [payment_line(invoice["Id"], 50), credit_line(memo["Id"], 30)]
    body = {"CustomerRef": {"value": customer}, "TotalAmt": 10, "Line": lines}
    assert company.fault("Payment", body)["code"] == "6000"


def test_no_more_credit_is_taken_than_the_invoice_needs(company: Driver) -> None:
    """The emulator's choice: what a credit has left stays with it, not with the payment."""
    customer = company.customer()["Id"]
    invoice, memo = company.invoice(customer, 30), credit_memo(company, customer, 50)
    lines = (payment_line(invoice["Id"], 30), credit_line(memo["Id"], 50))
    payment = pay(company, customer, 0, *lines)
    assert payment["UnappliedAmt"] == 0
    assert company.read("CreditMemo", memo["Id"])["RemainingCredit"] == 20
    assert balance(company, customer) == -20


@pytest.mark.parametrize("operation", ["void", "delete"])
def test_a_credit_that_goes_opens_what_it_had_paid(company: Driver, operation: str) -> None:
    """Intuit facts 13: void and delete reverse every side effect."""
    customer = company.customer()["Id"]
    invoice, memo = company.invoice(customer, 100), credit_memo(company, customer, 40)
    lines = (payment_line(invoice["Id"], 40), credit_line(memo["Id"], 40))
    payment = pay(company, customer, 0, *lines)
    current = company.read("CreditMemo", memo["Id"])
    gone = company.write("CreditMemo", head(current), operation=operation)
    assert gone.get("RemainingCredit", 0) == 0
    assert company.read("Payment", payment["Id"])["Line"] == []
    assert company.read("Invoice", invoice["Id"])["Balance"] == 100
    assert balance(company, customer) == 100


def test_an_invoice_that_goes_gives_the_credit_back(company: Driver) -> None:
    """Intuit facts 8.4.5 and 13: a voided invoice needs no credit any more."""
    customer = company.customer()["Id"]
    invoice, memo = company.invoice(customer, 100), credit_memo(company, customer, 40)
    lines = (payment_line(invoice["Id"], 50), credit_line(memo["Id"], 40))
    payment = pay(company, customer, 10, *lines)
    company.write("Invoice", head(company.read("Invoice", invoice["Id"])), operation="void")
    assert company.read("CreditMemo", memo["Id"])["RemainingCredit"] == 40
    assert company.read("Payment", payment["Id"])["UnappliedAmt"] == 10
    assert balance(company, customer) == -50


def test_a_lowered_credit_memo_pays_less(company: Driver) -> None:
    """Intuit facts 13: an update carries its effects to what it had paid."""
    customer = company.customer()["Id"]
    invoice, memo = company.invoice(customer, 100), credit_memo(company, customer, 40)
    pay(company, customer, 0, payment_line(invoice["Id"], 40), credit_line(memo["Id"], 40))
    current = company.read("CreditMemo", memo["Id"])
    change = {**head(current), "sparse": True, "Line": [sales_line(25)]}
    lowered = company.write("CreditMemo", change)
    assert (lowered["TotalAmt"], lowered["RemainingCredit"]) == (25, 0)
    assert company.read("Invoice", invoice["Id"])["Balance"] == 75
    assert balance(company, customer) == 75


def test_a_batch_takes_credit_memos(company: Driver) -> None:
    """Intuit facts 5: create and void in batches, like any transaction."""
    customer = company.customer()["Id"]
    body = {"CustomerRef": {"value": customer}, "Line": [sales_line(5)]}
    item = {"bId": "1", "operation": "create", "CreditMemo": body}
    made = company.post("batch", {"BatchItemRequest": [item]})["BatchItemResponse"][0]
    void = {"bId": "2", "operation": "update", "optionsData": "void"}
    again = {**void, "CreditMemo": head(made["CreditMemo"])}
    gone = company.post("batch", {"BatchItemRequest": [again]})["BatchItemResponse"][0]
    assert (gone["CreditMemo"]["TotalAmt"], balance(company, customer)) == (0, 0)


def test_returned_goods_come_back_into_stock(company: Driver) -> None:
    """Intuit facts 13: sales forms move QtyOnHand, and deleting them moves it back."""
    customer, item = company.customer()["Id"], company.stock_item()
    line = sales_line(30, Qty=3, UnitPrice=10, ItemRef={"value": item["Id"]})
    body = {"CustomerRef": {"value": customer}, "Line": [line]}
    memo = company.write("CreditMemo", body)
    assert company.read("Item", item["Id"])["QtyOnHand"] == 28
    company.write("CreditMemo", head(memo), operation="delete")
    assert company.read("Item", item["Id"])["QtyOnHand"] == 25


def test_credits_are_linked_by_quickbooks_where_the_company_wants_it(company: Driver) -> None:
    """Intuit facts 8.5: zero-amount payments with QuickBooks' own note."""
    company.prefer("SalesFormsPrefs", AutoApplyCredit=True)
    customer = company.customer()["Id"]
    memo = credit_memo(company, customer, 40)
    first, second = company.invoice(customer, 30), company.invoice(customer, 30)
    assert (first["Balance"], second["Balance"]) == (0, 20)
    payments = company.query("SELECT * FROM Payment ORDERBY Id")["Payment"]
    assert {each["PrivateNote"] for each in payments} == {
        "Created by QB Online to link credits to charges."
    }
    assert [each["TotalAmt"] for each in payments] == [0, 0]
    assert company.read("CreditMemo", memo["Id"])["RemainingCredit"] == 0
    assert balance(company, customer) == 20


def test_credit_memos_appear_among_the_changes(company: Driver) -> None:
    """Intuit facts 4: changed objects, deleted ones as stubs at the end."""
    customer = company.customer()["Id"]
    memo, gone = (credit_memo(company, customer, 1) for _ in range(2))
    company.write("CreditMemo", head(gone), operation="delete")
    since = memo["MetaData"]["LastUpdatedTime"]
    answer = company.get("cdc", entities="CreditMemo", changedSince=since)
    found = answer["CDCResponse"][0]["QueryResponse"][0]["CreditMemo"]
    assert [(one["Id"], one.get("status")) for one in found] == [
        (memo["Id"], None),
        (gone["Id"], "Deleted"),
    ]
