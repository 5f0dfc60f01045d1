"""Change data capture, as quickbooks-api.md section 4 describes it."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.contract.emulator.driver import Driver, head


def since(**ago: float) -> str:
    return (datetime.now(UTC) - timedelta(**ago)).isoformat(timespec="seconds")


def test_changes_come_grouped_in_the_order_asked(company: Driver) -> None:
    """Intuit facts 4: a block per entity, {} when empty, deleted stubs last, inactive included."""
    customer = company.customer("A")
    gone = company.customer("B")
    company.write("Customer", {**head(gone), "sparse": True, "Active": False})
    invoice = company.invoice(customer["Id"], 5)
    payment = company.payment(customer["Id"], 5, **{f"i{invoice['Id']}": 5})
    company.write("Payment", head(payment), operation="delete")
    answer = company.get(
        "cdc", entities="Item,Payment,Invoice,Customer", changedSince=since(hours=1)
    )
    items, payments, invoices, customers = answer["CDCResponse"][0]["QueryResponse"]
    assert [each["Name"] for each in items["Item"]] == ["Services"]
    (stub,) = payments["Payment"]
    assert (stub["status"], stub["Id"]) == ("Deleted", payment["Id"])
    assert "SyncToken" not in stub
    assert "startPosition" not in payments
    assert not any("totalCount" in block for block in (items, payments, invoices, customers))
    assert [each["Id"] for each in invoices["Invoice"]] == [invoice["Id"]]
    assert {each["DisplayName"] for each in customers["Customer"]} == {"A", "B (deleted)"}
    later = (datetime.now(UTC) + timedelta(days=1)).isoformat(timespec="seconds")
    empty = company.get("cdc", entities="Customer", changedSince=later)
    assert empty["CDCResponse"] == [{"QueryResponse": [{}]}]


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"entities": "Customer"}, "2020"),
        ({"changedSince": "2026-11-01"}, "2020"),
        ({"entities": "Customer", "changedSince": "yesterday"}, "4001"),
        ({"entities": "Customer", "changedSince": since(days=31)}, "500"),
        ({"entities": "TaxCode", "changedSince": since(days=1)}, "4001"),
        ({"entities": "InventoryAdjustment", "changedSince": since(days=1)}, "4001"),
        ({"entities": "Bill", "changedSince": since(days=1)}, "501"),
    ],
)
def test_what_cannot_be_asked(company: Driver, params: dict[str, str], code: str) -> None:
    """Intuit facts 4 and 14: 30 days back at most, not for every entity."""
    fault = company.get("cdc", **params)["Fault"]["Error"][0]
    assert fault["code"] == code


def test_an_answer_stops_at_a_thousand_objects(company: Driver) -> None:
    """Intuit facts 4: at most 1000 objects in a response, all types together."""
    for start in range(0, 1020, 30):
        items = [
            {"bId": str(n), "operation": "create", "Customer": {"DisplayName": f"C{n}"}}
            for n in range(start, start + 30)
        ]
        company.post("batch", {"BatchItemRequest": items})
    answer = company.get("cdc", entities="Item,Customer,Account", changedSince=since(hours=1))
    items, customers, accounts = answer["CDCResponse"][0]["QueryResponse"]
    assert (len(items["Item"]), len(customers["Customer"]), accounts) == (1, 999, {})


def test_a_time_that_is_too_old_is_refused_in_intuits_words(company: Driver) -> None:
    """Intuit facts 14: code 500, seen live in 2024."""
    old = since(days=31)
    fault = company.get("cdc", entities="Customer", changedSince=old)["Fault"]["Error"][0]
    assert fault == {
        "Message": "Unsupported Operation",
        "Detail": f"Operation cdc with changedSince date {old} which is older than fixed days is "
        "not supported.",
        "code": "500",
    }


def test_entities_are_taken_in_any_case(company: Driver) -> None:
    """Intuit facts 14: ``entities=estimate`` was answered live."""
    company.customer("A")
    answer = company.get("cdc", entities="customer,INVOICE", changedSince=since(hours=1))
    customers, invoices = answer["CDCResponse"][0]["QueryResponse"]
    assert ([each["DisplayName"] for each in customers["Customer"]], invoices) == (["A"], {})
