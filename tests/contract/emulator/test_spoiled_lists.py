"""Lists that are answered with status 200 and hold less than the truth, or another form of it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from tests.contract.emulator.driver import Driver

SINCE = (datetime.now(UTC) - timedelta(hours=1)).isoformat(timespec="seconds")
ALL = "SELECT * FROM Customer ORDERBY Id"


@pytest.fixture(autouse=True)
def no_faults_afterwards(company: Driver) -> Iterator[None]:
    yield
    company.side_door("reset")


def changes(company: Driver) -> Any:
    return company.get("cdc", entities="Customer", changedSince=SINCE)["CDCResponse"]


def test_a_list_can_come_empty_once(company: Driver) -> None:
    made = company.customer("A")
    company.order_fault("empty_list", "", times=2)
    assert company.query(ALL) == {}
    assert changes(company) == [{"QueryResponse": [{}]}]
    assert company.ids(ALL, "Customer") == [made["Id"]]


def test_a_fault_for_lists_lets_other_requests_pass(company: Driver) -> None:
    company.order_fault("empty_list", "", times=2)
    made = company.customer("A")
    assert company.read("Customer", made["Id"])["DisplayName"] == "A"
    assert company.query(ALL) == {}
    left = requests.get(f"{company.base}/_emulator/faults", timeout=10).json()
    assert left == [{"kind": "empty_list", "times": 1}]


def test_changes_can_be_null(company: Driver) -> None:
    company.order_fault("null_cdc", "")
    assert company.query(ALL) == {}
    assert changes(company) is None


def test_changes_can_hold_a_fault_in_the_place_of_records(company: Driver) -> None:
    company.order_fault("cdc_fault", "", code="10000")
    ((fault,),) = [part["Fault"]["Error"] for part in changes(company)]
    assert fault["code"] == "10000"


def test_changes_can_be_cut_off_under_their_whole_count(company: Driver) -> None:
    made = [company.customer(name)["Id"] for name in "abcd"]
    company.order_fault("short_cdc", "")
    (answered,) = changes(company)[0]["QueryResponse"]
    assert [record["Id"] for record in answered["Customer"]] == made[:2]
    assert answered["maxResults"] == 4


def test_changes_can_come_without_the_part_that_holds_them(company: Driver) -> None:
    company.order_fault("cdc_without_part", "")
    assert changes(company) == [{}]


def test_a_list_can_come_short_while_its_count_is_right(company: Driver) -> None:
    made = [company.customer(name)["Id"] for name in "abcd"]
    company.order_fault("short_list", "")
    assert company.query("SELECT COUNT(*) FROM Customer")["totalCount"] == 4
    answered = company.query(ALL)
    assert [record["Id"] for record in answered["Customer"]] == made[:2]
    assert answered["maxResults"] == 2


def test_ids_can_come_as_numbers_at_any_depth(company: Driver) -> None:
    customer = company.customer("A")
    made = company.invoice(customer["Id"], 5)
    company.order_fault("ids_as_numbers", "")
    (found,) = company.query("SELECT * FROM Invoice")["Invoice"]
    assert found["Id"] == int(made["Id"])
    assert found["Line"][0]["Id"] == 1
    assert found["CustomerRef"]["value"] == customer["Id"]


@pytest.mark.parametrize("rest", ["WHERE Id > '{}' ORDERBY Id", "ORDERBY Id STARTPOSITION 3"])
def test_the_first_page_can_come_in_the_place_of_the_second(company: Driver, rest: str) -> None:
    made = [company.customer(name)["Id"] for name in "abcd"]
    company.order_fault("same_page_twice", "")
    first = company.ids(f"{ALL} MAXRESULTS 2", "Customer")
    second = f"SELECT * FROM Customer {rest.format(made[1])} MAXRESULTS 2"
    assert company.ids(second, "Customer") == first == made[:2]
    assert company.ids(second, "Customer") == made[2:]


def test_lists_that_lag_can_catch_up(company: Driver) -> None:
    before = company.customer("A")
    moment = datetime.fromisoformat(before["MetaData"]["CreateTime"])
    company.side_door("switches", {"late_rows": 7200, "listed_until": int(moment.timestamp())})
    company.side_door("clock", {"advance_seconds": 5})
    company.customer("B")
    assert company.ids(ALL, "Customer") == [before["Id"]]


def test_people_see_what_lists_do_not_show_yet(company: Driver) -> None:
    company.side_door("switches", {"late_rows": 7200})
    made = company.customer("A")
    shown = company.side_door("query", {"realm": company.realm, "query": ALL})
    assert [record["Id"] for record in shown["QueryResponse"]["Customer"]] == [made["Id"]]
    assert company.query(ALL) == {}
    assert "no company" in company.side_door("query", {"realm": "7", "query": ALL})["error"]


def test_an_answer_to_a_request_id_can_be_forgotten(company: Driver) -> None:
    body = {"DisplayName": "A"}
    made = company.write("Customer", body, requestid="r")
    assert company.write("Customer", body, requestid="r") == made
    assert company.side_door("request-ids", {"realm": company.realm}) == {"forgotten": 1}
    assert company.fault("Customer", body, requestid="r")["code"] == "6240"
