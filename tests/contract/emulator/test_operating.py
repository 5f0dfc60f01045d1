"""Running the emulator: limits, ordered faults, restart, command line."""

import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.contract.emulator.driver import Driver, sales_line

REALM = "9341450000000001"


def driver(base: str) -> Driver:
    tokens = requests.post(f"{base}/_emulator/tokens", json={"realm": REALM}, timeout=10).json()
    return Driver(base, REALM, tokens)


def test_the_eleventh_request_of_a_second_is_throttled(
    start_emulator: Callable[..., Any],
) -> None:
    """Intuit facts 6 and 7.4: 10 a second, 429 with code 3001 as XML despite a JSON Accept."""
    company = driver(start_emulator(limits=True).url)
    answers = [company.request("GET", "preferences") for _ in range(40)]
    refused = [each for each in answers if each.status_code == 429]
    assert [each.status_code for each in answers[:10]] == [200] * 10
    assert refused
    assert "retry-after" not in refused[0].headers
    assert 'code="3001"' in refused[0].text
    assert "message=ThrottleExceeded; errorCode=003001; statusCode=429" in refused[0].text


def test_a_cut_before_the_commit_leaves_nothing(company: Driver) -> None:
    """An ordered fault: the connection ends without an answer and the write is taken back."""
    company.order_fault("cut_before_commit", "customer")
    with pytest.raises(requests.ConnectionError):
        company.post("customer", {"DisplayName": "A"}, requestid="r")
    assert company.query("SELECT * FROM Customer") == {}
    assert company.write("Customer", {"DisplayName": "A"}, requestid="r")["SyncToken"] == "0"


def test_a_cut_after_the_commit_keeps_the_write_for_the_replay(company: Driver) -> None:
    """Intuit facts 2.1: the same requestid finds out what happened, without doing it again."""
    company.order_fault("cut_after_commit", "batch")
    item = {"bId": "1", "operation": "create", "Customer": {"DisplayName": "A"}}
    with pytest.raises(requests.ConnectionError):
        company.post("batch", {"BatchItemRequest": [item]}, requestid="r")
    again = company.post("batch", {"BatchItemRequest": [item]}, requestid="r")
    assert again["BatchItemResponse"][0]["Customer"]["Id"] == "1"
    assert company.ids("SELECT * FROM Customer", "Customer") == ["1"]


def test_a_status_is_answered_as_ordered_and_as_often(company: Driver) -> None:
    """Intuit facts 7.4: 5xx with HTML or nothing at all."""
    details = {"status": 503, "body": "<html>", "content_type": "text/html", "times": 2, "skip": 1}
    company.order_fault("status", "preferences", **details)
    answers = [company.request("GET", "preferences") for _ in range(4)]
    assert [each.status_code for each in answers] == [200, 503, 503, 200]
    assert answers[1].text == "<html>"


def test_a_token_can_be_made_to_expire(company: Driver) -> None:
    """Intuit facts 7.3: 401 with code 3200 in the middle of a run."""
    company.order_fault("expire_token", "preferences")
    response = company.request("GET", "preferences")
    assert response.status_code == 401
    assert company.request("GET", "preferences").status_code == 401


def test_an_answer_can_be_slow(company: Driver) -> None:
    """An ordered fault: the client's timeout strikes first."""
    company.order_fault("slow", "preferences", seconds=0.3)
    with pytest.raises(requests.ReadTimeout):
        requests.get(f"{company.root}/preferences", headers=company.headers, timeout=0.1)


def test_the_token_endpoint_can_be_cut_after_it_rotated(company: Driver) -> None:
    """Intuit facts 1.5: the answer with the new value is lost."""
    match = {"path_contains": "/oauth2/v1/tokens/bearer"}
    company.side_door("faults", {"match": match, "kind": "cut_after_commit"})
    with pytest.raises(requests.ConnectionError):
        requests.post(f"{company.base}/oauth2/v1/tokens/bearer", data={}, timeout=10)


def test_a_wrong_order_is_explained(company: Driver) -> None:
    """The side door names what it knows."""
    assert "expected one of status" in company.side_door("faults", {"kind": "boom"})["error"]
    assert "unknown key" in company.side_door("faults", {"kind": "slow", "x": 1})["error"]


def test_everything_survives_a_restart(start_emulator: Callable[..., Any], tmp_path: Path) -> None:
    """Records, tokens, remembered answers, deletions and the next Ids are on disk."""
    company = driver(start_emulator(data_folder=tmp_path).url)
    customer = company.write("Customer", {"DisplayName": "A"}, requestid="r")
    line = sales_line(0.1, Qty=0.3, UnitPrice=0.3333333)
    body = {"CustomerRef": {"value": customer["Id"]}, "Line": [line]}
    invoice = company.write("Invoice", body)
    before = company.request("GET", f"invoice/{invoice['Id']}").text.partition('"time"')[0]
    again = Driver(start_emulator(data_folder=tmp_path).url, REALM, company.tokens)
    after = again.request("GET", f"invoice/{invoice['Id']}").text.partition('"time"')[0]
    assert after == before
    assert again.write("Customer", {"DisplayName": "other"}, requestid="r") == customer
    assert again.fault("Customer", {"DisplayName": "a"})["code"] == "6240"
    assert int(again.write("Invoice", body)["Id"]) == int(invoice["Id"]) + 1


def test_a_reset_with_data_builds_the_sample_again(start_emulator: Callable[..., Any]) -> None:
    """The side door takes everything back to the start, tokens apart."""
    company = driver(start_emulator(seed=True).url)
    count = company.query("SELECT COUNT(*) FROM Customer")
    company.customer("Extra")
    company.side_door("reset", {"data": True})
    assert company.query("SELECT COUNT(*) FROM Customer") == count


def test_the_side_door_is_closed_by_default(start_emulator: Callable[..., Any]) -> None:
    """Nothing under /_emulator/ answers unless it was asked for."""
    url = start_emulator(side_door=False).url
    assert requests.get(f"{url}/_emulator/counters", timeout=10).status_code == 501


def test_the_command_line_serves_and_stops_cleanly(tmp_path: Path) -> None:
    """One ready line with the address, exit 2 on a busy port, exit 0 on SIGTERM."""
    program = Path(sys.executable).with_name("quickbooks-emulator")
    command = [program, "serve", "--data", tmp_path, "--seed-sample", "--port"]
    with subprocess.Popen([*command, "0"], stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        address = re.search(r"http://127.0.0.1:(\d+)", server.stdout.readline())
        assert address is not None
        health = requests.get(f"{address[0]}/healthz", timeout=10).json()
        second = subprocess.run([*command, address[1]], capture_output=True, text=True, check=False)
        server.send_signal(signal.SIGTERM)
        status = server.wait(timeout=10)
    assert health["realms"] == [REALM, "9341450000000002", "9341450000000003"]
    assert second.returncode == 2
    assert "choose another with --port" in second.stderr
    assert status == 0
