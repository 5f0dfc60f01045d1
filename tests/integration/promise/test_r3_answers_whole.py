"""R3: an answer of QuickBooks is understood whole or refused; nothing is concluded from half of one."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from quickbooks_sync.model.errors import TooMuchAskedError, UnexpectedAnswerError
from quickbooks_sync.quickbooks.patience import Patience
from tests.support.books import loupe, quickbooks
from tests.support.installation import BuildHouse, House

TIME = "2036-11-01T00:00:00Z"
Json = dict[str, Any]


ENTITIES = {
    "customer": "Customer",
    "invoice": "Invoice",
    "payment": "Payment",
    "inventory_item": "Item",
}


@dataclass(frozen=True)
class Books:
    """A company with one record of each type on both sides; the invoice is partly paid."""

    house: House

    def link(self, record_type: str) -> Json:
        (link,) = [row for row in self.house.rows("link") if row["record_type"] == record_type]
        return link

    def record(self, record_type: str) -> Json:
        quickbooks_id = self.link(record_type)["quickbooks_id"]
        return quickbooks.fetch(self.house, ENTITIES[record_type], quickbooks_id)

    def state(self, record_type: str) -> Any:
        children = {"invoice": "invoice_line", "payment": "payment_application"}
        tables = [record_type, *([children[record_type]] if record_type in children else [])]
        return [self.house.rows(table) for table in tables]


@pytest.fixture(scope="module")
def books(shared_house: House) -> Books:
    house = shared_house
    customer_id = loupe.add_customer(house, "Whole", email="whole@l.example")
    invoice_id = loupe.add_invoice(house, customer_id, "W-1")
    loupe.add_payment(house, customer_id, "40.00", {invoice_id: "40.00"})
    loupe.add_item(house, "Opal", "OP-1", quantity=5)
    house.run_all()
    for record_type in ("customer", "invoice", "payment", "inventory_item"):
        house.run(f"pull_{record_type}s")
    return Books(house)


def answer(
    house: House, path: str, body: Any, *, status: int = 200, times: int = 1, skip: int = 0
) -> None:
    text = json.dumps(body, default=float)
    house.order_fault("status", path, status=status, body=text, times=times, skip=skip)


def first_line(record: Json, **changes: Any) -> list[Json]:
    line, *others = record["Line"]
    return [{**line, **changes}, *others]


THIN: dict[str, tuple[str, Callable[[Json], Json]]] = {
    "no display name": ("customer", lambda _: {"DisplayName": None}),
    "nothing of whether it is active": ("customer", lambda _: {"Active": ""}),
    "sparse": ("customer", lambda _: {"sparse": True, "PrimaryEmailAddr": {}}),
    "no balance": ("invoice", lambda _: {"Balance": None}),
    "no lines": ("invoice", lambda _: {"Line": []}),
    "a line without its amount": (
        "invoice",
        lambda record: {"Line": first_line(record, Amount=None)},
    ),
    "a line without its detail": (
        "invoice",
        lambda record: {"Line": first_line(record, SalesItemLineDetail="")},
    ),
    "no applications": ("payment", lambda _: {"Line": []}),
    "an application of nothing": (
        "payment",
        lambda record: {"Line": first_line(record, LinkedTxn=[])},
    ),
    "no unapplied amount": ("payment", lambda _: {"UnappliedAmt": {}}),
    "no quantity": ("inventory_item", lambda _: {"QtyOnHand": []}),
}


@pytest.mark.parametrize("case", THIN)
def test_half_a_record_changes_nothing_and_is_asked_for_again(books: Books, case: str) -> None:
    record_type, thin = THIN[case]
    house, entity, before = books.house, ENTITIES[record_type], books.state(record_type)
    record = books.record(record_type)
    half = {**record, **thin(record), "SyncToken": str(int(record["SyncToken"]) + 1)}
    if record_type == "inventory_item":  # whose changes are not asked for: all are read
        answer(house, "/query", {"QueryResponse": {entity: [half]}, "time": TIME})
    else:
        part = {"QueryResponse": [{entity: [half]}]}
        answer(house, "/cdc", {"CDCResponse": [part], "time": TIME})
    run = house.run(f"pull_{record_type}s")
    assert house.said(run, quickbooks_id=record["Id"]) == ["rejected"]
    assert books.state(record_type) == before
    house.run(f"pull_{record_type}s")
    assert (house.rows("rejected_record"), books.state(record_type)) == ([], before)


@pytest.mark.parametrize(
    "fault",
    [
        {"code": "5030", "Message": "x"},
        {"code": "500", "Message": "Unsupported Operation", "Detail": "is not supported."},
        {"code": "4002", "Message": "Error while processing query"},
    ],
)
def test_an_edit_behind_refused_changes_arrives_all_the_same(books: Books, fault: Json) -> None:
    house, link = books.house, books.link("customer")
    name = f"Behind {fault['code']}"
    quickbooks.change(house, "Customer", link["quickbooks_id"], GivenName=name)
    part = {"QueryResponse": [{"Fault": {"Error": [fault]}}]}
    answer(house, "/cdc", {"CDCResponse": [part], "time": TIME})
    house.run("pull_customers")
    assert house.row("customer", link["loupe_id"])["first_name"] == name


@pytest.mark.parametrize("balance", [None, "much", True])
def test_a_balance_that_is_not_told_is_not_zero(books: Books, balance: Any) -> None:
    """Naive: nothing is open, and the payment is held as a duplicate of money that nobody paid."""
    house, invoice = books.house, books.record("invoice")
    invoice_link, before = books.link("invoice"), house.writes()
    customer_id = house.row("invoice", invoice_link["loupe_id"])["customer_id"]
    applied = {invoice_link["loupe_id"]: "1.00"}
    reference = f"B-{balance}"
    payment_id = loupe.add_payment(house, customer_id, "1.00", applied, reference_number=reference)
    house.run("pull_payments")
    answer(house, "/query", {"QueryResponse": {}, "time": TIME})  # no payment has come meanwhile
    half = {**invoice, "Balance": balance}
    answer(house, "/query", {"QueryResponse": {"Invoice": [half]}, "time": TIME})
    house.run("push_payments")
    assert house.link("payment", loupe_id=payment_id) is not None
    assert house.writes() == before + 1


def named(house: House) -> list[str]:
    return sorted(row["display_name"] for row in house.rows("customer"))


@pytest.fixture
def six(build_house: BuildHouse) -> House:
    """A company with six customers that Loupe does not know yet."""
    house = build_house(seed=False)
    for number in range(6):
        quickbooks.create(house, "Customer", DisplayName=f"Customer {number}")
    return house


def test_a_short_first_page_is_not_all_there_is(six: House) -> None:
    records = quickbooks.find(six, "Customer", "Active = true")
    answer(six, "/query", {"QueryResponse": {"Customer": records[:3]}, "time": TIME})
    six.run("pull_customers")
    assert named(six) == [f"Customer {number}" for number in range(6)]


def with_longest_answer(house: House, length: int) -> House:
    patience = Patience(attempts=2, first_wait=0.01, longest_answer=length)
    return replace(house, workspace=replace(house.workspace, patience=patience))


def test_a_company_whose_pages_are_too_long_is_read_by_halves(six: House) -> None:
    records = quickbooks.find(six, "Customer", "Active = true")
    two_records = len(json.dumps(records[:2], default=float)) + 500
    six.run("pull_invoices")  # reads what the company says of itself, which is longer
    with_longest_answer(six, two_records).run("pull_customers")
    assert named(six) == [f"Customer {number}" for number in range(6)]


def test_a_record_that_is_too_long_alone_is_named_and_nothing_is_left_out(six: House) -> None:
    six.run("pull_invoices")
    with pytest.raises(TooMuchAskedError, match="number 1 of Customer"):
        with_longest_answer(six, 200).run("pull_customers")
    assert not [row for row in six.rows("watermark") if row["record_type"] == "customer"]
    six.run("pull_customers")
    assert len(named(six)) == 6


def test_half_a_record_is_not_created_again(six: House) -> None:
    """Naive: an invoice without its number is no other's twin, and QuickBooks takes a number twice."""
    six.run("pull_customers")
    (link, *_) = six.rows("link")
    quickbooks.create_invoice(six, link["quickbooks_id"], "TWIN-1", "100.00")
    invoice_id = loupe.add_invoice(six, link["loupe_id"], "TWIN-1")
    halves = [
        {**record, "DocNumber": None, "Line": [], "TxnDate": ""}
        for record in quickbooks.find(six, "Invoice", "Id > '0'")
    ]
    # The first question is whether the customer is still the one that is linked.
    answer(six, "/query", {"QueryResponse": {"Invoice": halves}, "time": TIME}, skip=1)
    six.run("push_invoices")
    assert len(quickbooks.find(six, "Invoice", "Id > '0'")) == 1
    assert six.link("invoice", loupe_id=invoice_id) is not None


def test_answers_under_each_others_names_link_nothing(six: House) -> None:
    """Naive: each row is linked to the other's record, and from then on each edit goes to the wrong one."""
    rows = {name: loupe.add_customer(six, name) for name in ("Ada", "Bea")}
    template = quickbooks.find(six, "Customer", "Active = true")[0]
    sent = {"1": "Ada", "2": "Bea"}
    exchanged = [
        {"bId": b_id, "Customer": {**template, "Id": f"90{b_id}", "DisplayName": name}}
        for b_id, name in zip(sent, reversed(sent.values()), strict=True)
    ]
    answer(six, "/batch", {"BatchItemResponse": exchanged, "time": TIME})
    with pytest.raises(UnexpectedAnswerError, match="with the record of row"):
        six.run("push_customers")
    assert not six.rows("link")
    six.run("push_customers")
    for name, loupe_id in rows.items():
        there = six.quickbooks_id("customer", loupe_id)
        assert quickbooks.fetch(six, "Customer", there)["DisplayName"] == name
