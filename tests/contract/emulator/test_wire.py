"""Bytes on the wire: numbers, times, XML, bad bodies (quickbooks-api.md sections 2, 7.1, 8.1)."""

import re

import pytest

from tests.contract.emulator.driver import Driver, sales_line


def test_numbers_print_as_intuit_prints_them(company: Driver) -> None:
    """Intuit facts 8.1: money 150.00, zero 0, UnitPrice 10, Qty 15."""
    customer = company.customer()["Id"]
    line = sales_line(150, Qty=15.0, UnitPrice=10.50 - 0.5)
    body = {"CustomerRef": {"value": customer}, "Line": [line]}
    text = company.request("POST", "invoice", json=body).text
    assert '"TotalAmt":150.00' in text
    assert '"TotalTax":0}' in text
    assert '"Qty":15,' in text
    assert re.search(r'"UnitPrice":10[,}]', text)


def test_times_are_pacific_with_daylight_saving(company: Driver) -> None:
    """Intuit facts 2 and 3.4: milliseconds in the envelope, seconds in MetaData, -07:00 in July."""
    order = {"now": "2026-07-15T12:00:00.250+00:00", "frozen": True}
    company.side_door("clock", order)
    tokens = company.side_door("tokens", {"realm": company.realm})
    summer = Driver(company.base, company.realm, tokens)
    answer = summer.post("customer", {"DisplayName": "A"})
    company.side_door("reset")
    assert answer["time"] == "2026-07-15T05:00:00.250-07:00"
    assert answer["Customer"]["MetaData"]["CreateTime"] == "2026-07-15T05:00:00-07:00"


def test_without_json_in_accept_the_answer_is_xml(company: Driver) -> None:
    """Intuit facts 0.15, 2 and 7.1: XML answers and XML faults."""
    company.customer("Björk & Søn <x>")
    answer = company.request("GET", "customer/1", headers={"Accept": "*/*"})
    assert answer.headers["content-type"].startswith("application/xml")
    assert "<DisplayName>Björk &amp; Søn &lt;x&gt;</DisplayName>" in answer.content.decode()
    fault = company.request("GET", "customer/77", headers={"Accept": "application/xml"})
    assert fault.status_code == 400
    assert '<Fault type="ValidationFault"><Error code="610" element="">' in fault.text


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "2010"),
        (b"{", "2010"),
        (b"[]", "2010"),
        (b'{"DisplayName": NaN}', "2010"),
        ('{"DisplayName": "Köhler"}'.encode("latin-1"), "2010"),
    ],
)
def test_bodies_that_cannot_be_read(company: Driver, body: bytes, code: str) -> None:
    """Intuit facts 2 and 7.2: 2010, for bytes that are not UTF-8 naming the byte."""
    response = company.request("POST", "customer", data=body)
    assert response.status_code == 400
    assert response.json()["Fault"]["Error"][0]["code"] == code


def test_every_answer_carries_a_trace_id(company: Driver) -> None:
    """Intuit facts 2: intuit_tid on answers and faults."""
    for path in ("customer/1", "preferences"):
        assert company.request("GET", path).headers["intuit_tid"].startswith("1-")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "bill/1", 501),
        ("POST", "estimate", 501),
        ("GET", "reports/AgedReceivables", 501),
        ("GET", "invoice/1/pdf", 501),
        ("POST", "invoice/1/send", 501),
        ("GET", "sandwich/1", 400),
        ("GET", "customer", 400),
    ],
)
def test_what_is_not_modelled_says_so(company: Driver, method: str, path: str, status: int) -> None:
    """What Intuit has and the emulator has not gives 501; what nobody has gives 400 with 500."""
    response = company.request(method, path)
    assert response.status_code == status
    error = response.json()["Fault"]["Error"][0]
    assert error["code"] == ("501" if status == 501 else "500")


def test_right_to_left_and_cjk_names_survive(company: Driver) -> None:
    """Texts come back as they were sent, whatever the script."""
    for name in ("مجوهرات الواحة", "周大福珠宝行", "D'Angelo & Fils", 'A "quoted" \\ name'):
        created = company.customer(name)
        assert company.read("Customer", created["Id"])["DisplayName"] == name
