"""Ordered faults, limits, quota and paging hazards, as quickbooks-api.md sections 3 to 7 have them."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from quickbooks_emulator.gateway.limits import Limits
from quickbooks_emulator.model.faults import GatewayError
from quickbooks_emulator.model.switches import Switches, parse_switches
from tests.contract.emulator.driver import Driver, head, open_company


@pytest.fixture
def switched(company: Driver) -> Iterator[Callable[..., None]]:
    """Turns switches on; they are off again after the test."""

    def turn(**switches: Any) -> None:
        answer = company.side_door("switches", switches)
        assert "error" not in answer, answer

    yield turn
    company.side_door("reset")


def test_a_fault_can_come_with_status_200(company: Driver) -> None:
    """Intuit facts 0.14 and 7.1: a Fault in an answer that says OK."""
    company.order_fault("fault", "customer", code="6190", status=200, detail="trial ended")
    response = company.request("POST", "customer", json={"DisplayName": "A"})
    assert response.status_code == 200
    assert response.json()["Fault"]["Error"][0]["code"] == "6190"
    assert company.query("SELECT * FROM Customer") == {}


def test_a_company_can_say_that_it_was_reset(company: Driver) -> None:
    """Intuit facts 7.2: 10200, the request is stale."""
    company.order_fault("fault", "cdc", code="10200", message="Company Reset")
    answer = company.get("cdc", entities="Item", changedSince="2026-11-20")
    assert answer["Fault"]["Error"][0]["code"] == "10200"


def test_one_item_of_a_batch_can_fail_for_a_while(company: Driver) -> None:
    """Intuit facts 5 and 7.2: throttling or a transient 6000 strikes single items."""
    company.order_fault("item_fault", "batch", item=1, detail="another user was creating")
    items = [
        {"bId": name, "operation": "create", "Customer": {"DisplayName": name}} for name in "abc"
    ]
    answers = company.post("batch", {"BatchItemRequest": items})["BatchItemResponse"]
    assert [next(iter(each.keys() - {"bId"})) for each in answers] == [
        "Customer",
        "Fault",
        "Customer",
    ]
    assert answers[1]["Fault"]["Error"][0]["code"] == "6000"
    assert len(company.ids("SELECT * FROM Customer", "Customer")) == 2


def test_several_errors_in_xml_can_be_malformed(company: Driver) -> None:
    """Intuit facts 7.1: the end of an Error is missing."""
    company.order_fault("malformed_xml", "customer", code="2500")
    response = company.request("POST", "customer", json={"DisplayName": "A"})
    assert response.status_code == 400
    assert (response.text.count("<Error "), response.text.count("</Error>")) == (2, 1)


def test_a_write_can_succeed_behind_a_wrong_body(company: Driver) -> None:
    """Intuit facts 7.4: HTML or nothing where JSON was due; requestid finds out what happened."""
    company.order_fault("wrong_body_after_commit", "customer")
    page = company.request("POST", "customer", json={"DisplayName": "A"}, params={"requestid": "r"})
    assert (page.status_code, page.text[:6]) == (200, "<html>")
    again = company.write("Customer", {"DisplayName": "A"}, requestid="r")
    assert company.ids("SELECT * FROM Customer", "Customer") == [again["Id"]]


def test_an_answer_can_be_slow_after_the_commit(company: Driver) -> None:
    """Intuit facts 13: timeout after commit, to prove requestid."""
    company.order_fault("slow_after_commit", "customer", seconds=0.4)
    with pytest.raises(requests.ReadTimeout):
        requests.post(
            f"{company.root}/customer",
            json={"DisplayName": "A"},
            headers=company.headers,
            timeout=0.2,
        )
    assert company.ids("SELECT * FROM Customer", "Customer") == ["1"]


def test_the_months_reads_can_run_out(company: Driver, switched: Callable[..., None]) -> None:
    """Intuit facts 6.1: reads are blocked with 429, in batches too; writes go on."""
    switched(retry_after=60)
    company.side_door("quota", {"remaining_reads": 1})
    statuses = [company.request("GET", "preferences").status_code for _ in range(2)]
    assert statuses == [200, 429]
    refused = company.request("GET", "query", params={"query": "SELECT * FROM Item"})
    assert refused.headers["retry-after"] == "60"
    company.customer("A")
    items = [
        {"bId": "q", "Query": "SELECT * FROM Item"},
        {"bId": "c", "operation": "create", "Customer": {"DisplayName": "B"}},
    ]
    blocked, made = company.post("batch", {"BatchItemRequest": items})["BatchItemResponse"]
    assert blocked["Fault"]["Error"][0]["code"] == "3001"
    assert made["Customer"]["DisplayName"] == "B"
    company.side_door("quota", {"remaining_reads": None})
    assert company.request("GET", "preferences").status_code == 200


def test_a_batch_answers_with_at_most_1000_objects(company: Driver) -> None:
    """Intuit facts 5: a whole response holds at most 1000 objects."""
    names = [f"c{number}" for number in range(350)]
    for start in range(0, len(names), 30):
        items = [
            {"bId": name, "operation": "create", "Customer": {"DisplayName": name}}
            for name in names[start : start + 30]
        ]
        company.post("batch", {"BatchItemRequest": items})
    query = "SELECT * FROM Customer MAXRESULTS 400"
    items = [{"bId": str(number), "Query": query} for number in range(4)]
    answers = company.post("batch", {"BatchItemRequest": items})["BatchItemResponse"]
    assert ["Fault" in each for each in answers] == [False, False, True, True]
    assert answers[2]["Fault"]["Error"][0]["code"] == "10100"


def test_the_eleventh_call_at_once_is_throttled(start_emulator: Callable[..., Any]) -> None:
    """Intuit facts 6: 10 in flight for an app and company, 429 beyond."""
    company = open_company(start_emulator(limits=True, seed=False).url)
    company.order_fault("slow", "preferences", seconds=1.5, times=12)
    statuses: list[int] = []

    def ask() -> None:
        response = requests.get(f"{company.root}/preferences", headers=company.headers, timeout=10)
        statuses.append(response.status_code)

    threads = [threading.Thread(target=ask) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200] * 10 + [429] * 2


def admitted(limits: Limits, client: str, calls: int) -> int:
    passed = 0
    for _ in range(calls):
        try:
            limits.admit("1", client, batch=True)
        except GatewayError:
            continue
        passed += 1
    return passed


def test_batches_are_limited_for_an_app_and_for_all_apps_together() -> None:
    """Intuit facts 6: 40 batch calls a minute for an app, 120 for a company."""
    now = [0.0]
    limits = Limits(on=True, monotonic=lambda: now[0])
    assert sum(admitted(limits, f"app {number}", 10) for number in range(13)) == 120
    now[0] = 120.0
    alone = 0
    for _ in range(6):
        now[0] += 1
        alone += admitted(limits, "alone", 10)
    assert 40 <= alone <= 44


def test_rows_can_move_between_two_pages(company: Driver, switched: Callable[..., None]) -> None:
    """Intuit facts 3.4: a record touched in the middle of a scan is missed by offsets."""
    made = {company.customer(name)["Id"] for name in "abcd"}
    switched(shifting_pages=True)
    company.side_door("clock", {"advance_seconds": 5})
    query = "SELECT * FROM Customer ORDERBY MetaData.LastUpdatedTime, Id"
    pages = [
        company.ids(f"{query} STARTPOSITION {start} MAXRESULTS 2", "Customer") for start in (1, 3)
    ]
    assert {number for page in pages for number in page} != made


def test_new_rows_can_arrive_late(company: Driver, switched: Callable[..., None]) -> None:
    """Intuit facts 3.4: the latest rows may appear late; GET by Id answers at once."""
    switched(late_rows=30)
    made = company.customer("A")
    assert company.query("SELECT * FROM Customer") == {}
    since = made["MetaData"]["CreateTime"]
    changes = company.get("cdc", entities="Customer", changedSince=since)
    assert changes["CDCResponse"][0]["QueryResponse"] == [{}]
    assert company.read("Customer", made["Id"])["DisplayName"] == "A"
    company.side_door("clock", {"advance_seconds": 31})
    assert company.ids("SELECT * FROM Customer", "Customer") == [made["Id"]]


def test_a_void_of_a_paid_invoice_can_be_refused(
    company: Driver, switched: Callable[..., None]
) -> None:
    """Intuit facts 8.4.5: one run read a 400 as a refusal; switchable to 6000."""
    switched(refuse_void_of_paid=True)
    customer = company.customer()["Id"]
    invoice = company.invoice(customer, 50)
    company.payment(customer, 50, **{f"i{invoice['Id']}": 50})
    current = company.read("Invoice", invoice["Id"])
    assert company.fault("Invoice", head(current), operation="void")["code"] == "6000"


def test_a_wrong_switch_is_explained(company: Driver) -> None:
    """The side door names the switches there are and what they hold."""
    assert "expected one of strict_rotation" in company.side_door("switches", {"x": 1})["error"]
    assert "expected int" in company.side_door("switches", {"late_rows": True})["error"]


def test_switches_are_written_on_the_command_line_as_they_are_named() -> None:
    """NAME turns a flag on, NAME=NUMBER sets a number; others are named in the refusal."""
    switches = Switches()
    switches.turn(parse_switches(["no_grace", "late_rows=30"]))
    assert (switches.no_grace, switches.late_rows) == (True, 30)
    with pytest.raises(ValueError, match="expected int"):
        switches.turn(parse_switches(["late_rows"]))
    with pytest.raises(ValueError, match="is no switch"):
        switches.turn(parse_switches(["unknown"]))
