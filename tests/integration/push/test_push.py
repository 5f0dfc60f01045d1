"""Pushes: what goes out, what stays, and what QuickBooks ends up with."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest

from quickbooks_sync.model.errors import LeaseHeldError
from tests.support.books import loupe, quickbooks
from tests.support.installation import House

WRITABLE = ("Id", "SyncToken", "CustomerRef", "TotalAmt", "TxnDate", "DepositToAccountRef")


@dataclass(frozen=True)
class Pool:
    """Records that both sides agree on, handed out one to a test."""

    house: House
    customers: Iterator[int]
    invoices: Iterator[tuple[int, int]]

    def customer(self) -> tuple[int, str]:
        """A linked customer: Loupe id and QuickBooks Id."""
        customer_id = next(self.customers)
        return customer_id, self.house.quickbooks_id("customer", customer_id)

    def invoice(self) -> tuple[int, str, int]:
        """A linked invoice over 100.00: Loupe id, QuickBooks Id, and its customer's Loupe id."""
        invoice_id, customer_id = next(self.invoices)
        return invoice_id, self.house.quickbooks_id("invoice", invoice_id), customer_id


@pytest.fixture(scope="module")
def pool(shared_house: House) -> Pool:
    """The module's records."""
    house = shared_house
    for name in ("customers", "invoices", "payments", "inventory_items"):
        house.run(f"pull_{name}")
    customers = [
        loupe.add_customer(house, f"Pool {n:02d}", email=f"old@pool{n}.example", city="Graz")
        for n in range(36)
    ]
    house.run("push_customers")
    invoiced = [customers.pop() for _ in range(16)]
    invoices = [(loupe.add_invoice(house, one, f"P-{one}"), one) for one in invoiced]
    house.run("push_invoices")
    return Pool(house, iter(customers), iter(invoices))


@pytest.fixture
def house(pool: Pool) -> House:
    """One company for the module; every test has records of its own."""
    return pool.house


def test_a_new_customer_is_created_once_and_then_left_alone(house: House) -> None:
    customer_id = loupe.add_customer(house, "Juno Gems", email="j@juno.example", city="Riga")
    run = house.run("push_customers")
    assert house.said(run, loupe_id=customer_id) == ["created"]
    record = quickbooks.fetch(house, "Customer", house.quickbooks_id("customer", customer_id))
    assert record["DisplayName"] == "Juno Gems"
    assert record["PrimaryEmailAddr"] == {"Address": "j@juno.example"}
    assert record["BillAddr"]["City"] == "Riga"
    before = house.writes()
    again = house.run("push_customers")
    assert house.said(again, loupe_id=customer_id) == []
    assert house.writes() == before


def test_an_edit_in_loupe_sends_only_that_field(house: House, pool: Pool) -> None:
    customer_id, quickbooks_id = pool.customer()
    quickbooks.change(house, "Customer", quickbooks_id, Notes="Calls on Tuesdays")
    house.run("pull_customers")
    house.update("customer", customer_id, phone="+1 555 0100")
    run = house.run("push_customers")
    assert house.said(run, loupe_id=customer_id) == ["updated"]
    record = quickbooks.fetch(house, "Customer", quickbooks_id)
    assert record["PrimaryPhone"] == {"FreeFormNumber": "+1 555 0100"}
    assert record["Notes"] == "Calls on Tuesdays"


def test_an_emptied_field_is_emptied_in_quickbooks(house: House, pool: Pool) -> None:
    customer_id, quickbooks_id = pool.customer()
    house.update("customer", customer_id, email=None)
    house.run("push_customers")
    record = quickbooks.fetch(house, "Customer", quickbooks_id)
    assert "PrimaryEmailAddr" not in record
    assert record["BillAddr"]["City"] == "Graz"


def test_an_edit_of_an_unmapped_column_is_looked_at_once(house: House, pool: Pool) -> None:
    customer_id, _ = pool.customer()
    house.update("customer", customer_id, notes="only Loupe knows")
    assert house.said(house.run("push_customers"), loupe_id=customer_id) == ["unchanged"]
    assert house.said(house.run("push_customers"), loupe_id=customer_id) == []


def test_an_inactive_customer_becomes_inactive_there(house: House, pool: Pool) -> None:
    customer_id, quickbooks_id = pool.customer()
    house.update("customer", customer_id, is_active=False)
    assert house.said(house.run("push_customers"), loupe_id=customer_id) == ["updated"]
    assert quickbooks.fetch(house, "Customer", quickbooks_id)["Active"] is False
    house.run("pull_customers", mode="full")
    # QuickBooks marks the name of what is inactive; that is no edit of the name.
    assert house.row("customer", customer_id)["display_name"].startswith("Pool")
    assert " (deleted)" not in house.row("customer", customer_id)["display_name"]


def test_an_inactive_customer_quickbooks_never_saw_stays_home(house: House) -> None:
    customer_id = loupe.add_customer(house, "Onyx Past", is_active=False)
    assert house.said(house.run("push_customers"), loupe_id=customer_id) == ["unchanged"]
    assert house.link("customer", loupe_id=customer_id) is None


def test_edits_of_different_fields_on_both_sides_both_arrive(house: House, pool: Pool) -> None:
    customer_id, quickbooks_id = pool.customer()
    house.update("customer", customer_id, phone="+1 555 0101")
    quickbooks.change(house, "Customer", quickbooks_id, WebAddr={"URI": "https://p.example"})
    house.run("pull_customers")
    house.run("push_customers")
    row, record = (
        house.row("customer", customer_id),
        quickbooks.fetch(house, "Customer", quickbooks_id),
    )
    assert (row["phone"], row["website"]) == ("+1 555 0101", "https://p.example")
    assert record["PrimaryPhone"]["FreeFormNumber"] == "+1 555 0101"
    assert record["WebAddr"]["URI"] == "https://p.example"


def test_an_edit_quickbooks_made_meanwhile_is_merged_and_the_push_repeated(
    house: House, pool: Pool
) -> None:
    customer_id, quickbooks_id = pool.customer()
    house.update("customer", customer_id, phone="+1 555 0102")
    quickbooks.change(house, "Customer", quickbooks_id, WebAddr={"URI": "https://q.example"})
    run = house.run("push_customers")  # no pull in between: the SyncToken is stale (5010)
    assert house.said(run, loupe_id=customer_id) == ["warning", "updated"]
    # Naive: the push changes Loupe's row, and no run says so.
    assert [row["field"] for row in house.records(run, "warning")] == ["website"]
    record = quickbooks.fetch(house, "Customer", quickbooks_id)
    assert record["PrimaryPhone"]["FreeFormNumber"] == "+1 555 0102"
    assert house.row("customer", customer_id)["website"] == "https://q.example"


def test_an_edit_that_breaks_a_rule_while_the_push_is_repeated_is_not_sent(
    house: House, pool: Pool
) -> None:
    invoice_id, quickbooks_id, _ = pool.invoice()
    house.update("invoice", invoice_id, due_date=date(2026, 10, 9))
    run, batches = house.prepare("push_invoices")
    quickbooks.change(house, "Invoice", quickbooks_id, PrivateNote="moves the SyncToken")
    (line,) = [one for one in house.rows("invoice_line") if one["invoice_id"] == invoice_id]
    # The line is in order by itself; with it the invoice no longer comes to its total.
    raised = {"unit_price": Decimal(900), "amount": Decimal("900.00")}
    house.update("invoice_line", line["invoice_line_id"], **raised)
    house.load(run, batches)
    summary = house.finish(run)
    assert house.said(summary, loupe_id=invoice_id) == ["rejected"]
    assert quickbooks.fetch(house, "Invoice", quickbooks_id)["TotalAmt"] == Decimal("100.00")


def test_a_payment_raised_while_the_push_is_repeated_cannot_overpay(
    house: House, pool: Pool
) -> None:
    invoice_id, there, customer_id = pool.invoice()
    payment_id = loupe.add_payment(house, customer_id, "50.00", {invoice_id: "50.00"})
    house.run("push_payments")
    quickbooks_id = house.quickbooks_id("payment", payment_id)
    theirs = house.quickbooks_id("customer", customer_id)
    quickbooks.create_payment(house, theirs, "45.00", there, TxnDate="2026-09-04")
    house.update("payment", payment_id, reference_number="CHK-5010")
    run, batches = house.prepare("push_payments")
    _note(house, quickbooks_id, "moves the SyncToken")
    (applied,) = [
        one for one in house.rows("payment_application") if one["payment_id"] == payment_id
    ]
    house.update("payment", payment_id, amount=Decimal("60.00"))
    house.update("payment_application", applied["payment_application_id"], amount=Decimal("60.00"))
    house.load(run, batches)
    summary = house.finish(run)
    assert house.said(summary, loupe_id=payment_id) == ["conflict"]
    record = quickbooks.fetch(house, "Payment", quickbooks_id)
    assert (record["TotalAmt"], record.get("UnappliedAmt", 0)) == (Decimal("50.00"), 0)


def test_the_same_field_edited_on_both_sides_is_held_until_it_is_settled(
    house: House, pool: Pool
) -> None:
    customer_id, quickbooks_id = pool.customer()
    before = house.row("customer", customer_id)["email"]
    house.update("customer", customer_id, email="loupe@rutile.example")
    theirs = {"Address": "books@rutile.example"}
    quickbooks.change(house, "Customer", quickbooks_id, PrimaryEmailAddr=theirs)
    assert house.said(house.run("pull_customers"), loupe_id=customer_id) == ["conflict"]
    assert house.said(house.run("push_customers"), loupe_id=customer_id) == ["conflict"]
    (conflict,) = [one for one in house.rows("conflict") if one["loupe_id"] == customer_id]
    assert conflict["field"] == "email"
    assert conflict["loupe_value"] == "loupe@rutile.example"
    assert conflict["quickbooks_value"] == "books@rutile.example"
    assert conflict["loupe_base"] == before
    assert house.row("customer", customer_id)["email"] == "loupe@rutile.example"
    assert quickbooks.fetch(house, "Customer", quickbooks_id)["PrimaryEmailAddr"] == theirs

    house.update("customer", customer_id, email="books@rutile.example")
    assert house.said(house.run("push_customers"), loupe_id=customer_id) == ["unchanged"]
    assert next(c["resolved_at"] for c in house.rows("conflict") if c["loupe_id"] == customer_id)
    # What both hold now is the new base: a later edit is an edit, not a conflict.
    house.update("customer", customer_id, email="new@rutile.example")
    assert house.said(house.run("push_customers"), loupe_id=customer_id) == ["updated"]
    record = quickbooks.fetch(house, "Customer", quickbooks_id)
    assert record["PrimaryEmailAddr"] == {"Address": "new@rutile.example"}


def test_a_held_field_does_not_hold_the_others(house: House, pool: Pool) -> None:
    customer_id, quickbooks_id = pool.customer()
    house.update("customer", customer_id, email="loupe@spinel.example", city="Gent")
    theirs = {"Address": "books@spinel.example"}
    quickbooks.change(house, "Customer", quickbooks_id, PrimaryEmailAddr=theirs)
    house.run("pull_customers")
    assert house.said(house.run("push_customers"), loupe_id=customer_id) == ["conflict"]
    record = quickbooks.fetch(house, "Customer", quickbooks_id)
    assert record["BillAddr"]["City"] == "Gent"
    assert record["PrimaryEmailAddr"] == theirs


def test_an_open_conflict_closes_when_another_field_takes_its_place(
    house: House, pool: Pool
) -> None:
    customer_id, quickbooks_id = pool.customer()
    house.update("customer", customer_id, email="loupe@topaz.example")
    theirs = {"Address": "books@topaz.example"}
    quickbooks.change(house, "Customer", quickbooks_id, PrimaryEmailAddr=theirs)
    house.run("pull_customers")
    house.update("customer", customer_id, email="books@topaz.example", city="Linz")
    address = quickbooks.fetch(house, "Customer", quickbooks_id)["BillAddr"]
    quickbooks.change(house, "Customer", quickbooks_id, BillAddr={**address, "City": "Wien"})
    house.run("pull_customers")
    open_fields = [
        one["field"]
        for one in house.rows("conflict")
        if one["loupe_id"] == customer_id and one["resolved_at"] is None
    ]
    assert open_fields == ["city"]


def test_one_bad_item_of_thirty_does_not_hold_the_others(house: House) -> None:
    ids = [loupe.add_customer(house, f"Batch {number:02d}") for number in range(29)]
    # Its name has been taken in QuickBooks since the last pull, by somebody else.
    taken = {"Address": "one@taken.example"}
    quickbooks.create(house, "Customer", DisplayName="Taken", PrimaryEmailAddr=taken)
    bad = loupe.add_customer(house, "Taken", email="other@taken.example")
    batches = house.side_door("counters")[house.realm_id]["batch_calls"]
    run = house.run("push_customers")
    assert house.side_door("counters")[house.realm_id]["batch_calls"] == batches + 1
    assert all(house.said(run, loupe_id=one) == ["created"] for one in ids)
    assert house.said(run, loupe_id=bad) == ["conflict"]


def test_a_customer_that_exists_and_is_the_same_is_linked_not_repeated(house: House) -> None:
    made = quickbooks.create(
        house,
        "Customer",
        DisplayName="Umbra Jewels",
        PrimaryEmailAddr={"Address": "u@umbra.example"},
    )
    customer_id = loupe.add_customer(house, "Umbra Jewels", email="u@umbra.example", city="Bonn")
    run = house.run("push_customers")  # the name is taken: 6240
    assert house.said(run, loupe_id=customer_id) == ["linked"]
    assert house.quickbooks_id("customer", customer_id) == made["Id"]
    house.run("push_customers")
    assert quickbooks.fetch(house, "Customer", made["Id"])["BillAddr"]["City"] == "Bonn"


def test_a_name_in_other_letters_is_linked_and_each_side_keeps_its_own(house: House) -> None:
    made = quickbooks.create(house, "Customer", DisplayName="Undine Jewels")
    customer_id = loupe.add_customer(house, "UNDINE Jewels", city="Bonn")
    run = house.run("push_customers")
    assert house.said(run, loupe_id=customer_id) == ["linked", "warning"]
    assert house.quickbooks_id("customer", customer_id) == made["Id"]
    house.run("push_customers")
    assert quickbooks.fetch(house, "Customer", made["Id"])["DisplayName"] == "Undine Jewels"
    assert house.row("customer", customer_id)["display_name"] == "UNDINE Jewels"
    assert str(customer_id) not in {listed["source_id"] for listed in house.rows("rejected_record")}


def test_a_customer_whose_name_is_anothers_is_a_conflict(house: House) -> None:
    quickbooks.create(
        house,
        "Customer",
        DisplayName="Vesuv Stones",
        PrimaryEmailAddr={"Address": "a@vesuv.example"},
    )
    customer_id = loupe.add_customer(house, "Vesuv Stones", email="b@vesuv.example")
    run = house.run("push_customers")
    assert house.said(run, loupe_id=customer_id) == ["conflict"]
    assert len(quickbooks.find(house, "Customer", "DisplayName = 'Vesuv Stones'")) == 1


def test_a_taken_item_name_is_composed_with_the_tag(house: House) -> None:
    first = loupe.add_item(house, "Ruby ring", "RB-1")
    second = loupe.add_item(house, "Ruby ring", "RB-2")
    run = house.run("push_inventory_items")
    assert house.said(run, loupe_id=first) == ["created"]
    assert house.said(run, loupe_id=second) == ["created"]
    names = {
        quickbooks.fetch(house, "Item", house.quickbooks_id("inventory_item", one))["Name"]
        for one in (first, second)
    }
    assert names == {"Ruby ring", "Ruby ring (RB-2)"}
    assert house.row("inventory_item", second)["item_name"] == "Ruby ring"
    house.run("pull_inventory_items", mode="full")
    assert house.row("inventory_item", second)["item_name"] == "Ruby ring"
    assert house.said(house.run("push_inventory_items"), loupe_id=second) == []


def test_an_item_is_never_linked_to_a_service_of_its_name(house: House) -> None:
    service = quickbooks.create(
        house,
        "Item",
        Name="Engraving",
        Type="Service",
        IncomeAccountRef={"value": "9"},
    )
    item_id = loupe.add_item(house, "Engraving", "ENG-1")
    run = house.run("push_inventory_items")
    assert house.said(run, loupe_id=item_id) == ["created"]
    assert house.quickbooks_id("inventory_item", item_id) != service["Id"]


def test_a_draft_is_not_pushed(house: House, pool: Pool) -> None:
    customer_id, _ = pool.customer()
    invoice_id = loupe.add_invoice(house, customer_id, "D-1", lifecycle_status="Draft")
    assert house.said(house.run("push_invoices"), loupe_id=invoice_id) == ["unchanged"]
    assert quickbooks.find(house, "Invoice", "DocNumber = 'D-1'") == []
    house.update("invoice", invoice_id, lifecycle_status="Finalised")
    assert house.said(house.run("push_invoices"), loupe_id=invoice_id) == ["created"]


def test_an_invoice_waits_for_its_customer_and_then_goes_by_itself(house: House) -> None:
    customer_id = loupe.add_customer(house, "Xenotime Co")
    invoice_id = loupe.add_invoice(house, customer_id, "W-1", [("Pearl", "3", "41.335")])
    run = house.run("push_invoices")
    assert house.said(run, loupe_id=invoice_id) == ["waiting"]
    (waiting,) = [
        one for one in house.rows("waiting_record") if one["source_id"] == str(invoice_id)
    ]
    assert (waiting["waits_for"], waiting["waits_for_id"]) == ("customer", str(customer_id))
    house.run("push_customers")
    assert house.said(house.run("push_invoices"), loupe_id=invoice_id) == ["created"]
    assert not [one for one in house.rows("waiting_record") if one["source_id"] == str(invoice_id)]
    there = house.quickbooks_id("invoice", invoice_id)
    record = quickbooks.fetch(house, "Invoice", there)
    assert record["TotalAmt"] == Decimal("124.01")


def test_a_voided_invoice_is_voided_there(house: House, pool: Pool) -> None:
    invoice_id, there, _customer_id = pool.invoice()
    house.update("invoice", invoice_id, lifecycle_status="Void", void_reason="mistake")
    assert house.said(house.run("push_invoices"), loupe_id=invoice_id) == ["updated"]
    record = quickbooks.fetch(house, "Invoice", there)
    assert (record["TotalAmt"], record["Balance"]) == (0, 0)
    assert record["PrivateNote"].startswith("Voided")
    house.run("pull_invoices")
    assert house.row("invoice", invoice_id)["total_amount"] == Decimal("100.00")
    assert house.said(house.run("push_invoices"), loupe_id=invoice_id) == []


def test_a_void_that_would_leave_money_unapplied_is_held(house: House, pool: Pool) -> None:
    invoice_id, there, customer_id = pool.invoice()
    quickbooks_id = house.quickbooks_id("customer", customer_id)
    quickbooks.create_payment(house, quickbooks_id, "100.00", there)
    house.run("pull_invoices")
    house.update("invoice", invoice_id, lifecycle_status="Void")
    assert house.said(house.run("push_invoices"), loupe_id=invoice_id) == ["conflict"]
    assert quickbooks.fetch(house, "Invoice", there)["TotalAmt"] == Decimal("100.00")


def test_a_paid_invoice_keeps_its_lines_in_quickbooks(house: House, pool: Pool) -> None:
    invoice_id, there, customer_id = pool.invoice()
    quickbooks_id = house.quickbooks_id("customer", customer_id)
    quickbooks.create_payment(house, quickbooks_id, "10.00", there)
    house.run("pull_invoices")
    (line,) = [one for one in house.rows("invoice_line") if one["invoice_id"] == invoice_id]
    house.update("invoice_line", line["invoice_line_id"], description="Opal, better")
    house.update("invoice", invoice_id, due_date=loupe.DAY)
    assert house.said(house.run("push_invoices"), loupe_id=invoice_id) == ["conflict"]
    record = quickbooks.fetch(house, "Invoice", there)
    assert record["Line"][0]["Description"] == "Opal"
    assert record["DueDate"] == "2026-09-01"  # what may be sent is sent


def test_a_payment_settles_its_invoice(house: House, pool: Pool) -> None:
    invoice_id, there, customer_id = pool.invoice()
    payment_id = loupe.add_payment(house, customer_id, "60.00", {invoice_id: "60.00"})
    assert house.said(house.run("push_payments"), loupe_id=payment_id) == ["created"]
    record = quickbooks.fetch(house, "Invoice", there)
    assert record["Balance"] == Decimal("40.00")
    house.run("pull_invoices")
    row = house.row("invoice", invoice_id)
    assert (row["balance_amount"], row["payment_status"]) == (Decimal("40.00"), "Partial")


def test_a_changed_payment_keeps_what_is_not_mapped(house: House, pool: Pool) -> None:
    invoice_id, there, customer_id = pool.invoice()
    payment_id = loupe.add_payment(house, customer_id, "60.00", {invoice_id: "60.00"})
    house.run("push_payments")
    there = house.quickbooks_id("payment", payment_id)
    before = _note(house, there, "by courier")
    house.run("pull_payments")
    house.update("payment", payment_id, reference_number="CHK-9")
    assert house.said(house.run("push_payments"), loupe_id=payment_id) == ["updated"]
    record = quickbooks.fetch(house, "Payment", there)
    assert record["PaymentRefNum"] == "CHK-9"
    assert record["PrivateNote"] == "by courier"
    assert record["DepositToAccountRef"] == before["DepositToAccountRef"]
    assert record["TotalAmt"] == Decimal("60.00")


def _note(house: House, payment_id: str, text: str) -> quickbooks.Json:
    """Write a note on a payment in QuickBooks; returns the payment as it was."""
    before = quickbooks.fetch(house, "Payment", payment_id)
    whole = {name: value for name, value in before.items() if name in WRITABLE}
    lines = [{"Amount": one["Amount"], "LinkedTxn": one["LinkedTxn"]} for one in before["Line"]]
    # With an Id it is a full update.
    quickbooks.create(house, "Payment", **{**whole, "Line": lines, "PrivateNote": text})
    return before


def test_a_payment_that_quickbooks_may_have_already_is_held(house: House, pool: Pool) -> None:
    invoice_id, there, customer_id = pool.invoice()
    quickbooks_id = house.quickbooks_id("customer", customer_id)
    quickbooks.create_payment(house, quickbooks_id, "80.00", there, TxnDate="2026-09-03")
    payment_id = loupe.add_payment(house, customer_id, "80.00", {invoice_id: "80.00"})
    run = house.run("push_payments")
    assert house.said(run, loupe_id=payment_id) == ["conflict"]
    (record,) = [one for one in house.records(run) if one["loupe_id"] == payment_id]
    assert "possible duplicate payment" in record["reason"]
    assert quickbooks.fetch(house, "Invoice", there)["Balance"] == Decimal("20.00")


def test_a_held_payment_costs_no_read_until_its_invoice_moves(house: House, pool: Pool) -> None:
    invoice_id, there, customer_id = pool.invoice()
    quickbooks_id = house.quickbooks_id("customer", customer_id)
    twin = quickbooks.create_payment(house, quickbooks_id, "80.00", there, TxnDate="2026-09-03")
    payment_id = loupe.add_payment(house, customer_id, "90.00", {invoice_id: "90.00"})
    assert house.said(house.run("push_payments"), loupe_id=payment_id) == ["conflict"]
    house.run("pull_invoices")
    again = house.run("push_payments")
    assert house.said(again, loupe_id=payment_id) == ["conflict"]
    assert again["metered_reads"] == 0
    quickbooks.remove(house, "Payment", twin["Id"])
    house.run("pull_invoices")
    freed = house.run("push_payments")
    assert house.said(freed, loupe_id=payment_id) == ["created"]
    assert quickbooks.fetch(house, "Invoice", there)["Balance"] == Decimal("10.00")


def test_two_payments_of_one_batch_cannot_overpay_together(house: House, pool: Pool) -> None:
    invoice_id, there, customer_id = pool.invoice()
    one = loupe.add_payment(house, customer_id, "70.00", {invoice_id: "70.00"})
    other = loupe.add_payment(house, customer_id, "40.00", {invoice_id: "40.00"})
    run = house.run("push_payments")
    assert house.said(run, loupe_id=one) == ["created"]
    assert house.said(run, loupe_id=other) == ["conflict"]
    record = quickbooks.fetch(house, "Invoice", there)
    assert record["Balance"] == Decimal("30.00")


def test_a_voided_payment_is_voided_there(house: House, pool: Pool) -> None:
    invoice_id, there, customer_id = pool.invoice()
    payment_id = loupe.add_payment(house, customer_id, "30.00", {invoice_id: "30.00"})
    house.run("push_payments")
    house.update("payment", payment_id, is_void=True)
    assert house.said(house.run("push_payments"), loupe_id=payment_id) == ["updated"]
    record = quickbooks.fetch(house, "Invoice", there)
    assert record["Balance"] == Decimal("100.00")
    house.run("pull_payments")
    assert house.row("payment", payment_id)["amount"] == Decimal("30.00")


def test_a_record_deleted_in_quickbooks_fails_alone(house: House, pool: Pool) -> None:
    invoice_id, there, customer_id = pool.invoice()
    quickbooks.remove(house, "Invoice", there)
    house.update("invoice", invoice_id, due_date=loupe.DAY)
    other = loupe.add_invoice(house, customer_id, "G-2")
    run = house.run("push_invoices")
    assert run["status"] == "success"
    assert house.said(run, loupe_id=invoice_id) == ["rejected"]
    assert house.said(run, loupe_id=other) == ["created"]


def test_a_refused_record_is_sent_again_only_after_a_change(house: House, pool: Pool) -> None:
    customer_id, quickbooks_id = pool.customer()
    quickbooks.change(house, "Customer", quickbooks_id, Active=False)
    invoice_id = loupe.add_invoice(house, customer_id, "H-1")
    run = house.run("push_invoices")
    assert house.said(run, loupe_id=invoice_id) == ["rejected"]
    (rejected,) = [r for r in house.rows("rejected_record") if r["source_id"] == str(invoice_id)]
    assert rejected["causes"][0]["code"]
    before = house.writes()
    again = house.run("push_invoices")
    assert house.said(again, loupe_id=invoice_id) == ["rejected"]
    assert house.writes() == before
    quickbooks.change(house, "Customer", quickbooks_id, Active=True)
    # Named on command it is tried at once; so it would be after an edit.
    named = house.run("push_invoices", record_ids=(str(invoice_id),))
    assert house.said(named, loupe_id=invoice_id) == ["created"]
    assert not [r for r in house.rows("rejected_record") if r["source_id"] == str(invoice_id)]


def test_a_preview_writes_to_neither_side(house: House) -> None:
    customer_id = loupe.add_customer(house, "Iolite Gems")
    before = house.writes(), len(house.rows("link")), house.rows("watermark")
    run = house.run("push_customers", preview=True)
    assert house.said(run, loupe_id=customer_id) == ["created"]
    assert (house.writes(), len(house.rows("link")), house.rows("watermark")) == before
    assert house.said(house.run("push_customers"), loupe_id=customer_id) == ["created"]


def test_a_narrowed_run_moves_no_watermark(house: House) -> None:
    ids = [loupe.add_customer(house, f"Jet {number}") for number in range(3)]
    before = house.rows("watermark")
    run = house.run("push_customers", record_ids=(str(ids[1]),))
    assert run["counts"] == {"created": 1}
    limited = house.run("push_customers", limit=1)
    assert sum(limited["counts"].values()) == 1
    assert house.rows("watermark") == before
    house.run("push_customers")
    assert all(house.link("customer", loupe_id=one) for one in ids)
    assert house.rows("watermark") != before


def test_a_lease_held_by_another_run_stops_before_anything_is_done(house: House) -> None:
    other = house.check("pull_customers", key="other-run")
    runs = len(house.rows("run"))
    with pytest.raises(LeaseHeldError, match="pull_customers other-run is working on customer"):
        house.run("push_customers")
    assert len(house.rows("run")) == runs
    house.finish(other)
    assert house.run("push_customers")["status"] == "success"
