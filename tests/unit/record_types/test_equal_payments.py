"""Equal payments of one day: paired where both sides hold the same, held where they do not."""

from typing import Any

from quickbooks_sync.matching.identity import Candidate
from quickbooks_sync.record_types.equal_payments import pair_payments


def payment(amount: str = "50.00", number: str | None = None, **more: Any) -> dict[str, Any]:
    applied = more.pop("applications", [{"invoice": "3", "amount": amount}])
    return {
        "amount": amount,
        "payment_date": "2026-09-01",
        "reference_number": number,
        "applications": applied,
        **more,
    }


def pair(theirs: dict[str, Any], *ours: dict[str, Any]) -> dict[str, int] | str:
    """Pair the payments equal to the first of QuickBooks'; Loupe's are numbered from 1."""
    candidates = [Candidate(number, one) for number, one in enumerate(ours, start=1)]
    return pair_payments(next(iter(theirs.values())), theirs, candidates)


def test_as_many_equal_payments_are_paired_in_the_order_of_their_ids() -> None:
    theirs = {"10": payment(), "9": payment()}
    assert pair(theirs, payment(), payment()) == {"9": 1, "10": 2}


def test_reference_numbers_are_paired_before_the_order_of_ids() -> None:
    theirs = {"8": payment(), "9": payment(number="CHK-7")}
    assert pair(theirs, payment(number="chk-7"), payment()) == {"9": 1, "8": 2}


def test_a_numbered_payment_takes_an_unnumbered_one_before_the_others_do() -> None:
    theirs = {"8": payment(), "9": payment(number="CHK-2")}
    assert pair(theirs, payment(), payment(number="CHK-3")) == {"9": 1, "8": 2}


def test_contradicting_reference_numbers_are_never_paired() -> None:
    theirs = {"8": payment(number="A"), "9": payment(number="B")}
    paired = pair(theirs, payment(number="A"), payment(number="C"))
    assert paired == "several equal payments, and their reference numbers contradict each other"


def test_one_payment_more_on_either_side_pairs_nothing() -> None:
    paired = pair({"8": payment(), "9": payment()}, payment(), payment(), payment())
    assert isinstance(paired, str)
    assert paired.endswith("QuickBooks 2 of 100.00 in all, Loupe 3 of 150.00 in all")
    assert isinstance(pair({"7": payment(), "8": payment(), "9": payment()}, payment()), str)


def test_another_payment_of_that_day_on_the_invoice_pairs_nothing() -> None:
    theirs = {"8": payment(), "9": payment(), "10": payment("30.00")}
    assert isinstance(pair(theirs, payment(), payment()), str)
    assert pair(theirs, payment(), payment("30.00"), payment()) == {"8": 1, "9": 3}


def test_other_days_other_invoices_and_void_payments_do_not_count() -> None:
    elsewhere = payment(applications=[{"invoice": "4", "amount": "50.00"}])
    theirs = {"8": payment(), "9": payment(), "10": payment(payment_date="2026-09-02")}
    ours = [payment(), elsewhere, payment(is_void=True), payment()]
    assert pair(theirs, *ours) == {"8": 1, "9": 4}


def test_the_sum_alone_is_not_enough() -> None:
    theirs = {"8": payment("40.00"), "9": payment("60.00")}
    assert isinstance(pair(theirs, payment("50.00"), payment("50.00")), str)
