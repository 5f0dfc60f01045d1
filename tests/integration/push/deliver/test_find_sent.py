"""What was sent without an answer is found in QuickBooks as it was sent, and entered once."""

import pytest

from quickbooks_sync.commands.decide import decide
from quickbooks_sync.model.errors import UnreachableError
from tests.support.books import loupe, quickbooks
from tests.support.books.linked import invoiced
from tests.support.installation import House
from tests.support.outcomes import open_conflicts


@pytest.fixture(scope="module")
def house(shared_house: House) -> House:
    """One company for the module; every test has records of its own."""
    shared_house.run_all()
    return shared_house


def test_a_payment_sent_late_that_quickbooks_leaves_unapplied_is_held(house: House) -> None:
    customer_id, invoice_id, quickbooks_id = invoiced(house, "R-1")
    payment_id = loupe.add_payment(house, customer_id, "100.00", {invoice_id: "100.00"})
    house.order_fault("cut_before_commit", times=20)
    with pytest.raises(UnreachableError):
        house.run("push_payments")
    house.side_door("reset", {})
    payer = house.quickbooks_id("customer", customer_id)
    quickbooks.create_payment(house, payer, "100.00", quickbooks_id)

    house.run("push_payments")  # sends the batch that was committed while the invoice was open
    house.run("push_payments")
    assert open_conflicts(house, "payment", payment_id) == {"applications"}


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


def test_a_record_that_two_lost_writes_may_have_made_is_held_until_both_are_decided(
    house: House,
) -> None:
    # Naive: it is `separate` from the first row, so it is nobody's, and entered as a third one.
    customer_id = loupe.add_customer(house, "Customer of Two")
    house.run("push_customers")
    first, second = (loupe.add_invoice(house, customer_id, f"TWO-{n}") for n in (1, 2))
    house.order_fault("cut_before_commit", times=50)
    with pytest.raises(UnreachableError):
        house.run("push_invoices")
    house.side_door("reset", {})
    payer = house.quickbooks_id("customer", customer_id)
    made = quickbooks.create_invoice(house, payer, "TWO-X", "100.00")["Id"]
    let_a_day_pass(house)
    house.run("push_invoices")
    asked = {
        row["loupe_id"]: row["conflict_id"]
        for row in house.rows("conflict")
        if (row["record_type"], row["quickbooks_id"]) == ("invoice", made)
    }
    assert asked.keys() == {first, second}

    decide(house.workspace, asked[first], "separate", by="Ada")
    house.run("pull_invoices", mode="full")
    assert house.link("invoice", quickbooks_id=made) is None
    rows = [row for row in house.rows("invoice") if row["customer_id"] == customer_id]
    assert len(rows) == 2
    assert open_conflicts(house, "invoice", second) == {"record"}
    assert house.link("invoice", loupe_id=first) is not None
