"""Rule 6: guards and deletions see the end of the batch, so what changes places comes across in any order."""

from decimal import Decimal
from importlib import import_module
from typing import Any
from uuid import uuid4

import pytest

from quickbooks_sync.commands.decide import decide
from quickbooks_sync.settings import confirm_settings
from tests.support.books import loupe, quickbooks
from tests.support.books.exchanged import conflicts_about, invoices, stocked, tag_ids
from tests.support.installation import BuildHouse, House

Payment = dict[str, Any]

#: The package's function hides its module of the same name.
EXTRACT = import_module("quickbooks_sync.pull.extract")


@pytest.fixture(scope="module")
def house(shared_house: House) -> House:
    """One company for the module; every test has records of its own."""
    return shared_house


def pay(house: House, payer: str, *applied: tuple[str, str], **more: Any) -> list[Payment]:
    """Payments of QuickBooks, pulled: one for each amount and invoice."""
    paid = [
        quickbooks.create_payment(house, payer, amount, invoice, **more)
        for amount, invoice in applied
    ]
    house.run("pull_payments")
    return paid


def apply(house: House, payment: Payment, amount: str = "0", *invoices: str) -> None:
    """Let a payment of QuickBooks be of an amount and settle an invoice, or none."""
    now = quickbooks.fetch(house, "Payment", payment["Id"])
    kept = {name: now[name] for name in ("Id", "SyncToken", "CustomerRef", "TxnDate")}
    lines = [
        {"Amount": Decimal(amount), "LinkedTxn": [{"TxnId": invoice, "TxnType": "Invoice"}]}
        for invoice in invoices
    ]
    total = Decimal(amount) if invoices else now["TotalAmt"]
    body = {**kept, "TotalAmt": total, "Line": lines}
    house.client().send("Payment", body, request_id=str(uuid4()))


def applied(house: House, *payments: Payment) -> list[tuple[str, Decimal]]:
    """What payments settle in Loupe, in their order: invoice's Id and amount."""
    keys = [house.loupe_id("payment", payment["Id"]) for payment in payments]
    rows = house.rows("payment_application")
    return [
        (house.quickbooks_id("invoice", row["invoice_id"]), row["amount"])
        for key in keys
        for row in rows
        if row["payment_id"] == key
    ]


def test_payments_that_change_places_in_a_ring_come_across(house: House) -> None:
    payer, (a, b, c) = invoices(house, "Ring", 3)
    paid = pay(house, payer, ("100.00", a), ("100.00", b), ("100.00", c))
    for payment in paid:
        apply(house, payment)
    for payment, invoice in zip(paid, (b, c, a), strict=True):
        apply(house, payment, "100.00", invoice)
    house.run("pull_payments")
    assert applied(house, *paid) == [(b, 100), (c, 100), (a, 100)]
    assert conflicts_about(house, *(payment["Id"] for payment in paid)) == []


@pytest.mark.parametrize("mode", ["incremental", "full"])
def test_payments_that_change_places_across_batches_come_across(
    house: House, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    # Naive: each of the two lies in a batch of its own and does not fit there, tonight and every night.
    payer, (a, b) = invoices(house, f"Apart {mode}", 2)
    paid = pay(house, payer, ("100.00", a), ("100.00", b))
    for payment in paid:
        apply(house, payment)
    for payment, invoice in zip(paid, (b, a), strict=True):
        apply(house, payment, "100.00", invoice)
    monkeypatch.setattr(EXTRACT, "BATCH_SIZE", 1)
    run = house.run("pull_payments", mode=mode)
    assert [house.said(run, quickbooks_id=payment["Id"]) for payment in paid] == [["updated"]] * 2
    assert applied(house, *paid) == [(b, 100), (a, 100)]


def test_an_amount_that_moves_from_one_payment_to_another_comes_across(house: House) -> None:
    payer, (a,) = invoices(house, "Amounts", 1)
    paid = pay(house, payer, ("40.00", a), ("60.00", a))
    apply(house, paid[1], "10.00", a)
    apply(house, paid[0], "90.00", a)
    house.run("pull_payments")
    assert applied(house, *paid) == [(a, 90), (a, 10)]


def test_a_payment_deleted_and_entered_again_is_no_duplicate(house: House) -> None:
    payer, (a,) = invoices(house, "Again", 1)
    (old,) = pay(house, payer, ("100.00", a), PaymentRefNum="WRONG")
    quickbooks.remove(house, "Payment", old["Id"])
    new = quickbooks.create_payment(house, payer, "100.00", a, PaymentRefNum="RIGHT")
    run = house.run("pull_payments")
    assert house.said(run, quickbooks_id=new["Id"]) == ["created"]
    assert house.row("payment", house.loupe_id("payment", old["Id"]))["is_void"]


def test_a_payment_voided_and_entered_again_is_no_duplicate(house: House) -> None:
    payer, (a,) = invoices(house, "Voided", 1)
    (old,) = pay(house, payer, ("100.00", a), PaymentRefNum="WRONG")
    quickbooks.void(house, "Payment", old["Id"])
    new = quickbooks.create_payment(house, payer, "100.00", a, PaymentRefNum="RIGHT")
    run = house.run("pull_payments")
    assert house.said(run, quickbooks_id=new["Id"]) == ["created"]
    assert house.said(run, quickbooks_id=old["Id"]) == ["updated"]


def exceeding(house: House, name: str) -> tuple[Payment, int]:
    """A payment of QuickBooks above what is open in Loupe, which has one more; and its conflict."""
    payer, (a,) = invoices(house, name, 1)
    customer_id = house.loupe_id("customer", payer)
    invoice_id = house.loupe_id("invoice", a)
    loupe.add_payment(house, customer_id, "70.00", {invoice_id: "70.00"}, reference_number="OURS")
    (paid,) = pay(house, payer, ("80.00", a), PaymentRefNum="THEIRS")
    (conflict_id,) = conflicts_about(house, paid["Id"])
    return paid, conflict_id


def test_a_payment_that_a_person_calls_a_separate_one_is_entered(house: House) -> None:
    paid, conflict_id = exceeding(house, "Separate")
    (run,) = decide(house.workspace, conflict_id, "separate", by="a controller")
    assert house.said(run, quickbooks_id=paid["Id"]) == ["created"]
    assert conflicts_about(house, paid["Id"]) == []


def test_a_payment_that_a_person_calls_the_same_is_taken_as_it_is(house: House) -> None:
    payer, (a, b) = invoices(house, "Same", 2)
    (paid,) = pay(house, payer, ("50.00", a))
    customer_id = house.loupe_id("customer", payer)
    loupe.add_payment(house, customer_id, "70.00", {house.loupe_id("invoice", b): "70.00"})
    apply(house, paid, "50.00", b)
    house.run("pull_payments")
    assert applied(house, paid) == [(a, 50)]
    (conflict_id,) = conflicts_about(house, paid["Id"])
    decide(house.workspace, conflict_id, "same", by="a controller")
    assert applied(house, paid) == [(b, 50)]


def give_skus(house: House, ids: list[int], skus: list[str]) -> None:
    for item_id, sku in zip(ids, skus, strict=True):
        record_id = house.quickbooks_id("inventory_item", item_id)
        quickbooks.change(house, "Item", record_id, Sku=sku)


@pytest.mark.parametrize("batch_size", [1, 1000])
@pytest.mark.parametrize("count", [2, 3])
def test_skus_that_change_places_come_across(
    house: House, monkeypatch: pytest.MonkeyPatch, count: int, batch_size: int
) -> None:
    # Naive: the database refuses the first that is written, and with it the whole batch.
    tags = [f"T{batch_size}-{count}-{place}" for place in range(count)]
    ids = stocked(house, *tags)
    turned = [*tags[1:], tags[0]]
    give_skus(house, ids, turned)
    monkeypatch.setattr(EXTRACT, "BATCH_SIZE", batch_size)
    house.run("pull_inventory_items")
    assert tag_ids(house, ids) == turned


def test_a_sku_that_an_item_gives_up_is_free_for_a_new_one(house: House) -> None:
    (old,) = stocked(house, "GIVEN-1")
    new = quickbooks.create_stock(house, "Successor", Sku="GIVEN-1")
    give_skus(house, [old], ["GIVEN-2"])
    house.run("pull_inventory_items")
    assert tag_ids(house, [old, house.loupe_id("inventory_item", new["Id"])]) == [
        "GIVEN-2",
        "GIVEN-1",
    ]


def test_one_sku_given_to_two_items_is_a_conflict_of_one(house: House) -> None:
    ids = stocked(house, "TWICE-1", "TWICE-2")
    give_skus(house, ids, ["TWICE-3", "TWICE-3"])
    run = house.run("pull_inventory_items")
    said = sorted(house.said(run, loupe_id=item_id)[0] for item_id in ids)
    assert said == ["conflict", "updated"]


def test_a_sku_whose_owner_keeps_it_moves_nothing_that_hangs_on_it(house: House) -> None:
    first, second = stocked(house, "KEEP-1", "KEEP-2")
    kept = loupe.add_item(house, "Only in Loupe", "KEEP-3")
    house.update("inventory_item", kept, is_active=False)
    give_skus(house, [first, second], ["KEEP-2", "KEEP-3"])
    run = house.run("pull_inventory_items")
    assert [house.said(run, loupe_id=item_id) for item_id in (first, second)] == [["conflict"]] * 2
    assert tag_ids(house, [first, second]) == ["KEEP-1", "KEEP-2"]


def taxed(house: House, tax: str) -> tuple[int, int, Payment]:
    """An invoice over 100.00 and another tax than QuickBooks computes: customer, key, QuickBooks' record."""
    quickbooks.prefer(house, "TaxPrefs", UsingSalesTax=True, PartnerTaxEnabled=True)
    confirm_settings(house.workspace, house.realm_id, {"tax": "total_tax"})
    customer_id = loupe.add_customer(
        house, "Taxed", street="1 Main St", city="Portland", postal_code="97209", country="USA"
    )
    house.run("push_customers")
    total = Decimal("100.00") + Decimal(tax)
    invoice_id = loupe.add_invoice(
        house, customer_id, "TAXED", tax_amount=Decimal(tax), total_amount=total
    )
    (line,) = house.rows("invoice_line")
    house.update("invoice_line", line["invoice_line_id"], is_taxable=True)
    house.run("push_invoices")
    record = quickbooks.fetch(house, "Invoice", house.quickbooks_id("invoice", invoice_id))
    return customer_id, invoice_id, record


def test_a_payment_of_what_quickbooks_asks_is_taken_whatever_loupe_computed(
    build_house: BuildHouse,
) -> None:
    house = build_house(seed=False)
    _, _, invoice = taxed(house, "0.02")
    assert invoice["TotalAmt"] > Decimal("100.02")
    (paid,) = pay(house, invoice["CustomerRef"]["value"], (str(invoice["TotalAmt"]), invoice["Id"]))
    assert applied(house, paid) == [(invoice["Id"], invoice["TotalAmt"])]


def test_a_payment_of_what_loupe_asks_is_sent_and_the_cents_beyond_are_listed(
    build_house: BuildHouse,
) -> None:
    house = build_house(seed=False)
    customer_id, invoice_id, invoice = taxed(house, "20.00")
    beyond = Decimal("120.00") - invoice["TotalAmt"]
    assert beyond > 0
    payment_id = loupe.add_payment(house, customer_id, "120.00", {invoice_id: "120.00"})
    run = house.run("push_payments")
    assert house.said(run, loupe_id=payment_id) == ["created"]
    there = house.quickbooks_id("payment", payment_id)
    assert quickbooks.fetch(house, "Payment", there)["UnappliedAmt"] == beyond
    assert house.run("push_payments")["writes"] == 0
    house.run("pull_payments")
    (conflict_id,) = conflicts_about(house, there)
    decide(house.workspace, conflict_id, "quickbooks", by="a controller")
    assert [row["amount"] for row in house.rows("payment_application")] == [invoice["TotalAmt"]]
    assert house.run("push_payments")["writes"] == 0


@pytest.mark.parametrize("mode", ["incremental", "full"])
def test_a_deleted_invoice_becomes_void_once_no_money_is_on_it(house: House, mode: str) -> None:
    # Naive: it is looked at when the invoices are pulled, before its payment was taken off, and never again.
    payer, (invoice,) = invoices(house, f"Deleted {mode}", 1)
    quickbooks.create_payment(house, payer, "100.00", invoice)
    for name in ("pull_invoices", "pull_payments"):
        house.run(name)
    loupe_id = house.loupe_id("invoice", invoice)
    quickbooks.remove(house, "Invoice", invoice)
    for name in ("pull_invoices", "pull_payments"):
        run = house.run(name, mode=mode)
    assert house.row("invoice", loupe_id)["lifecycle_status"] != "Void"
    run = house.run("pull_invoices", mode=mode)
    assert house.said(run, loupe_id=loupe_id) == ["updated"]
    row = house.row("invoice", loupe_id)
    assert (row["lifecycle_status"], row["balance_amount"]) == ("Void", 0)
    assert conflicts_about(house, invoice) == []


@pytest.mark.parametrize("mode", ["incremental", "full"])
def test_what_does_not_fit_stays_a_question_when_the_row_is_pushed(house: House, mode: str) -> None:
    # Naive: the push sees nothing of the row to send, and closes what the pull has asked.
    first, _ = stocked(house, f"ASKED-1 {mode}", f"ASKED-2 {mode}")
    payer, (a, b) = invoices(house, f"Asked {mode}", 2)
    (paid,) = pay(house, payer, ("50.00", a))
    customer_id = house.loupe_id("customer", payer)
    loupe.add_payment(house, customer_id, "70.00", {house.loupe_id("invoice", b): "70.00"})
    apply(house, paid, "50.00", b)
    give_skus(house, [first], [f"ASKED-2 {mode}"])
    house.update("inventory_item", first, description="Edited meanwhile")
    for kind, quickbooks_id in (
        ("inventory_items", house.quickbooks_id("inventory_item", first)),
        ("payments", paid["Id"]),
    ):
        house.run(f"pull_{kind}")
        asked = conflicts_about(house, quickbooks_id)
        assert len(asked) == 1, kind
        for _ in range(2):
            house.run(f"push_{kind}", mode=mode)
        assert conflicts_about(house, quickbooks_id) == asked, kind
