"""Rule 6, to QuickBooks: what changes places in Loupe changes places there, in whatever order it is sent."""

from decimal import Decimal

import pytest

from quickbooks_sync.commands.decide import decide
from quickbooks_sync.model.errors import SyncError
from tests.support.books import loupe, quickbooks
from tests.support.books.exchanged import conflicts_about, invoices, stocked, tag_ids
from tests.support.installation import House


@pytest.fixture(scope="module")
def house(shared_house: House) -> House:
    """One company for the module; every test has records of its own."""
    return shared_house


def settle(house: House, payment_id: int, invoice_id: int, amount: str = "100.00") -> None:
    """Let a payment of Loupe be of an amount and settle one invoice."""
    (row,) = [row for row in house.rows("payment_application") if row["payment_id"] == payment_id]
    key = row["payment_application_id"]
    house.update("payment_application", key, invoice_id=invoice_id, amount=Decimal(amount))
    house.update("payment", payment_id, amount=Decimal(amount))


def paid_in_loupe(house: House, name: str, *amounts: str) -> tuple[list[int], list[int]]:
    """Invoices and as many payments of these amounts, on both sides: their keys in Loupe."""
    payer, theirs = invoices(house, name, len(amounts))
    ids = [house.loupe_id("invoice", invoice) for invoice in theirs]
    customer_id = house.loupe_id("customer", payer)
    paid = [
        loupe.add_payment(
            house, customer_id, amount, {ids[place]: amount}, reference_number=f"{name}-{place}"
        )
        for place, amount in enumerate(amounts)
    ]
    house.run("push_payments")
    return ids, paid


def applied_there(house: House, payment_id: int) -> list[tuple[int, Decimal]]:
    """What a payment settles in QuickBooks: the invoice's key in Loupe and the amount."""
    record = quickbooks.fetch(house, "Payment", house.quickbooks_id("payment", payment_id))
    assert record["UnappliedAmt"] == 0
    return [
        (house.loupe_id("invoice", line["LinkedTxn"][0]["TxnId"]), line["Amount"])
        for line in record["Line"]
    ]


@pytest.mark.parametrize("count", [2, 3])
def test_payments_that_change_places_in_loupe_change_places_in_quickbooks(
    house: House, count: int
) -> None:
    # Naive: QuickBooks takes the first, and keeps its money unapplied, for the other invoice is still paid.
    ids, paid = paid_in_loupe(house, f"Pushed {count}", *["100.00"] * count)
    turned = [*ids[1:], ids[0]]
    for payment_id, invoice_id in zip(paid, turned, strict=True):
        settle(house, payment_id, invoice_id)
    run = house.run("push_payments")
    assert [house.said(run, loupe_id=payment_id) for payment_id in paid] == [["updated"]] * count
    assert [applied_there(house, payment_id) for payment_id in paid] == [
        [(invoice_id, 100)] for invoice_id in turned
    ]
    assert house.run("push_payments")["writes"] == 0
    assert house.run("pull_payments")["counts"].get("conflict", 0) == 0


def test_an_exchange_whose_first_half_was_held_is_sent_once_the_other_half_is_there(
    house: House,
) -> None:
    (a, b), (first, second) = paid_in_loupe(house, "Halves", "100.00", "100.00")
    settle(house, first, b)
    assert house.said(house.run("push_payments"), loupe_id=first) == ["conflict"]
    settle(house, second, a)
    house.run("push_payments")
    assert (applied_there(house, first), applied_there(house, second)) == ([(b, 100)], [(a, 100)])
    there = [house.quickbooks_id("payment", payment_id) for payment_id in (first, second)]
    assert conflicts_about(house, *there) == []


def test_a_payment_voided_in_loupe_and_entered_again_is_no_duplicate(house: House) -> None:
    (a,), (old,) = paid_in_loupe(house, "Wrong one", "100.00")
    customer_id = house.row("payment", old)["customer_id"]
    new = loupe.add_payment(house, customer_id, "100.00", {a: "100.00"}, reference_number="NEW")
    house.update("payment", old, is_void=True)
    run = house.run("push_payments")
    assert [house.said(run, loupe_id=one) for one in (old, new)] == [["updated"], ["created"]]
    assert applied_there(house, new) == [(a, 100)]


def test_money_that_nothing_gives_back_is_held_until_a_person_decides(house: House) -> None:
    (a, b), (first, _) = paid_in_loupe(house, "Held", "100.00", "100.00")
    settle(house, first, b)
    run = house.run("push_payments")
    assert house.said(run, loupe_id=first) == ["conflict"]
    assert applied_there(house, first) == [(a, 100)]
    there = house.quickbooks_id("payment", first)
    (conflict_id,) = conflicts_about(house, there)
    decide(house.workspace, conflict_id, "quickbooks", by="a controller")
    assert [
        row["invoice_id"] for row in house.rows("payment_application") if row["payment_id"] == first
    ] == [a]
    assert conflicts_about(house, there) == []


NAMED = {
    "customer": ("Customer", "DisplayName", "display_name"),
    "inventory_item": ("Item", "Name", "item_name"),
    "invoice": ("Invoice", "DocNumber", "invoice_number"),
}


def named(house: House, record_type: str, *names: str) -> list[int]:
    """Records of both sides with these names or numbers."""
    if record_type == "customer":
        ids = [loupe.add_customer(house, name) for name in names]
    elif record_type == "inventory_item":
        ids = [loupe.add_item(house, name, None) for name in names]
    else:
        customer_id = loupe.add_customer(house, f"Customer of {names[0]}")
        ids = [loupe.add_invoice(house, customer_id, name) for name in names]
    for flow in ("push_customers", "push_inventory_items", "push_invoices"):
        house.run(flow)
    return ids


def names_there(house: House, record_type: str, ids: list[int]) -> list[str]:
    entity, name, _ = NAMED[record_type]
    return [
        quickbooks.fetch(house, entity, house.quickbooks_id(record_type, key))[name] for key in ids
    ]


@pytest.mark.parametrize(
    ("record_type", "count"), [("customer", 3), ("inventory_item", 2), ("invoice", 2)]
)
def test_names_that_change_places_in_loupe_change_places_in_quickbooks(
    house: House, record_type: str, count: int
) -> None:
    # Naive: QuickBooks refuses both, for each name is taken, and neither is ever tried again.
    quickbooks.prefer(house, "SalesFormsPrefs", CustomTxnNumbers=True)
    names = [f"N{count} {record_type[:4]} {place}" for place in range(count)]
    ids = named(house, record_type, *names)
    turned = [*names[1:], names[0]]
    for key, name in zip(ids, turned, strict=True):
        house.update(record_type, key, **{NAMED[record_type][2]: name})
    run = house.run(f"push_{record_type}s")
    assert [house.said(run, loupe_id=key) for key in ids] == [["updated"]] * count
    assert names_there(house, record_type, ids) == turned
    assert house.run(f"push_{record_type}s")["writes"] == 0
    house.run(f"pull_{record_type}s")
    assert [house.row(record_type, key)[NAMED[record_type][2]] for key in ids] == turned


@pytest.mark.parametrize("record_type", NAMED)
def test_a_name_that_one_gives_up_is_free_for_the_next_and_for_a_new_one(
    house: House, record_type: str
) -> None:
    quickbooks.prefer(house, "SalesFormsPrefs", CustomTxnNumbers=True)
    names = [f"Chain {record_type[:4]} {place}" for place in range(4)]
    ids = named(house, record_type, *names[:2])
    column = NAMED[record_type][2]
    house.update(record_type, ids[0], **{column: names[1]})
    house.update(record_type, ids[1], **{column: names[2]})
    run = house.run(f"push_{record_type}s")
    assert [house.said(run, loupe_id=key) for key in ids] == [["updated"]] * 2
    house.update(record_type, ids[0], **{column: names[3]})
    (new,) = named(house, record_type, names[1])
    assert names_there(house, record_type, [*ids, new]) == [names[3], names[2], names[1]]


def test_skus_that_change_places_in_loupe_change_places_in_quickbooks(house: House) -> None:
    ids = stocked(house, "SWAP-1", "SWAP-2")
    house.update("inventory_item", ids[0], tag_id=None)
    house.update("inventory_item", ids[1], tag_id="SWAP-1")
    house.update("inventory_item", ids[0], tag_id="SWAP-2")
    house.run("push_inventory_items")
    house.run("pull_inventory_items")
    assert tag_ids(house, ids) == ["SWAP-2", "SWAP-1"]


@pytest.mark.parametrize("record_type", NAMED)
def test_a_name_is_waited_for_while_its_holder_is_not_sent(house: House, record_type: str) -> None:
    # Naive: QuickBooks refuses it, and what was refused is not sent again once the name is free.
    quickbooks.prefer(house, "SalesFormsPrefs", CustomTxnNumbers=True)
    names = [f"Wait {record_type[:4]} {place}" for place in range(3)]
    ids = named(house, record_type, *names[:2])
    column = NAMED[record_type][2]
    house.update(record_type, ids[0], **{column: names[1]})
    house.update(record_type, ids[1], **{column: names[2]})
    alone = house.run(f"push_{record_type}s", record_ids=(str(ids[0]),))
    assert house.said(alone, loupe_id=ids[0]) == ["waiting"]
    house.run(f"push_{record_type}s", record_ids=(str(ids[1]),))
    house.run(f"push_{record_type}s")
    assert names_there(house, record_type, ids) == names[1:]


def test_a_customer_made_inactive_and_entered_again_is_the_new_one(house: House) -> None:
    (old,) = named(house, "customer", "Entered twice")
    house.update("customer", old, is_active=False)
    new = loupe.add_customer(house, "Entered twice")
    run = house.run("push_customers")
    assert [house.said(run, loupe_id=key) for key in (old, new)] == [["updated"], ["created"]]


@pytest.mark.parametrize("passing", [0, 1, 2])
def test_an_exchange_that_breaks_off_is_completed_and_never_pulled(
    house: House, passing: int
) -> None:
    # Naive: the name that stands between the two is taken for the bookkeeper's and goes to Loupe.
    names = [f"Broken {passing} {place}" for place in range(2)]
    ids = named(house, "customer", *names)
    for key, name in zip(ids, reversed(names), strict=True):
        house.update("customer", key, display_name=name)
    house.order_fault("cut_after_commit", times=2, skip=passing)
    with pytest.raises(SyncError):
        house.run("push_customers")
    house.run("pull_customers")
    for _ in range(2):
        house.run("push_customers")
    assert names_there(house, "customer", ids) == names[::-1]
    assert [house.row("customer", key)["display_name"] for key in ids] == names[::-1]


def test_an_exchange_of_payments_that_breaks_off_is_completed_and_never_pulled(
    house: House,
) -> None:
    # Naive: the payment that settles nothing for a moment loses what it settles in Loupe, too.
    (a, b), (first, second) = paid_in_loupe(house, "Broken", "100.00", "100.00")
    settle(house, first, b)
    settle(house, second, a)
    house.order_fault("cut_after_commit", times=2, skip=1)
    with pytest.raises(SyncError):
        house.run("push_payments")
    house.run("pull_payments")
    for _ in range(2):
        house.run("push_payments")
    assert (applied_there(house, first), applied_there(house, second)) == ([(b, 100)], [(a, 100)])
    kept = {row["payment_id"]: row["invoice_id"] for row in house.rows("payment_application")}
    assert (kept[first], kept[second]) == (b, a)


def test_a_number_that_a_void_invoice_holds_is_waited_for_and_says_what_frees_it(
    house: House,
) -> None:
    # Naive: it waits for the void one to be renumbered first, and nothing of a void record is ever sent.
    customer_id = loupe.add_customer(house, "Retyped")
    house.run("push_customers")
    wrong = loupe.add_invoice(house, customer_id, "VOID-6")
    house.run("push_invoices")
    house.update("invoice", wrong, lifecycle_status="Void", invoice_number="VOID-6-void")
    right = loupe.add_invoice(house, customer_id, "VOID-6")
    for _ in range(2):
        run = house.run("push_invoices")
    assert house.said(run, loupe_id=right) == ["waiting"]
    told = [row["reason"] for row in house.records(run, "waiting") if row["loupe_id"] == right]
    assert "is void" in told[0]
    assert "another invoice_number in QuickBooks" in told[0]
    there = house.quickbooks_id("invoice", wrong)
    quickbooks.change(house, "Invoice", there, DocNumber="VOID-6-void")
    house.run("pull_invoices")
    assert house.said(house.run("push_invoices"), loupe_id=right) == ["created"]
