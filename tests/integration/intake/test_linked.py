"""A linked invoice follows what QuickBooks changed, totals included."""

from decimal import Decimal

import pytest

from tests.support.books import quickbooks
from tests.support.installation import House


@pytest.fixture(scope="module")
def house(shared_house: House) -> House:
    """One company for the module; every test has records of its own."""
    shared_house.run_all()
    return shared_house


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
