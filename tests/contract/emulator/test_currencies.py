"""Several currencies, as quickbooks-api.md section 8.11 describes them."""

from typing import Any

import pytest

from tests.contract.emulator.driver import Driver, head, payment_line, sales_line

EURO = {"CurrencyRef": {"value": "EUR"}}
DOLLAR = {"CurrencyRef": {"value": "USD"}}


@pytest.fixture
def worldly(company: Driver) -> Driver:
    """A company that keeps euros at 1.25 dollars beside its dollars."""
    company.prefer("CurrencyPrefs", MultiCurrencyEnabled=True)
    company.side_door("rates", {"realm": company.realm, "rates": {"EUR": 1.25}})
    return company


def test_an_invoice_is_kept_in_both_currencies(worldly: Driver) -> None:
    """Intuit facts 8.11: ExchangeRate is home units for one foreign unit; HomeX is home money."""
    customer = worldly.customer(**EURO)
    assert customer["CurrencyRef"] == {"value": "EUR", "name": "Euro"}
    invoice = worldly.invoice(customer["Id"], 100.01, **EURO)
    kept = [invoice[name] for name in ("ExchangeRate", "TotalAmt", "HomeTotalAmt", "HomeBalance")]
    assert kept == [1.25, 100.01, 125.01, 125.01]
    line = payment_line(invoice["Id"], 60.01)
    body = {"CustomerRef": {"value": customer["Id"]}, "TotalAmt": 60.01, "Line": [line], **EURO}
    payment = worldly.write("Payment", {**body, "ExchangeRate": 1.2})
    assert (payment["ExchangeRate"], payment["CurrencyRef"]["value"]) == (1.2, "EUR")
    paid = worldly.read("Invoice", invoice["Id"])
    assert (paid["Balance"], paid["HomeBalance"]) == (40, 50)
    assert worldly.read("Customer", customer["Id"])["Balance"] == 40


def test_home_money_has_a_rate_of_one(worldly: Driver) -> None:
    """Intuit facts 8.11: default 1, whatever was sent for the home currency."""
    invoice = worldly.invoice(worldly.customer()["Id"], 10, ExchangeRate=3, **DOLLAR)
    assert (invoice["ExchangeRate"], invoice["HomeTotalAmt"]) == (1, 10)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({}, "2020"),
        (DOLLAR, "6000"),
        ({"CurrencyRef": {"value": "XXX"}}, "2220"),
        ({**EURO, "ExchangeRate": 0}, "6000"),
    ],
)
@pytest.mark.parametrize("entity", ["Invoice", "CreditMemo", "Payment"])
def test_the_currency_is_required_and_the_customers(
    worldly: Driver, entity: str, fields: dict[str, Any], code: str
) -> None:
    """Intuit facts 8.11: required on transactions, and that of the customer (codes are guesses)."""
    body = {"CustomerRef": {"value": worldly.customer(**EURO)["Id"]}, **fields}
    rest = {"TotalAmt": 1} if entity == "Payment" else {"Line": [sales_line(1)]}
    assert worldly.fault(entity, {**body, **rest})["code"] == code


def test_a_customers_currency_is_fixed(worldly: Driver) -> None:
    """Intuit facts 8.3 and 8.11: immutable; sub-customers have their parent's."""
    customer = worldly.customer(**EURO)
    change = {**head(customer), "sparse": True, **DOLLAR}
    assert worldly.fault("Customer", change)["code"] == "6000"
    child = {"DisplayName": "c", "Job": True, "ParentRef": {"value": customer["Id"]}}
    assert worldly.fault("Customer", child)["code"] == "6000"
    assert worldly.write("Customer", {**child, **EURO})["CurrencyRef"]["value"] == "EUR"


def test_a_sparse_update_keeps_currency_and_rate(worldly: Driver) -> None:
    """Intuit facts 8.1: what is not sent stays, also after the table has moved."""
    invoice = worldly.invoice(worldly.customer(**EURO)["Id"], 100, **EURO)
    worldly.side_door("rates", {"realm": worldly.realm, "rates": {"EUR": 1.5}})
    updated = worldly.write("Invoice", {**head(invoice), "sparse": True, "PrivateNote": "n"})
    assert (updated["ExchangeRate"], updated["HomeTotalAmt"]) == (1.25, 125)


def test_one_currency_ignores_rates(company: Driver) -> None:
    """Intuit facts 8.4: HomeTotalAmt and HomeBalance only with multicurrency."""
    invoice = company.invoice(company.customer()["Id"], 10, ExchangeRate=3)
    assert not {"ExchangeRate", "HomeTotalAmt", "HomeBalance"} & invoice.keys()
