"""Deposits, bundles, categories, sub-customers, journal entries and closed books."""

from typing import Any

import pytest

from tests.contract.emulator.driver import Driver, head, payment_line, sales_line

Json = dict[str, Any]


def keep(company: Driver, name: str, **order: Any) -> Json:
    answer = company.side_door(name, {"realm": company.realm, **order})
    assert "error" not in answer, answer
    return answer


@pytest.mark.parametrize(
    "change", [{"operation": "delete"}, {"operation": "update", "include": "void"}, {}]
)
def test_a_deposited_payment_cannot_be_changed(company: Driver, change: dict[str, str]) -> None:
    """Intuit facts 7.2: 6540 until it is taken out of its deposit."""
    customer = company.customer()["Id"]
    payment = company.payment(customer, 10)
    deposit = keep(company, "deposit", payment=payment["Id"])
    current = company.read("Payment", payment["Id"])
    assert current["LinkedTxn"] == [{"TxnId": deposit["Id"], "TxnType": "Deposit"}]
    body = {**head(current), "CustomerRef": {"value": customer}, "TotalAmt": 11}
    assert company.fault("Payment", body, **change)["code"] == "6540"
    keep(company, "deposit", payment=payment["Id"], undo=True)
    body["SyncToken"] = company.read("Payment", payment["Id"])["SyncToken"]
    company.write("Payment", body, **change)


def test_a_deposit_on_an_invoice_lowers_what_is_open(company: Driver) -> None:
    """Intuit facts 8.4: Deposit reduces Balance; the preference AllowDeposit must be on."""
    customer = company.customer()["Id"]
    body = {"CustomerRef": {"value": customer}, "Line": [sales_line(100)], "Deposit": 30}
    assert company.fault("Invoice", body)["code"] == "6000"
    company.prefer("SalesFormsPrefs", AllowDeposit=True)
    invoice = company.write("Invoice", body)
    assert (invoice["TotalAmt"], invoice["Balance"]) == (100, 70)
    company.payment(customer, 50, **{f"i{invoice['Id']}": 50})
    paid = company.read("Invoice", invoice["Id"])
    assert paid["Balance"] == 20
    assert company.read("Customer", customer)["Balance"] == 20
    voided = company.write("Invoice", head(paid), operation="void")
    assert (voided["Deposit"], voided["Balance"]) == (0, 0)
    assert company.read("Customer", customer)["Balance"] == -50


def test_a_bundle_becomes_the_lines_of_its_parts(company: Driver) -> None:
    """Intuit facts 8.4.1: GroupLineDetail with Quantity; children computed, stock moves."""
    stock = company.stock_item("Clasp", UnitPrice=2.5)
    parts = [{"ItemRef": {"value": stock["Id"]}, "Qty": 2}, {"ItemRef": {"value": "1"}, "Qty": 1}]
    fields = {"Name": "Kit", "Type": "Group", "ItemGroupDetail": {"ItemGroupLine": parts}}
    bundle = keep(company, "records", entity="Item", fields=fields)
    detail = {"GroupItemRef": {"value": bundle["Id"]}, "Quantity": 3}
    line = {"DetailType": "GroupLineDetail", "GroupLineDetail": detail}
    body = {"CustomerRef": {"value": company.customer()["Id"]}, "Line": [line, sales_line(1)]}
    invoice = company.write("Invoice", body)
    group, single, subtotal = invoice["Line"]
    children = group["GroupLineDetail"]["Line"]
    quantities = [child["SalesItemLineDetail"]["Qty"] for child in children]
    assert (group["Amount"], quantities, subtotal["Amount"]) == (15, [6, 3], 16)
    assert len({one["Id"] for one in (group, single, *children)}) == 4
    assert company.read("Item", stock["Id"])["QtyOnHand"] == 19
    again = {**head(invoice), "sparse": True, "Line": invoice["Line"]}
    assert company.write("Invoice", again)["Line"] == invoice["Line"]
    current = company.read("Invoice", invoice["Id"])
    company.write("Invoice", head(current), operation="void")
    assert company.read("Item", stock["Id"])["QtyOnHand"] == 25


def test_a_category_holds_items_but_cannot_be_sold(company: Driver) -> None:
    """Intuit facts 7.2 and 8.6: 2500 with its own text; full names begin with the category."""
    category = keep(company, "records", entity="Item", fields={"Name": "Gems", "Type": "Category"})
    item = company.stock_item("Opal", ParentRef={"value": category["Id"]}, SubItem=True)
    assert (item["FullyQualifiedName"], item["Level"]) == ("Gems:Opal", 1)
    line = sales_line(1, ItemRef={"value": category["Id"]})
    body = {"CustomerRef": {"value": company.customer()["Id"]}, "Line": [line]}
    error = company.fault("Invoice", body)
    assert error["code"] == "2500"
    assert "set up as a category" in error["Detail"]
    assert company.ids("SELECT * FROM Item WHERE Type = 'Category'", "Item") == [category["Id"]]


def below(company: Driver, name: str, parent: Json) -> Json:
    return company.customer(name, Job=True, ParentRef={"value": parent["Id"]})


def test_customers_stand_at_most_five_deep(company: Driver) -> None:
    """Intuit facts 7.2: 6180 for more than 5 levels, also when a whole branch is moved."""
    top = last = company.customer("1")
    for name in "2345":
        last = below(company, name, last)
    assert (last["Level"], last["FullyQualifiedName"]) == (4, "1:2:3:4:5")
    body = {"DisplayName": "6", "Job": True, "ParentRef": {"value": last["Id"]}}
    assert company.fault("Customer", body)["code"] == "6180"
    other = company.customer("other")
    move = {**head(top), "sparse": True, "Job": True, "ParentRef": {"value": other["Id"]}}
    assert company.fault("Customer", move)["code"] == "6180"
    loop = {**move, "ParentRef": {"value": last["Id"]}}
    assert company.fault("Customer", loop)["code"] == "6000"


def test_a_branch_takes_its_balance_and_its_names_along(company: Driver) -> None:
    """Intuit facts 8.3: BalanceWithJobs of those above, FullyQualifiedName of those below."""
    first, second = company.customer("First"), company.customer("Second")
    child = below(company, "Child", first)
    grandchild = below(company, "Grandchild", child)
    company.invoice(grandchild["Id"], 12)
    current = company.read("Customer", child["Id"])
    move = {**head(current), "sparse": True, "ParentRef": {"value": second["Id"]}}
    company.write("Customer", {**move, "DisplayName": "Renamed"})
    totals = [company.read("Customer", one["Id"])["BalanceWithJobs"] for one in (first, second)]
    assert totals == [0, 12]
    shown = company.read("Customer", grandchild["Id"])
    assert shown["FullyQualifiedName"] == "Second:Renamed:Grandchild"


def test_a_payment_of_the_parent_pays_a_sub_customers_invoice(company: Driver) -> None:
    """Intuit facts 8.3: BillWithParent; the balances of both move."""
    parent = company.customer("Parent")
    child = company.customer(
        "Child", Job=True, BillWithParent=True, ParentRef={"value": parent["Id"]}
    )
    invoice = company.invoice(child["Id"], 40)
    company.payment(parent["Id"], 40, **{f"i{invoice['Id']}": 40})
    assert company.read("Invoice", invoice["Id"])["Balance"] == 0
    assert company.read("Customer", child["Id"])["Balance"] == 0
    assert company.read("Customer", parent["Id"])["BalanceWithJobs"] == 0


def test_a_payment_can_settle_a_journal_entry(company: Driver) -> None:
    """Intuit facts 8.5: TxnType JournalEntry, a charge or a credit."""
    customer = company.customer()["Id"]
    charge = keep(company, "journal", customer=customer, amount=25)
    credit = keep(company, "journal", customer=customer, amount=-10)
    assert company.read("Customer", customer)["Balance"] == 15
    lines = [payment_line(charge["Id"], 25), payment_line(credit["Id"], 10)]
    for line in lines:
        line["LinkedTxn"][0]["TxnType"] = "JournalEntry"
    body = {"CustomerRef": {"value": customer}, "TotalAmt": 15, "Line": lines}
    assert company.write("Payment", body)["UnappliedAmt"] == 0
    assert company.read("Customer", customer)["Balance"] == 0
    shown = company.read("JournalEntry", charge["Id"])
    assert "Balance" not in shown
    assert shown["Line"][0]["JournalEntryLineDetail"]["PostingType"] == "Debit"


def test_closed_books_hold_for_credits_too(company: Driver) -> None:
    """Intuit facts 2: 6210 for create, update, void and delete at or before BookCloseDate."""
    body = {"CustomerRef": {"value": company.customer()["Id"]}, "Line": [sales_line(1)]}
    memo = company.write("CreditMemo", {**body, "TxnDate": "2026-01-31"})
    payment = company.write("Payment", {**body, "TotalAmt": 1, "TxnDate": "2026-01-31", "Line": []})
    company.prefer("AccountingInfoPrefs", BookCloseDate="2026-01-31")
    assert company.fault("CreditMemo", {**body, "TxnDate": "2026-01-31"})["code"] == "6210"
    for entity, record in (("CreditMemo", memo), ("Payment", payment)):
        for operation in ("delete", "void"):
            assert company.fault(entity, head(record), operation=operation)["code"] == "6210"
