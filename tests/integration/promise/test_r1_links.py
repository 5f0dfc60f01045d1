"""R1: a link is checked, not trusted. Whatever stands behind it now, no stranger's values move to the other side."""

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from sqlalchemy import text

from quickbooks_sync.commands.decide import decide
from quickbooks_sync.model.errors import (
    CompanyStoppedError,
    ConnectionNeededError,
    UnreachableError,
)
from quickbooks_sync.settings import confirm_settings
from tests.support.books import loupe, quickbooks
from tests.support.books.linked import invoiced, pay
from tests.support.installation import BuildHouse, House, connect

#: An edit of each record type, and the QuickBooks property in which it would arrive.
EDITS = {
    "customer": ("Customer", {"display_name": "Somebody Else"}, "DisplayName"),
    "inventory_item": ("Item", {"description": "Something else"}, "Description"),
    "invoice": ("Invoice", {"invoice_number": "ELSE-1"}, "DocNumber"),
    "payment": ("Payment", {"reference_number": "ELSE-2"}, "PaymentRefNum"),
}


@pytest.fixture(scope="module")
def linked_house(shared_house: House) -> House:
    """One company for the module; every test has records of its own."""
    shared_house.run_all()
    return shared_house


@pytest.fixture
def house(linked_house: House) -> Iterator[House]:
    """The company, its QuickBooks without faults again after the test."""
    yield linked_house
    linked_house.side_door("reset", {})


def link_one(house: House, record_type: str, name: str) -> tuple[int, str]:
    """A linked record of the type: its Loupe and its QuickBooks Id."""
    if record_type == "customer":
        loupe_id = loupe.add_customer(house, f"{name} & Sons")
    elif record_type == "inventory_item":
        loupe_id = loupe.add_item(house, f"{name} ring", f"TAG-{name}")
    else:
        customer_id, invoice_id, quickbooks_id = invoiced(house, name)
        if record_type == "payment":
            return pay(house, name, customer_id, invoice_id)
        return invoice_id, quickbooks_id
    house.run(f"push_{record_type}s")
    return loupe_id, house.quickbooks_id(record_type, loupe_id)


def put_back(house: House, table: str, key: int, **columns: Any) -> None:
    """Give a row the columns that a backup has of it, which no trigger changes."""
    assignments = ", ".join(f"{name} = :{name}" for name in columns)
    with house.workspace.engine.begin() as connection:
        connection.execute(text("set local session_replication_role = replica"))
        connection.execute(
            text(f"update loupe.{table} set {assignments} where {table}_id = :key"),
            {**columns, "key": key},
        )


def give_key_out_again(house: House, table: str, key: int, **columns: Any) -> None:
    """Let another row have the key, as after a restore whose sequence went back."""
    row = house.row(table, key)
    later = row["created_at"].replace(year=row["created_at"].year + 1)
    put_back(house, table, key, **columns, row_version=1, created_at=later, updated_at=later)


def snapshot(house: House, table: str, key: int) -> dict[str, Any]:
    """What a backup taken now holds of a row."""
    row = house.row(table, key)
    return {name: value for name, value in row.items() if name != f"{table}_id"}


def reasons(house: House, record_type: str, loupe_id: int) -> list[str]:
    """What is open about which record a row is."""
    about = (record_type, loupe_id, "record")
    return [
        row["reason"]
        for row in house.rows("conflict")
        if row["resolved_at"] is None
        and (row["record_type"], row["loupe_id"], row["field"]) == about
    ]


def run_both(house: House, record_type: str, mode: str) -> None:
    for direction in ("pull", "push"):
        house.run(f"{direction}_{record_type}s", mode=mode)


@pytest.mark.parametrize("mode", ["full", "incremental"])
@pytest.mark.parametrize("record_type", EDITS)
def test_a_key_that_is_given_out_again_moves_nothing(
    house: House, record_type: str, mode: str
) -> None:
    entity, columns, name = EDITS[record_type]
    loupe_id, quickbooks_id = link_one(house, record_type, f"K-{record_type[:3]}-{mode[:2]}")
    before = quickbooks.fetch(house, entity, quickbooks_id)
    give_key_out_again(house, record_type, loupe_id, **columns)
    run_both(house, record_type, mode)
    after = quickbooks.fetch(house, entity, quickbooks_id)
    assert (after.get(name), after["SyncToken"]) == (before.get(name), before["SyncToken"])
    stranger = house.row(record_type, loupe_id)
    assert {key: stranger[key] for key in columns} == columns
    (reason,) = reasons(house, record_type, loupe_id)
    assert "Was Loupe restored" in reason


@pytest.mark.parametrize("record_type", EDITS)
def test_a_restored_older_row_overwrites_nothing_not_even_edited_later(
    house: House, record_type: str
) -> None:
    entity, columns, name = EDITS[record_type]
    loupe_id, quickbooks_id = link_one(house, record_type, f"O-{record_type[:3]}")
    backup = snapshot(house, record_type, loupe_id)
    house.update(record_type, loupe_id, **columns)
    house.run(f"push_{record_type}s")
    newest = quickbooks.fetch(house, entity, quickbooks_id).get(name)
    latest = snapshot(house, record_type, loupe_id)
    put_back(house, record_type, loupe_id, **backup)
    run_both(house, record_type, "incremental")
    for number in range(3):
        house.update(record_type, loupe_id, updated_by=f"clerk {number}")
        house.run(f"push_{record_type}s")
    assert quickbooks.fetch(house, entity, quickbooks_id).get(name) == newest
    assert len(reasons(house, record_type, loupe_id)) == 1

    put_back(house, record_type, loupe_id, **latest)
    house.run(f"push_{record_type}s")
    assert reasons(house, record_type, loupe_id) == []
    house.update(record_type, loupe_id, updated_by="clerk")
    assert house.said(house.run(f"push_{record_type}s"), loupe_id=loupe_id) == ["unchanged"]


def test_an_edit_up_to_the_version_that_was_agreed_on_is_not_taken_for_agreed(house: House) -> None:
    # Naive: both are at version 2, so nothing is to be sent, and the edit is never heard of again.
    customer_id, quickbooks_id = link_one(house, "customer", "Same version")
    backup = snapshot(house, "customer", customer_id)
    house.update("customer", customer_id, city="Lund")
    house.run("push_customers")
    put_back(house, "customer", customer_id, **backup)
    house.update("customer", customer_id, phone="040 1")
    house.run("push_customers")
    assert len(reasons(house, "customer", customer_id)) == 1
    assert quickbooks.fetch(house, "Customer", quickbooks_id)["BillAddr"]["City"] == "Lund"


def test_a_person_says_that_a_restored_row_is_the_same(house: House) -> None:
    customer_id, quickbooks_id = link_one(house, "customer", "Decided")
    backup = snapshot(house, "customer", customer_id)
    house.update("customer", customer_id, city="Lund")
    house.run("push_customers")
    put_back(house, "customer", customer_id, **backup)
    house.run("push_customers")
    (held,) = [row for row in house.rows("conflict") if row["loupe_id"] == customer_id]
    decide(house.workspace, held["conflict_id"], "same", by="Ada")
    house.update("customer", customer_id, phone="040 2")
    house.run("push_customers")
    record = quickbooks.fetch(house, "Customer", quickbooks_id)
    assert record["PrimaryPhone"]["FreeFormNumber"] == "040 2"
    assert record["BillAddr"]["City"] == "Lund"


def test_a_deletion_retires_no_other_row(house: House) -> None:
    invoice_id, quickbooks_id = link_one(house, "invoice", "D-1")
    house.run("pull_invoices")
    give_key_out_again(house, "invoice", invoice_id, invoice_number="ELSE-3")
    quickbooks.remove(house, "Invoice", quickbooks_id)
    house.run("pull_invoices")
    assert house.row("invoice", invoice_id)["lifecycle_status"] == "Finalised"
    assert len(reasons(house, "invoice", invoice_id)) == 1


def test_what_refers_to_a_key_given_out_again_is_not_sent_for_the_old_record(house: House) -> None:
    customer_id, _ = link_one(house, "customer", "Billed")
    give_key_out_again(house, "customer", customer_id, display_name="Somebody Else")
    invoice_id = loupe.add_invoice(house, customer_id, "REF-1")
    assert house.said(house.run("push_invoices"), loupe_id=invoice_id) == ["waiting"]
    assert quickbooks.find(house, "Invoice", "DocNumber = 'REF-1'") == []


def test_an_answer_that_comes_late_is_not_merged_with_another_row(house: House) -> None:
    customer_id = loupe.add_customer(house, "Late answer", email="late@example.test")
    house.order_fault("cut_after_commit", times=50)
    with pytest.raises(UnreachableError):
        house.run("push_customers")
    house.side_door("reset", {})
    give_key_out_again(house, "customer", customer_id, display_name="Early bird", email=None)
    house.run("push_customers")
    house.run("push_customers")
    row = house.row("customer", customer_id)
    assert (row["display_name"], row["email"]) == ("Early bird", None)
    record = quickbooks.fetch(house, "Customer", house.quickbooks_id("customer", customer_id))
    assert record["DisplayName"] == "Late answer"
    assert len(reasons(house, "customer", customer_id)) == 1


def answer_with(house: House, path: str, body: dict[str, Any], times: int = 1) -> None:
    """Let QuickBooks answer so, under 200."""
    written = json.dumps(body, default=str)
    house.order_fault("status", path, status=200, body=written, times=times)


def list_as(entity: str, record: dict[str, Any]) -> dict[str, Any]:
    """The body of a list that shows one record."""
    return {"QueryResponse": {entity: [record]}, "time": "2026-11-26T08:00:00.000-08:00"}


def test_a_list_that_lags_is_read_again_by_the_id(house: House) -> None:
    customer_id, quickbooks_id = link_one(house, "customer", "Lagging")
    older = quickbooks.fetch(house, "Customer", quickbooks_id)
    quickbooks.change(house, "Customer", quickbooks_id, BillAddr={"City": "Lund"})
    house.run("pull_customers")
    quickbooks.change(house, "Customer", quickbooks_id, BillAddr={"City": "Gent"})
    answer_with(house, "/query", list_as("Customer", older))
    run = house.run("pull_customers", record_ids=(quickbooks_id,))
    assert house.said(run, quickbooks_id=quickbooks_id) == ["updated"]
    assert house.row("customer", customer_id)["city"] == "Gent"
    assert run["metered_reads"] == 2


def test_a_record_that_has_fallen_back_by_its_id_is_a_conflict(house: House) -> None:
    customer_id, quickbooks_id = link_one(house, "customer", "Fallen back")
    older = quickbooks.fetch(house, "Customer", quickbooks_id)
    quickbooks.change(house, "Customer", quickbooks_id, BillAddr={"City": "Lund"})
    house.run("pull_customers")
    body = {"Customer": older, "time": "2026-11-26T08:00:00.000-08:00"}
    answer_with(house, "/query", list_as("Customer", older))
    answer_with(house, f"/customer/{quickbooks_id}", body)
    house.run("pull_customers", record_ids=(quickbooks_id,))
    assert house.row("customer", customer_id)["city"] == "Lund"
    assert len(reasons(house, "customer", customer_id)) == 1


def test_a_push_that_a_lagging_list_guards_is_sent(house: House) -> None:
    # Naive: the list's lower token looks like another record, and a good edit becomes a conflict.
    customer_id, quickbooks_id = link_one(house, "customer", "Guarded")
    older = quickbooks.fetch(house, "Customer", quickbooks_id)
    quickbooks.change(house, "Customer", quickbooks_id, BillAddr={"City": "Lund"})
    house.run("pull_customers")
    house.update("customer", customer_id, phone="040 3")
    answer_with(house, "/query", list_as("Customer", older))
    assert house.said(house.run("push_customers"), loupe_id=customer_id) == ["updated"]


def test_an_answer_without_createtime_is_not_compared_and_forgets_nothing(house: House) -> None:
    customer_id, quickbooks_id = link_one(house, "customer", "Untold")
    known = house.link("customer", loupe_id=customer_id)
    record = quickbooks.change(house, "Customer", quickbooks_id, BillAddr={"City": "Lund"})
    record["MetaData"].pop("CreateTime")
    answer_with(house, "/query", list_as("Customer", record))
    house.run("pull_customers", record_ids=(quickbooks_id,))
    after = house.link("customer", loupe_id=customer_id)
    assert house.row("customer", customer_id)["city"] == "Lund"
    assert known
    assert after
    assert known["quickbooks_created_at"] is not None
    assert after["quickbooks_created_at"] == known["quickbooks_created_at"]


def wipe(house: House) -> None:
    """Wipe the company's data as its owner can; its id stays, and Ids start again."""
    house.side_door("reset", {"data": True, "tokens": True})
    house.side_door("companies", {"realm": house.realm_id, "name": "Empty Company"})
    house.side_door("clock", {"advance_seconds": 60})
    reconnect(house)


def reconnect(house: House) -> None:
    connect(house.workspace, house.emulator_url, house.realm_id, house.organization_id)


def build_linked(build_house: BuildHouse, number: int) -> tuple[House, list[int]]:
    """A company with so many linked customers, each changed twice in QuickBooks."""
    house = build_house(seed=False)
    ids = [loupe.add_customer(house, f"Customer {position}") for position in range(number)]
    house.run_all()
    for city in ("Lund", "Gent"):
        for loupe_id in ids:
            house.update("customer", loupe_id, city=city)
        house.run("push_customers")
    return house, ids


Run = Callable[[House], object]


@pytest.mark.parametrize(
    "run",
    [
        lambda house: house.run("pull_customers", mode="full"),
        lambda house: house.run("pull_customers"),
        lambda house: house.run("push_customers", mode="full"),
        lambda house: house.run("push_invoices"),
    ],
    ids=["full pull", "incremental pull", "push", "push of what refers to them"],
)
def test_a_company_that_was_reset_is_stopped_before_anything_moves(
    build_house: BuildHouse, run: Run
) -> None:
    house, ids = build_linked(build_house, 3)
    wipe(house)
    for position in range(3):
        quickbooks.create(house, "Customer", DisplayName=f"Stranger {position}")
    for loupe_id in ids:
        loupe.add_invoice(house, loupe_id, f"INV-{loupe_id}")
        house.update("customer", loupe_id, phone="040 9")
    with pytest.raises(CompanyStoppedError, match="was reset"):
        run(house)
    assert {row["display_name"] for row in house.rows("customer")} == {
        f"Customer {position}" for position in range(3)
    }
    assert {record["SyncToken"] for record in quickbooks.find(house, "Customer", "")} == {"0"}
    assert quickbooks.find(house, "Invoice", "") == []
    with pytest.raises(ConnectionNeededError, match="max_replaced"):
        house.run("pull_invoices")


def test_a_person_may_have_each_record_of_a_reset_company_listed(build_house: BuildHouse) -> None:
    house, ids = build_linked(build_house, 3)
    wipe(house)
    for position in range(3):
        quickbooks.create(house, "Customer", DisplayName=f"Stranger {position}")
    with pytest.raises(CompanyStoppedError):
        house.run("pull_customers", mode="full")
    confirm_settings(house.workspace, house.realm_id, {"max_replaced": "3"})
    reconnect(house)
    assert house.run("pull_customers", mode="full")["counts"] == {"conflict": 3}
    # What is listed stops nothing any more.
    confirm_settings(house.workspace, house.realm_id, {"max_replaced": ""})
    assert house.run("pull_customers", mode="full")["counts"] == {"conflict": 3}
    assert [len(reasons(house, "customer", loupe_id)) for loupe_id in ids] == [1, 1, 1]


@pytest.mark.parametrize("flows", [("pull_customers", "pull_invoices"), ("pull_invoices",)])
def test_an_invoice_of_a_stranger_is_not_booked_on_the_linked_customer(
    build_house: BuildHouse, flows: Sequence[str]
) -> None:
    # Naive: the stranger's SyncToken is lower than the known one, so he is "unchanged".
    house, (customer_id, *_) = build_linked(build_house, 1)
    wipe(house)
    stranger = quickbooks.create(house, "Customer", DisplayName="Stranger")["Id"]
    quickbooks.create_invoice(house, stranger, "S-1", "50.00")
    for name in flows:
        house.run(name, mode="full")
    assert house.rows("invoice") == []
    assert house.row("customer", customer_id)["display_name"] == "Customer 0"
    invoice_id = loupe.add_invoice(house, customer_id, "OURS-1")
    assert house.said(house.run("push_invoices"), loupe_id=invoice_id) == ["waiting"]
    assert len(quickbooks.find(house, "Invoice", "")) == 1


def test_a_payment_settles_no_strangers_invoice(build_house: BuildHouse) -> None:
    house = build_house(seed=False)
    house.run_all()
    customer_id, invoice_id, quickbooks_id = invoiced(house, "P-1")
    wipe(house)
    stranger = quickbooks.create(house, "Customer", DisplayName="Stranger")["Id"]
    made: dict[str, Any] = {}
    while made.get("Id") != quickbooks_id:
        made = quickbooks.create_invoice(house, stranger, f"Z-{made.get('Id', '0')}", "100.00")
    loupe.add_payment(house, customer_id, "40.00", {invoice_id: "40.00"})
    house.run("push_payments")
    assert quickbooks.fetch(house, "Invoice", quickbooks_id)["Balance"] == 100
    assert quickbooks.find(house, "Payment", "") == []


@pytest.mark.parametrize("name", ["push_customers", "pull_customers"])
def test_a_loupe_that_was_restored_stops_the_company(build_house: BuildHouse, name: str) -> None:
    house = build_house(seed=False)
    ids = [loupe.add_customer(house, f"Customer {position}") for position in range(3)]
    house.run_all()
    backups = {loupe_id: snapshot(house, "customer", loupe_id) for loupe_id in ids}
    for loupe_id in ids:
        house.update("customer", loupe_id, city="Lund")
    house.run("push_customers")
    for loupe_id, backup in backups.items():
        put_back(house, "customer", loupe_id, **backup)
    with pytest.raises(CompanyStoppedError, match="restored from a backup"):
        house.run(name, mode="full")
    records = quickbooks.find(house, "Customer", "")
    assert {record["BillAddr"]["City"] for record in records} == {"Lund"}
    assert {row["city"] for row in house.rows("customer")} == {None}


def give_newest_key_out_again(house: House, table: str) -> None:
    """Take the newest row away and let its key be the next one, as a restored Loupe does."""
    newest = max(row[f"{table}_id"] for row in house.rows(table))
    sequence = f"pg_get_serial_sequence('loupe.{table}', '{table}_id')"
    with house.workspace.engine.begin() as connection:
        connection.execute(text(f"delete from loupe.{table} where {table}_id = {newest}"))
        connection.execute(text(f"select setval({sequence}, {newest}, false)"))


@pytest.mark.parametrize("mode", ["full", "incremental"])
def test_a_pull_gives_no_row_a_key_that_a_link_knows(build_house: BuildHouse, mode: str) -> None:
    # Naive: the new row takes the key of the lost one, whose link a constraint protects, in this and every later pull.
    house, (*_, lost) = build_linked(build_house, 2)
    gone = house.quickbooks_id("customer", lost)
    give_newest_key_out_again(house, "customer")
    made = [quickbooks.create(house, "Customer", DisplayName=f"New {number}") for number in (1, 2)]
    house.run("pull_customers", mode=mode)
    names = {row["customer_id"]: row["display_name"] for row in house.rows("customer")}
    for record in made:
        assert names[house.loupe_id("customer", record["Id"])] == record["DisplayName"]
    assert lost not in names
    assert house.loupe_id("customer", gone) == lost


def test_a_record_that_a_refused_write_finds_to_be_another_one_is_asked_about(
    house: House,
) -> None:
    # Naive: the row is held for a conflict that "the pull listed", and no pull has listed one.
    customer_id, quickbooks_id = link_one(house, "customer", "Found Late")
    record = quickbooks.fetch(house, "Customer", quickbooks_id)
    made = {**record["MetaData"], "CreateTime": "2020-01-01T08:00:00-08:00"}
    house.update("customer", customer_id, phone="555-0100")
    house.order_fault("fault", code="5010", message="Stale Object Error")
    answer_with(house, f"/customer/{quickbooks_id}", {"Customer": {**record, "MetaData": made}})
    run = house.run("push_customers")
    assert house.said(run, loupe_id=customer_id) == ["conflict"]
    assert len(reasons(house, "customer", customer_id)) == 1
