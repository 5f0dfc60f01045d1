"""R2: absence is no evidence, and what the sync did itself never travels back as a person's edit."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import delete, text

from quickbooks_sync.commands.decide import decide
from quickbooks_sync.postgres import tables
from tests.support.books import loupe, quickbooks
from tests.support.installation import BuildHouse, House

TYPES = {
    "customer": "Customer",
    "invoice": "Invoice",
    "payment": "Payment",
    "inventory_item": "Item",
}
TIME = "2026-11-26T08:00:00.000-08:00"
Retire = Callable[[House], None]


def ids(house: House, record_type: str) -> tuple[int, str]:
    (link,) = [row for row in house.rows("link") if row["record_type"] == record_type]
    return link["loupe_id"], link["quickbooks_id"]


def leave(house: House) -> None:
    """All records stay in use."""


def retire_in_quickbooks(house: House) -> None:
    """The payment and the invoice become void in QuickBooks, the customer and the item inactive."""
    for record_type in ("payment", "invoice"):
        quickbooks.void(house, TYPES[record_type], ids(house, record_type)[1])
    for record_type in ("customer", "inventory_item"):
        there = ids(house, record_type)[1]
        quickbooks.change(house, TYPES[record_type], there, Active=False)


def retire_in_loupe(house: House) -> None:
    """The same, in Loupe."""
    house.update("payment", ids(house, "payment")[0], is_void=True)
    house.run("push_payments")
    house.run("pull_invoices")
    house.update("invoice", ids(house, "invoice")[0], lifecycle_status="Void")
    house.run("push_invoices")
    for record_type in ("customer", "inventory_item"):
        house.update(record_type, ids(house, record_type)[0], is_active=False)


STATES: list[Retire] = [leave, retire_in_quickbooks, retire_in_loupe]


def night(house: House, **options: Any) -> None:
    for record_type in TYPES:
        house.run(f"pull_{record_type}s", **options)
        house.run(f"push_{record_type}s", **options)


def both_sides(house: House) -> dict[str, Any]:
    """What each side says of each record, but for when it was written."""
    state: dict[str, Any] = {}
    for record_type, entity in TYPES.items():
        loupe_id, there = ids(house, record_type)
        row = house.row(record_type, loupe_id)
        here = {name: row[name] for name in row if name not in ("updated_at", "row_version")}
        state[record_type] = here, quickbooks.fetch(house, entity, there)
    return state


@pytest.fixture
def house(build_house: BuildHouse) -> House:
    """An empty company with a record of each type on both sides."""
    house = build_house(seed=False)
    customer_id = loupe.add_customer(house, "Absent")
    invoice_id = loupe.add_invoice(house, customer_id, "ABSENT-1")
    loupe.add_payment(house, customer_id, "40.00", {invoice_id: "40.00"})
    loupe.add_item(house, "Absent stone", "ABS-1")
    house.run_all()
    night(house)
    return house


@pytest.mark.parametrize("state", STATES)
def test_what_no_list_shows_stays_as_it_is_on_both_sides(house: House, state: Retire) -> None:
    state(house)
    for _ in range(2):
        night(house)
    before, writes = both_sides(house), house.writes()
    house.side_door("switches", {"late_rows": 86_400})
    night(house, mode="full")
    night(house)
    house.side_door("switches", {"late_rows": 0})
    night(house, mode="full")
    assert both_sides(house) == before
    assert house.writes() == writes


def hide(house: House, record_type: str) -> None:
    """Let QuickBooks neither list the record nor find it by its Id."""
    empty = {"QueryResponse": {}, "time": TIME}
    none = {"QueryResponse": {"totalCount": 0}, "time": TIME}
    for body in (empty, none, empty):
        house.order_fault("status", "/query", status=200, body=json.dumps(body))
    with house.workspace.engine.begin() as connection:
        connection.execute(
            text("update quickbooks_sync.watermark set changed_since = '2026-01-01'")
        )
    where = f"/{TYPES[record_type].lower()}/{ids(house, record_type)[1]}"
    house.order_fault("fault", where, code="610", message="Object Not Found")


@pytest.mark.parametrize("record_type", TYPES)
def test_what_is_not_found_once_is_missing_and_stays_as_it_is(
    house: House, record_type: str
) -> None:
    before, writes = both_sides(house), house.writes()
    hide(house, record_type)
    run = house.run(f"pull_{record_type}s", mode="full")
    assert house.said(run, quickbooks_id=ids(house, record_type)[1]) == ["waiting"]
    house.run(f"push_{record_type}s", mode="full")
    night(house)
    assert both_sides(house) == before
    assert house.writes() == writes


def call_deleted(house: House, record_type: str, there: str) -> None:
    """Let change data capture call the record deleted; for an item it is asked only where no list shows it."""
    stub = {"domain": "QBO", "status": "Deleted", "Id": there}
    part = {"QueryResponse": [{TYPES[record_type]: [stub]}]}
    body = json.dumps({"CDCResponse": [part], "time": TIME})
    house.order_fault("status", "/cdc", status=200, body=body)
    if record_type == "inventory_item":
        empty = json.dumps({"QueryResponse": {}, "time": TIME})
        house.order_fault("status", "/query", status=200, body=empty, times=2)


@pytest.mark.parametrize("record_type", TYPES)
def test_a_deletion_that_was_none_is_not_sent_to_quickbooks(house: House, record_type: str) -> None:
    """Loupe's row may be void by then; that was the sync's own doing, not a person's."""
    there = ids(house, record_type)[1]
    before, writes = both_sides(house)[record_type][1], house.writes()
    call_deleted(house, record_type, there)
    house.run(f"pull_{record_type}s")
    for options in ({}, {"mode": "full"}, {}):
        night(house, **options)
    assert quickbooks.fetch(house, TYPES[record_type], there) == before
    assert house.writes() == writes


@pytest.mark.parametrize("record_type", TYPES)
def test_a_row_that_loupe_does_not_show_changes_nothing_in_quickbooks(
    house: House, record_type: str
) -> None:
    loupe_id, there = ids(house, record_type)
    before, writes = quickbooks.fetch(house, TYPES[record_type], there), house.writes()
    with house.workspace.engine.begin() as connection:
        # As after a partial restore: the row is gone, whatever else speaks of it.
        connection.execute(text("set local session_replication_role = replica"))
        table = tables.metadata.tables[f"loupe.{record_type}"]
        (key,) = table.primary_key
        connection.execute(delete(table).where(key == loupe_id))
    for options in ({}, {"mode": "full"}):
        house.run(f"push_{record_type}s", **options)
        house.run(f"pull_{record_type}s", **options)
    assert quickbooks.fetch(house, TYPES[record_type], there) == before
    assert house.writes() == writes
    assert not [row for row in house.rows(record_type) if row[f"{record_type}_id"] != loupe_id]


def held_life(house: House, record_type: str) -> int:
    """The open question whether a record that is there again is in use."""
    [held] = [
        row["conflict_id"]
        for row in house.rows("conflict")
        if (row["record_type"], row["resolved_at"]) == (record_type, None)
        and row["field"] in ("is_void", "is_active")
    ]
    return int(held)


def let_return(house: House, record_type: str, retired: dict[str, Any], **edit: Any) -> int:
    """Let the record be called deleted, retired in Loupe, and there again, edited; returns the question about it."""
    loupe_id, there = ids(house, record_type)
    call_deleted(house, record_type, there)
    house.run(f"pull_{record_type}s")
    house.update(record_type, loupe_id, **retired)
    quickbooks.change(house, TYPES[record_type], there, **edit)
    house.run(f"pull_{record_type}s", mode="full")
    return held_life(house, record_type)


def test_an_edit_beside_a_record_that_is_there_again_decides_nothing_about_it(
    house: House,
) -> None:
    # Naive: the write says `live`, and the next push makes the customer inactive in QuickBooks.
    loupe_id, there = ids(house, "customer")
    held = let_return(house, "customer", {"is_active": False}, Notes="still here")
    house.update("customer", loupe_id, phone="555-0100")
    for _ in range(2):
        house.run("push_customers")
        house.update("customer", loupe_id, phone="555-0101")
    record = quickbooks.fetch(house, "Customer", there)
    assert (record["Active"], record["PrimaryPhone"]) == (True, {"FreeFormNumber": "555-0101"})
    assert held_life(house, "customer") == held


def test_a_record_that_is_there_again_and_taken_back_brings_its_changes(house: House) -> None:
    # Naive: the row is void until the merge makes it live, so the amounts stay out of that very merge.
    loupe_id, _ = ids(house, "payment")
    held = let_return(house, "payment", {"is_void": True}, TotalAmt=55, **payer(house))
    decide(house.workspace, held, "quickbooks", by="Ada")
    row = house.row("payment", loupe_id)
    assert (row["is_void"], row["amount"]) == (False, 55)


def payer(house: House) -> dict[str, Any]:
    """What a payment's update names beside what it changes."""
    there = quickbooks.fetch(house, "Payment", ids(house, "payment")[1])
    return {name: there[name] for name in ("CustomerRef", "TxnDate", "Line")}
