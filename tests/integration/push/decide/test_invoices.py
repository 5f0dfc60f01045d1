"""Changes of linked invoices and payments that a push must refuse, hold or send whole: tax, currency, voids, dates."""

from datetime import date
from decimal import Decimal

import pytest

from tests.support.books import loupe, quickbooks
from tests.support.books.linked import invoiced
from tests.support.installation import BuildHouse, House
from tests.support.outcomes import reason_of


@pytest.fixture(scope="module")
def house(shared_house: House) -> House:
    """One company for the module; every test has records of its own."""
    shared_house.run_all()
    return shared_house


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


def test_a_currency_changed_in_loupe_later_is_refused(house: House) -> None:
    # Naive: 100 USD become 100 EUR.
    _, invoice_id, invoice = invoiced(house, "B-4")
    house.update("invoice", invoice_id, currency_code="EUR")
    run = house.run("push_invoices")
    assert house.said(run, loupe_id=invoice_id) == ["rejected"]
    assert quickbooks.fetch(house, "Invoice", invoice)["CurrencyRef"]["value"] == "USD"


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
    assert "invoice_date would change on 2024-06-01" in reason_of(house, run, invoice_id)
    assert run["writes"] == 0
    assert quickbooks.fetch(house, "Invoice", invoice)["TxnDate"] == "2026-09-01"


def test_a_total_that_only_loupe_changed_is_said_each_night_and_never_sent(house: House) -> None:
    # Naive: totals are QuickBooks' to compute, so nothing is sent and nobody hears of the difference.
    _, invoice_id, invoice = invoiced(house, "B-13")
    house.update("invoice", invoice_id, tax_amount=Decimal("8.00"), total_amount=Decimal("108.00"))
    for _ in range(2):
        run = house.run("push_invoices")
        assert house.said(run, loupe_id=invoice_id) == ["differs"]
        assert "Loupe has 108.00, QuickBooks computed 100.00" in reason_of(house, run, invoice_id)
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
    assert "invoice_date would change" in reason_of(house, run, closed["invoice_id"])
    assert quickbooks.fetch(house, "Invoice", there)["TxnDate"] == before["TxnDate"]
