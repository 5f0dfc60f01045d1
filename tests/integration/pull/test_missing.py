"""A record that QuickBooks does not show is deleted only once that is certain; until then it is missing."""

import json
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, text, update

from quickbooks_sync.commands.activity import read_missing
from quickbooks_sync.commands.decide import decide
from quickbooks_sync.model.errors import GateClosedError, UnexpectedAnswerError
from quickbooks_sync.postgres import tables
from quickbooks_sync.pull import missing
from quickbooks_sync.settings import confirm_settings
from tests.support.books import loupe, quickbooks
from tests.support.installation import BuildHouse, House, connect

EMPTY = {"QueryResponse": {}, "time": "2026-11-26T08:00:00.000-08:00"}


@pytest.fixture
def house(build_house: BuildHouse) -> House:
    """An empty company whose flows have run once."""
    house = build_house(seed=False)
    house.run_all()
    return house


def invoiced(house: House, number: str = "M-1") -> tuple[int, str]:
    """A linked invoice over 100.00: its Loupe and its QuickBooks Id."""
    customer_id = loupe.add_customer(house, f"Customer of {number}")
    invoice_id = loupe.add_invoice(house, customer_id, number)
    house.run("push_customers")
    house.run("push_invoices")
    return invoice_id, house.quickbooks_id("invoice", invoice_id)


def listed(house: House, *quickbooks_ids: str) -> dict[str, Any]:
    """The body of a list that shows only these invoices."""
    records = [quickbooks.fetch(house, "Invoice", one) for one in quickbooks_ids]
    body = {**EMPTY, "QueryResponse": {"Invoice": records}}
    found: dict[str, Any] = json.loads(json.dumps(body, default=str))
    return found


def answer_with(
    house: House, body: Mapping[str, Any], times: int = 1, path: str = "/query"
) -> None:
    """Let QuickBooks answer so, under 200."""
    house.order_fault("status", path, status=200, body=json.dumps(body), times=times)


def show_only(house: House, *quickbooks_ids: str) -> None:
    """Let QuickBooks list and count only these invoices."""
    answer_with(house, listed(house, *quickbooks_ids))
    answer_with(house, {**EMPTY, "QueryResponse": {"totalCount": len(quickbooks_ids)}})


def not_found(house: House, quickbooks_id: str) -> None:
    """Let QuickBooks find an invoice neither in its list of all, which shows another one, nor by its Id."""
    others = [row["quickbooks_id"] for row in house.rows("link") if row["record_type"] == "invoice"]
    show_only(house, *(one for one in others if one != quickbooks_id))
    answer_with(house, EMPTY)
    where = f"/invoice/{quickbooks_id}"
    house.order_fault("fault", where, code="610", message="Object Not Found")


def let_minutes_pass(house: House, minutes: int) -> None:
    with house.workspace.engine.begin() as connection:
        link = tables.link
        earlier = link.c.missing_since_at - timedelta(minutes=minutes)
        connection.execute(update(link).values(missing_since_at=earlier))


def let_a_month_pass(house: House) -> None:
    """Change data capture looks back 30 days, and tells nothing of what was deleted before."""
    with house.workspace.engine.begin() as connection:
        long_ago = func.now() - timedelta(days=40)
        connection.execute(update(tables.watermark).values(changed_since=long_ago))


def lifecycle(house: House, invoice_id: int) -> Any:
    return house.row("invoice", invoice_id)["lifecycle_status"]


def retired(house: House, record_type: str) -> list[Any]:
    """What says of each row whether it is in use."""
    names = ("lifecycle_status", "is_void", "is_active")
    return [[row.get(name) for name in names] for row in house.rows(record_type)]


def missing_ids(house: House) -> list[str]:
    with house.workspace.engine.connect() as connection:
        return [row["quickbooks_id"] for row in read_missing(connection)]


@pytest.mark.parametrize("record_type", ["customer", "invoice", "payment", "inventory_item"])
def test_what_a_list_does_not_show_yet_stays_as_it_is_on_both_sides(
    house: House, record_type: str
) -> None:
    customer_id = loupe.add_customer(house, "Late")
    house.side_door("switches", {"late_rows": 3600})
    invoice_id = loupe.add_invoice(house, customer_id, "LATE-1")
    loupe.add_payment(house, customer_id, "40.00", {invoice_id: "40.00"})
    loupe.add_item(house, "Late stone", "LATE-1")
    for flow in ("customers", "invoices", "payments", "inventory_items"):
        house.run(f"push_{flow}")
    in_use, writes = retired(house, record_type), house.writes()
    run = house.run(f"pull_{record_type}s", mode="full")
    assert set(run["counts"]) <= {"unchanged", "updated"}  # the invoice has been paid
    house.side_door("switches", {"late_rows": 0})
    house.run(f"push_{record_type}s", mode="full")
    assert retired(house, record_type) == in_use
    assert house.writes() == writes


@pytest.mark.parametrize("as_numbers", [False, True])
def test_payments_behind_an_answer_without_them_stay_live(house: House, as_numbers: bool) -> None:
    invoice_id, _ = invoiced(house)
    customer_id = house.row("invoice", invoice_id)["customer_id"]
    payment_id = loupe.add_payment(house, customer_id, "40.00", {invoice_id: "40.00"})
    house.run("push_payments")
    records = [quickbooks.fetch(house, "Payment", house.quickbooks_id("payment", payment_id))]
    given = [{**one, "Id": int(one["Id"])} for one in records] if as_numbers else []
    answer_with(
        house, json.loads(json.dumps({**EMPTY, "QueryResponse": {"Payment": given}}, default=str))
    )
    house.run("pull_payments", mode="full")
    house.run("push_payments", mode="full")
    assert house.row("payment", payment_id)["is_void"] is False
    assert (
        quickbooks.fetch(house, "Payment", records[0]["Id"])["TotalAmt"] == records[0]["TotalAmt"]
    )


def test_not_found_once_is_missing_and_not_found_again_later_is_deleted(house: House) -> None:
    invoiced(house, "OTHER-1")
    invoice_id, quickbooks_id = invoiced(house)
    let_a_month_pass(house)
    not_found(house, quickbooks_id)
    run = house.run("pull_invoices", mode="full")
    assert house.said(run, loupe_id=invoice_id) == ["waiting"]
    assert (missing_ids(house), lifecycle(house, invoice_id)) == ([quickbooks_id], "Finalised")

    let_a_month_pass(house)
    not_found(house, quickbooks_id)
    house.run("pull_invoices", mode="full")  # within ten minutes: still the same trouble, perhaps
    assert (missing_ids(house), lifecycle(house, invoice_id)) == ([quickbooks_id], "Finalised")

    let_a_month_pass(house)
    let_minutes_pass(house, 11)
    not_found(house, quickbooks_id)
    run = house.run("pull_invoices", mode="full")
    assert house.said(run, loupe_id=invoice_id) == ["updated"]
    assert (missing_ids(house), lifecycle(house, invoice_id)) == ([], "Void")


def test_an_incremental_night_asks_again_for_what_was_missing(house: House) -> None:
    invoiced(house, "OTHER-1")
    _, quickbooks_id = invoiced(house)
    let_a_month_pass(house)
    not_found(house, quickbooks_id)
    house.run("pull_invoices", mode="full")
    let_minutes_pass(house, 11)
    run = house.run("pull_invoices")  # it answers now
    assert house.said(run, quickbooks_id=quickbooks_id) == ["unchanged"]
    assert missing_ids(house) == []


def test_a_record_that_is_shown_again_must_be_missed_twice_once_more(house: House) -> None:
    invoiced(house, "OTHER-1")
    invoice_id, quickbooks_id = invoiced(house)
    for _ in range(2):
        let_a_month_pass(house)
        not_found(house, quickbooks_id)
        house.run("pull_invoices", mode="full")
        let_minutes_pass(house, 11)
        house.run("pull_invoices", mode="full")
    assert (missing_ids(house), lifecycle(house, invoice_id)) == ([], "Finalised")


def test_a_list_that_lacks_more_than_can_be_asked_for_is_not_believed(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(missing, "MOST_ASKED", 1)
    ids = [invoiced(house, f"M-{number}") for number in range(3)]
    show_only(house, ids[0][1])
    with pytest.raises(UnexpectedAnswerError, match="listed 1 of 3 linked invoice records"):
        house.run("pull_invoices", mode="full")
    assert [lifecycle(house, one) for one, _ in ids] == ["Finalised"] * 3


def test_more_deletions_than_the_allowed_share_load_nothing(house: House) -> None:
    customer_id = loupe.add_customer(house, "Many")
    ids = [loupe.add_invoice(house, customer_id, f"MANY-{number}") for number in range(12)]
    house.run("push_customers")
    house.run("push_invoices")
    for one in ids[:10]:
        quickbooks.remove(house, "Invoice", house.quickbooks_id("invoice", one))
    with pytest.raises(
        GateClosedError, match=r"10 of 12 linked records were deleted.*share of 0\.2"
    ):
        house.run("pull_invoices")
    assert {lifecycle(house, one) for one in ids} == {"Finalised"}
    confirm_settings(house.workspace, house.realm_id, {"max_deleted_ratio": "1"})
    assert house.run("pull_invoices")["counts"]["updated"] == 10


def deleted_and_back(house: House) -> tuple[int, str]:
    """An invoice that change data capture called deleted, and that is in QuickBooks all the same."""
    invoice_id, quickbooks_id = invoiced(house)
    house.run("pull_invoices")
    stub = {"domain": "QBO", "status": "Deleted", "Id": quickbooks_id}
    part = {"QueryResponse": [{"Invoice": [stub], "maxResults": 1}]}
    answer_with(house, {"CDCResponse": [part], "time": EMPTY["time"]}, path="/cdc")
    house.run("pull_invoices")
    assert lifecycle(house, invoice_id) == "Void"
    quickbooks.change(house, "Invoice", quickbooks_id, DueDate="2026-10-15")
    for _ in range(3):  # nights
        house.run("pull_invoices")
        house.run("push_invoices")
    house.run("push_invoices", mode="full")
    return invoice_id, quickbooks_id


def test_the_void_of_a_deletion_does_not_travel_back_to_a_record_that_is_there_again(
    house: House,
) -> None:
    invoice_id, quickbooks_id = deleted_and_back(house)
    record = quickbooks.fetch(house, "Invoice", quickbooks_id)
    assert (record["TotalAmt"], lifecycle(house, invoice_id)) == (100, "Void")
    (held,) = [row for row in house.rows("conflict") if row["resolved_at"] is None]
    assert (held["field"], held["loupe_value"], held["quickbooks_value"]) == (
        "is_void",
        True,
        False,
    )


@pytest.mark.parametrize(
    ("choice", "total", "status"), [("loupe", 0, "Void"), ("quickbooks", 100, "Finalised")]
)
def test_a_person_says_whether_a_record_that_came_back_is_void(
    house: House, choice: str, total: int, status: str
) -> None:
    invoice_id, quickbooks_id = deleted_and_back(house)
    (held,) = [row for row in house.rows("conflict") if row["resolved_at"] is None]
    decide(house.workspace, held["conflict_id"], choice, by="Ada")
    for _ in range(2):
        house.run("pull_invoices")
        house.run("push_invoices")
    record = quickbooks.fetch(house, "Invoice", quickbooks_id)
    assert (record["TotalAmt"], lifecycle(house, invoice_id)) == (total, status)
    assert not [row for row in house.rows("conflict") if row["resolved_at"] is None]


def test_an_id_that_is_another_records_now_changes_nothing_and_is_decided(house: House) -> None:
    customer_id = loupe.add_customer(house, "Aurora")
    house.run("push_customers")
    with house.workspace.engine.begin() as connection:
        # As after the company's data was wiped: the Id was given out again.
        connection.execute(
            text(
                "update quickbooks_sync.link set quickbooks_created_at = '2020-01-01T00:00:00-08:00'"
            )
        )
    quickbooks_id = house.quickbooks_id("customer", customer_id)
    quickbooks.change(house, "Customer", quickbooks_id, DisplayName="Zenith")
    for _ in range(2):
        assert house.said(
            house.run("pull_customers", mode="full"), quickbooks_id=quickbooks_id
        ) == ["conflict"]
        house.update("customer", customer_id, city="Lund")
        assert house.said(house.run("push_customers", mode="full"), loupe_id=customer_id) == [
            "conflict"
        ]
    assert house.row("customer", customer_id)["display_name"] == "Aurora"
    assert "BillAddr" not in quickbooks.fetch(house, "Customer", quickbooks_id)

    (held,) = [row for row in house.rows("conflict") if row["resolved_at"] is None]
    decide(house.workspace, held["conflict_id"], "separate", by="Ada")
    assert {row["display_name"] for row in house.rows("customer")} == {"Aurora", "Zenith"}
    names = {one["DisplayName"] for one in quickbooks.find(house, "Customer", "Active = true")}
    assert names == {"Aurora", "Zenith"}


def test_a_first_pull_that_is_shown_nothing_asks_whether_there_is_nothing(
    build_house: BuildHouse,
) -> None:
    # Naive: QuickBooks is taken for empty, and the push makes a second item of the same SKU.
    house = build_house(seed=False)
    quickbooks.create_stock(house, "Star ruby", Sku="STAR-1")
    loupe.add_item(house, "Ruby with a star", "STAR-1")
    answer_with(house, EMPTY)
    house.run("pull_inventory_items")
    house.run("push_inventory_items")
    assert len(quickbooks.find(house, "Item", "Type = 'Inventory'")) == 1


def wipe(house: House) -> None:
    """Wipe the company's data as its owner can; its id stays, and Ids start again."""
    house.side_door("reset", {"data": True, "tokens": True})
    house.side_door("companies", {"realm": house.realm_id, "name": "Empty Company"})
    connect(house.workspace, house.emulator_url, house.realm_id, house.organization_id)


@pytest.mark.parametrize("edit", [{"lifecycle_status": "Void"}, {"due_date": date(2026, 12, 24)}])
def test_a_push_writes_nothing_to_another_record_under_the_id(
    house: House, edit: dict[str, Any]
) -> None:
    # Naive: the SyncTokens are equal, QuickBooks takes the write, and a stranger's invoice is void.
    invoice_id, quickbooks_id = invoiced(house)
    wipe(house)
    stranger = quickbooks.create(house, "Customer", DisplayName="Stranger")["Id"]
    made: dict[str, Any] = {}
    while made.get("Id") != quickbooks_id:
        made = quickbooks.create_invoice(house, stranger, f"Z-{made.get('Id', '0')}", "777.00")
    house.update("invoice", invoice_id, **edit)
    for mode in ("incremental", "full"):
        run = house.run("push_invoices", mode=mode)
        assert house.said(run, loupe_id=invoice_id) == ["conflict"]
    record = quickbooks.fetch(house, "Invoice", quickbooks_id)
    assert (record["TotalAmt"], record["SyncToken"]) == (777, "0")
    assert house.row("invoice", invoice_id)["invoice_number"] == "M-1"
