"""The shapes of refusals as they were recorded (quickbooks-api.md section 14)."""

from typing import Any

import pytest
import requests

from tests.contract.emulator.driver import Driver, head

SHAPES = {
    "4000": (("GET", "query", {"params": {"query": "SELECT"}}), None),
    "4001": (("GET", "query", {"params": {"query": "SELECT * FROM Custmoer"}}), None),
    "2010": (("POST", "invoice", {"json": {"BadJson": True}}), None),
    "500": (("GET", "customer/1/5", {}), None),
    "6240": (("POST", "customer", {"json": {"DisplayName": "Nordwind"}}), None),
    "610": (("GET", "customer/77", {}), ""),
    "5010": (("POST", "customer", {"json": {"Id": "1", "SyncToken": "7", "sparse": True}}), ""),
    "2030": (("GET", "customer/1.5", {}), "Id"),
    "2020": (("POST", "invoice", {"json": {}}), "CustomerRef"),
}


@pytest.fixture
def nordwind(company: Driver) -> Driver:
    company.customer("Nordwind")
    return company


def refused(company: Driver, method: str, path: str, options: dict[str, Any]) -> requests.Response:
    response = company.request(method, path, **options)
    assert response.status_code == 400, response.text
    return response


@pytest.mark.parametrize("code", SHAPES)
def test_only_some_faults_name_an_element(nordwind: Driver, code: str) -> None:
    request, element = SHAPES[code]
    response = refused(nordwind, *request)
    (error,) = response.json()["Fault"]["Error"]
    assert (error["code"], error.get("element")) == (code, element)
    assert response.headers["content-type"] == "application/json"


@pytest.mark.parametrize("code", SHAPES)
def test_every_fault_but_that_of_an_odd_id_says_when(nordwind: Driver, code: str) -> None:
    body = refused(nordwind, *SHAPES[code][0]).json()
    assert ("time" in body) is (code != "2030")


def test_an_item_of_a_batch_has_the_same_shape(nordwind: Driver) -> None:
    items = [
        {"bId": "1", "operation": "create", "Customer": {"DisplayName": "Nordwind"}},
        {"bId": "2", "operation": "delete", "Invoice": {"Id": "129", "SyncToken": "0"}},
    ]
    answers = nordwind.post("batch", {"BatchItemRequest": items})["BatchItemResponse"]
    errors = [answer["Fault"]["Error"][0] for answer in answers]
    assert [(error["code"], error.get("element")) for error in errors] == [
        ("6240", None),
        ("610", ""),
    ]


def test_an_unknown_property_is_told_with_what_is_known(company: Driver) -> None:
    detail = company.fault("Invoice", {"BadJson": True})["Detail"]
    start = (
        'Property Name:Unrecognized field "BadJson" (class com.intuit.schema.finance.v3.Invoice)'
    )
    assert detail.startswith(f"{start}, not marked as ignorable (")
    assert " known properties: " in detail
    assert detail.endswith("])\n specified is unsupported or invalid")
    nested = {"CustomerRef": {"value": "1", "Colour": "red"}, "Line": []}
    assert 'field "Colour" (class' in company.fault("Invoice", nested)["Detail"]


def test_an_unknown_resource_is_told_with_both_its_paths(company: Driver) -> None:
    (error,) = company.get("customer/1/5")["Fault"]["Error"]
    path = f"/v3/company/{company.realm}/customer/1/5"
    start = f"Operation Could not find resource for relative : {path} of full path: https://"
    assert error["Detail"].startswith(start)
    assert error["Detail"].endswith(f"{path} is not supported.")


def test_an_odd_id_is_told_with_its_value(company: Driver) -> None:
    (error,) = company.get("customer/1.5")["Fault"]["Error"]
    assert error["Detail"] == "Id should be a valid number. Supplied value:1.5"


def test_a_refused_token_is_told_in_the_gateways_form(company: Driver) -> None:
    """Intuit facts 7.3: lower case, nulls, epoch milliseconds, and no charset."""
    response = company.request("GET", "customer/1", headers={"Authorization": "Bearer x"})
    assert response.status_code == 401
    assert response.headers["content-type"] == "application/json"
    assert response.json()["fault"]["error"][0]["element"] is None


def test_a_stale_token_is_told_before_a_name(nordwind: Driver) -> None:
    other = nordwind.customer("Ostwind")
    changed = nordwind.write("Customer", {**head(other), "sparse": True, "Notes": "n"})
    renamed = {**head(other), "sparse": True, "DisplayName": "Nordwind"}
    assert nordwind.fault("Customer", renamed)["code"] == "5010"
    assert nordwind.fault("Customer", {**renamed, **head(changed)})["code"] == "6240"
