"""Batches, as quickbooks-api.md section 5 describes them."""

from typing import Any

from tests.contract.emulator.driver import Driver, head, sales_line


def run(company: Driver, *items: dict[str, Any], **params: str) -> list[dict[str, Any]]:
    answer = company.post("batch", {"BatchItemRequest": list(items)}, **params)
    return answer["BatchItemResponse"]


def test_items_are_independent_and_matched_by_bid(company: Driver) -> None:
    """Intuit facts 5: HTTP 200 with a Fault for the item that failed, the others done."""
    customer = company.customer("A")
    invoice = company.invoice(customer["Id"], 5)
    payment = company.payment(customer["Id"], 5, **{f"i{invoice['Id']}": 5})
    doomed = company.payment(customer["Id"], 1)
    answers = run(
        company,
        {"bId": "c1", "operation": "create", "Customer": {"DisplayName": "B"}},
        {"bId": "c2", "operation": "create", "Customer": {"DisplayName": "a"}},
        {"bId": "u1", "operation": "update", "Customer": {**head(customer), "sparse": True}},
        {"bId": "v1", "operation": "update", "optionsData": "void", "Payment": head(payment)},
        {"bId": "d1", "operation": "delete", "Payment": head(doomed)},
        {"bId": "q1", "Query": "SELECT Id FROM Item"},
        {"bId": "x1", "operation": "create", "Bill": {}},
    )
    by_bid = {answer["bId"]: answer for answer in answers}
    assert by_bid["c1"]["Customer"]["DisplayName"] == "B"
    fault = by_bid["c2"]["Fault"]
    assert (fault["Error"][0]["code"], fault["type"]) == ("6240", "ValidationFault")
    assert by_bid["u1"]["Customer"]["SyncToken"] == "1"
    assert by_bid["v1"]["Payment"]["PrivateNote"] == "Voided"
    assert by_bid["d1"]["Payment"]["status"] == "Deleted"
    assert by_bid["q1"]["QueryResponse"]["maxResults"] == 1
    assert by_bid["x1"]["Fault"]["Error"][0]["code"] == "501"
    assert company.read("Invoice", invoice["Id"])["Balance"] == 5


def test_a_failed_item_leaves_nothing_behind(company: Driver) -> None:
    """Intuit facts 5: an item is done whole or not at all; a refused write takes no name."""
    bad = {"GivenName": "X", "DisplayName": "Taken", "PrimaryEmailAddr": {"Address": "no"}}
    run(company, {"bId": "1", "operation": "create", "Customer": bad})
    company.customer("Taken")


def test_a_batch_holds_thirty_items(company: Driver) -> None:
    """Intuit facts 5: above 30 the whole batch is refused with 1040."""
    item = {"operation": "create", "Customer": {"DisplayName": "A"}}
    items = [{**item, "bId": str(n)} for n in range(31)]
    response = company.request("POST", "batch", json={"BatchItemRequest": items})
    assert response.status_code == 400
    assert response.json()["Fault"]["Error"][0]["code"] == "1040"
    assert company.query("SELECT * FROM Customer") == {}


def test_duplicate_numbers_can_be_allowed_per_item(company: Driver) -> None:
    """Intuit facts 5 and 8.4.2: optionsData allowduplicatedocnum."""
    customer = {"value": company.customer()["Id"]}
    body = {"CustomerRef": customer, "Line": [sales_line(1)], "DocNumber": "7"}
    first, second, third = run(
        company,
        {"bId": "1", "operation": "create", "Invoice": body},
        {"bId": "2", "operation": "create", "Invoice": body},
        {"bId": "3", "operation": "create", "Invoice": body, "optionsData": "allowduplicatedocnum"},
    )
    assert first["Invoice"]["DocNumber"] == third["Invoice"]["DocNumber"] == "7"
    assert second["Fault"]["Error"][0]["code"] == "6140"


def test_an_update_without_id_creates_nothing(company: Driver) -> None:
    """Intuit facts 5: the operation is meant as it says."""
    (answer,) = run(company, {"bId": "1", "operation": "update", "Customer": {"DisplayName": "A"}})
    assert answer["Fault"]["Error"][0]["code"] == "2020"


def test_batched_items_count_like_single_calls(company: Driver) -> None:
    """Intuit facts 5 and 6.1: each item counts; reads are metered, writes are not."""
    run(
        company,
        {"bId": "1", "operation": "create", "Customer": {"DisplayName": "A"}},
        {"bId": "2", "operation": "create", "Customer": {"DisplayName": "A"}},
        {"bId": "3", "Query": "SELECT * FROM Customer"},
    )
    company.get("preferences")
    counters = company.session.get(f"{company.base}/_emulator/counters", timeout=10).json()
    counts = counters[company.realm]
    expected = {"core_writes": 2, "metered_reads": 2, "batch_calls": 1, "refused": 0}
    assert counts == expected
