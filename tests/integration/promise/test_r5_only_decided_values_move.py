"""R5: only what was decided to go moves, and a value counts as taken only when it was written."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from quickbooks_sync.commands.decide import decide
from quickbooks_sync.model.errors import ConfigurationError
from tests.support.books import loupe, quickbooks
from tests.support.books.linked import invoiced
from tests.support.installation import BuildHouse, House


@pytest.fixture(scope="module")
def house(shared_house: House) -> House:
    """One company for the module; every test has records of its own."""
    shared_house.run_all()
    return shared_house


def pull_and_push(house: House) -> None:
    for name in ("pull_invoices", "push_invoices", "pull_payments", "push_payments"):
        house.run(name)


def retype(house: House, quickbooks_id: str, **properties: Any) -> None:
    """Save a payment anew in QuickBooks, as its form does: what the form shows is all there is."""
    shown = ("Id", "SyncToken", "CustomerRef", "TotalAmt", "TxnDate", "Line", "PaymentRefNum")
    record = quickbooks.fetch(house, "Payment", quickbooks_id)
    body = {name: record[name] for name in shown if name in record} | properties
    house.client().send("Payment", body, request_id=str(uuid4()))


def paid(house: House, number: str, amount: str) -> tuple[int, str, str]:
    """A payment that both sides have: its key, its Id, and its invoice's Id."""
    customer_id, invoice_id, there = invoiced(house, number)
    payment_id = loupe.add_payment(house, customer_id, amount, {invoice_id: amount})
    pull_and_push(house)
    return payment_id, house.quickbooks_id("payment", payment_id), there


def test_a_held_value_is_not_overwritten_by_another_fields_edit(house: House) -> None:
    payment_id, quickbooks_id, _ = paid(house, "R5-1", "40.00")
    pull_and_push(house)
    retype(house, quickbooks_id, TxnDate="2026-09-20")
    house.update("payment", payment_id, payment_date=date(2026, 9, 11), reference_number="REF-R5")
    pull_and_push(house)
    record = quickbooks.fetch(house, "Payment", quickbooks_id)
    assert (record["TxnDate"], record["PaymentRefNum"]) == ("2026-09-20", "REF-R5")


def test_a_payment_taken_back_into_use_has_the_amount_that_quickbooks_has(house: House) -> None:
    payment_id, quickbooks_id, there = paid(house, "R5-2", "100.00")
    quickbooks.void(house, "Payment", quickbooks_id)
    house.run("pull_payments")
    assert house.row("payment", payment_id)["is_void"]
    line = {"Amount": Decimal(60), "LinkedTxn": [{"TxnId": there, "TxnType": "Invoice"}]}
    retype(house, quickbooks_id, TotalAmt=Decimal(60), Line=[line], PrivateNote="typed anew")
    house.run("pull_payments")
    row = house.row("payment", payment_id)
    assert (row["is_void"], row["amount"]) == (False, Decimal("60.00"))
    before = house.writes()
    pull_and_push(house)
    assert house.writes() == before


@pytest.mark.parametrize("origin", ["loupe", "quickbooks"])
def test_an_invoice_taken_back_into_use_has_the_lines_that_quickbooks_has_or_is_asked_about(
    house: House, origin: str
) -> None:
    customer_id, invoice_id, quickbooks_id = invoiced(house, f"R5-3 {origin[0]}")
    if origin == "quickbooks":
        payer = house.quickbooks_id("customer", customer_id)
        quickbooks_id = quickbooks.create_invoice(house, payer, "R5-4", "100.00")["Id"]
        house.run("pull_invoices")
        invoice_id = house.loupe_id("invoice", quickbooks_id)
    quickbooks.void(house, "Invoice", quickbooks_id)
    house.run("pull_invoices")
    assert house.row("invoice", invoice_id)["lifecycle_status"] == "Void"
    detail = {"ItemRef": {"value": "1"}, "Qty": 1, "UnitPrice": Decimal(60)}
    line = {
        "Amount": Decimal(60),
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": detail,
    }
    quickbooks.change(house, "Invoice", quickbooks_id, Line=[line], PrivateNote="voided by mistake")
    pull_and_push(house)
    assert house.row("invoice", invoice_id)["lifecycle_status"] != "Void"
    held = [
        row["field"]
        for row in house.rows("conflict")
        if row["resolved_at"] is None and row["quickbooks_id"] == quickbooks_id
    ]
    total = house.row("invoice", invoice_id)["total_amount"]
    assert ("lines" in held) if origin == "loupe" else (total == Decimal("60.00"))
    assert quickbooks.fetch(house, "Invoice", quickbooks_id)["TotalAmt"] == Decimal("60.00")


def test_what_is_held_of_a_payment_holds_nothing_else_and_stays_listed(house: House) -> None:
    # Naive: the whole payment waits, and the question about its day is closed by the one about its money.
    payment_id, quickbooks_id, there = paid(house, "R5-7", "40.00")
    customer_id = house.row("payment", payment_id)["customer_id"]
    full = loupe.add_invoice(house, customer_id, "R5-8")
    house.run("push_invoices")
    payer = house.quickbooks_id("customer", customer_id)
    quickbooks.create_payment(house, payer, "100.00", house.quickbooks_id("invoice", full))
    (line,) = [one for one in house.rows("payment_application") if one["payment_id"] == payment_id]
    house.update("payment_application", line["payment_application_id"], invoice_id=full)
    house.update("payment", payment_id, payment_date=date(2026, 9, 11), reference_number="REF-7")
    retype(house, quickbooks_id, TxnDate="2026-09-20")
    pull_and_push(house)
    record = quickbooks.fetch(house, "Payment", quickbooks_id)
    assert (record["TxnDate"], record["PaymentRefNum"]) == ("2026-09-20", "REF-7")
    assert record["Line"][0]["LinkedTxn"][0]["TxnId"] == there
    held = {
        row["field"]
        for row in house.rows("conflict")
        if row["resolved_at"] is None
        and (row["record_type"], row["loupe_id"]) == ("payment", payment_id)
    }
    assert held == {"applications", "payment_date"}
    before = house.writes()
    pull_and_push(house)
    assert house.writes() == before


def edit_void_invoice(house: House) -> None:
    _, invoice_id, quickbooks_id = invoiced(house, "R5-5")
    quickbooks.void(house, "Invoice", quickbooks_id)
    house.run("pull_invoices")
    house.update("invoice", invoice_id, due_date=date(2026, 11, 30), updated_by="operations")


def give_a_payment_to_another_customer(house: House) -> None:
    payment_id, _, _ = paid(house, "R5-6", "40.00")
    other = loupe.add_customer(house, "Somebody Else of R5")
    house.run("push_customers")
    house.update("payment", payment_id, customer_id=other)


@pytest.mark.parametrize("edit", [edit_void_invoice, give_a_payment_to_another_customer])
def test_what_quickbooks_does_not_take_is_not_sent_every_night(
    house: House, edit: Callable[[House], None]
) -> None:
    edit(house)
    house.run("pull_customers")
    pull_and_push(house)
    pull_and_push(house)
    before = house.writes()
    pull_and_push(house)
    assert house.writes() == before


@pytest.fixture
def families(build_house: BuildHouse) -> House:
    """A company with two customers, of which the first has a project, and an invoice of each, on both sides."""
    house = build_house(seed=False)
    for name in ("Ada Ltd", "Ada"):
        loupe.add_customer(house, name)
    house.run_all()
    parent = house.quickbooks_id("customer", 1)
    quickbooks.create(
        house, "Customer", DisplayName="Ring for Ada", ParentRef={"value": parent}, Job=True
    )
    house.run_all()
    for customer_id in (1, 2, 3):
        loupe.add_invoice(house, customer_id, f"F-{customer_id}")
    house.run_all()
    return house


def unapplied(house: House) -> list[Decimal]:
    """What QuickBooks keeps unapplied of each payment."""
    return [
        record["UnappliedAmt"] for record in quickbooks.find(house, "Payment", "TotalAmt > '0'")
    ]


def test_a_payment_of_another_customers_invoice_is_asked_about_and_not_sent(
    families: House,
) -> None:
    # Naive: QuickBooks takes it, keeps the money unapplied, and it is sent again every night, as "created", "updated".
    payment_id = loupe.add_payment(families, 2, "40.00", {1: "40.00"})
    for _ in range(2):
        run = families.run("push_payments")
        assert families.said(run, loupe_id=payment_id) == ["conflict"]
        assert run["writes"] == 0
    assert "different customers" in families.records(run, "conflict")[0]["reason"]
    (asked,) = [row for row in families.rows("conflict") if row["resolved_at"] is None]
    with pytest.raises(ConfigurationError, match="different customers"):
        decide(families.workspace, asked["conflict_id"], "loupe", by="Ada")
    families.update("payment", payment_id, customer_id=1)
    assert families.said(families.run("push_payments"), loupe_id=payment_id) == ["created"]
    assert unapplied(families) == [0]


def test_a_payment_that_is_given_to_another_customer_keeps_what_it_settles(families: House) -> None:
    payment_id = loupe.add_payment(families, 1, "40.00", {1: "40.00"})
    families.run_all()
    families.update("payment", payment_id, customer_id=2)
    run = families.run("push_payments")
    assert families.said(run, loupe_id=payment_id) == ["conflict"]
    families.run("pull_payments")
    assert unapplied(families) == [0]
    assert [row["amount"] for row in families.rows("payment_application")] == [40]


def test_an_invoice_that_moved_in_quickbooks_takes_no_money_of_its_former_customer(
    families: House,
) -> None:
    record = quickbooks.fetch(families, "Invoice", families.quickbooks_id("invoice", 1))
    other = families.quickbooks_id("customer", 2)
    quickbooks.change(families, "Invoice", record["Id"], CustomerRef={"value": other})
    payment_id = loupe.add_payment(families, 1, "40.00", {1: "40.00"})
    families.run("pull_invoices")
    families.run("push_payments")
    families.update("payment", payment_id, reference_number="MOVED")
    assert all(amount == 0 for amount in unapplied(families))


def test_a_family_pays_for_one_another(families: House) -> None:
    for payer, invoice_id in ((1, 3), (3, 1)):
        payment_id = loupe.add_payment(families, payer, "40.00", {invoice_id: "40.00"})
        assert families.said(families.run("push_payments"), loupe_id=payment_id) == ["created"]
    assert unapplied(families) == [0, 0]


@pytest.mark.parametrize("does", ["new.city := upper(new.city)", "new.city := old.city"])
def test_what_loupe_makes_of_a_value_never_travels_back(build_house: BuildHouse, does: str) -> None:
    # Naive: the base holds what was written, so what a trigger made of it looks like somebody's edit.
    house = build_house(seed=False)
    record = quickbooks.create(house, "Customer", DisplayName="Beth", BillAddr={"City": "Bonn"})
    house.run_all()
    with house.workspace.engine.begin() as connection:
        connection.exec_driver_sql(
            "create function loupe.tidy() returns trigger language plpgsql as"
            f" $$ begin {does}; return new; end $$"
        )
        connection.exec_driver_sql(
            "create trigger tidy before update on loupe.customer for each row execute function loupe.tidy()"
        )
    quickbooks.change(house, "Customer", record["Id"], BillAddr={"City": "Berlin"})
    run = house.run("pull_customers")
    assert "Loupe's database made" in house.records(run, "warning")[0]["reason"]
    for _ in range(2):
        house.run_all()
    assert quickbooks.fetch(house, "Customer", record["Id"])["BillAddr"]["City"] == "Berlin"


@pytest.mark.parametrize("is_new", [True, False])
def test_what_quickbooks_leaves_out_is_listed_once(build_house: BuildHouse, is_new: bool) -> None:
    # Naive: the record was accepted, so its values are agreed, and nobody learns that one is missing.
    house = build_house(seed=False)
    customer_id = loupe.add_customer(
        house, "Beth", website=None if not is_new else "https://b.example"
    )
    if not is_new:
        house.run_all()
        house.update("customer", customer_id, website="https://b.example")
    house.order_fault("ignored_property", ignored="WebAddr")
    run = house.run("push_customers")
    assert house.said(run, loupe_id=customer_id) == ["differs"]
    (told,) = house.records(run, "differs")
    assert "website" in told["reason"]
    assert house.run("push_customers")["writes"] == 0
    house.update("customer", customer_id, website="https://beth.example")
    assert house.said(house.run("push_customers"), loupe_id=customer_id) == ["updated"]
