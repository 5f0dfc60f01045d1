"""First contact of several equal payments on one invoice: paired by their sum, never doubled or lost."""

from dataclasses import dataclass
from decimal import Decimal

import pytest

from tests.support.books import loupe, quickbooks
from tests.support.installation import BuildHouse, House


@dataclass(frozen=True)
class Bill:
    """One invoice on both sides, of its own customer."""

    house: House
    quickbooks_id: str
    loupe_id: int
    customer: str
    customer_id: int

    def paid_there(self, *amounts: str) -> list[str]:
        """Enter payments in QuickBooks; returns their Ids."""
        return [
            quickbooks.create_payment(self.house, self.customer, one, self.quickbooks_id)["Id"]
            for one in amounts
        ]

    def paid_here(self, *amounts: str) -> list[int]:
        """Enter payments in Loupe; returns their ids."""
        return [
            loupe.add_payment(self.house, self.customer_id, one, {self.loupe_id: one})
            for one in amounts
        ]

    def payments_there(self) -> list[str]:
        """The Ids of QuickBooks' payments of the customer."""
        found = quickbooks.find(self.house, "Payment", f"CustomerRef = '{self.customer}'")
        return sorted(record["Id"] for record in found)

    def payments_here(self) -> list[int]:
        """The ids of Loupe's payments of the customer."""
        rows = self.house.rows("payment")
        return [row["payment_id"] for row in rows if row["customer_id"] == self.customer_id]

    def balance_there(self) -> Decimal:
        """What QuickBooks has open on the invoice."""
        return Decimal(quickbooks.fetch(self.house, "Invoice", self.quickbooks_id)["Balance"])


@pytest.fixture
def bill(shared_house: House, request: pytest.FixtureRequest) -> Bill:
    house = shared_house
    name = request.node.name[:60]
    customer = quickbooks.create(house, "Customer", DisplayName=name)["Id"]
    invoice = quickbooks.create_invoice(house, customer, None, "200.00")["Id"]
    house.run("pull_customers")
    house.run("pull_invoices")
    customer_id = house.loupe_id("customer", customer)
    return Bill(house, invoice, house.loupe_id("invoice", invoice), customer, customer_id)


def test_as_many_equal_payments_on_both_sides_are_linked_by_a_pull(bill: Bill) -> None:
    theirs, ours = bill.paid_there("50.00", "50.00"), bill.paid_here("50.00", "50.00")
    run = bill.house.run("pull_payments", mode="full")
    assert [bill.house.said(run, quickbooks_id=one) for one in theirs] == [["linked"]] * 2
    assert [bill.house.loupe_id("payment", one) for one in theirs] == ours
    bill.house.run("push_payments")
    assert (bill.payments_there(), bill.payments_here()) == (sorted(theirs), ours)
    assert bill.balance_there() == Decimal("100.00")


def test_one_equal_payment_more_in_loupe_is_held_and_not_sent(bill: Bill) -> None:
    """Linking two of them and sending the third might pay the invoice once too often."""
    theirs, ours = bill.paid_there("50.00", "50.00"), bill.paid_here(*["50.00"] * 3)
    run = bill.house.run("pull_payments", mode="full")
    assert [bill.house.said(run, quickbooks_id=one) for one in theirs] == [["conflict"]] * 2
    reason = list(bill.house.records(run, "conflict"))[-1]["reason"]
    assert "QuickBooks 2 of 100.00 in all, Loupe 3 of 150.00 in all" in reason
    pushed = bill.house.run("push_payments", mode="full")
    assert {bill.house.said(pushed, loupe_id=one)[0] for one in ours} <= {"conflict", "waiting"}
    assert bill.payments_there() == sorted(theirs)
    assert bill.balance_there() == Decimal("100.00")


def test_one_equal_payment_more_in_quickbooks_is_held_until_loupe_has_it(bill: Bill) -> None:
    """Loading the third beside Loupe's two might lose that it is one of theirs."""
    theirs, ours = bill.paid_there(*["50.00"] * 3), bill.paid_here("50.00", "50.00")
    run = bill.house.run("pull_payments", mode="full")
    assert [bill.house.said(run, quickbooks_id=one) for one in theirs] == [["conflict"]] * 3
    assert bill.payments_here() == ours
    ours += bill.paid_here("50.00")
    later = bill.house.run("pull_payments")  # incremental: they wait to be looked at again
    assert [bill.house.said(later, quickbooks_id=one) for one in theirs] == [["linked"]] * 3
    assert (bill.payments_there(), bill.payments_here()) == (sorted(theirs), ours)


def test_another_payment_of_the_day_in_loupe_alone_holds_the_equal_ones(bill: Bill) -> None:
    theirs = bill.paid_there("50.00", "50.00")
    bill.paid_here("50.00", "50.00", "30.00")
    run = bill.house.run("pull_payments", mode="full")
    assert [bill.house.said(run, quickbooks_id=one) for one in theirs] == [["conflict"]] * 2


def test_reference_numbers_decide_which_equal_payment_is_which(bill: Bill) -> None:
    (first,) = bill.paid_there("50.00")
    second = quickbooks.create_payment(
        bill.house, bill.customer, "50.00", bill.quickbooks_id, PaymentRefNum="CHK-9"
    )["Id"]
    numbered = loupe.add_payment(
        bill.house,
        bill.customer_id,
        "50.00",
        {bill.loupe_id: "50.00"},
        reference_number="CHK-9",
    )
    (plain,) = bill.paid_here("50.00")
    bill.house.run("pull_payments", mode="full")
    assert bill.house.loupe_id("payment", second) == numbered
    assert bill.house.loupe_id("payment", first) == plain


def test_a_payment_without_a_number_does_not_take_the_row_of_a_numbered_one(bill: Bill) -> None:
    (plain,) = bill.paid_there("50.00")
    numbered = quickbooks.create_payment(
        bill.house, bill.customer, "50.00", bill.quickbooks_id, PaymentRefNum="CHK-5"
    )["Id"]
    ours = loupe.add_payment(
        bill.house,
        bill.customer_id,
        "50.00",
        {bill.loupe_id: "50.00"},
        reference_number="CHK-5",
    )
    run = bill.house.run("pull_payments", mode="full")
    assert bill.house.loupe_id("payment", numbered) == ours
    assert bill.house.said(run, quickbooks_id=plain) == ["created"]


def test_a_push_before_any_pull_links_equal_payments_and_sends_none(bill: Bill) -> None:
    theirs, ours = bill.paid_there("50.00", "50.00"), bill.paid_here("50.00", "50.00")
    forget_pulls_of_payments(bill.house)
    run = bill.house.run("push_payments")
    assert [bill.house.said(run, loupe_id=one) for one in ours] == [["linked"]] * 2
    assert [bill.house.loupe_id("payment", one) for one in theirs] == ours
    assert bill.payments_there() == sorted(theirs)
    assert bill.balance_there() == Decimal("100.00")


def test_a_push_before_any_pull_holds_equal_payments_that_differ_in_number(bill: Bill) -> None:
    theirs, ours = bill.paid_there("50.00"), bill.paid_here("50.00", "50.00")
    forget_pulls_of_payments(bill.house)
    run = bill.house.run("push_payments")
    assert {bill.house.said(run, loupe_id=one)[0] for one in ours} <= {"conflict", "waiting"}
    assert bill.payments_there() == theirs
    assert bill.balance_there() == Decimal("150.00")


def forget_pulls_of_payments(house: House) -> None:
    """Make it so that nobody knows what payments QuickBooks has."""
    with house.workspace.engine.begin() as connection:
        connection.exec_driver_sql(
            "delete from quickbooks_sync.watermark"
            " where record_type = 'payment' and direction = 'pull'"
        )


@pytest.mark.parametrize("first", ["pull", "push"])
@pytest.mark.parametrize("number", ["CHK 5", None])
def test_a_deposit_that_both_sides_hold_is_one(
    build_house: BuildHouse, first: str, number: str | None
) -> None:
    """Naive: it settles nothing yet, so nothing tells that it is the same, and both sides get a second one."""
    house = build_house(seed=False)
    there = quickbooks.create(house, "Customer", DisplayName="Custom Order")["Id"]
    more = {"PaymentRefNum": number} if number else {}
    quickbooks.create_payment(house, there, "500.00", **more)
    customer_id = loupe.add_customer(house, "Custom Order")
    loupe.add_payment(house, customer_id, "500.00", {}, reference_number=number)
    house.run("pull_customers")
    other = "push" if first == "pull" else "pull"
    for direction in (first, other, first):
        house.run(f"{direction}_payments")
    assert len(house.rows("payment")) == 1
    assert len(quickbooks.find(house, "Payment", "")) == 1
