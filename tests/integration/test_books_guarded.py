"""What would damage the books quietly: money, voids, tax, currency and dates of records both sides hold."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.support.books import loupe, quickbooks
from tests.support.installation import BuildHouse, House


@pytest.fixture(scope="module")
def house(shared_house: House) -> House:
    """One company for the module; every test has records of its own."""
    shared_house.run_all()
    return shared_house


def invoiced(house: House, number: str, **columns: Any) -> tuple[int, int, str]:
    """A linked invoice over 100.00: customer, invoice, and the invoice's QuickBooks Id."""
    customer_id = loupe.add_customer(house, f"Customer of {number}")
    invoice_id = loupe.add_invoice(house, customer_id, number, **columns)
    house.run("push_customers")
    house.run("push_invoices")
    return customer_id, invoice_id, house.quickbooks_id("invoice", invoice_id)


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


def reason(house: House, run: Any, loupe_id: int) -> str:
    """The reason that a run gave for what it did with a Loupe row."""
    [record] = [one for one in house.records(run) if one["loupe_id"] == loupe_id]
    return str(record["reason"])


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


def test_an_invoice_with_a_payment_in_loupe_is_not_voided_by_quickbooks(house: House) -> None:
    # Naive: Loupe has only just taken the money; the invoice it belongs to becomes void.
    customer_id, invoice_id, invoice = invoiced(house, "B-2")
    loupe.add_payment(house, customer_id, "30.00", {invoice_id: "30.00"})
    quickbooks.void(house, "Invoice", invoice)
    assert house.said(house.run("pull_invoices"), loupe_id=invoice_id) == ["conflict"]
    assert house.row("invoice", invoice_id)["lifecycle_status"] == "Finalised"


def test_tax_added_in_loupe_later_is_not_lost_on_the_way(house: House) -> None:
    # Naive: the lines are sent again without their tax, and the customer owes less than was invoiced.
    _, invoice_id, invoice = invoiced(house, "B-3")
    (line,) = [one for one in house.rows("invoice_line") if one["invoice_id"] == invoice_id]
    price = {"unit_price": Decimal("200.00"), "amount": Decimal("200.00")}
    house.update("invoice_line", line["invoice_line_id"], **price)
    house.update("invoice", invoice_id, tax_amount=Decimal("16.00"), total_amount=Decimal("216.00"))
    run = house.run("push_invoices")
    assert house.said(run, loupe_id=invoice_id) == ["conflict"]
    assert quickbooks.fetch(house, "Invoice", invoice)["TotalAmt"] == Decimal("100.00")


def test_totals_follow_the_lines_and_the_tax_that_quickbooks_changed(house: House) -> None:
    # Naive: the new lines are taken and the old total stays; or nothing, for no line has changed.
    taxing = {"realm": house.realm_id, "preferences": {"TaxPrefs": {"UsingSalesTax": True}}}
    house.side_door("preferences", taxing)
    payer = quickbooks.create(house, "Customer", DisplayName="Totals & Co")["Id"]
    invoice = quickbooks.create_invoice(house, payer, "B-18", "100.00")
    house.run("pull_customers")
    house.run("pull_invoices")
    taxable = {**invoice["Line"][0]["SalesItemLineDetail"], "TaxCodeRef": {"value": "TAX"}}
    line = {
        **invoice["Line"][0],
        "Amount": Decimal("150.00"),
        "SalesItemLineDetail": taxable,
    }
    amounts = []
    for change in ({"Line": [line]}, {"TxnTaxDetail": {"TotalTax": Decimal("9.00")}}):
        quickbooks.change(house, "Invoice", invoice["Id"], **change)
        house.run("pull_invoices")
        row = house.row("invoice", house.loupe_id("invoice", invoice["Id"]))
        amounts.append((row["total_amount"], row["tax_amount"], row["balance_amount"]))
    assert amounts == [(150, 0, 150), (159, 9, 159)]


def test_a_currency_changed_in_loupe_later_is_refused(house: House) -> None:
    # Naive: 100 USD become 100 EUR.
    _, invoice_id, invoice = invoiced(house, "B-4")
    house.update("invoice", invoice_id, currency_code="EUR")
    run = house.run("push_invoices")
    assert house.said(run, loupe_id=invoice_id) == ["rejected"]
    assert quickbooks.fetch(house, "Invoice", invoice)["CurrencyRef"]["value"] == "USD"


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


def test_what_is_void_in_quickbooks_is_not_revived_by_loupe(house: House) -> None:
    # Naive: the invoice is sent again, with amounts, into a void.
    _, invoice_id, invoice = invoiced(house, "B-9")
    house.update("invoice", invoice_id, lifecycle_status="Void")
    house.run("push_invoices")
    house.update("invoice", invoice_id, lifecycle_status="Sent")
    assert house.said(house.run("push_invoices"), loupe_id=invoice_id) == ["conflict"]
    assert quickbooks.fetch(house, "Invoice", invoice)["TotalAmt"] == 0


def test_no_date_is_invented_for_an_invoice_or_a_payment_without_one(house: House) -> None:
    # Naive: nothing is sent, and QuickBooks books it today, in another period.
    customer_id, invoice_id, invoice = invoiced(house, "B-10")
    undated = loupe.add_invoice(house, customer_id, "B-11", invoice_date=None)
    house.update("invoice", invoice_id, invoice_date=None)
    run = house.run("push_invoices")
    assert house.said(run, loupe_id=undated) == ["rejected"]
    assert house.said(run, loupe_id=invoice_id) == ["rejected"]
    assert quickbooks.find(house, "Invoice", "DocNumber = 'B-11'") == []
    assert quickbooks.fetch(house, "Invoice", invoice)["TxnDate"] == "2026-09-01"
    payment_id = loupe.add_payment(
        house, customer_id, "10.00", {invoice_id: "10.00"}, payment_date=None
    )
    assert house.said(house.run("push_payments"), loupe_id=payment_id) == ["rejected"]
    assert quickbooks.fetch(house, "Invoice", invoice)["Balance"] == Decimal("100.00")


def test_nothing_is_moved_into_a_closed_period(house: House) -> None:
    # Naive: the sale leaves the open period, and last year's closed books change.
    _, invoice_id, invoice = invoiced(house, "B-12")
    house.update("invoice", invoice_id, invoice_date=date(2024, 6, 1))
    run = house.run("push_invoices")
    assert house.said(run, loupe_id=invoice_id) == ["rejected"]
    assert "6210" in reason(house, run, invoice_id)
    assert quickbooks.fetch(house, "Invoice", invoice)["TxnDate"] == "2026-09-01"


def test_a_total_that_only_loupe_changed_is_said_each_night_and_never_sent(house: House) -> None:
    # Naive: totals are QuickBooks' to compute, so nothing is sent and nobody hears of the difference.
    _, invoice_id, invoice = invoiced(house, "B-13")
    house.update("invoice", invoice_id, tax_amount=Decimal("8.00"), total_amount=Decimal("108.00"))
    for _ in range(2):
        run = house.run("push_invoices")
        assert house.said(run, loupe_id=invoice_id) == ["differs"]
        assert "Loupe has 108.00, QuickBooks computed 100.00" in reason(house, run, invoice_id)
        assert run["writes"] == 0
    assert quickbooks.fetch(house, "Invoice", invoice)["TotalAmt"] == Decimal("100.00")


def test_a_discount_lowers_the_total_on_both_sides_and_shipping_raises_it(house: House) -> None:
    # Naive: a discount of 10 is sent as a line of 10, and the customer owes 20 too much.
    customer_id, _, _ = invoiced(house, "B-14")
    invoice_id = loupe.add_invoice(house, customer_id, "B-15", total_amount=Decimal("95.00"))
    for number, kind, amount in ((2, "shipping", "5.00"), (3, "discount", "10.00")):
        house.insert(
            "invoice_line",
            invoice_id=invoice_id,
            line_number=number,
            line_kind=kind,
            amount=Decimal(amount),
        )
    assert house.said(house.run("push_invoices"), loupe_id=invoice_id) == ["created"]
    record = quickbooks.fetch(house, "Invoice", house.quickbooks_id("invoice", invoice_id))
    assert record["TotalAmt"] == Decimal("95.00")


@pytest.mark.parametrize(
    ("record_type", "flow"), [("customer", "customers"), ("inventory_item", "inventory_items")]
)
def test_what_was_merged_away_in_quickbooks_is_left_to_a_person(
    house: House, record_type: str, flow: str
) -> None:
    # Naive: it is made inactive in Loupe, or made anew in QuickBooks, with its invoices elsewhere.
    if record_type == "customer":
        loupe_id = loupe.add_customer(house, "Merged Gems")
    else:
        loupe_id = loupe.add_item(house, "Merged stone", "MERGED-1")
    house.run(f"push_{flow}")
    with house.workspace.engine.begin() as connection:
        # As after a merge: nothing answers to the Id any more.
        connection.exec_driver_sql(
            "update quickbooks_sync.link set quickbooks_id = '999999' "
            f"where record_type = '{record_type}' and loupe_id = {loupe_id}"
        )
    writes = house.writes()
    run = house.run(f"pull_{flow}", mode="full")
    assert house.said(run, quickbooks_id="999999") == ["waiting"]
    with house.workspace.engine.begin() as connection:
        connection.exec_driver_sql(
            "update quickbooks_sync.link set missing_since_at = missing_since_at - interval '11 minutes'"
        )
    run = house.run(f"pull_{flow}", mode="full")
    assert house.said(run, quickbooks_id="999999") == ["conflict"]
    assert house.row(record_type, loupe_id)["is_active"] is True
    assert house.said(house.run(f"push_{flow}", mode="full"), loupe_id=loupe_id) == ["conflict"]
    assert house.writes() == writes


def test_what_quickbooks_has_is_looked_up_before_the_first_create(
    build_house: BuildHouse,
) -> None:
    # Naive: nothing was pulled yet, so everything is new: a second item with the SKU, a second invoice.
    house = build_house()
    item = quickbooks.create_stock(house, "Star ruby", Sku="STAR-1")
    there = quickbooks.create(house, "Customer", DisplayName="Starlight Gems")
    quickbooks.create_invoice(house, there["Id"], "INV-7014", "55.00")
    customer_id = loupe.add_customer(house, "Starlight Gems")
    item_id = loupe.add_item(house, "Ruby with a star", "STAR-1")
    invoice_id = loupe.add_invoice(house, customer_id, "INV-7014", [("Star", "1", "55.00")])
    for name in ("push_customers", "push_invoices", "push_inventory_items"):
        house.run(name)
    assert house.quickbooks_id("customer", customer_id) == there["Id"]
    assert house.quickbooks_id("inventory_item", item_id) == item["Id"]
    assert len(quickbooks.find(house, "Invoice", "DocNumber = 'INV-7014'")) == 1
    assert house.link("invoice", loupe_id=invoice_id) is not None
    assert len(quickbooks.find(house, "Item", "Sku = 'STAR-1'")) == 1


def test_a_record_of_a_closed_period_is_not_moved_out_of_it(
    build_house: BuildHouse,
) -> None:
    # Naive: last year's sale becomes this year's, and the closed books change.
    house = build_house()
    house.run("pull_customers")
    house.run("pull_invoices")
    closed = min(house.rows("invoice"), key=lambda row: row["invoice_date"])
    there = house.quickbooks_id("invoice", closed["invoice_id"])
    before = quickbooks.fetch(house, "Invoice", there)
    house.update("invoice", closed["invoice_id"], invoice_date=loupe.DAY, due_date=loupe.DAY)
    run = house.run("push_invoices")
    assert house.said(run, loupe_id=closed["invoice_id"]) == ["rejected"]
    assert "6210" in reason(house, run, closed["invoice_id"])
    assert quickbooks.fetch(house, "Invoice", there)["TxnDate"] == before["TxnDate"]
