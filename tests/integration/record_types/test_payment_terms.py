"""Payment terms: Loupe has a closed list, QuickBooks one of its own; found by name, else by due days."""

import json
from dataclasses import dataclass, field
from datetime import date
from itertools import count
from typing import Any

import pytest

from quickbooks_sync.review.building import build_review
from tests.support.books import loupe, quickbooks
from tests.support.installation import BuildHouse, House

Terms = dict[str, str]


@dataclass
class Shop:
    """A company whose list of terms each test may change, and a linked customer."""

    house: House
    customer: str
    customer_id: int
    numbers: Any = field(default_factory=lambda: count(1))

    def number(self) -> str:
        """A number that no other invoice of the test has."""
        return f"T-{self.customer}-{next(self.numbers)}"

    def enter_there(self, term: Terms | None = None, **more: Any) -> str:
        """Enter an invoice of 10 in QuickBooks; returns its Id."""
        pointed = {} if term is None else {"SalesTermRef": term}
        made = quickbooks.create_invoice(
            self.house, self.customer, self.number(), "10.00", **pointed, **more
        )
        return str(made["Id"])

    def enter_here(self, terms: str | None, **columns: Any) -> int:
        """Enter an invoice of 100 in Loupe; returns its key."""
        row = {"payment_terms": terms, **columns}
        return loupe.add_invoice(self.house, self.customer_id, self.number(), **row)

    def add_term(self, name: str, **fields: Any) -> Terms:
        """Add a term to QuickBooks' list; returns what points to it."""
        made = quickbooks.create(self.house, "Term", Name=name, **(fields or {"DueDays": 45}))
        read_terms_again(self.house)
        return {"value": made["Id"]}

    def retire(self, *names: str) -> None:
        """Make terms of QuickBooks inactive."""
        for name in names:
            quickbooks.change(self.house, "Term", self.term(name)["value"], Active=False)
        read_terms_again(self.house)

    def term(self, name: str) -> Terms:
        """What points to a term of QuickBooks."""
        (found,) = quickbooks.find(self.house, "Term", f"Name = '{name}'")
        return {"value": str(found["Id"])}

    def here(self, loupe_id: int) -> str | None:
        """The terms in Loupe."""
        terms: str | None = self.house.row("invoice", loupe_id)["payment_terms"]
        return terms

    def there(self, quickbooks_id: str) -> tuple[str | None, str]:
        """The name of the terms in QuickBooks, and the due date."""
        record = quickbooks.fetch(self.house, "Invoice", quickbooks_id)
        return (record.get("SalesTermRef") or {}).get("name"), record["DueDate"]

    def pull(self, quickbooks_id: str) -> int:
        """Pull everything; returns the row that the invoice is."""
        self.house.run("pull_invoices", mode="full")
        return self.house.loupe_id("invoice", quickbooks_id)

    def push(self, loupe_id: int) -> str:
        """Push; returns the Id of the record that the row is."""
        self.house.run("push_invoices")
        return self.house.quickbooks_id("invoice", loupe_id)

    def told(self, run: Any, **key: Any) -> str:
        """What a run said of the terms of a record, in a warning or as what differs."""
        ((name, value),) = key.items()
        texts = [
            row["reason"] or ""
            for row in self.house.records(run)
            if row[name] == value and row["field"] == "payment_terms"
        ]
        return "; ".join(texts)

    def last_sent(self) -> dict[str, Any]:
        """The payload of the newest write."""
        newest = max(self.house.rows("intent"), key=lambda row: row["intent_id"])
        (item,) = json.loads(newest["body"])["BatchItemRequest"]
        payload: dict[str, Any] = item["Invoice"]
        return payload


def read_terms_again(house: House) -> None:
    """Let the next run read the list anew."""
    with house.workspace.engine.begin() as connection:
        connection.exec_driver_sql(
            "delete from quickbooks_sync.company_reference where name = 'Term'"
        )


@pytest.fixture
def shop(build_house: BuildHouse) -> Shop:
    house = build_house(seed=False)
    customer = quickbooks.create(house, "Customer", DisplayName="Tourmaline House")["Id"]
    house.run("pull_customers")
    house.run("pull_invoices")
    return Shop(house, customer, house.loupe_id("customer", customer))


def settles(shop: Shop, loupe_id: int, quickbooks_id: str) -> bool:
    """Whether a night changes nothing any more, on either side."""
    before = shop.here(loupe_id), shop.there(quickbooks_id), shop.house.writes()
    for _ in range(2):
        shop.house.run("pull_invoices", mode="full")
        shop.house.run("push_invoices", mode="full")
    return before == (shop.here(loupe_id), shop.there(quickbooks_id), shop.house.writes())


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [("Net 60", "Net 60"), ("Due on receipt", "Due on Receipt")],
)
def test_terms_of_the_same_name_are_pulled_in_loupes_spelling(
    shop: Shop, theirs: str, ours: str
) -> None:
    record = shop.enter_there(shop.term(theirs))
    invoice = shop.pull(record)
    assert shop.here(invoice) == ours
    assert settles(shop, invoice, record)


@pytest.mark.parametrize("terms", ["Net 15", "Due on Receipt"])
def test_terms_of_the_same_name_are_pushed_with_the_due_date(shop: Shop, terms: str) -> None:
    """Naive: QuickBooks counts the due date anew, and an agreed one is gone."""
    invoice = shop.enter_here(terms, due_date=date(2026, 12, 24))
    record = shop.push(invoice)
    assert shop.last_sent()["DueDate"] == "2026-12-24"
    assert shop.there(record) == (terms.capitalize(), "2026-12-24")
    assert shop.here(invoice) == terms
    assert settles(shop, invoice, record)


def test_terms_of_another_name_are_found_by_their_due_days_both_ways(shop: Shop) -> None:
    shop.retire("Net 45")
    term = shop.add_term("45 days net")
    record = shop.enter_there(term)
    pulled = shop.pull(record)
    assert shop.here(pulled) == "Net 45"
    invoice = shop.enter_here("Net 45")
    pushed = shop.push(invoice)
    assert shop.there(pushed)[0] == "45 days net"
    assert shop.here(invoice) == "Net 45"
    assert settles(shop, pulled, record)
    assert settles(shop, invoice, pushed)


def test_of_several_terms_with_the_same_due_days_none_is_chosen(shop: Shop) -> None:
    """Naive: the first is taken, which may be the one with another meaning."""
    shop.retire("Net 45")
    shop.add_term("45 days net")
    shop.add_term("Six weeks and a bit")
    invoice = shop.enter_here("Net 45")
    run = shop.house.run("push_invoices")
    assert shop.house.said(run, loupe_id=invoice) == ["created", "warning"]
    told = shop.told(run, loupe_id=invoice)
    assert "no active Term named 'Net 45', and 2 with 45 due days, of which none is chosen" in told
    assert "'Six weeks and a bit'" in told
    assert "SalesTermRef" not in shop.last_sent()


def test_terms_that_quickbooks_lacks_are_told_and_neither_sent_nor_created(shop: Shop) -> None:
    """Naive: they are created there; or QuickBooks' default comes back and overwrites Loupe's."""
    before = quickbooks.find(shop.house, "Term", "")
    invoice = shop.enter_here("Prepaid")
    run = shop.house.run("push_invoices")
    told = shop.told(run, loupe_id=invoice)
    assert "QuickBooks has no active Term named 'Prepaid' (it has 'Due on receipt'," in told
    assert "QuickBooks has 'Net 30'; each side keeps its own until somebody changes it" in told
    record = shop.house.quickbooks_id("invoice", invoice)
    assert shop.there(record) == ("Net 30", "2026-10-01")
    assert shop.here(invoice) == "Prepaid"
    assert quickbooks.find(shop.house, "Term", "") == before
    assert settles(shop, invoice, record)


def test_terms_that_quickbooks_lacks_never_blank_what_it_has(shop: Shop) -> None:
    record = shop.enter_there(shop.term("Net 60"))
    invoice = shop.pull(record)
    shop.house.update("invoice", invoice, payment_terms="Prepaid")
    run = shop.house.run("push_invoices")
    assert shop.house.said(run, loupe_id=invoice) == ["differs"]
    assert "no active Term named 'Prepaid'" in shop.told(run, loupe_id=invoice)
    assert settles(shop, invoice, record)
    assert shop.here(invoice) == "Prepaid"
    assert shop.there(record)[0] == "Net 60"


def test_terms_go_across_once_quickbooks_has_them(shop: Shop) -> None:
    record = shop.enter_there(shop.term("Net 60"))
    invoice = shop.pull(record)
    shop.house.update("invoice", invoice, payment_terms="Prepaid")
    shop.house.run("push_invoices")
    shop.add_term("PREPAID", DueDays=0)
    shop.house.run("push_invoices")
    assert shop.there(record)[0] == "PREPAID"
    assert settles(shop, invoice, record)


def test_terms_that_loupe_does_not_know_are_told_and_not_taken(shop: Shop) -> None:
    """Naive: the database refuses the row; or Loupe's terms are emptied."""
    odd = shop.add_term("Ten days", DueDays=10)
    record = shop.enter_there(shop.term("Net 60"))
    invoice = shop.pull(record)
    quickbooks.change(shop.house, "Invoice", record, SalesTermRef=odd, DueDate="2026-09-11")
    run = shop.house.run("pull_invoices")
    assert shop.house.said(run, quickbooks_id=record) == ["updated", "warning"]
    assert "the Term 'Ten days', which is none of Loupe's" in shop.told(run, quickbooks_id=record)
    assert shop.here(invoice) == "Net 60"
    assert shop.house.row("invoice", invoice)["due_date"] == date(2026, 9, 11)
    assert settles(shop, invoice, record)


def test_an_edit_of_either_side_ends_that_each_keeps_its_own(shop: Shop) -> None:
    """Naive: what was left once counts as unknown for good, and edits are lost."""
    odd = shop.add_term("Ten days", DueDays=10)
    first, second = shop.enter_there(odd), shop.enter_there(odd)
    ours = shop.pull(first)
    theirs = shop.house.loupe_id("invoice", second)
    assert (shop.here(ours), shop.here(theirs)) == (None, None)
    shop.house.update("invoice", ours, payment_terms="Net 15")
    shop.push(ours)
    assert shop.there(first)[0] == "Net 15"
    quickbooks.change(shop.house, "Invoice", second, SalesTermRef=shop.term("Net 15"))
    assert shop.here(shop.pull(second)) == "Net 15"


@pytest.mark.parametrize(
    "fields",
    [
        {"DayOfMonthDue": 30, "DueNextMonthDays": 5, "DueDays": 45},
        {"DueDays": 45, "DiscountPercent": 2, "DiscountDays": 10},
    ],
    ids=["due on a day of the month", "with a discount"],
)
def test_terms_that_say_more_than_due_days_are_found_by_name_alone(
    shop: Shop, fields: dict[str, int]
) -> None:
    """Naive: they are taken for their days, and give a customer what Loupe did not."""
    shop.retire("Net 45")
    more = shop.add_term("More than days", **fields)
    record = shop.enter_there(more)
    assert shop.here(shop.pull(record)) is None
    invoice = shop.enter_here("Net 45")
    run = shop.house.run("push_invoices")
    assert "and none with 45 due days" in shop.told(run, loupe_id=invoice)
    named = shop.add_term("prepaid", **fields)
    assert shop.here(shop.pull(shop.enter_there(named))) == "Prepaid"


def test_inactive_terms_are_read_and_never_chosen(shop: Shop) -> None:
    record = shop.enter_there(shop.term("Net 60"))
    shop.retire("Net 60")
    assert shop.here(shop.pull(record)) == "Net 60"
    invoice = shop.enter_here("Net 60")
    run = shop.house.run("push_invoices")
    assert "no active Term named 'Net 60'" in shop.told(run, loupe_id=invoice)


def test_changed_terms_go_across_both_ways_and_leave_the_due_date(shop: Shop) -> None:
    """Naive: the term goes alone, and QuickBooks moves a due date that was agreed on."""
    record = shop.enter_there(shop.term("Net 15"), DueDate="2026-12-24")
    invoice = shop.pull(record)
    shop.house.update("invoice", invoice, payment_terms="Net 60")
    shop.push(invoice)
    sent = shop.last_sent()
    assert {"SalesTermRef", "DueDate"} <= sent.keys()
    assert "TxnDate" not in sent
    assert shop.there(record) == ("Net 60", "2026-12-24")
    assert shop.house.row("invoice", invoice)["due_date"] == date(2026, 12, 24)
    quickbooks.change(
        shop.house, "Invoice", record, SalesTermRef=shop.term("Net 45"), DueDate="2026-12-24"
    )
    assert shop.here(shop.pull(record)) == "Net 45"
    assert settles(shop, invoice, record)


def test_terms_that_are_emptied_are_emptied_on_the_other_side(shop: Shop) -> None:
    record = shop.enter_there(shop.term("Net 15"), DueDate="2026-12-24")
    invoice = shop.pull(record)
    shop.house.update("invoice", invoice, payment_terms=None)
    shop.push(invoice)
    assert shop.there(record) == (None, "2026-12-24")
    assert settles(shop, invoice, record)
    quickbooks.change(
        shop.house, "Invoice", record, SalesTermRef=shop.term("Net 45"), DueDate="2026-12-24"
    )
    assert shop.here(shop.pull(record)) == "Net 45"
    quickbooks.change(shop.house, "Invoice", record, SalesTermRef={}, DueDate="2026-12-24")
    assert shop.here(shop.pull(record)) is None


def test_terms_changed_on_both_sides_are_a_conflict(shop: Shop) -> None:
    record = shop.enter_there(shop.term("Net 15"))
    invoice = shop.pull(record)
    shop.house.update("invoice", invoice, payment_terms="Net 60")
    quickbooks.change(shop.house, "Invoice", record, SalesTermRef=shop.term("Net 45"))
    run = shop.house.run("pull_invoices")
    assert shop.house.said(run, quickbooks_id=record) == ["conflict"]
    assert shop.here(invoice) == "Net 60"
    assert shop.there(record)[0] == "Net 45"


def test_a_due_date_in_conflict_does_not_go_along_with_terms(shop: Shop) -> None:
    """Naive: Loupe's due date is sent beside the terms, and overwrites the one that is held."""
    record = shop.enter_there(shop.term("Net 15"), DueDate="2026-10-10")
    invoice = shop.pull(record)
    shop.house.update("invoice", invoice, payment_terms="Net 60", due_date=date(2026, 11, 11))
    quickbooks.change(shop.house, "Invoice", record, DueDate="2026-12-12")
    shop.house.run("pull_invoices")
    shop.push(invoice)
    assert shop.there(record) == ("Net 60", "2026-12-12")
    assert shop.house.row("invoice", invoice)["due_date"] == date(2026, 11, 11)


@pytest.mark.parametrize(
    ("terms", "due"), [("Net 15", "2026-09-16"), ("Due on Receipt", "2026-09-01")]
)
def test_a_due_date_that_neither_side_has_is_counted_from_the_invoice_date(
    shop: Shop, terms: str, due: str
) -> None:
    invoice = shop.enter_here(terms, due_date=None)
    record = shop.push(invoice)
    assert shop.last_sent()["DueDate"] == due
    assert shop.there(record)[1] == due
    assert str(shop.house.row("invoice", invoice)["due_date"]) == due


def test_quickbooks_default_fills_terms_that_loupe_leaves_open(shop: Shop) -> None:
    invoice = shop.enter_here(None)
    record = shop.push(invoice)
    assert shop.there(record)[0] == "Net 30"
    assert shop.here(invoice) == "Net 30"
    assert settles(shop, invoice, record)


@pytest.mark.parametrize("first", ["pull_invoices", "push_invoices"])
@pytest.mark.parametrize(
    ("ours", "theirs", "outcomes"),
    [
        ("Net 15", "Net 15", ["linked"]),
        ("Net 15", "Net 60", ["linked", "warning"]),
        ("Prepaid", "Net 60", ["linked", "warning"]),
    ],
)
def test_terms_of_an_invoice_that_both_sides_entered_stay_as_they_are(
    shop: Shop, first: str, ours: str, theirs: str, outcomes: list[str]
) -> None:
    """Naive: every invoice of two systems with lists of their own becomes a conflict."""
    number = shop.number()
    sold = {"ItemRef": {"value": "1"}, "Qty": 1, "UnitPrice": 100}
    line = {"DetailType": "SalesItemLineDetail", "SalesItemLineDetail": sold}
    made = quickbooks.create(
        shop.house,
        "Invoice",
        CustomerRef={"value": shop.customer},
        DocNumber=number,
        TxnDate="2026-09-01",
        DueDate="2026-10-01",
        SalesTermRef=shop.term(theirs),
        Line=[{"Description": "Opal", "Amount": 100, **line}],
    )
    invoice = loupe.add_invoice(shop.house, shop.customer_id, number, payment_terms=ours)
    run = shop.house.run(first)
    said = [row["outcome"] for row in shop.house.records(run) if row["loupe_id"] == invoice]
    assert said == outcomes
    shop.house.run("pull_invoices", mode="full")
    assert shop.here(invoice) == ours
    assert shop.there(made["Id"])[0] == theirs


def test_a_void_invoice_leaves_its_terms(shop: Shop) -> None:
    record = shop.enter_there(shop.term("Net 15"))
    invoice = shop.pull(record)
    quickbooks.void(shop.house, "Invoice", record)
    shop.house.update("invoice", invoice, payment_terms="Net 60")
    shop.house.run("pull_invoices")
    writes = shop.house.writes()
    shop.house.run("push_invoices")
    assert shop.house.writes() == writes
    assert shop.there(record)[0] == "Net 15"


def test_the_review_names_terms_that_would_not_be_sent(shop: Shop) -> None:
    shop.enter_here("Prepaid")
    shop.enter_here("Net 15")
    review = build_review(shop.house.workspace, shop.house.realm_id)
    (found,) = [finding for finding in review.findings if finding.field == "payment_terms"]
    assert (found.record_type, found.effect, found.count) == ("invoice", "look", 1)
    assert "no active Term named 'Prepaid'" in found.examples[0].message
