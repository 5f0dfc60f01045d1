"""What the widened randomised model test found, each as the shortest story that shows it."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from decimal import Decimal

import pytest

from quickbooks_sync.model.errors import SyncError, UnreachableError
from quickbooks_sync.settings import confirm_settings
from tests.support.books import loupe, quickbooks
from tests.support.installation import House

HOURS = 7200


@pytest.fixture(scope="module")
def linked_house(shared_house: House) -> House:
    """One company for the module; every test has records of its own."""
    shared_house.run_all()
    return shared_house


@pytest.fixture
def house(linked_house: House) -> Iterator[House]:
    """The company, its QuickBooks without faults and with prompt lists again after the test."""
    yield linked_house
    linked_house.side_door("reset", {})


def invoiced(house: House, number: str) -> tuple[int, int, str]:
    """A linked invoice over 100.00: customer, invoice, and the invoice's QuickBooks Id."""
    customer_id = loupe.add_customer(house, f"Customer of {number}")
    invoice_id = loupe.add_invoice(house, customer_id, number)
    house.run("push_customers")
    house.run("push_invoices")
    return customer_id, invoice_id, house.quickbooks_id("invoice", invoice_id)


def pay(house: House, number: str, customer_id: int, invoice_id: int) -> tuple[int, str]:
    """A linked payment of 40.00 with that reference: its key, and its QuickBooks Id."""
    payment_id = loupe.add_payment(
        house, customer_id, "40.00", {invoice_id: "40.00"}, reference_number=number
    )
    house.run("push_payments")
    return payment_id, house.quickbooks_id("payment", payment_id)


def let_lists_lag(house: House) -> None:
    """Hide from lists what is entered from now on; what was entered before is listed."""
    now = datetime.fromisoformat(house.side_door("clock", {})["now"])
    house.side_door("clock", {"advance_seconds": 2})
    order = {"late_rows": HOURS, "listed_until": int(now.timestamp()) + 1}
    house.side_door("switches", order)


def push_without_answer(house: House, name: str) -> None:
    house.order_fault("cut_after_commit", times=50)
    with pytest.raises(UnreachableError):
        house.run(name)
    house.side_door("reset", {})


def let_a_day_pass(house: House) -> None:
    with house.workspace.engine.begin() as connection:
        connection.exec_driver_sql(
            "update quickbooks_sync.intent set created_at = created_at - interval '25 hours'"
            " where status = 'open'"
        )
    house.side_door("request-ids", {"realm": house.realm_id})


def shown(house: House, entity: str, where: str) -> list[dict[str, object]]:
    order = {"realm": house.realm_id, "query": f"select * from {entity} where {where}"}
    return list(house.side_door("query", order)["QueryResponse"].get(entity, []))


# -- lists that lag ----------------------------------------------------------------------------


def test_an_invoice_that_lists_do_not_show_yet_is_not_voided(house: House) -> None:
    let_lists_lag(house)
    _, invoice_id, quickbooks_id = invoiced(house, "L-1")
    house.run("pull_invoices", mode="full")
    house.run("push_invoices", mode="full")
    assert house.row("invoice", invoice_id)["lifecycle_status"] == "Finalised"
    assert quickbooks.fetch(house, "Invoice", quickbooks_id)["TotalAmt"] == 100


def test_a_payment_that_lists_do_not_show_yet_is_not_voided(house: House) -> None:
    customer_id, invoice_id, _ = invoiced(house, "L-2")
    let_lists_lag(house)
    payment_id, quickbooks_id = pay(house, "L-2", customer_id, invoice_id)
    house.run("pull_payments", mode="full")
    house.run("push_payments", mode="full")
    assert not house.row("payment", payment_id)["is_void"]
    assert quickbooks.fetch(house, "Payment", quickbooks_id)["TotalAmt"] == 40


# -- answers that are lost for good ------------------------------------------------------------


def test_an_invoice_of_a_lost_answer_is_not_pulled_as_a_second_one(house: House) -> None:
    customer_id = loupe.add_customer(house, "Customer of A-1")
    house.run("push_customers")
    invoice_id = loupe.add_invoice(house, customer_id, "A-1")
    push_without_answer(house, "push_invoices")
    (sent,) = shown(house, "Invoice", "DocNumber = 'A-1'")
    quickbooks.change(house, "Invoice", str(sent["Id"]), DocNumber="A-1-new")

    house.run("pull_invoices")
    house.run("push_invoices")
    assert house.quickbooks_id("invoice", invoice_id) == sent["Id"]
    rows = [row for row in house.rows("invoice") if row["customer_id"] == customer_id]
    assert len(rows) == 1
    payer = house.quickbooks_id("customer", customer_id)
    assert len(shown(house, "Invoice", f"CustomerRef = '{payer}'")) == 1


def test_a_customer_of_a_lost_answer_is_not_pulled_as_a_second_one(house: House) -> None:
    customer_id = loupe.add_customer(house, "Lost Answer")
    push_without_answer(house, "push_customers")
    (sent,) = shown(house, "Customer", "DisplayName = 'Lost Answer'")
    house.update("customer", customer_id, display_name="Found Answer")

    house.run("pull_customers")
    house.run("push_customers")
    assert house.quickbooks_id("customer", customer_id) == sent["Id"]
    names = [row["display_name"] for row in house.rows("customer")]
    assert [name for name in names if name and name.endswith("Answer")] == ["Found Answer"]


@pytest.mark.parametrize("order", ["pull first", "push first"])
def test_a_payment_of_an_old_lost_answer_is_found_as_it_was_sent(house: House, order: str) -> None:
    number = f"A-2-{order[:4]}"
    customer_id, invoice_id, quickbooks_id = invoiced(house, number)
    applied = {invoice_id: "40.00"}
    payment_id = loupe.add_payment(house, customer_id, "40.00", applied, reference_number=number)
    push_without_answer(house, "push_payments")
    house.update("payment", payment_id, reference_number=f"{number}-new")
    let_a_day_pass(house)

    flows = ["pull_payments", "push_payments"]
    for name in flows if order == "pull first" else reversed(flows):
        house.run(name)
    payer = house.quickbooks_id("customer", customer_id)
    assert len(shown(house, "Payment", f"CustomerRef = '{payer}'")) == 1
    rows = [row for row in house.rows("payment") if row["customer_id"] == customer_id]
    assert len(rows) == 1
    assert quickbooks.fetch(house, "Invoice", quickbooks_id)["Balance"] == 60


# -- answers that are no lists -----------------------------------------------------------------


def test_an_empty_list_ends_nothing(house: House) -> None:
    customer_id, invoice_id, _ = invoiced(house, "E-1")
    payment_id, quickbooks_id = pay(house, "E-1", customer_id, invoice_id)
    house.order_fault("empty_list", "", times=50)
    with suppress(SyncError):
        house.run("pull_payments", mode="full")
    house.side_door("reset", {})
    house.run("push_payments")
    assert not house.row("payment", payment_id)["is_void"]
    assert quickbooks.fetch(house, "Payment", quickbooks_id)["TotalAmt"] == 40


@pytest.mark.parametrize(
    ("kind", "code"), [("null_cdc", "4001"), ("cdc_fault", "4001"), ("cdc_fault", "6000")]
)
def test_what_is_no_answer_about_changes_is_not_taken_for_no_changes(
    house: House, kind: str, code: str
) -> None:
    customer_id = loupe.add_customer(house, f"Edited behind {kind} {code}")
    house.run("push_customers")
    house.run("pull_customers")
    there = house.quickbooks_id("customer", customer_id)
    quickbooks.change(house, "Customer", there, Notes="seen", BillAddr={"City": "Lund"})
    house.order_fault(kind, "", code=code)
    with suppress(
        SyncError
    ):  # a run that says so is right, and so is one that reads everything instead
        house.run("pull_customers")
    house.run("pull_customers")
    assert house.row("customer", customer_id)["city"] == "Lund"


def test_a_record_whose_id_comes_as_a_number_is_the_same_record(house: House) -> None:
    customer_id = loupe.add_customer(house, "Numbered")
    house.run("push_customers")
    house.order_fault("ids_as_numbers", "", times=50)
    with suppress(SyncError):
        house.run("pull_customers", mode="full")
    house.side_door("reset", {})
    rows = [row for row in house.rows("customer") if row["display_name"] == "Numbered"]
    assert [row["customer_id"] for row in rows] == [customer_id]
    assert not [
        conflict
        for conflict in house.rows("conflict")
        if conflict["loupe_id"] == customer_id and conflict["record_type"] == "customer"
    ]


# -- what is held ------------------------------------------------------------------------------


def test_a_held_date_of_a_payment_is_not_sent_with_its_other_fields(house: House) -> None:
    customer_id, invoice_id, _ = invoiced(house, "H-1")
    payment_id, quickbooks_id = pay(house, "H-1", customer_id, invoice_id)
    house.update("payment", payment_id, payment_date="2026-09-05", reference_number="H-1-new")
    record = quickbooks.fetch(house, "Payment", quickbooks_id)
    left_out = ("domain", "sparse", "MetaData", "UnappliedAmt", "ProcessPayment")
    kept = {name: value for name, value in record.items() if name not in left_out}
    for line in kept["Line"]:
        line.pop("LineEx", None)
    quickbooks.create(house, "Payment", **{**kept, "TxnDate": "2026-09-07"})

    house.run("pull_payments")
    house.run("push_payments")
    now = quickbooks.fetch(house, "Payment", quickbooks_id)
    assert (now["TxnDate"], now["PaymentRefNum"]) == ("2026-09-07", "H-1-new")
    assert house.row("payment", payment_id)["payment_date"].isoformat() == "2026-09-05"


# -- stock that QuickBooks owns ----------------------------------------------------------------


def test_a_quantity_that_was_never_sent_is_not_zeroed(house: House) -> None:
    owned = {"stock_owner": "quickbooks", "opening_stock": "none"}
    confirm_settings(house.workspace, house.realm_id, owned)
    item_id = loupe.add_item(house, "Counted Opal", "S-1", quantity=3)
    house.run("push_inventory_items")
    house.run("pull_inventory_items")
    confirm_settings(
        house.workspace, house.realm_id, {"stock_owner": "loupe", "opening_stock": "push"}
    )
    assert house.row("inventory_item", item_id)["quantity"] == Decimal(3)
