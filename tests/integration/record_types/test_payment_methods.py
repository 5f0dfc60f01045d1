"""Payment methods: Loupe writes a name, QuickBooks points to a list; both are compared by the name."""

from dataclasses import dataclass

import pytest

from quickbooks_sync.settings import propose_settings
from tests.support.books import loupe, quickbooks
from tests.support.installation import House


@dataclass(frozen=True)
class Bill:
    """One linked invoice of 1,000 and its customer."""

    house: House
    quickbooks_id: str
    loupe_id: int
    customer: str
    customer_id: int

    def pay_here(self, method: str | None) -> int:
        """Enter a payment of 10 in Loupe."""
        applied = {self.loupe_id: "10.00"}
        return loupe.add_payment(self.house, self.customer_id, "10.00", applied, method=method)

    def pay_there(self, method_id: str) -> str:
        """Enter a payment of 20 in QuickBooks."""
        method = {"PaymentMethodRef": {"value": method_id}}
        made = quickbooks.create_payment(
            self.house, self.customer, "20.00", self.quickbooks_id, **method
        )
        return str(made["Id"])

    def method_here(self, quickbooks_id: str) -> str | None:
        """What Loupe says of a QuickBooks payment."""
        key = self.house.loupe_id("payment", quickbooks_id)
        method: str | None = self.house.row("payment", key)["method"]
        return method

    def method_there(self, loupe_id: int) -> str | None:
        """The Id that QuickBooks' payment of a Loupe row points to."""
        record = quickbooks.fetch(
            self.house, "Payment", self.house.quickbooks_id("payment", loupe_id)
        )
        method: str | None = (record.get("PaymentMethodRef") or {}).get("value")
        return method


@pytest.fixture
def bill(shared_house: House, request: pytest.FixtureRequest) -> Bill:
    house = shared_house
    customer = quickbooks.create(house, "Customer", DisplayName=request.node.name[:90])["Id"]
    invoice = quickbooks.create_invoice(house, customer, "", "1000.00")["Id"]
    house.run("pull_customers")
    house.run("pull_invoices")
    customer_id = house.loupe_id("customer", customer)
    return Bill(house, invoice, house.loupe_id("invoice", invoice), customer, customer_id)


def method_id(house: House, name: str) -> str:
    (found,) = quickbooks.find(house, "PaymentMethod", f"Name = '{name}'")
    return str(found["Id"])


def read_methods_anew(house: House) -> None:
    with house.workspace.engine.begin() as connection:
        connection.exec_driver_sql(
            "update quickbooks_sync.company_reference set fetched_at = fetched_at - interval '2 days'"
        )
    propose_settings(house.workspace, house.realm_id)


def test_a_pulled_payment_carries_the_name_of_its_method(bill: Bill) -> None:
    theirs = bill.pay_there(method_id(bill.house, "Visa"))
    bill.house.run("pull_payments")
    assert bill.method_here(theirs) == "Visa"


def test_a_pushed_payment_points_to_the_method_of_its_name_whatever_the_case(bill: Bill) -> None:
    ours = bill.pay_here("wire TRANSFER")
    run = bill.house.run("push_payments")
    assert bill.house.said(run, loupe_id=ours) == ["created"]
    assert bill.method_there(ours) == method_id(bill.house, "Wire transfer")
    bill.house.run("pull_payments", mode="full")
    assert bill.house.row("payment", ours)["method"] == "wire TRANSFER"


def test_a_name_that_quickbooks_lacks_is_told_and_neither_sent_nor_created(bill: Bill) -> None:
    """Naive: it is created there, and the list of methods fills with misspellings."""
    before = quickbooks.find(bill.house, "PaymentMethod", "")
    ours = bill.pay_here("Barter")
    run = bill.house.run("push_payments")
    assert bill.house.said(run, loupe_id=ours) == ["created", "warning"]
    (told,) = [one for one in bill.house.records(run, "warning") if one["loupe_id"] == ours]
    assert told["field"] == "method"
    assert "QuickBooks has no active PaymentMethod named 'Barter'" in told["reason"]
    assert bill.method_there(ours) is None
    assert quickbooks.find(bill.house, "PaymentMethod", "") == before
    bill.house.run("pull_payments", mode="full")
    assert bill.house.row("payment", ours)["method"] == "Barter"
    writes = bill.house.writes()
    run = bill.house.run("push_payments")
    assert bill.house.said(run, loupe_id=ours) == ["differs"]
    assert bill.house.writes() == writes


def test_a_name_goes_across_once_quickbooks_has_it(bill: Bill) -> None:
    """Naive: it counts as agreed when it was told, and is never sent."""
    ours = bill.pay_here("Barter")
    bill.house.run("push_payments")
    quickbooks.create(bill.house, "PaymentMethod", Name="Barter")
    read_methods_anew(bill.house)
    bill.house.run("push_payments")
    assert bill.method_there(ours) == method_id(bill.house, "Barter")


def test_a_changed_or_emptied_method_goes_across_both_ways(bill: Bill) -> None:
    theirs = bill.pay_there(method_id(bill.house, "Cash"))
    bill.house.run("pull_payments")
    ours = bill.house.loupe_id("payment", theirs)
    bill.house.update("payment", ours, method="Check")
    bill.house.run("push_payments")
    assert bill.method_there(ours) == method_id(bill.house, "Check")
    now = quickbooks.fetch(bill.house, "Payment", theirs)
    kept = {name: now[name] for name in ("Id", "SyncToken", "CustomerRef", "TotalAmt", "TxnDate")}
    lines = [{name: line[name] for name in ("Amount", "LinkedTxn")} for line in now["Line"]]
    visa = {"PaymentMethodRef": {"value": method_id(bill.house, "Visa")}}
    quickbooks.create(bill.house, "Payment", **kept, **visa, Line=lines)
    bill.house.run("pull_payments")
    assert bill.method_here(theirs) == "Visa"
    bill.house.update("payment", ours, method=None)
    bill.house.run("push_payments")
    assert bill.method_there(ours) is None


def test_a_method_that_is_newer_than_what_is_known_changes_nothing_until_it_is_known(
    bill: Bill,
) -> None:
    fresh = quickbooks.create(bill.house, "PaymentMethod", Name="Crypto")["Id"]
    theirs = bill.pay_there(fresh)
    bill.house.run("pull_payments")
    assert bill.method_here(theirs) in (None, "Crypto")
    read_methods_anew(bill.house)
    bill.house.run("pull_payments", mode="full")
    assert bill.method_here(theirs) == "Crypto"


def test_two_methods_of_one_payment_are_left_apart_at_first_contact(bill: Bill) -> None:
    """Naive: every payment of two systems with lists of their own becomes a conflict."""
    theirs = quickbooks.create_payment(
        bill.house,
        bill.customer,
        "10.00",
        bill.quickbooks_id,
        PaymentMethodRef={"value": method_id(bill.house, "Wire transfer")},
    )["Id"]
    ours = bill.pay_here("Wire")
    run = bill.house.run("pull_payments")
    assert bill.house.said(run, quickbooks_id=theirs) == ["linked", "warning"]
    writes = bill.house.writes()
    bill.house.run("push_payments", mode="full")
    assert bill.house.writes() == writes
    assert bill.house.row("payment", ours)["method"] == "Wire"
    bill.house.update("payment", ours, method="Check")
    bill.house.run("push_payments")
    assert bill.method_there(ours) == method_id(bill.house, "Check")
