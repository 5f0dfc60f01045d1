"""Vendors, employees and payment methods: names that others cannot have."""

import pytest

from tests.contract.emulator.driver import Driver, head


@pytest.mark.parametrize("entity", ["Vendor", "Employee"])
def test_a_name_is_held_against_customers_too(company: Driver, entity: str) -> None:
    """Intuit facts 0.19 and 8.3: DisplayName is unique over customers, vendors and employees."""
    body = {"DisplayName": "Ines Falk", "GivenName": "Ines", "FamilyName": "Falk"}
    held = company.write(entity, body)
    error = company.fault("Customer", {"DisplayName": "ines falk"})
    assert error["code"] == "6240"
    assert "Another customer, vendor or employee is already using this name" in error["Detail"]
    assert company.ids(f"SELECT * FROM {entity} WHERE DisplayName = 'Ines Falk'", entity) == ["1"]
    company.write(entity, {**head(held), "sparse": True, "Active": False})
    company.customer("Ines Falk")


def test_an_employees_name_is_built_from_its_parts(company: Driver) -> None:
    """Intuit facts 8.3: the display name comes from the parts; without any there is none."""
    made = company.write("Employee", {"GivenName": "Rui", "FamilyName": "Braga"})
    assert made["DisplayName"] == "Rui Braga"
    assert company.fault("Employee", {"DisplayName": "Rui"})["code"] == "2020"
    assert company.fault("Vendor", {})["code"] == "6080"


def test_a_payment_method_can_be_added_once(company: Driver) -> None:
    """Intuit facts 7.2: names of lists are unique, 6240 with the holder's Id."""
    made = company.write("PaymentMethod", {"Name": "Hallmark voucher"})
    error = company.fault("PaymentMethod", {"Name": "HALLMARK VOUCHER"})
    assert error["Detail"].endswith(f"Id={made['Id']}")
    method = {"value": made["Id"]}
    payment = {"TotalAmt": 1, "PaymentMethodRef": method}
    customer = {"CustomerRef": {"value": company.customer()["Id"]}}
    paid = company.write("Payment", {**customer, **payment})
    assert paid["PaymentMethodRef"]["name"] == "Hallmark voucher"
