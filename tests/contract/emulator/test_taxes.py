"""Sales tax, as quickbooks-api.md section 8.4.4 describes it."""

from typing import Any

import pytest

from tests.contract.emulator.driver import Driver, sales_line

TAX = {"TaxCodeRef": {"value": "TAX"}}


@pytest.fixture
def taxed(company: Driver) -> Driver:
    """A company with sales tax of 8 %, not automated."""
    company.prefer("TaxPrefs", UsingSalesTax=True, PartnerTaxEnabled=False)
    return company


def invoice(company: Driver, customer: str, *lines: dict[str, Any], **fields: Any) -> Any:
    body = {"CustomerRef": {"value": customer}, "Line": list(lines), **fields}
    return company.write("Invoice", body)


def test_tax_is_computed_from_the_taxed_lines(taxed: Driver) -> None:
    """Intuit facts 8.4.4: rate of the code times the TAX lines, with a TaxLine that says so."""
    customer = taxed.customer()["Id"]
    made = invoice(taxed, customer, sales_line(150, **TAX), sales_line(25))
    detail = made["TxnTaxDetail"]
    assert (detail["TotalTax"], made["TotalAmt"], made["Balance"]) == (12, 187, 187)
    assert detail["TxnTaxCodeRef"] == {"value": "2"}
    assert detail["TaxLine"][0]["TaxLineDetail"] == {
        "TaxRateRef": {"value": "1"},
        "PercentBased": True,
        "TaxPercent": 8,
        "NetAmountTaxable": 150,
    }
    assert taxed.read("Customer", customer)["Balance"] == 187


def test_an_amount_that_was_sent_stands(taxed: Driver) -> None:
    """Intuit facts 8.4.4: explicit TotalTax is honoured without automated tax."""
    sent = {"TxnTaxDetail": {"TotalTax": 11.5}}
    made = invoice(taxed, taxed.customer()["Id"], sales_line(150, **TAX), **sent)
    assert (made["TxnTaxDetail"]["TotalTax"], made["TotalAmt"]) == (11.5, 161.5)


@pytest.mark.parametrize(("after", "tax"), [(False, 8), (True, 7.2)])
def test_a_discount_may_come_before_the_tax(taxed: Driver, after: bool, tax: float) -> None:
    """Intuit facts 8.4: ApplyTaxAfterDiscount."""
    discount = {
        "DetailType": "DiscountLineDetail",
        "DiscountLineDetail": {"PercentBased": True, "DiscountPercent": 10},
    }
    customer = taxed.customer()["Id"]
    lines = (sales_line(100, **TAX), sales_line(100), discount)
    made = invoice(taxed, customer, *lines, ApplyTaxAfterDiscount=after)
    assert made["TxnTaxDetail"]["TotalTax"] == tax
    assert made["TotalAmt"] == 180 + tax


def test_an_exempt_customer_pays_none(taxed: Driver) -> None:
    """Intuit facts 8.3: TaxExemptionReasonId."""
    customer = taxed.customer(TaxExemptionReasonId="3")["Id"]
    assert invoice(taxed, customer, sales_line(100, **TAX))["TotalAmt"] == 100


def test_an_unknown_tax_code_is_refused(taxed: Driver) -> None:
    """Intuit facts 7.2: 6160."""
    body = {
        "CustomerRef": {"value": taxed.customer()["Id"]},
        "Line": [sales_line(1)],
        "TxnTaxDetail": {"TxnTaxCodeRef": {"value": "77"}},
    }
    assert taxed.fault("Invoice", body)["code"] == "6160"


def test_automated_tax_does_as_it_pleases(taxed: Driver) -> None:
    """Intuit facts 8.4.4: 0 without an address though tax was sent, no TxnTaxCodeRef echoed."""
    taxed.prefer("TaxPrefs", PartnerTaxEnabled=True)
    sent = {"TxnTaxDetail": {"TxnTaxCodeRef": {"value": "2"}, "TotalTax": 99}}
    address = {"Line1": "12 Harbour Row", "City": "Portland", "PostalCode": "97209"}
    bare, placed = taxed.customer("A")["Id"], taxed.customer("B", BillAddr=address)["Id"]
    without = invoice(taxed, bare, sales_line(100, **TAX), **sent)
    assert without["TxnTaxDetail"] == {"TotalTax": 0}
    found = invoice(taxed, placed, sales_line(100, **TAX), **sent)["TxnTaxDetail"]
    assert (found["TotalTax"], "TxnTaxCodeRef" in found) == (8, False)
    taxed.side_door("switches", {"sent_tax_under_ast": True})
    honoured = invoice(taxed, bare, sales_line(100, **TAX), **sent)
    taxed.side_door("switches", {"sent_tax_under_ast": False})
    assert honoured["TotalAmt"] == 199


def test_a_void_takes_the_tax_along(taxed: Driver) -> None:
    """Intuit facts 8.4.5: everything at zero."""
    made = invoice(taxed, taxed.customer()["Id"], sales_line(100, **TAX))
    head = {"Id": made["Id"], "SyncToken": made["SyncToken"]}
    voided = taxed.write("Invoice", head, operation="void")
    assert (voided["TotalAmt"], voided["TxnTaxDetail"]) == (0, {"TotalTax": 0})
