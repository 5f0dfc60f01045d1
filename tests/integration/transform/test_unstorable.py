"""Characters that PostgreSQL refuses: their record is rejected alone, the others come."""

import json
from typing import Any

import pytest

from tests.support.books import quickbooks
from tests.support.installation import House

#: As text, for no parser may see them before the one that is tested.
NUL, HALF = "\\u0000", "\\ud83d"


def answer_with(house: House, made: list[dict[str, Any]], replaced: dict[str, str]) -> None:
    """Let the next query answer the records, some words of them replaced in the JSON text."""
    text = json.dumps({"QueryResponse": {"Customer": made}, "time": "2026-11-01T00:00:00Z"})
    for word, character in replaced.items():
        text = text.replace(word, f"broken {character} word")
    house.order_fault("status", "/query", status=200, body=text)


@pytest.fixture
def house(shared_house: House) -> House:
    return shared_house


def made(house: House, name: str, **properties: Any) -> dict[str, Any]:
    record = quickbooks.create(house, "Customer", DisplayName=name, **properties)
    return json.loads(json.dumps(record, default=float))  # type: ignore[no-any-return]


def test_nul_and_half_a_pair_reject_their_records_alone(house: House) -> None:
    good = made(house, "Sound")
    nul = made(house, "Nul", BillAddr={"City": "CITYWORD"})
    half = made(house, "Half", Notes="NOTEWORD")
    answer_with(house, [good, nul, half], {"CITYWORD": NUL, "NOTEWORD": HALF})
    run = house.run("pull_customers", mode="full")
    assert run["status"] == "success"
    assert house.said(run, quickbooks_id=good["Id"]) == ["created"]
    rejected = {one["quickbooks_id"]: one for one in house.records(run, "rejected")}
    assert rejected.keys() == {nul["Id"], half["Id"]}
    found = rejected[nul["Id"]]
    assert (found["field"], found["rule"]) == ("city", "holds only characters that can be stored")
    assert "the character NUL" in found["reason"]
    assert rejected[half["Id"]]["field"] == "Notes"
    assert not {row["display_name"] for row in house.rows("customer")} & {"Nul", "Half"}


def test_a_kept_record_stays_rejected_until_quickbooks_has_it_right(house: House) -> None:
    """Tried again from what was kept, it must not pass with another character in its place."""
    record = made(house, "Kept", BillAddr={"City": "CITYWORD"})
    answer_with(house, [record], {"CITYWORD": NUL})
    house.run("pull_customers", record_ids=[record["Id"]])
    with house.workspace.engine.begin() as connection:
        connection.exec_driver_sql("update quickbooks_sync.rejected_record set retry_key = ''")
    nothing = {"CDCResponse": [{"QueryResponse": [{}]}], "time": "2026-11-01T00:00:00Z"}
    house.order_fault("status", "/cdc", status=200, body=json.dumps(nothing))
    run = house.run("pull_customers", mode="incremental")
    assert house.said(run, quickbooks_id=record["Id"]) == ["rejected"]
    house.run("pull_customers", mode="full")
    link = house.loupe_id("customer", record["Id"])
    assert house.row("customer", link)["city"] == "CITYWORD"


def test_a_number_without_measure_rejects_its_record_alone(house: House) -> None:
    good, endless = made(house, "Measured"), made(house, "Endless", Notes="N")
    text = json.dumps(
        {"QueryResponse": {"Customer": [good, endless]}, "time": "2026-11-01T00:00:00Z"}
    )
    body = text.replace('"Notes": "N"', '"Notes": 1e999999999')
    assert body != text
    house.order_fault("status", "/query", status=200, body=body)
    run = house.run("pull_customers", mode="full")
    assert run["status"] == "success"
    assert house.said(run, quickbooks_id=good["Id"]) == ["created"]
    (rejected,) = house.records(run, "rejected")
    assert rejected["quickbooks_id"] == endless["Id"]
    assert rejected["rule"] == "holds only numbers that can be stored"
