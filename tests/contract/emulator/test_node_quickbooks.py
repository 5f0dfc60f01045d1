"""node-quickbooks works against the emulator, but for the address unmodified.

`make clients` installs it by npm. Where that was not done these tests are skipped, but never in CI.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.contract.emulator.driver import Driver, head, payment_line, sales_line

CLIENT = Path(__file__).parent / "node_quickbooks"


class NodeClient:
    """The client in a process of its own, called by the names of its methods."""

    def __init__(self, node: str, company: Driver) -> None:
        tokens = [company.tokens[name] for name in ("access_token", "refresh_token")]
        self._process = subprocess.Popen(
            [node, str(CLIENT / "drive.js"), company.base, company.realm, *tokens],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "NO_PROXY": "*"},
            text=True,
            encoding="utf-8",
        )

    def call(self, method: str, *given: Any) -> Any:
        """Return what a call that must pass answers."""
        answered = self._answer(method, *given)
        assert "error" not in answered, answered
        return answered["answer"]

    def fault(self, method: str, *given: Any) -> dict[str, Any]:
        """Return the error of a call that must be refused."""
        (error,) = self._answer(method, *given)["error"]["Fault"]["Error"]
        return error

    def found(self, method: str, criteria: Any) -> list[dict[str, Any]]:
        """Return the records of a query."""
        answer = self.call(method, criteria)["QueryResponse"]
        (records,) = (value for value in answer.values() if isinstance(value, list))
        return records

    def close(self) -> None:
        """End the process."""
        self._process.communicate(timeout=10)

    def _answer(self, method: str, *given: Any) -> dict[str, Any]:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps({"method": method, "arguments": given}) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())


@pytest.fixture
def client(company: Driver) -> Iterator[NodeClient]:
    node = shutil.which("node")
    if node is None or not (CLIENT / "node_modules").is_dir():
        why = "node-quickbooks is not installed here: run `make clients`, which needs node and npm"
        if os.environ.get("CI"):
            pytest.fail(why)
        pytest.skip(why)
    made = NodeClient(node, company)
    yield made
    made.close()


def sold(client: NodeClient, customer: str, amount: float, kind: str = "Invoice") -> Any:
    lines = [sales_line(amount)]
    return client.call(f"create{kind}", {"CustomerRef": {"value": customer}, "Line": lines})


def paid(client: NodeClient, customer: str, total: float, *lines: Any) -> Any:
    pointer = {"CustomerRef": {"value": customer}}
    return client.call("createPayment", {**pointer, "TotalAmt": total, "Line": lines})


def test_a_customer_is_created_read_and_found(client: NodeClient) -> None:
    made = client.call("createCustomer", {"DisplayName": "O'Brien & Søn", "GivenName": "Nils"})
    assert client.call("getCustomer", made["Id"]) == made
    for criteria in (
        {"DisplayName": "O'Brien & Søn"},
        [{"field": "Id", "value": [made["Id"], "99"], "operator": "IN"}],
        [{"field": "GivenName", "value": "N%", "operator": "LIKE"}],
        {"limit": 1, "offset": 1},
    ):
        assert [found["Id"] for found in client.found("findCustomers", criteria)] == [made["Id"]]
    assert client.call("findCustomers", {"DisplayName": "Nobody"})["QueryResponse"] == {}


def test_a_sparse_update_keeps_and_a_full_one_clears(client: NodeClient) -> None:
    made = client.call("createCustomer", {"DisplayName": "Nordwind", "CompanyName": "N Ltd"})
    noted = client.call("updateCustomer", {**head(made), "Notes": "n"})
    assert (noted["CompanyName"], noted["Notes"], noted["SyncToken"]) == ("N Ltd", "n", "1")
    whole = {**head(noted), "sparse": False, "DisplayName": "Nordwind"}
    cleared = client.call("updateCustomer", whole)
    assert not {"CompanyName", "Notes"} & cleared.keys()
    assert client.fault("updateCustomer", {**head(made), "Notes": "late"})["code"] == "5010"


def test_an_invoice_is_paid_voided_and_deleted(client: NodeClient) -> None:
    customer = client.call("createCustomer", {"DisplayName": "Nordwind"})["Id"]
    invoice = sold(client, customer, 100)
    payment = paid(client, customer, 60, payment_line(invoice["Id"], 60))
    assert client.call("getInvoice", invoice["Id"])["Balance"] == 40
    voided = client.call("voidPayment", dict(payment))
    assert (voided["TotalAmt"], voided["Line"]) == (0, [])
    assert client.call("voidInvoice", invoice["Id"])["Invoice"]["Balance"] == 0
    for kind, number in (("Payment", payment["Id"]), ("Invoice", invoice["Id"])):
        assert client.call(f"delete{kind}", number)[kind]["status"] == "Deleted"
        assert client.fault(f"get{kind}", number)["code"] == "610"


def test_a_credit_memo_pays_an_invoice(client: NodeClient) -> None:
    customer = client.call("createCustomer", {"DisplayName": "Nordwind"})["Id"]
    credit, invoice = sold(client, customer, 30, "CreditMemo"), sold(client, customer, 100)
    link = [{"TxnId": credit["Id"], "TxnType": "CreditMemo"}]
    paid(client, customer, 0, payment_line(invoice["Id"], 30), {"Amount": 30, "LinkedTxn": link})
    assert client.call("getCreditMemo", credit["Id"])["RemainingCredit"] == 0
    assert client.call("getInvoice", invoice["Id"])["Balance"] == 70


def test_lists_sort_page_and_count(client: NodeClient) -> None:
    for name in ("pearl", "PG&E", "Aurora"):
        client.call("createCustomer", {"DisplayName": name})
    names = [each["DisplayName"] for each in client.found("findCustomers", "")]
    assert names == ["Aurora", "PG&E", "pearl"]
    newest = client.found("findCustomers", {"desc": "Id", "limit": 2})
    assert [each["DisplayName"] for each in newest] == ["Aurora", "PG&E"]
    everything = client.found("findCustomers", {"fetchAll": True, "limit": 2, "asc": "Id"})
    assert [each["DisplayName"] for each in everything] == ["pearl", "PG&E", "Aurora"]
    counted = client.call("findCustomers", {"count": True})
    assert counted["QueryResponse"] == {"totalCount": 3}


def test_a_batch_creates_changes_asks_and_fails_item_by_item(client: NodeClient) -> None:
    made = client.call("createCustomer", {"DisplayName": "A"})
    noted = {**head(made), "sparse": True, "Notes": "n"}
    items = [
        {"bId": "1", "operation": "create", "Customer": {"DisplayName": "B"}},
        {"bId": "2", "operation": "update", "Customer": noted},
        {"bId": "3", "operation": "create", "Customer": {"DisplayName": "a"}},
        {"bId": "4", "Query": "SELECT * FROM Customer"},
    ]
    answers = client.call("batch", items)["BatchItemResponse"]
    created, changed, refused, listed = sorted(answers, key=lambda answer: answer["bId"])
    assert (created["Customer"]["Id"], changed["Customer"]["Notes"]) == ("2", "n")
    assert refused["Fault"]["Error"][0]["code"] == "6240"
    assert [each["Id"] for each in listed["QueryResponse"]["Customer"]] == ["1", "2"]


def test_change_data_capture_shows_changes_and_deletions(client: NodeClient) -> None:
    since = (datetime.now(UTC) - timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M:%SZ")
    customer = client.call("createCustomer", {"DisplayName": "Nordwind"})["Id"]
    client.call("deleteInvoice", sold(client, customer, 5)["Id"])
    answer = client.call("changeDataCapture", "customer,Invoice", since)
    customers, invoices = answer["CDCResponse"][0]["QueryResponse"]
    assert [each["Id"] for each in customers["Customer"]] == [customer]
    assert [each["status"] for each in invoices["Invoice"]] == ["Deleted"]
    old = client.fault("changeDataCapture", "Customer", "2020-01-01")
    assert (old["code"], old["Message"]) == ("500", "Unsupported Operation")


def test_a_request_id_replays_and_a_token_is_refreshed(client: NodeClient) -> None:
    first = client.call("createCustomer", {"DisplayName": "A", "requestId": "r-1"})
    again = client.call("createCustomer", {"DisplayName": "A", "requestId": "r-1"})
    assert again == first
    assert client.call("refreshAccessToken")["token_type"] == "bearer"
    assert client.call("getCustomer", first["Id"]) == first
