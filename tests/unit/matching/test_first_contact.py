"""First contact: which Loupe row a QuickBooks record is, and when that is not for us to say."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quickbooks_sync.matching.first_contact import Finder
from quickbooks_sync.matching.identity import Candidate, Match
from quickbooks_sync.record_types.registry import RECORD_TYPES
from quickbooks_sync.transform.canonical import folded


def find(record_type: str, values: dict[str, Any], *rows: dict[str, Any]) -> Match:
    candidates = [Candidate(key, row) for key, row in enumerate(rows, start=1)]
    return Finder(RECORD_TYPES[record_type].identity, candidates).find(values)


def customer(name: str | None, email: str | None = None) -> dict[str, Any]:
    return {"display_name": name, "email": email}


def invoice(number: str | None, customer: str = "7", total: str = "9.00") -> dict[str, Any]:
    return {
        "invoice_number": number,
        "customer": customer,
        "total_amount": total,
        "is_void": False,
    }


def payment(amount: str, *applied: tuple[str, str], **more: Any) -> dict[str, Any]:
    lines = [{"invoice": one, "amount": part} for one, part in applied]
    base = {"amount": amount, "payment_date": "2026-09-01", "reference_number": None}
    return {**base, "applications": lines, "is_void": False, **more}


def item(name: str | None, tag_id: str | None = None) -> dict[str, Any]:
    return {"item_name": name, "tag_id": tag_id}


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (customer("Aurora Fine Jewelry"), customer("aurora  fine jewelry ")),
        (customer("ÉTOILE"), customer("étoile")),
        (customer("Aurora", "A@x.example"), customer("Aurora", "a@X.example")),
        (customer("Aurora", None), customer("Aurora", "a@x.example")),
    ],
)
def test_a_customer_of_the_same_name_is_the_same(ours: Any, theirs: Any) -> None:
    assert find("customer", theirs, ours) == Match(1)


def test_the_same_name_with_another_email_is_doubted() -> None:
    match = find("customer", customer("Aurora", "a@x.example"), customer("Aurora", "b@x.example"))
    assert (match.loupe_id, match.doubt) == (
        1,
        "a Loupe customer has the same name but another email, b@x.example there and a@x.example in QuickBooks",
    )


def test_the_same_email_with_another_name_is_doubted() -> None:
    match = find("customer", customer("Ines", "a@x.example"), customer("Nordwind", "a@x.example"))
    assert (
        match.doubt
        == "a Loupe customer has the same email but another name, Nordwind there and Ines in QuickBooks"
    )


def test_the_email_tells_namesakes_apart() -> None:
    rows = customer("Aurora", "b@x.example"), customer("Aurora", "a@x.example")
    assert find("customer", customer("Aurora", "a@x.example"), *rows) == Match(2)


def test_two_rows_that_fit_equally_are_never_guessed() -> None:
    match = find("customer", customer("Aurora"), customer("AURORA"), customer("aurora"))
    assert match.doubt == "several Loupe records match it equally well: 1, 2"
    assert (match.loupe_id, match.others) == (1, (2,))


@pytest.mark.parametrize(
    "rows",
    [
        (customer("AURORA"), customer("Aurora")),
        ({**customer("Aurora"), "is_active": False}, customer("AURORA")),
        (customer("Aurora"), customer("AURORA", "a@x.example")),
    ],
    ids=["spelling", "in use", "email, too"],
)
def test_of_rows_that_fit_the_closest_is_it(rows: tuple[dict[str, Any], ...]) -> None:
    assert find("customer", customer("Aurora", "a@x.example"), *rows) == Match(2)


def choose(ours: dict[str, Any], **theirs: dict[str, Any]) -> list[str]:
    """Return the records that are the row or may be it."""
    finder = Finder(RECORD_TYPES["customer"].identity, [Candidate(1, ours)])
    matches = {key: finder.find(values) for key, values in theirs.items()}
    chosen = {
        key: finder.choose(key, match, theirs) for key, match in matches.items() if match.loupe_id
    }
    return [key + ("?" if match.doubt else "") for key, match in chosen.items() if match]


def test_records_that_fit_equally_are_never_guessed() -> None:
    assert choose(customer("aurora"), a=customer("Aurora"), b=customer("AURORA")) == ["a?", "b?"]


def test_of_records_that_fit_the_closest_is_it() -> None:
    ours = customer("Aurora", "a@x.example")
    inactive = {**customer("Aurora"), "is_active": False}
    assert choose(ours, a=inactive, b=customer("AURORA")) == ["b"]
    assert choose(ours, a=customer("AURORA"), b=customer("Aurora")) == ["b"]
    assert choose(ours, a=customer("Atelier", "a@x.example"), b=customer("aurora")) == ["b"]


def test_doubtful_records_are_all_asked_about() -> None:
    ours = customer("Aurora", "a@x.example")
    others = customer("Atelier", "a@x.example"), customer("Aurora", "b@x.example")
    assert choose(ours, a=others[0], b=others[1]) == ["a?", "b?"]


def test_a_sub_customer_is_not_its_bare_name() -> None:
    sub = {**customer("Aurora"), "parent": "Amber House"}
    assert find("customer", sub, customer("Aurora")) == Match()
    known = {**customer("Aurora", "a@x.example"), "parent": "Amber House"}
    assert find("customer", known, customer("Aurora", "a@x.example")) == Match(1)


def test_nothing_alike_is_nothing() -> None:
    assert find("customer", customer("Aurora"), customer("Borealis")) == Match()


def test_empty_values_match_nobody() -> None:
    assert find("customer", customer(None), customer(None)) == Match()
    assert find("invoice", invoice(None), invoice(None)) == Match()
    assert find("inventory_item", item(None), item(None)) == Match()


def test_each_row_is_used_once() -> None:
    finder = Finder(
        RECORD_TYPES["customer"].identity, [Candidate(1, customer("Aurora", "a@x.example"))]
    )
    assert finder.find(customer("Aurora", "a@x.example")) == Match(1)
    finder.take(1)
    assert finder.find(customer("Other", "a@x.example")) == Match()


@pytest.mark.parametrize(
    ("theirs", "doubt"),
    [
        (invoice("A-1"), None),
        (invoice("A-1", customer="8"), "same number but another customer"),
        (
            invoice("A-1", total="9.01"),
            "same number and customer but another total, 9.00 there and 9.01 in QuickBooks",
        ),
        ({**invoice("A-1"), "is_void": True}, "only one of the two is void"),
    ],
)
def test_an_invoice_needs_number_customer_and_total(theirs: Any, doubt: str | None) -> None:
    match = find("invoice", theirs, invoice("A-1"))
    assert match.loupe_id == 1
    assert (match.doubt or "").endswith(doubt or "")
    assert bool(match.doubt) == bool(doubt)


def test_two_void_invoices_of_a_number_are_the_same() -> None:
    void = {**invoice("A-1", total="0.00"), "is_void": True}
    assert find("invoice", void, {**invoice("A-1"), "is_void": True}) == Match(1)


@pytest.mark.parametrize(
    ("theirs", "is_same"),
    [
        (payment("5.00", ("3", "5.00")), True),
        (payment("5.01", ("3", "5.00")), False),
        (payment("5.00", ("4", "5.00")), False),
        (payment("5.00", ("3", "4.00")), False),
        (payment("5.00", ("3", "5.00"), payment_date="2026-09-02"), False),
        (payment("5.00", ("3", "5.00"), reference_number="CHK-1"), True),
        (payment("5.00"), False),
        (payment("0.00", ("3", "5.00"), is_void=True), False),
    ],
)
def test_a_payment_is_told_by_amount_date_and_invoices(theirs: Any, is_same: bool) -> None:
    assert find("payment", theirs, payment("5.00", ("3", "5.00"))) == Match(1 if is_same else None)


def test_two_reference_numbers_are_two_payments() -> None:
    ours = payment("5.00", ("3", "5.00"), reference_number="CHK-1")
    theirs = payment("5.00", ("3", "5.00"), reference_number="CHK-2")
    assert find("payment", theirs, ours) == Match()


def test_twin_payments_are_not_guessed() -> None:
    twin = payment("5.00", ("3", "5.00"))
    assert find("payment", twin, twin, twin).doubt


def test_an_item_is_told_by_its_tag_first() -> None:
    rows = item("Ruby", "T-1"), item("Ruby", "T-2")
    assert find("inventory_item", item("Renamed", "t-2"), *rows) == Match(2)


def test_another_tag_is_another_item_whatever_the_name() -> None:
    assert find("inventory_item", item("Ruby", "T-9"), item("Ruby", "T-1")) == Match()


def test_an_item_without_a_tag_is_told_by_its_name() -> None:
    assert find("inventory_item", item("Ruby"), item("ruby", "T-1")) == Match(1)


def test_one_name_on_many_tags_is_not_guessed() -> None:
    assert find("inventory_item", item("Ruby"), item("Ruby", "T-1"), item("Ruby", "T-2")).doubt


def test_folding_ignores_case_and_blanks() -> None:
    assert folded("  Étoile \t Diamants ") == "étoile diamants"
    assert folded("") is folded(None) is None


def test_an_invoice_of_a_customer_that_is_not_linked_is_another_customers() -> None:
    finder = Finder(
        RECORD_TYPES["invoice"].identity,
        [Candidate(1, {"invoice_number": "INV-1", "total_amount": "5.00"})],
    )
    match = finder.find({"invoice_number": "INV-1", "customer": "7", "total_amount": "5.00"})
    assert match.doubt == "a Loupe invoice has the same number but another customer"


NAMES = st.sampled_from([None, "Opal", " opal ", "OPAL", "Ruby", "Strasse", "Straße"])
SAMPLES = {
    "customer": st.builds(customer, NAMES, NAMES),
    "invoice": st.builds(invoice, st.sampled_from([None, "1", "2"]), st.sampled_from("78")),
    "payment": st.builds(
        lambda amount, day: payment(amount, ("61", amount), payment_date=f"2026-09-0{day}"),
        st.sampled_from(["5.00", "6.00"]),
        st.integers(1, 2),
    ),
    "inventory_item": st.builds(item, NAMES, NAMES),
}


@pytest.mark.parametrize("record_type", SAMPLES)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_rows_that_have_nothing_near_a_record_make_no_difference(
    record_type: str, data: st.DataObject
) -> None:
    record = data.draw(SAMPLES[record_type])
    rows = dict(enumerate(data.draw(st.lists(SAMPLES[record_type], max_size=5))))
    identity = RECORD_TYPES[record_type].identity

    def is_near(row: dict[str, Any]) -> bool:
        return any(key.near(row) == key.near(record) is not None for key in identity.keys)

    candidates = [Candidate(key, row) for key, row in rows.items()]
    whole = Finder(identity, candidates)
    narrowed = Finder(identity, [one for one in candidates if is_near(dict(one.values))])
    assert narrowed.find(record) == whole.find(record)
