"""First settle, then look: what was sent without an answer is settled before anything is identified."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, update

from quickbooks_sync.commands.decide import decide
from quickbooks_sync.model.errors import UnreachableError, UnsettledError
from quickbooks_sync.postgres import tables
from quickbooks_sync.quickbooks.patience import Patience
from tests.support.books import loupe, quickbooks
from tests.support.installation import BuildHouse, House

ENTITIES = {
    "customer": "Customer",
    "invoice": "Invoice",
    "payment": "Payment",
    "inventory_item": "Item",
}
#: How a person edits each so that nothing tells the row any more which record it was.
EDITS: dict[str, dict[str, Any]] = {
    "customer": {"display_name": "Anna Sample", "email": "sample@l.example"},
    "invoice": {"invoice_number": "S-2"},
    "payment": {"reference_number": "B"},
    "inventory_item": {"item_name": "Ruby, cut", "tag_id": "CUT-1"},
}


@pytest.fixture
def house(build_house: BuildHouse) -> House:
    """An empty company whose flows have run once; its client gives up after two tries."""
    house = build_house(seed=False)
    house.run_all()
    hasty = Patience(attempts=2, first_wait=0.01, timeout=(5, 30))
    return replace(house, workspace=replace(house.workspace, patience=hasty))


def add_record(house: House, record_type: str) -> int:
    if record_type == "customer":
        return loupe.add_customer(house, "Anna Example", email="anna@l.example")
    if record_type == "inventory_item":
        return loupe.add_item(house, "Ruby", "RUBY-1")
    customer_id = loupe.add_customer(house, "Payer")
    invoice_id = loupe.add_invoice(house, customer_id, "S-1")
    house.run("push_customers")
    if record_type == "invoice":
        return invoice_id
    house.run("push_invoices")
    return loupe.add_payment(
        house, customer_id, "40.00", {invoice_id: "40.00"}, reference_number="A"
    )


def lose_answer(house: House, record_type: str) -> None:
    house.order_fault("cut_after_commit", times=2)
    with pytest.raises(UnreachableError):
        house.run(f"push_{record_type}s")


def age_intents(house: House, **age: int) -> None:
    with house.workspace.engine.begin() as connection:
        created_at = func.now() - timedelta(**age)
        connection.execute(update(tables.intent).values(created_at=created_at))


def live(house: House, record_type: str) -> list[dict[str, Any]]:
    """QuickBooks' records of a type, but for the services that came with the company."""
    where = "Type = 'Inventory'" if record_type == "inventory_item" else ""
    return quickbooks.find(house, ENTITIES[record_type], where)


@pytest.mark.parametrize("record_type", list(ENTITIES))
@pytest.mark.parametrize("first", ["pull", "push"])
@pytest.mark.parametrize("age", [{"hours": 0}, {"hours": 25}])
def test_a_row_edited_after_its_answer_was_lost_is_one_record(
    house: House, record_type: str, first: str, age: dict[str, int]
) -> None:
    loupe_id = add_record(house, record_type)
    before = len(live(house, record_type))
    lose_answer(house, record_type)
    house.update(record_type, loupe_id, **EDITS[record_type])
    age_intents(house, **age)
    rows = len(house.rows(record_type))
    for direction in (first, "pull", "push", "pull", "push"):
        house.run(f"{direction}_{record_type}s")
    assert len(live(house, record_type)) == before + 1
    assert len(house.rows(record_type)) == rows
    (name, value), *_ = EDITS[record_type].items()
    assert house.link(record_type, loupe_id=loupe_id)["loupe_base"][name] == value  # type: ignore[index]
    assert not [row for row in house.rows("conflict") if row["resolved_at"] is None]


def test_what_a_pull_settles_is_told_with_the_run_that_had_sent_it(house: House) -> None:
    loupe_id = add_record(house, "customer")
    lose_answer(house, "customer")
    sender = house.runs[-1]
    pulled = house.run("pull_customers")
    assert house.said(sender, loupe_id=loupe_id) == ["created"]
    assert house.said(pulled, loupe_id=loupe_id) == ["unchanged"]
    (run,) = [row for row in house.rows("run") if row["run_id"] == sender["run_id"]]
    assert (run["status"], run["counts"]) == ("failed", {"created": 1})


def test_a_preview_says_that_it_cannot_know_what_was_sent(house: House) -> None:
    add_record(house, "customer")
    lose_answer(house, "customer")
    writes = house.writes()
    with pytest.raises(UnsettledError, match=r"answer is not known yet.*Run pull_customers first"):
        house.run("pull_customers", preview=True)
    assert house.writes() == writes


@pytest.mark.parametrize("edited", ["both", "loupe"])
def test_an_update_whose_answer_is_lost_for_good_is_neither_lost_nor_doubled(
    house: House, edited: str
) -> None:
    loupe_id = add_record(house, "customer")
    house.run("push_customers")
    house.update("customer", loupe_id, city="Lund")
    lose_answer(house, "customer")
    house.update("customer", loupe_id, city="Malmö")
    quickbooks_id = house.quickbooks_id("customer", loupe_id)
    if edited == "both":
        quickbooks.change(house, "Customer", quickbooks_id, BillAddr={"City": "Ystad"})
    age_intents(house, hours=25)
    for _ in range(2):
        house.run("pull_customers")
        house.run("push_customers")
    city = quickbooks.fetch(house, "Customer", quickbooks_id)["BillAddr"]["City"]
    open_fields = {row["field"] for row in house.rows("conflict") if row["resolved_at"] is None}
    expected = {"both": ("Ystad", {"city"}), "loupe": ("Malmö", set())}[edited]
    assert (city, open_fields) == expected


def test_a_request_id_that_was_used_is_looked_up_once_lists_are_sure_to_show_it(
    house: House,
) -> None:
    loupe_id = add_record(house, "payment")
    lose_answer(house, "payment")
    house.update("payment", loupe_id, reference_number="B")
    used = {"code": "600", "message": "Duplicate Request ID", "detail": "Duplicate Request ID"}
    house.order_fault("fault", times=1, **used)
    with pytest.raises(
        UnreachableError, match=r"does not repeat its answer.*run the flow again after"
    ):
        house.run("pull_payments")
    age_intents(house, hours=2)
    house.order_fault("fault", times=1, **used)
    house.run("pull_payments")
    house.run("push_payments")
    (payment,) = live(house, "payment")
    assert (payment["TotalAmt"], payment["PaymentRefNum"]) == (Decimal("40.00"), "B")
    assert len(house.rows("payment")) == 1


def test_two_equal_payments_of_a_lost_batch_are_two_again(house: House) -> None:
    first = add_record(house, "payment")
    row = house.row("payment", first)
    (applied,) = house.rows("payment_application")
    invoice = {applied["invoice_id"]: "40.00"}
    loupe.add_payment(house, row["customer_id"], "40.00", invoice, reference_number="A")
    lose_answer(house, "payment")
    age_intents(house, hours=25)
    for direction in ("pull", "push"):
        house.run(f"{direction}_payments")
    assert (len(live(house, "payment")), len(house.rows("payment"))) == (2, 2)
    assert len([row for row in house.rows("link") if row["record_type"] == "payment"]) == 2


@pytest.mark.parametrize("linked_to", ["another row", "another record"])
def test_a_record_and_a_row_that_are_linked_otherwise_are_a_conflict(
    house: House, linked_to: str, link_by_hand: Callable[..., None]
) -> None:
    loupe_id = add_record(house, "customer")
    lose_answer(house, "customer")
    (record,) = live(house, "customer")
    other = quickbooks.create(house, "Customer", DisplayName="Other")["Id"]
    if linked_to == "another row":
        link_by_hand(house, loupe.add_customer(house, "Second"), record["Id"])
    else:
        link_by_hand(house, loupe_id, other)
    before = [(row["loupe_id"], row["quickbooks_id"]) for row in house.rows("link")]
    house.run("push_customers", record_ids=(str(loupe_id),))
    assert [(row["loupe_id"], row["quickbooks_id"]) for row in house.rows("link")] == before
    (held,) = [row for row in house.rows("conflict") if row["resolved_at"] is None]
    assert (held["loupe_id"], held["quickbooks_id"]) == (loupe_id, record["Id"])
    assert "is linked to" in held["reason"]
    assert not [row for row in house.rows("intent") if row["status"] == "open"]


@pytest.fixture
def link_by_hand() -> Callable[..., None]:
    """A function that links a row to a record behind the sync's back."""

    def link(house: House, loupe_id: int, quickbooks_id: str) -> None:
        record = quickbooks.fetch(house, "Customer", quickbooks_id)
        values = {
            "realm_id": house.realm_id,
            "record_type": "customer",
            "loupe_id": loupe_id,
            "quickbooks_id": quickbooks_id,
            "origin": "matched",
            "sync_token": record["SyncToken"],
            "document": record,
            "loupe_base": {},
            "quickbooks_base": {},
        }
        with house.workspace.engine.begin() as connection:
            connection.execute(tables.link.insert().values(values))

    return link


#: What a bookkeeper does to the record before anybody knows that the sync made it.
WORKED_ON: dict[str, tuple[str, dict[str, Any], str]] = {
    "the date was corrected": ("payment", {"TxnDate": "2026-09-04"}, "payment_date"),
    "the number was corrected": ("invoice", {"DocNumber": "S-1a"}, "invoice_number"),
    "the customer was renamed": ("customer", {"DisplayName": "Anna E. Example"}, "display_name"),
}


@pytest.mark.parametrize("story", list(WORKED_ON))
def test_a_record_that_was_worked_on_before_its_answer_was_known_is_no_second_one(
    house: House, story: str
) -> None:
    # Naive: it is not as it was sent, so it is sent once more, and the money is paid twice.
    record_type, edit, field = WORKED_ON[story]
    loupe_id = add_record(house, record_type)
    before = len(live(house, record_type))
    lose_answer(house, record_type)
    made = max(live(house, record_type), key=lambda record: int(record["Id"]))
    if record_type == "payment":
        unsent = ("domain", "sparse", "MetaData", "UnappliedAmt", "TxnSource", "ProcessPayment")
        kept = {name: value for name, value in made.items() if name not in unsent}
        quickbooks.create(house, "Payment", **{**kept, **edit})
    else:
        quickbooks.change(house, ENTITIES[record_type], made["Id"], **edit)
    age_intents(house, hours=25)
    rows = len(house.rows(record_type))
    for direction in ("pull", "push", "pull", "push"):
        house.run(f"{direction}_{record_type}s")
    assert (len(live(house, record_type)), len(house.rows(record_type))) == (before + 1, rows)
    open_fields = {
        row["field"]
        for row in house.rows("conflict")
        if row["resolved_at"] is None and row["loupe_id"] == loupe_id
    }
    assert open_fields == {field}


def test_a_voided_payment_whose_answer_was_lost_is_not_paid_again(house: House) -> None:
    payment_id = add_record(house, "payment")
    lose_answer(house, "payment")
    (made,) = live(house, "payment")
    quickbooks.void(house, "Payment", made["Id"])
    age_intents(house, hours=25)
    for direction in ("pull", "push", "pull", "push"):
        house.run(f"{direction}_payments")
    assert [record["TotalAmt"] for record in live(house, "payment")] == [0]
    assert [row["payment_id"] for row in house.rows("payment")] == [payment_id]


def two_lost_invoices(house: House) -> tuple[int, int]:
    """Two invoices of a customer that were sent without an answer, and both renumbered in QuickBooks."""
    customer_id = loupe.add_customer(house, "Twice")
    house.run("push_customers")
    ids = loupe.add_invoice(house, customer_id, "T-1"), loupe.add_invoice(house, customer_id, "T-2")
    lose_answer(house, "invoice")
    for number, record in enumerate(live(house, "invoice")):
        quickbooks.change(house, "Invoice", record["Id"], DocNumber=f"Z-{number}")
    age_intents(house, hours=25)
    return ids


def test_where_several_records_may_be_a_lost_one_nothing_is_entered_before_a_person_decides(
    house: House,
) -> None:
    # Naive: the pull enters both as new, their doubt is over, and the push sends both rows once more.
    ids = two_lost_invoices(house)
    for direction in ("pull", "push", "pull", "push"):
        house.run(f"{direction}_invoices", mode="full")
    assert (len(live(house, "invoice")), len(house.rows("invoice"))) == (2, 2)
    doubts = [row for row in house.rows("conflict") if row["resolved_at"] is None]
    assert {row["loupe_id"] for row in doubts} == set(ids)
    first, second = sorted(live(house, "invoice"), key=lambda record: int(record["Id"]))
    for loupe_id, record in zip(ids, (first, second), strict=True):
        (doubt,) = [
            row
            for row in house.rows("conflict")
            if (row["loupe_id"], row["quickbooks_id"]) == (loupe_id, record["Id"])
            and row["resolved_at"] is None
            and row["field"] == "record"
        ]
        decide(house.workspace, doubt["conflict_id"], "same", by="Ada")
    for direction in ("pull", "push"):
        house.run(f"{direction}_invoices", mode="full")
    assert (len(live(house, "invoice")), len(house.rows("invoice"))) == (2, 2)
    open_fields = {row["field"] for row in house.rows("conflict") if row["resolved_at"] is None}
    assert open_fields == {"invoice_number"}
