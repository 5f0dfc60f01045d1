"""Rules of docs/accounting-rules.md that a careless sync would break, each with the damage it would do."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from quickbooks_sync.settings import confirm_settings, propose_settings
from tests.support.books import loupe, quickbooks
from tests.support.installation import REALM, House


def prefer(house: House, section: str, **values: Any) -> None:
    """Change the QuickBooks company's preferences, and let the sync read them anew."""
    body = {"realm": house.realm_id, "preferences": {section: values}}
    house.side_door("preferences", body)
    with house.workspace.engine.begin() as connection:
        connection.exec_driver_sql("delete from quickbooks_sync.company_reference")
    propose_settings(house.workspace, house.realm_id)


def quickbooks_id(house: House, record_type: str, loupe_id: int) -> str:
    """The QuickBooks Id that a Loupe row is linked to."""
    return next(
        row["quickbooks_id"]
        for row in house.rows("link")
        if (row["record_type"], row["loupe_id"]) == (record_type, loupe_id)
    )


def account(house: House, run: Any, loupe_id: int) -> tuple[str, str]:
    """What a run said of a Loupe row: outcome and reason."""
    return next(
        (row["outcome"], row["reason"] or "")
        for row in house.records(run)
        if row["loupe_id"] == loupe_id
    )


@pytest.fixture
def customer(house: House) -> int:
    """A Loupe customer that QuickBooks has, too."""
    house.run("pull_customers")
    customer_id = loupe.add_customer(house, "Rutile & Sons")
    house.run("push_customers")
    return customer_id


def test_a_payment_that_uses_a_credit_memo_is_pulled_and_never_restated(
    house: House, customer: int
) -> None:
    # Naive: the payment is sent again without its credit line, and the credit is open a second time.
    invoice_id = loupe.add_invoice(house, customer, "INV-7001")
    house.run("push_invoices")
    client = house.client()
    there = {"value": quickbooks_id(house, "customer", customer)}
    invoice = quickbooks_id(house, "invoice", invoice_id)
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
    assert account(house, house.run("push_payments"), row["payment_id"])[0] == "conflict"
    assert client.fetch("Payment", payment["Id"])["SyncToken"] == payment["SyncToken"]
    assert client.fetch("CreditMemo", memo["Id"])["RemainingCredit"] == 0
    [held] = [r for r in house.rows("invoice") if r["invoice_id"] == invoice_id]
    assert (held["balance_amount"], held["payment_status"]) == (Decimal("60.00"), "Partial")


def test_an_invoice_with_tax_is_not_sent_without_its_tax(house: House, customer: int) -> None:
    # Naive: the lines are sent, the tax is lost, and the customer owes less than was invoiced.
    taxed = {"tax_amount": Decimal("8.00"), "total_amount": Decimal("108.00")}
    invoice_id = loupe.add_invoice(house, customer, "INV-7002", **taxed)
    outcome, reason = account(house, house.run("push_invoices"), invoice_id)
    assert outcome == "rejected"
    assert "tax of 8.00" in reason


def test_loupes_total_tax_is_sent_and_compared(house: House, customer: int) -> None:
    # Naive: QuickBooks computes its own tax and nobody notices that the two invoices differ.
    prefer(house, "TaxPrefs", UsingSalesTax=True)
    confirm_settings(house.workspace, REALM, {"tax": "total_tax"})
    taxed = {"tax_amount": Decimal("7.77"), "total_amount": Decimal("107.77")}
    invoice_id = loupe.add_invoice(house, customer, "INV-7003", **taxed)
    line = next(r for r in house.rows("invoice_line") if r["invoice_id"] == invoice_id)
    house.update("invoice_line", line["invoice_line_id"], is_taxable=True)
    assert account(house, house.run("push_invoices"), invoice_id)[0] == "created"
    record = house.client().fetch("Invoice", quickbooks_id(house, "invoice", invoice_id))
    assert record["TotalAmt"] == Decimal("107.77")
    assert record["Line"][0]["SalesItemLineDetail"]["TaxCodeRef"] == {"value": "TAX"}


def test_another_total_in_quickbooks_is_said_and_not_sent_again(
    house: House, customer: int
) -> None:
    # Automated sales tax ignores the tax that was sent; naive: the invoice is sent again every night.
    prefer(house, "TaxPrefs", UsingSalesTax=True, PartnerTaxEnabled=True)
    confirm_settings(house.workspace, REALM, {"tax": "total_tax"})
    taxed = {"tax_amount": Decimal("7.77"), "total_amount": Decimal("107.77")}
    invoice_id = loupe.add_invoice(house, customer, "INV-7004", **taxed)
    outcome, reason = account(house, house.run("push_invoices"), invoice_id)
    assert outcome == "differs"
    assert "107.77" in reason
    house.run("pull_invoices")
    assert house.run("push_invoices")["writes"] == 0
    [row] = [r for r in house.rows("invoice") if r["invoice_id"] == invoice_id]
    assert row["total_amount"] == Decimal("107.77")


def test_a_foreign_currency_is_not_booked_as_home_currency(house: House, customer: int) -> None:
    # Naive: 100 EUR become 100 USD.
    invoice_id = loupe.add_invoice(house, customer, "INV-7005", currency_code="EUR")
    outcome, reason = account(house, house.run("push_invoices"), invoice_id)
    assert outcome == "rejected"
    assert "keeps its books in USD only" in reason


def test_a_new_customer_gets_the_one_currency_of_its_invoices(house: House) -> None:
    # Naive: the customer is created in the home currency, for good, and none of its invoices fits.
    prefer(house, "CurrencyPrefs", MultiCurrencyEnabled=True, HomeCurrency={"value": "USD"})
    house.run("pull_customers")
    lyon = loupe.add_customer(house, "Ambre de Lyon")
    loupe.add_invoice(house, lyon, "INV-7006", currency_code="EUR")
    both = loupe.add_customer(house, "Two Purses Ltd")
    loupe.add_invoice(house, both, "INV-7007", currency_code="EUR")
    loupe.add_invoice(house, both, "INV-7008", currency_code="GBP")
    run = house.run("push_customers")
    assert account(house, run, lyon)[0] == "created"
    assert account(house, run, both)[0] == "rejected"
    record = house.client().fetch("Customer", quickbooks_id(house, "customer", lyon))
    assert record["CurrencyRef"]["value"] == "EUR"
    house.run("push_invoices")
    invoice = next(r for r in house.rows("invoice") if r["invoice_number"] == "INV-7006")
    sent = house.client().fetch("Invoice", quickbooks_id(house, "invoice", invoice["invoice_id"]))
    assert (sent["CurrencyRef"]["value"], sent["TotalAmt"]) == ("EUR", Decimal(100))


def test_nothing_moves_in_a_closed_period_and_the_rest_goes_on(house: House, customer: int) -> None:
    # Naive: the date is moved to an open day, or the first refusal stops the company.
    closed = loupe.add_invoice(
        house, customer, "INV-7009", invoice_date=date(2024, 6, 1), due_date=date(2024, 7, 1)
    )
    opened = loupe.add_invoice(house, customer, "INV-7010")
    run = house.run("push_invoices")
    assert account(house, run, closed)[0] == "rejected"
    assert account(house, run, opened)[0] == "created"
    with house.workspace.engine.connect() as connection:
        status = connection.exec_driver_sql("select status from quickbooks_sync.company").scalar()
    assert status == "connected"


def test_a_sale_in_loupe_lowers_the_stock_once(house: House, customer: int) -> None:
    # Naive: the invoice sells the stock item and the quantity is sent as well: two pieces gone for one.
    house.run("pull_inventory_items")
    [link] = [r for r in house.rows("link") if r["document"].get("Sku") == "LF-RING0003"]
    item = link["loupe_id"]
    invoice_id = loupe.add_invoice(house, customer, "INV-7011", [("Solitaire", "1", "2400.00")])
    line = next(r for r in house.rows("invoice_line") if r["invoice_id"] == invoice_id)
    house.update("invoice_line", line["invoice_line_id"], inventory_item_id=item)
    house.update("inventory_item", item, quantity=Decimal(1))
    house.run("push_invoices")
    assert account(house, house.run("push_inventory_items"), item)[0] == "updated"
    assert house.client().fetch("Item", link["quickbooks_id"])["QtyOnHand"] == 1
    assert house.run("push_inventory_items")["writes"] == 0


def test_an_adjustment_is_made_of_the_quantity_quickbooks_has_now(house: House) -> None:
    # Naive: the difference to the quantity of last night is sent, and a correction is counted twice.
    house.run("pull_inventory_items")
    [link] = [r for r in house.rows("link") if r["document"].get("Sku") == "LF-OPAL0012"]
    adjustment = {
        "AdjustAccountRef": {"value": _adjustment_account(house)},
        "TxnDate": "2026-11-20",
        "Line": [
            {
                "DetailType": "ItemAdjustmentLineDetail",
                "ItemAdjustmentLineDetail": {
                    "ItemRef": {"value": link["quickbooks_id"]},
                    "QtyDiff": Decimal(-20),
                },
            }
        ],
    }
    house.client().send("InventoryAdjustment", adjustment, request_id="count")
    house.update("inventory_item", link["loupe_id"], quantity=Decimal(90))
    house.run("push_inventory_items")
    assert house.client().fetch("Item", link["quickbooks_id"])["QtyOnHand"] == 90


def test_quantities_that_never_agreed_are_counted_by_a_person(house: House) -> None:
    # Naive: at first contact one side's stock value is written off to the other's.
    prices = {"sell_price": Decimal(2400), "cost_price": Decimal(1310)}
    ring = {"quantity": Decimal(7), **prices}
    item = loupe.add_item(house, "Solitaire ring 18k", "LF-RING0003", **ring)
    house.run("pull_inventory_items")
    outcome, reason = account(house, house.run("push_inventory_items"), item)
    assert outcome == "differs"
    assert "never agreed" in reason
    assert house.run("push_inventory_items")["writes"] == 0


def test_stock_that_quickbooks_owns_is_only_pulled(house: House) -> None:
    # Naive: Loupe's older number overwrites what QuickBooks counted.
    confirm_settings(house.workspace, REALM, {"stock_owner": "quickbooks"})
    house.run("pull_inventory_items")
    [link] = [r for r in house.rows("link") if r["document"].get("Sku") == "LF-CHAIN001"]
    house.update("inventory_item", link["loupe_id"], quantity=Decimal(999))
    assert house.run("push_inventory_items")["writes"] == 0
    run = house.run("pull_inventory_items", mode="full")
    [row] = [r for r in house.rows("inventory_item") if r["inventory_item_id"] == link["loupe_id"]]
    assert row["quantity"] == link["document"]["QtyOnHand"]
    # Nothing that somebody counted is put back without a word.
    assert house.said(run, loupe_id=link["loupe_id"]) == ["updated", "warning"]


def test_a_discount_posts_to_the_account_that_a_person_confirmed(
    house: House, customer: int
) -> None:
    # Naive: it goes to whatever account QuickBooks takes by itself.
    (account,) = quickbooks.find(house, "Account", "Name = 'Sales of Product Income'")
    confirm_settings(house.workspace, REALM, {"discount_account": account["Id"]})
    invoice_id = loupe.add_invoice(
        house, customer, "DISC-1", total_amount=Decimal(90), balance_amount=Decimal(90)
    )
    line = {"line_number": 2, "line_kind": "discount", "amount": Decimal(10)}
    house.insert("invoice_line", invoice_id=invoice_id, **line)
    house.run("push_invoices")
    record = quickbooks.fetch(house, "Invoice", house.quickbooks_id("invoice", invoice_id))
    (given,) = [one for one in record["Line"] if one["DetailType"] == "DiscountLineDetail"]
    assert given["DiscountLineDetail"]["DiscountAccountRef"]["value"] == account["Id"]
    assert record["TotalAmt"] == Decimal("90.00")


def test_a_price_per_carat_is_not_sent_as_a_price_per_piece(house: House) -> None:
    # Naive: a stone of 2 ct at 500 a carat is sold at 500.
    item = loupe.add_item(house, "Spinel", "GEMSPI0001", price_basis="carat")
    outcome, reason = account(house, house.run("push_inventory_items"), item)
    assert outcome == "rejected"
    assert "per carat" in reason


def test_a_deposited_payment_stays_as_it_was_deposited(house: House, customer: int) -> None:
    # Naive: the payment is changed and the bank deposit no longer matches the statement.
    invoice_id = loupe.add_invoice(house, customer, "INV-7012")
    house.run("push_invoices")
    payment_id = loupe.add_payment(house, customer, "50.00", {invoice_id: "50.00"})
    house.run("push_payments")
    there = quickbooks_id(house, "payment", payment_id)
    house.side_door("deposit", {"realm": house.realm_id, "payment": there})
    house.update("payment", payment_id, reference_number="later")
    outcome, reason = account(house, house.run("push_payments"), payment_id)
    assert outcome == "rejected"
    assert "6540" in reason


def _adjustment_account(house: House) -> str:
    [row] = [r for r in house.rows("company_setting") if r["name"] == "adjustment_account"]
    return str(row["value"])


def test_a_sku_that_loupe_cannot_hold_or_has_elsewhere_stops_nobody_else(house: House) -> None:
    # Naive: one item's SKU breaks a constraint of the table, and no item of the batch is loaded.
    house.run("pull_inventory_items")
    first, second = [
        row for row in house.rows("link") if row["document"].get("Sku", "").startswith("LF-")
    ][:2]
    client = house.client()
    for link, sku in ((first, second["document"]["Sku"]), (second, "X" * 60)):
        record = client.fetch("Item", link["quickbooks_id"])
        change = {"Id": record["Id"], "SyncToken": record["SyncToken"], "sparse": True, "Sku": sku}
        client.send("Item", change, request_id=f"sku-{link['quickbooks_id']}")
    # QuickBooks' answer to an edit of ours brings the new SKU along.
    house.update("inventory_item", second["loupe_id"], description="polished")
    house.run("push_inventory_items")
    run = house.run("pull_inventory_items", mode="full")
    assert account(house, run, first["loupe_id"])[0] == "conflict"
    assert account(house, run, second["loupe_id"])[0] == "rejected"
    tags = {row["inventory_item_id"]: row["tag_id"] for row in house.rows("inventory_item")}
    assert tags[first["loupe_id"]] == first["document"]["Sku"]
    assert tags[second["loupe_id"]] == second["document"]["Sku"]


def test_a_customer_invoiced_in_a_currency_the_company_lacks_is_not_created(house: House) -> None:
    # Naive: it is created in the home currency, for good; switched on later, its currency never fits.
    house.run("pull_customers")
    lyon = loupe.add_customer(house, "Ambre de Lyon")
    loupe.add_invoice(house, lyon, "INV-7013", currency_code="EUR")
    outcome, reason = account(house, house.run("push_customers"), lyon)
    assert outcome == "rejected"
    assert "keeps its books in USD only" in reason
