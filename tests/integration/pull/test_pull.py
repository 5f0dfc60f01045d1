"""Pulls: what Loupe takes, keeps, and refuses to guess."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest

from tests.support.books import loupe, quickbooks
from tests.support.installation import House


@dataclass(frozen=True)
class Pool:
    """QuickBooks customers that both sides agree on, handed out one to a test."""

    house: House
    customers: Iterator[str]

    def customer(self) -> tuple[str, int]:
        """A linked customer: QuickBooks Id and Loupe id."""
        quickbooks_id = next(self.customers)
        return quickbooks_id, self.house.loupe_id("customer", quickbooks_id)


@pytest.fixture(scope="module")
def pool(shared_house: House) -> Pool:
    """The module's customers, entered two hours ago."""
    shared_house.side_door("clock", {"advance_seconds": -7200})
    made = [
        quickbooks.create(
            shared_house,
            "Customer",
            DisplayName=f"Pool {n:02d}",
            PrimaryEmailAddr={"Address": f"old@pool{n}.example"},
        )["Id"]
        for n in range(18)
    ]
    shared_house.side_door("clock", {"advance_seconds": 7200})
    shared_house.run("pull_customers")
    return Pool(shared_house, iter(made))


@pytest.fixture
def house(pool: Pool) -> House:
    """One company for the module; every test has records of its own."""
    return pool.house


def test_an_incremental_pull_reads_only_what_changed(house: House, pool: Pool) -> None:
    quickbooks_id, customer_id = pool.customer()
    quickbooks.change(house, "Customer", quickbooks_id, GivenName="Ines")
    run = house.run("pull_customers")
    assert house.said(run, quickbooks_id=quickbooks_id) == ["updated"]
    assert sum(run["counts"].values()) < 10  # of eighteen
    assert run["metered_reads"] == 1
    assert house.row("customer", customer_id)["first_name"] == "Ines"


def test_an_emptied_property_is_emptied_in_loupe(house: House, pool: Pool) -> None:
    quickbooks_id, customer_id = pool.customer()
    quickbooks.change(house, "Customer", quickbooks_id, PrimaryEmailAddr={"Address": ""})
    run = house.run("pull_customers")
    assert house.said(run, quickbooks_id=quickbooks_id) == ["updated"]
    assert house.row("customer", customer_id)["email"] is None


def test_our_own_writes_do_not_come_back_as_changes(house: House) -> None:
    customer_id = loupe.add_customer(house, "Own Writes", city="  Bonn ", email="o@w.example")
    house.run("push_customers")
    version = house.row("customer", customer_id)["row_version"]
    run = house.run("pull_customers")
    assert house.said(run, loupe_id=customer_id) in ([], ["unchanged"])
    assert house.row("customer", customer_id)["row_version"] == version


def test_an_invoice_waits_for_its_customer_and_comes_by_itself(house: House) -> None:
    customer = quickbooks.create(house, "Customer", DisplayName="Late Customer")["Id"]
    invoice = quickbooks.create_invoice(house, customer, "L-1", "25.00")["Id"]
    run = house.run("pull_invoices")
    assert house.said(run, quickbooks_id=invoice) == ["waiting"]
    assert house.link("invoice", quickbooks_id=invoice) is None
    house.run("pull_customers")
    later = house.run("pull_invoices")
    assert house.said(later, quickbooks_id=invoice) == ["created"]
    row = house.row("invoice", house.loupe_id("invoice", invoice))
    assert (row["total_amount"], row["lifecycle_status"]) == (Decimal("25.00"), "Finalised")
    assert not [one for one in house.rows("waiting_record") if one["source_id"] == invoice]


def test_a_customer_loupe_has_already_is_linked_and_completed(house: House) -> None:
    customer_id = loupe.add_customer(house, "Known Stones", phone="+1 555 0111")
    made = quickbooks.create(
        house, "Customer", DisplayName="Known Stones", BillAddr={"City": "Antwerp"}
    )["Id"]
    run = house.run("pull_customers")
    assert house.said(run, quickbooks_id=made) == ["linked"]
    row = house.row("customer", customer_id)
    assert (row["city"], row["phone"]) == ("Antwerp", "+1 555 0111")
    house.run("push_customers")
    record = quickbooks.fetch(house, "Customer", made)
    assert record["PrimaryPhone"] == {"FreeFormNumber": "+1 555 0111"}


def test_a_customer_spelled_in_another_case_is_linked_and_each_side_keeps_its_spelling(
    house: House,
) -> None:
    customer_id = loupe.add_customer(house, "OPAL & SONS", email="Office@opal.example")
    made = quickbooks.create(
        house,
        "Customer",
        DisplayName="Opal & Sons",
        PrimaryEmailAddr={"Address": "office@opal.example"},
    )["Id"]
    run = house.run("pull_customers")
    assert house.said(run, quickbooks_id=made) == ["linked", "warning", "warning"]
    warned = {one["field"]: one["reason"] for one in house.records(run, "warning")}
    assert warned["display_name"].startswith(
        "QuickBooks has display_name 'Opal & Sons', Loupe 'OPAL & SONS'"
    )
    assert not [one for one in house.rows("conflict") if one["loupe_id"] == customer_id]
    writes = house.writes()
    assert "updated" not in house.run("push_customers")["counts"]
    assert house.writes() == writes
    assert house.row("customer", customer_id)["display_name"] == "OPAL & SONS"
    quickbooks.change(house, "Customer", made, DisplayName="Opal and Sons")
    house.run("pull_customers")
    assert house.row("customer", customer_id)["display_name"] == "Opal and Sons"


def test_a_doubt_is_held_on_both_sides_until_loupe_is_corrected(house: House) -> None:
    customer_id = loupe.add_customer(house, "Doubtful", email="a@doubt.example")
    made = quickbooks.create(
        house,
        "Customer",
        DisplayName="Doubtful",
        PrimaryEmailAddr={"Address": "b@doubt.example"},
    )["Id"]
    run = house.run("pull_customers")
    assert house.said(run, quickbooks_id=made) == ["conflict"]
    assert house.said(house.run("push_customers"), loupe_id=customer_id) == ["conflict"]
    assert len([c for c in house.rows("customer") if c["display_name"] == "Doubtful"]) == 1
    house.update("customer", customer_id, email="b@doubt.example")
    later = house.run("pull_customers")  # incremental; the record has not changed in QuickBooks
    assert house.said(later, quickbooks_id=made) == ["linked"]
    open_ones = [
        one
        for one in house.rows("conflict")
        if one["loupe_id"] == customer_id and one["resolved_at"] is None
    ]
    assert open_ones == []


def test_a_payment_loupe_may_have_already_is_held(house: House, pool: Pool) -> None:
    customer, customer_id = pool.customer()
    invoice = quickbooks.create_invoice(house, customer, "DUP-1", "100.00")["Id"]
    house.run("pull_invoices")
    invoice_id = house.loupe_id("invoice", invoice)
    loupe.add_payment(house, customer_id, "80.00", {invoice_id: "80.00"})
    theirs = quickbooks.create_payment(house, customer, "80.00", invoice, TxnDate="2026-09-05")
    run = house.run("pull_payments")
    assert house.said(run, quickbooks_id=theirs["Id"]) == ["conflict"]
    (record,) = house.records(run, "conflict")
    assert record["reason"] == (
        f"possible duplicate payment: 80.00 applied to Loupe invoice {invoice_id}, "
        "of which 20.00 is still open"
    )
    pushed = house.run("push_payments")
    assert set(pushed["counts"]) == {"conflict"}
    assert quickbooks.fetch(house, "Invoice", invoice)["Balance"] == Decimal("20.00")


def test_the_same_payment_on_both_sides_is_linked(house: House, pool: Pool) -> None:
    customer, customer_id = pool.customer()
    invoice = quickbooks.create_invoice(house, customer, "SAME-1", "100.00")["Id"]
    house.run("pull_invoices")
    applied = {house.loupe_id("invoice", invoice): "100.00"}
    payment_id = loupe.add_payment(house, customer_id, "100.00", applied)
    theirs = quickbooks.create_payment(house, customer, "100.00", invoice)
    assert house.said(house.run("pull_payments"), quickbooks_id=theirs["Id"]) == ["linked"]
    assert house.said(house.run("push_payments"), loupe_id=payment_id) in ([], ["unchanged"])
    assert quickbooks.fetch(house, "Invoice", invoice)["Balance"] == 0


def test_a_void_in_quickbooks_voids_in_loupe_and_keeps_the_amounts(
    house: House, pool: Pool
) -> None:
    customer, _ = pool.customer()
    invoice = quickbooks.create_invoice(house, customer, "VOID-1", "40.00")["Id"]
    house.run("pull_invoices")
    quickbooks.void(house, "Invoice", invoice)
    assert house.said(house.run("pull_invoices"), quickbooks_id=invoice) == ["updated"]
    row = house.row("invoice", house.loupe_id("invoice", invoice))
    assert (row["lifecycle_status"], row["total_amount"]) == ("Void", Decimal("40.00"))
    assert row["balance_amount"] == 0


def test_an_edit_of_a_finalised_loupe_invoice_in_quickbooks_is_held(
    house: House, pool: Pool
) -> None:
    customer, customer_id = pool.customer()
    invoice_id = loupe.add_invoice(house, customer_id, "FIN-1")
    house.run("push_invoices")
    there = house.quickbooks_id("invoice", invoice_id)
    record = quickbooks.fetch(house, "Invoice", there)
    line = {**record["Line"][0], "Amount": Decimal("90.00")}
    detail = {**line["SalesItemLineDetail"], "UnitPrice": Decimal("90.00")}
    quickbooks.change(
        house,
        "Invoice",
        there,
        Line=[{**line, "SalesItemLineDetail": detail}],
        DueDate="2026-12-24",
        CustomerRef={"value": customer},
    )
    assert house.said(house.run("pull_invoices"), quickbooks_id=there) == ["conflict"]
    row = house.row("invoice", invoice_id)
    assert row["total_amount"] == Decimal("100.00")
    assert row["due_date"] == date(2026, 12, 24)  # the due date flows
    house.run("push_invoices")
    assert quickbooks.fetch(house, "Invoice", there)["TotalAmt"] == Decimal("90.00")


def test_the_same_number_with_another_total_is_a_conflict(house: House, pool: Pool) -> None:
    customer, customer_id = pool.customer()
    loupe.add_invoice(house, customer_id, "NUM-1")
    theirs = quickbooks.create_invoice(house, customer, "NUM-1", "101.00")["Id"]
    assert house.said(house.run("pull_invoices"), quickbooks_id=theirs) == ["conflict"]
    run = house.run("push_invoices")
    assert run["counts"].get("created") is None
    assert len(quickbooks.find(house, "Invoice", "DocNumber = 'NUM-1'")) == 1


def test_loupes_unsent_payment_survives_first_contact_of_its_invoice(
    house: House, pool: Pool
) -> None:
    customer, customer_id = pool.customer()
    invoice_id = loupe.add_invoice(
        house,
        customer_id,
        "FC-1",
        [("Opal", "1", "100.00")],
        balance_amount=Decimal("70.00"),
        payment_status="Partial",
    )
    loupe.add_payment(house, customer_id, "30.00", {invoice_id: "30.00"})
    line = {
        "Amount": Decimal(100),
        "Description": "Opal",
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": {"ItemRef": {"value": "1"}, "Qty": 1, "UnitPrice": Decimal(100)},
    }
    quickbooks.create(
        house,
        "Invoice",
        CustomerRef={"value": customer},
        DocNumber="FC-1",
        TxnDate="2026-09-01",
        DueDate="2026-10-01",
        Line=[line],
    )
    run = house.run("pull_invoices")
    assert house.said(run, loupe_id=invoice_id) == ["linked"]
    row = house.row("invoice", invoice_id)
    assert (row["balance_amount"], row["payment_status"]) == (Decimal("70.00"), "Partial")


def test_duplicate_skus_are_a_conflict_and_services_stay_out(house: House) -> None:
    ids = [quickbooks.create_stock(house, f"Twin {n}", Sku="TWIN")["Id"] for n in range(2)]
    single = quickbooks.create_stock(house, "Single", Sku="SINGLE", QtyOnHand=3)["Id"]
    service = quickbooks.create(
        house, "Item", Name="Polishing", Type="Service", IncomeAccountRef={"value": "9"}
    )["Id"]
    run = house.run("pull_inventory_items")
    assert [house.said(run, quickbooks_id=one) for one in ids] == [["conflict"], ["conflict"]]
    assert house.said(run, quickbooks_id=single) == ["created"]
    assert house.said(run, quickbooks_id=service) == []
    row = house.row("inventory_item", house.loupe_id("inventory_item", single))
    assert (row["tag_id"], row["quantity"]) == ("SINGLE", 3)


def test_an_item_without_a_sku_gets_no_tag(house: House) -> None:
    made = quickbooks.create_stock(house, "Tagless")["Id"]
    house.run("pull_inventory_items")
    assert house.row("inventory_item", house.loupe_id("inventory_item", made))["tag_id"] is None


def test_a_preview_pull_shows_and_writes_nothing(house: House) -> None:
    made = quickbooks.create(house, "Customer", DisplayName="Preview Only")["Id"]
    before = house.rows("customer"), house.rows("watermark"), house.rows("waiting_record")
    run = house.run("pull_customers", preview=True)
    assert house.said(run, quickbooks_id=made) == ["created"]
    assert (house.rows("customer"), house.rows("watermark"), house.rows("waiting_record")) == before
    assert house.said(house.run("pull_customers"), quickbooks_id=made) == ["created"]


def test_narrowed_pulls_move_no_watermark(house: House, pool: Pool) -> None:
    customer, _ = pool.customer()
    old = quickbooks.create_invoice(house, customer, "N-1", "1.00")["Id"]
    new = quickbooks.create_invoice(house, customer, "N-2", "2.00")["Id"]
    quickbooks.change(house, "Invoice", old, TxnDate="2026-01-15")
    before = house.rows("watermark")
    by_day = house.run("pull_invoices", since=date(2026, 8, 1), mode="full")
    assert house.said(by_day, quickbooks_id=old) == []
    assert house.said(by_day, quickbooks_id=new) == ["created"]
    by_id = house.run("pull_invoices", record_ids=(old,))
    assert by_id["counts"] == {"created": 1}
    one = house.run("pull_customers", limit=1, mode="full")
    assert sum(one["counts"].values()) == 1
    assert house.rows("watermark") == before
