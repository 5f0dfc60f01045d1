"""An answer of QuickBooks that is none: the run stops, the watermark stays, and the next run makes up for it."""

import json
from typing import Any

import pytest

from quickbooks_sync.model.errors import SyncError, UnexpectedAnswerError
from tests.support.books import loupe, quickbooks
from tests.support.installation import House

TIME = "2036-11-01T00:00:00Z"
ENDED = {"Message": "Error", "code": "5030"}
TOO_OLD = {
    "Message": "Unsupported Operation",
    "Detail": "Operation cdc with changedSince date x which is older than fixed days is not supported.",
    "code": "500",
}


@pytest.fixture(scope="module")
def house(shared_house: House) -> House:
    """One company for the module, whose customers were pulled once."""
    quickbooks.create(shared_house, "Customer", DisplayName="Kept")
    shared_house.run("pull_customers")
    return shared_house


def watermark(house: House) -> Any:
    (found,) = [one for one in house.rows("watermark") if one["record_type"] == "customer"]
    return found["changed_since"]


@pytest.mark.parametrize(
    "document",
    [
        {"time": TIME},
        {"CDCResponse": None, "time": TIME},
        {"CDCResponse": [], "time": TIME},
        {"CDCResponse": [{}], "time": TIME},
        {"CDCResponse": [{"QueryResponse": [{"Customer": None}]}], "time": TIME},
        {"CDCResponse": [{"QueryResponse": [{"Customer": [{"Id": "1"}]}]}], "time": TIME},
        "<html>Sign in</html>",
    ],
)
def test_an_edit_behind_a_broken_answer_is_pulled_by_the_next_run(
    house: House, document: Any
) -> None:
    (link,) = [one for one in house.rows("link") if one["record_type"] == "customer"]
    text = document if isinstance(document, str) else json.dumps(document)
    name = f"Edited {abs(hash(text))}"
    quickbooks.change(house, "Customer", link["quickbooks_id"], GivenName=name)
    before = watermark(house)
    house.order_fault("status", "/cdc", status=200, body=text)
    with pytest.raises(SyncError):
        house.run("pull_customers")
    assert watermark(house) == before
    run = house.run("pull_customers")
    assert house.said(run, quickbooks_id=link["quickbooks_id"]) == ["updated"]
    assert house.row("customer", link["loupe_id"])["first_name"] == name
    assert watermark(house) > before


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (400, {"Fault": {"Error": [TOO_OLD]}}),
        (400, {"Fault": {"Error": [ENDED]}}),
        (200, {"CDCResponse": [{"QueryResponse": [{"Fault": {"Error": [ENDED]}}]}], "time": TIME}),
    ],
)
def test_changes_that_quickbooks_refuses_to_tell_make_the_run_read_everything(
    house: House, status: int, answer: dict[str, Any]
) -> None:
    (link,) = [one for one in house.rows("link") if one["record_type"] == "customer"]
    name = f"Refused {abs(hash(json.dumps(answer)))}"
    quickbooks.change(house, "Customer", link["quickbooks_id"], GivenName=name)
    house.order_fault("status", "/cdc", status=status, body=json.dumps(answer))
    run = house.run("pull_customers")
    assert run["status"] == "success"
    assert house.row("customer", link["loupe_id"])["first_name"] == name


@pytest.mark.parametrize("body", ['{"BatchItemResponse": []}', "{}", '{"BatchItemResponse": ['])
def test_a_batch_without_an_answer_is_settled_by_the_next_run(house: House, body: str) -> None:
    customer_id = loupe.add_customer(house, f"Unanswered {abs(hash(body))}")
    writes = house.writes()
    house.order_fault("status", "/batch", status=200, body=body)
    with pytest.raises(UnexpectedAnswerError):
        house.run("push_customers")
    run = house.run("push_customers")
    assert run["status"] == "success"
    assert house.link("customer", loupe_id=customer_id) is not None
    assert house.writes() == writes + 1
