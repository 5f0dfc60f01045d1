"""Invoices, as quickbooks-api.md section 8.4 describes them."""

from typing import Any

import pytest

from tests.contract.emulator.driver import Driver, head, sales_line


def test_the_smallest_invoice(company: Driver) -> None:
    """Intuit facts 8.4 and 8.4.1: item 1 "Services" by default, SubTotal last without Id."""
    customer = company.customer()
    invoice = company.invoice(customer["Id"], 150, 25.5)
    first, _, subtotal = invoice["Line"]
    assert (first["Id"], first["LineNum"]) == ("1", 1)
    assert first["SalesItemLineDetail"]["ItemRef"] == {"value": "1", "name": "Services"}
    assert subtotal == {
        "Amount": 175.5,
        "DetailType": "SubTotalLineDetail",
        "SubTotalLineDetail": {},
    }
    assert invoice["TotalAmt"] == invoice["Balance"] == 175.5
    assert invoice["LinkedTxn"] == invoice["CustomField"] == []
    assert "DocNumber" not in invoice


@pytest.mark.parametrize(
    ("change", "code", "element"),
    [
        ({"CustomerRef": None}, "2020", "CustomerRef"),
        ({"Line": []}, "2020", "Line"),
        ({"Line": None}, "2020", "Line"),
        ({"Line": [{"Amount": 1}]}, "2020", "Line.DetailType"),
        ({"Line": [{"DetailType": "SalesItemLineDetail"}]}, "2020", "Line.Amount"),
        ({"DocNumber": "4" * 22}, "2050", "DocNumber"),
        ({"TxnDate": "31.12.2026"}, "2060", "TxnDate"),
        ({"EmailStatus": "NeedToSend"}, "6420", "BillEmail"),
        ({"Line": [sales_line(1, TaxCodeRef={"value": "7"})]}, "6100", "Line.TaxCodeRef"),
        ({"TxnDate": "2024-12-31"}, "6210", ""),
        ({"ARAccountRef": {"value": "3"}}, "2010", None),
        ({"Line": [sales_line(-5)]}, "6000", "Line"),
        ({"Line": [{"DetailType": "DescriptionOnly", "Description": "x"}]}, "6000", ""),
    ],
)
def test_what_an_invoice_may_not_be(
    company: Driver, change: dict[str, Any], code: str, element: str | None
) -> None:
    """Intuit facts 7.2, 8.4 and 8.10: required fields, lengths, dates, tax codes, closed books."""
    pointer = {"value": company.customer()["Id"]}
    error = company.fault("Invoice", {"CustomerRef": pointer, "Line": [sales_line(1)], **change})
    assert (error["code"], error.get("element")) == (code, element)


def test_references_must_exist_and_be_active(company: Driver) -> None:
    """Intuit facts 7.2: 2500 with "Names element id .. not found" or the inactive text."""
    customer = company.customer()
    unknown = {"CustomerRef": {"value": "583"}, "Line": [sales_line(1)]}
    assert company.fault("Invoice", unknown)["Detail"].endswith("Names element id 583 not found")
    bad_class = sales_line(1, ClassRef={"value": "99"})
    body = {"CustomerRef": {"value": customer["Id"]}, "Line": [bad_class]}
    assert company.fault("Invoice", body)["Detail"].endswith("Klasses element id 99 not found")
    company.write("Customer", {**head(customer), "sparse": True, "Active": False})
    inactive = company.fault("Invoice", {**body, "Line": [sales_line(1)]})
    assert inactive["code"] == "2500"
    assert "has been made inactive" in inactive["Detail"]


@pytest.mark.parametrize(
    ("amount", "code"), [("1861.08", None), ("1861.07", "6070"), ("58", "6070")]
)
def test_amount_is_quantity_times_price_half_up(
    company: Driver, amount: str, code: str | None
) -> None:
    """Intuit facts 8.1: 128.35 x 14.50 = 1861.075, where 1861.07 was refused with 6070."""
    line = sales_line(float(amount), Qty=128.35, UnitPrice=14.5)
    body = {"CustomerRef": {"value": company.customer()["Id"]}, "Line": [line]}
    if code is None:
        assert company.write("Invoice", body)["TotalAmt"] == 1861.08
    else:
        error = company.fault("Invoice", body)
        assert (error["code"], error["element"]) == (code, "Line.Amount")
        assert error["Detail"].endswith(f"Supplied value:{float(amount):g}")


def test_quantities_and_prices_keep_seven_decimals(company: Driver) -> None:
    """Intuit facts 8.1: Qty and UnitPrice up to 7 decimals, further digits dropped."""
    line = sales_line(1, Qty=0.123456789)
    invoice = company.write(
        "Invoice", {"CustomerRef": {"value": company.customer()["Id"]}, "Line": [line]}
    )
    assert invoice["Line"][0]["SalesItemLineDetail"]["Qty"] == 0.1234567


def test_discount_shipping_and_text_lines(company: Driver) -> None:
    """Intuit facts 8.4.1: a percentage of the sales lines, shipping outside of it, text free."""
    lines = [
        sales_line(100),
        {"DetailType": "DescriptionOnly", "Description": "as agreed"},
        sales_line(7.5, ItemRef={"value": "SHIPPING_ITEM_ID"}),
        {
            "DetailType": "DiscountLineDetail",
            "DiscountLineDetail": {"PercentBased": True, "DiscountPercent": 10},
        },
    ]
    body = {"CustomerRef": {"value": company.customer()["Id"]}, "Line": lines}
    invoice = company.write("Invoice", body)
    assert [line.get("Amount") for line in invoice["Line"]] == [100, None, 7.5, 10, 100]
    assert invoice["TotalAmt"] == 97.5
    company.prefer("SalesFormsPrefs", AllowDiscount=False)
    assert company.fault("Invoice", body)["code"] == "6000"
    company.prefer("SalesFormsPrefs", AllowDiscount=True, AllowShipping=False)
    assert company.fault("Invoice", body)["code"] == "6000"


def test_a_discount_needs_percent_or_amount(company: Driver) -> None:
    """Intuit facts 7.2: 6090 for a discount line without amount or percent."""
    lines = [sales_line(10), {"DetailType": "DiscountLineDetail", "DiscountLineDetail": {}}]
    body = {"CustomerRef": {"value": company.customer()["Id"]}, "Line": lines}
    assert company.fault("Invoice", body)["code"] == "6090"


def test_numbers_by_hand_must_differ(company: Driver) -> None:
    """Intuit facts 8.4.2: with custom numbers 6140, unless duplicates are allowed by include."""
    customer = company.customer()["Id"]
    first = company.invoice(customer, 1, DocNumber="INV-1")
    body = {
        "CustomerRef": {"value": customer},
        "Line": [sales_line(2)],
        "DocNumber": "INV-1",
    }
    error = company.fault("Invoice", body)
    assert error["code"] == "6140"
    assert error["Detail"].endswith(
        f"DocNumber=INV-1 is assigned to TxnType=Invoice with TxnId={first['Id']}"
    )
    company.write("Invoice", body, include="allowduplicatedocnum")
    kept = {**head(first), "sparse": True, "DocNumber": "INV-1", "PrivateNote": "same number"}
    assert company.write("Invoice", kept)["DocNumber"] == "INV-1"


def test_numbers_by_quickbooks_go_on_from_the_last(company: Driver) -> None:
    """Intuit facts 8.4.2: without custom numbers the last number + 1; duplicates pass."""
    company.prefer("SalesFormsPrefs", CustomTxnNumbers=False)
    customer = company.customer()["Id"]
    assert company.invoice(customer, 1)["DocNumber"] == "1001"
    assert company.invoice(customer, 1, DocNumber="A-099")["DocNumber"] == "A-099"
    assert company.invoice(customer, 1)["DocNumber"] == "A-100"
    assert company.invoice(customer, 1, DocNumber="A-099")["DocNumber"] == "A-099"


def test_a_line_array_replaces_the_whole_array(company: Driver) -> None:
    """Intuit facts 0.10 and 8.4.1: a known Line.Id is kept, other lines go, new ones get new Ids."""
    invoice = company.invoice(company.customer()["Id"], 10, 20)
    second = invoice["Line"][1]
    change = {**head(invoice), "sparse": True, "Line": [sales_line(5), second]}
    updated = company.write("Invoice", change)
    assert [(line.get("Id"), line["Amount"]) for line in updated["Line"]] == [
        ("3", 5),
        ("2", 20),
        (None, 25),
    ]
    assert updated["TotalAmt"] == updated["Balance"] == 25


def test_a_sparse_update_without_lines_keeps_them(company: Driver) -> None:
    """Intuit facts 8.1: a sparse update changes what it holds and nothing else."""
    invoice = company.invoice(company.customer()["Id"], 10, DocNumber="7")
    updated = company.write("Invoice", {**head(invoice), "sparse": True, "PrivateNote": "n"})
    expected = {**invoice, "PrivateNote": "n", "SyncToken": "1"}
    assert {**updated, "MetaData": 0} == {**expected, "MetaData": 0}


def test_a_full_update_clears_what_is_left_out(company: Driver) -> None:
    """Intuit facts 8.1: omitted fields are cleared or re-defaulted, required ones demanded."""
    invoice = company.invoice(
        company.customer()["Id"], 10, DocNumber="7", PrivateNote="n", TxnDate="2026-02-03"
    )
    refused = company.fault("Invoice", {**head(invoice), "PrivateNote": "x"})
    assert refused["code"] == "2020"
    body = {**head(invoice), "CustomerRef": invoice["CustomerRef"], "Line": [sales_line(11)]}
    updated = company.write("Invoice", body)
    assert "PrivateNote" not in updated
    assert "DocNumber" not in updated
    assert updated["TxnDate"] != "2026-02-03"


def test_billing_addresses_come_back_in_lines(company: Driver) -> None:
    """Intuit facts 8.4: BillAddr from the customer, re-flowed, FreeFormAddress true."""
    address = {
        "Line1": "12 Harbour Row",
        "City": "Portland",
        "CountrySubDivisionCode": "OR",
        "PostalCode": "97209",
    }
    customer = company.customer("Nordwind", GivenName="Ines", FamilyName="Falk", BillAddr=address)
    invoice = company.invoice(customer["Id"], 1)
    assert invoice["FreeFormAddress"] is True
    assert list(invoice["BillAddr"].values()) == [
        "Ines Falk",
        "12 Harbour Row",
        "Portland, OR 97209",
    ]
    sent = company.invoice(customer["Id"], 1, BillAddr=address)
    assert list(sent["BillAddr"].values()) == ["12 Harbour Row", "Portland, OR 97209"]


def test_a_void_empties_the_invoice(company: Driver) -> None:
    """Intuit facts 8.4.5: amounts and quantities 0, no price, note "Voided", SyncToken + 1."""
    customer = company.customer()
    line = sales_line(20, Qty=2, UnitPrice=10)
    body = {"CustomerRef": {"value": customer["Id"]}, "Line": [line], "PrivateNote": "order 7"}
    invoice = company.write("Invoice", body)
    voided = company.write("Invoice", head(invoice), operation="void")
    assert (voided["TotalAmt"], voided["Balance"], voided["SyncToken"]) == (0, 0, "1")
    assert voided["PrivateNote"].startswith("Voided")
    detail = voided["Line"][0]["SalesItemLineDetail"]
    assert (detail["Qty"], "UnitPrice" in detail, voided["Line"][-1]["Amount"]) == (0, False, 0)
    assert company.read("Customer", customer["Id"])["Balance"] == 0


def test_a_void_with_a_payment_leaves_the_money_unapplied(company: Driver) -> None:
    """Intuit facts 8.4.5: with the live token the void passes; the payment is unapplied."""
    customer = company.customer()["Id"]
    invoice = company.invoice(customer, 50)
    payment = company.payment(customer, 50, **{f"i{invoice['Id']}": 50})
    assert company.fault("Invoice", head(invoice), operation="void")["code"] == "5010"
    current = company.read("Invoice", invoice["Id"])
    voided = company.write("Invoice", head(current), operation="void")
    assert voided["LinkedTxn"] == []
    after = company.read("Payment", payment["Id"])
    assert (after["UnappliedAmt"], after["Line"]) == (50, [])
    assert company.read("Customer", customer)["Balance"] == -50


def test_a_deleted_invoice_is_gone(company: Driver) -> None:
    """Intuit facts 8.1 and 8.4.5: a stub answers, reading gives 610, payments are unapplied."""
    customer = company.customer()["Id"]
    invoice = company.invoice(customer, 50, DocNumber="7")
    payment = company.payment(customer, 50, **{f"i{invoice['Id']}": 50})
    stub = company.write(
        "Invoice", head(company.read("Invoice", invoice["Id"])), operation="delete"
    )
    assert stub == {"domain": "QBO", "status": "Deleted", "Id": invoice["Id"]}
    gone = company.get(f"invoice/{invoice['Id']}")
    assert gone["Fault"]["Error"][0]["code"] == "610"
    assert company.read("Payment", payment["Id"])["UnappliedAmt"] == 50
    assert company.query("SELECT * FROM Invoice") == {}
    company.invoice(customer, 1, DocNumber="7")


def test_less_than_was_paid_frees_the_rest_of_the_payment(company: Driver) -> None:
    """Intuit facts 8.5: what exceeds an invoice is UnappliedAmt of its payment."""
    customer = company.customer()["Id"]
    invoice = company.invoice(customer, 50)
    payment = company.payment(customer, 40, **{f"i{invoice['Id']}": 40})
    current = company.read("Invoice", invoice["Id"])
    lowered = company.write("Invoice", {**head(current), "sparse": True, "Line": [sales_line(30)]})
    assert (lowered["TotalAmt"], lowered["Balance"]) == (30, 0)
    assert company.read("Payment", payment["Id"])["UnappliedAmt"] == 10
    assert company.read("Customer", customer)["Balance"] == -10


def test_a_closed_period_cannot_be_touched_from_either_side(company: Driver) -> None:
    """Intuit facts 2 and 7.2: edits at or before BookCloseDate give 6210, old date or new."""
    invoice = company.invoice(company.customer()["Id"], 1, TxnDate="2026-01-31")
    moved = {**head(invoice), "sparse": True, "TxnDate": "2024-06-30"}
    assert company.fault("Invoice", moved)["code"] == "6210"
    company.prefer("AccountingInfoPrefs", BookCloseDate="2026-01-31")
    later = {**head(invoice), "sparse": True, "TxnDate": "2026-02-01"}
    assert company.fault("Invoice", later)["code"] == "6210"
    assert company.fault("Invoice", head(invoice), operation="void")["code"] == "6210"
    assert company.fault("Invoice", head(invoice), operation="delete")["code"] == "6210"


@pytest.mark.parametrize(
    ("using", "automated", "expected"), [(False, False, 0), (True, True, 0), (True, False, 8)]
)
def test_tax_is_taken_as_the_company_is_set(
    company: Driver, using: bool, automated: bool, expected: int
) -> None:
    """Intuit facts 8.4.4: ignored without sales tax, 0 under automated tax, else as sent."""
    company.prefer("TaxPrefs", UsingSalesTax=using, PartnerTaxEnabled=automated)
    tax = {"TotalTax": 8.0}
    invoice = company.invoice(company.customer()["Id"], 100, TxnTaxDetail=tax)
    assert invoice["TxnTaxDetail"]["TotalTax"] == expected
    assert invoice["TotalAmt"] == 100 + expected


def discount_line(percent: float, **fields: Any) -> dict[str, Any]:
    detail = {"PercentBased": True, "DiscountPercent": percent}
    return {"DetailType": "DiscountLineDetail", "DiscountLineDetail": detail, **fields}


def test_a_percent_discount_must_agree_with_its_amount(company: Driver) -> None:
    """Intuit facts 14: refused where they disagree, so where sales lines change under a resent one."""
    customer = {"CustomerRef": {"value": company.customer()["Id"]}}
    lines = [sales_line(150), discount_line(10, Amount=15)]
    invoice = company.write("Invoice", {**customer, "Line": lines})
    assert invoice["TotalAmt"] == 135
    resent = [
        {**line, "Amount": 200} if "SalesItemLineDetail" in line else line
        for line in invoice["Line"]
    ]
    error = company.fault("Invoice", {**head(invoice), "sparse": True, "Line": resent})
    assert error["code"] == "6000"
    assert "You can't set both an amount and a discount percentage" in error["Detail"]
    resent[-2].pop("Amount")
    changed = company.write("Invoice", {**head(invoice), "sparse": True, "Line": resent})
    assert changed["TotalAmt"] == 180
    noted = {**head(changed), "sparse": True, "PrivateNote": "the lines as they are"}
    assert company.write("Invoice", noted)["TotalAmt"] == 180


def test_a_void_adds_no_quantity(company: Driver) -> None:
    """Recorded: a line sent without Qty has none after the void."""
    invoice = company.invoice(company.customer()["Id"], 20)
    voided = company.write("Invoice", head(invoice), operation="void")
    assert "Qty" not in voided["Line"][0]["SalesItemLineDetail"]


@pytest.mark.parametrize("include", ["invoiceLink", "allowduplicatedocnum,enhancedAllCustomFields"])
def test_what_include_asks_for_is_given_or_refused(company: Driver, include: str) -> None:
    """Not modelled, and said so with 501 instead of an answer without it."""
    invoice = company.invoice(company.customer()["Id"], 20)
    change = {**head(invoice), "sparse": True, "PrivateNote": "n"}
    query = {"query": "SELECT * FROM Invoice"}
    answers = [
        company.request("GET", f"invoice/{invoice['Id']}", params={"include": include}),
        company.request("GET", "query", params={**query, "include": include}),
        company.request("POST", "invoice", json=change, params={"include": include}),
        company.request("GET", "query", params={"query": "SELECT *, InvoiceLink FROM Invoice"}),
    ]
    assert [answer.status_code for answer in answers] == [501] * 4
    item = {"bId": "1", "operation": "update", "optionsData": include, "Invoice": change}
    (answered,) = company.post("batch", {"BatchItemRequest": [item]})["BatchItemResponse"]
    assert answered["Fault"]["Error"][0]["code"] == "501"
    assert company.read("Invoice", invoice["Id"])["SyncToken"] == "0"
