"""Currencies: none is booked as another, each rule with the damage it prevents."""

from decimal import Decimal

from tests.support.books import loupe, quickbooks
from tests.support.installation import House
from tests.support.outcomes import outcome_of


def test_a_foreign_currency_is_not_booked_as_home_currency(house: House, customer: int) -> None:
    # Naive: 100 EUR become 100 USD.
    invoice_id = loupe.add_invoice(house, customer, "INV-7005", currency_code="EUR")
    outcome, reason = outcome_of(house, house.run("push_invoices"), invoice_id)
    assert outcome == "rejected"
    assert "keeps its books in USD only" in reason


def test_a_new_customer_gets_the_one_currency_of_its_invoices(house: House) -> None:
    # Naive: the customer is created in the home currency, for good, and none of its invoices fits.
    quickbooks.prefer(
        house, "CurrencyPrefs", MultiCurrencyEnabled=True, HomeCurrency={"value": "USD"}
    )
    house.run("pull_customers")
    lyon = loupe.add_customer(house, "Ambre de Lyon")
    loupe.add_invoice(house, lyon, "INV-7006", currency_code="EUR")
    both = loupe.add_customer(house, "Two Purses Ltd")
    loupe.add_invoice(house, both, "INV-7007", currency_code="EUR")
    loupe.add_invoice(house, both, "INV-7008", currency_code="GBP")
    run = house.run("push_customers")
    assert outcome_of(house, run, lyon)[0] == "created"
    assert outcome_of(house, run, both)[0] == "rejected"
    record = house.client().fetch("Customer", house.quickbooks_id("customer", lyon))
    assert record["CurrencyRef"]["value"] == "EUR"
    house.run("push_invoices")
    invoice = next(r for r in house.rows("invoice") if r["invoice_number"] == "INV-7006")
    sent = house.client().fetch("Invoice", house.quickbooks_id("invoice", invoice["invoice_id"]))
    assert (sent["CurrencyRef"]["value"], sent["TotalAmt"]) == ("EUR", Decimal(100))


def test_a_customer_invoiced_in_a_currency_the_company_lacks_is_not_created(house: House) -> None:
    # Naive: it is created in the home currency, for good; switched on later, its currency never fits.
    house.run("pull_customers")
    lyon = loupe.add_customer(house, "Ambre de Lyon")
    loupe.add_invoice(house, lyon, "INV-7013", currency_code="EUR")
    outcome, reason = outcome_of(house, house.run("push_customers"), lyon)
    assert outcome == "rejected"
    assert "keeps its books in USD only" in reason
