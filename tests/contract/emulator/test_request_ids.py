"""requestid, as quickbooks-api.md section 2.1 describes it."""

import pytest

from tests.contract.emulator.driver import Driver, head, open_company

A = {"DisplayName": "A"}


def test_the_same_requestid_returns_the_first_answer_verbatim(company: Driver) -> None:
    """Intuit facts 2.1: the stored response, not a second execution, whatever the body."""
    params = {"requestid": "r1"}
    first = company.request("POST", "customer", json=A, params=params)
    second = company.request("POST", "customer", json={"DisplayName": "B"}, params=params)
    assert second.text == first.text
    assert company.ids("SELECT * FROM Customer", "Customer") == ["1"]


def test_an_answer_is_replayed_after_the_record_was_deleted(company: Driver) -> None:
    """Intuit facts 2.1: the old body with its dead Id comes back and nothing exists."""
    customer = company.customer()["Id"]
    body = {"CustomerRef": {"value": customer}, "TotalAmt": 5}
    payment = company.write("Payment", body, requestid="p")
    company.write("Payment", head(payment), operation="delete")
    assert company.write("Payment", body, requestid="p") == payment
    assert company.query("SELECT * FROM Payment") == {}


def test_a_refusal_is_not_remembered(company: Driver) -> None:
    """Intuit facts 2.1: EMU remembers only 2xx results."""
    assert company.fault("Customer", {}, requestid="r")["code"] == "6080"
    assert company.write("Customer", A, requestid="r")["DisplayName"] == "A"


def test_a_batch_is_replayed_with_its_faults(company: Driver) -> None:
    """Intuit facts 2.1 and 5: a batch answers 200, so its item faults are remembered with it."""
    items = [{"bId": str(n), "operation": "create", "Customer": A} for n in range(2)]
    answers = [company.post("batch", {"BatchItemRequest": items}, requestid="b") for _ in range(2)]
    assert answers[0] == answers[1]
    assert company.ids("SELECT * FROM Customer", "Customer") == ["1"]


def test_a_requestid_belongs_to_one_company(company: Driver, served: str) -> None:
    """Intuit facts 2.1: the scope is company and app."""
    other = open_company(served)
    first = company.write("Customer", A, requestid="same")
    second = other.write("Customer", {"DisplayName": "B"}, requestid="same")
    assert first["DisplayName"] != second["DisplayName"]


@pytest.mark.parametrize(
    ("path", "length", "bid", "code"),
    [
        ("customer", 50, "", None),
        ("customer", 51, "", "2130"),
        ("batch", 36, "1234567890", None),
        ("batch", 37, "1", "2130"),
        ("batch", 36, "12345678901", "2050"),
    ],
)
def test_lengths(company: Driver, path: str, length: int, bid: str, code: str | None) -> None:
    """Intuit facts 2.1: 50 characters, for a batch 36 and each bId 10."""
    item = {"bId": bid, "operation": "create", "Customer": A}
    body = {"BatchItemRequest": [item]} if path == "batch" else A
    response = company.request("POST", path, json=body, params={"requestid": "r" * length})
    fault = response.json().get("Fault")
    assert (fault["Error"][0]["code"] if fault else None) == code


def test_queries_by_post_are_never_replayed(company: Driver) -> None:
    """Intuit facts 2.1: requestid is for writes and batches."""
    params = {"requestid": "q"}
    for expected in (False, True):
        response = company.request("POST", "query", data="SELECT * FROM Customer", params=params)
        assert ("Customer" in response.json()["QueryResponse"]) is expected
        if not expected:
            company.customer("Only")
