"""Tax of invoices: sent whole or not at all, and compared, each rule with the damage it prevents."""

from decimal import Decimal

from quickbooks_sync.settings import confirm_settings
from tests.support.books import loupe, quickbooks
from tests.support.installation import REALM, House
from tests.support.outcomes import outcome_of


def test_an_invoice_with_tax_is_not_sent_without_its_tax(house: House, customer: int) -> None:
    # Naive: the lines are sent, the tax is lost, and the customer owes less than was invoiced.
    taxed = {"tax_amount": Decimal("8.00"), "total_amount": Decimal("108.00")}
    invoice_id = loupe.add_invoice(house, customer, "INV-7002", **taxed)
    outcome, reason = outcome_of(house, house.run("push_invoices"), invoice_id)
    assert outcome == "rejected"
    assert "tax of 8.00" in reason


def test_loupes_total_tax_is_sent_and_compared(house: House, customer: int) -> None:
    # Naive: QuickBooks computes its own tax and nobody notices that the two invoices differ.
    quickbooks.prefer(house, "TaxPrefs", UsingSalesTax=True)
    confirm_settings(house.workspace, REALM, {"tax": "total_tax"})
    taxed = {"tax_amount": Decimal("7.77"), "total_amount": Decimal("107.77")}
    invoice_id = loupe.add_invoice(house, customer, "INV-7003", **taxed)
    line = next(r for r in house.rows("invoice_line") if r["invoice_id"] == invoice_id)
    house.update("invoice_line", line["invoice_line_id"], is_taxable=True)
    assert outcome_of(house, house.run("push_invoices"), invoice_id)[0] == "created"
    record = house.client().fetch("Invoice", house.quickbooks_id("invoice", invoice_id))
    assert record["TotalAmt"] == Decimal("107.77")
    assert record["Line"][0]["SalesItemLineDetail"]["TaxCodeRef"] == {"value": "TAX"}


def test_another_total_in_quickbooks_is_said_and_not_sent_again(
    house: House, customer: int
) -> None:
    # Automated sales tax ignores the tax that was sent; naive: the invoice is sent again every night.
    quickbooks.prefer(house, "TaxPrefs", UsingSalesTax=True, PartnerTaxEnabled=True)
    confirm_settings(house.workspace, REALM, {"tax": "total_tax"})
    taxed = {"tax_amount": Decimal("7.77"), "total_amount": Decimal("107.77")}
    invoice_id = loupe.add_invoice(house, customer, "INV-7004", **taxed)
    outcome, reason = outcome_of(house, house.run("push_invoices"), invoice_id)
    assert outcome == "differs"
    assert "107.77" in reason
    house.run("pull_invoices")
    assert house.run("push_invoices")["writes"] == 0
    [row] = [r for r in house.rows("invoice") if r["invoice_id"] == invoice_id]
    assert row["total_amount"] == Decimal("107.77")
