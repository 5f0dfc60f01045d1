"""What of a linked row is sent, held or left, and what is agreed by then."""

from decimal import Decimal
from typing import Any

import pytest

from quickbooks_sync.model.base import Base
from quickbooks_sync.model.decision import Hold, Keep, Update, Void
from tests.unit.push.decide.rows import decide, settings

CITY = {"city": "Bonn"}
ITEM = {
    "is_active": True,
    "quantity": Decimal(5),
    "price_basis": "piece",
    "currency_code": "USD",
}
INVOICE = {
    "lifecycle_status": "Finalised",
    "payment_status": "Unpaid",
    "currency_code": "USD",
    "tax_amount": Decimal(0),
    "invoice_line": [],
}


def same(values: dict[str, Any]) -> Base:
    return Base(values, values)


def test_what_changed_in_loupe_is_sent() -> None:
    decision = decide("customer", {}, {"city": "Gent"}, CITY, same(CITY))
    assert decision == Update(("city",))


def test_what_changed_on_both_sides_is_held_and_the_rest_sent() -> None:
    ours, theirs = {"city": "Gent", "phone": "2"}, {"city": "Köln", "phone": "1"}
    decision = decide("customer", {}, ours, theirs, same({"city": "Bonn", "phone": "1"}))
    assert isinstance(decision, Update)
    assert decision.fields == ("phone",)
    assert [conflict.field for conflict in decision.conflicts] == ["city"]


def test_a_row_of_which_all_is_held_notes_what_is_agreed() -> None:
    ours, theirs = {"city": "Gent", "phone": "1"}, {"city": "Köln", "phone": "1"}
    decision = decide("customer", {}, ours, theirs, same(CITY))
    assert isinstance(decision, Hold)
    assert decision.reason == "changed on both sides since they last agreed"
    assert decision.agreement is not None
    # The held field keeps its base, so that the next look comes to the same verdict.
    assert decision.agreement.base == same({**CITY, "phone": "1"})
    assert not decision.agreement.is_settled


def test_a_row_that_agrees_is_settled() -> None:
    decision = decide("customer", {}, CITY, CITY, same({"city": "Gent"}))
    assert isinstance(decision, Keep)
    assert decision.agreement is not None
    # Naive: the old base would make the next edit look like a change on both sides.
    assert decision.agreement.base == same(CITY)
    assert decision.agreement.is_settled


def test_what_loupe_has_still_to_take_is_left_to_the_pull() -> None:
    decision = decide("customer", {}, CITY, {"city": "Gent"}, same(CITY))
    assert isinstance(decision, Keep)
    assert decision.agreement is not None
    assert decision.agreement.base == same(CITY)
    assert not decision.agreement.is_settled


def test_a_void_goes_out_as_one() -> None:
    row = {**INVOICE, "lifecycle_status": "Void"}
    decision = decide(
        "invoice", row, {"is_void": True}, {"is_void": False}, same({"is_void": False})
    )
    assert decision == Void(("is_void",))


def test_a_void_record_is_not_made_live_again() -> None:
    decision = decide(
        "invoice", INVOICE, {"is_void": False}, {"is_void": True}, same({"is_void": True})
    )
    assert isinstance(decision, Hold)
    assert "stays void" in decision.reason
    (conflict,) = decision.conflicts
    assert (conflict.field, conflict.loupe, conflict.quickbooks) == ("is_void", False, True)


def test_a_total_that_quickbooks_computed_otherwise_is_said_where_nothing_is_sent() -> None:
    total = {"total_amount": "12.00"}
    decision = decide("invoice", INVOICE, {**total, "lines": []}, {"total_amount": "12.01"})
    assert isinstance(decision, Keep)
    assert [problem.field for problem in decision.differs] == ["total_amount"]
    assert decision.agreement is not None
    assert not decision.agreement.is_settled


@pytest.mark.parametrize(
    ("changes", "base", "expected"),
    [
        ({}, {"quantity": "7"}, "adjusted"),
        ({}, {}, "differs"),
        ({"stock_owner": None}, {"quantity": "7"}, "stock_owner"),
        ({"adjustment_account": None}, {"quantity": "7"}, "adjustment_account"),
    ],
)
def test_a_quantity_is_adjusted_once_both_sides_have_agreed_on_one(
    changes: dict[str, str | None], base: dict[str, str], expected: str
) -> None:
    decision = decide(
        "inventory_item",
        ITEM,
        {"quantity": "5", "is_active": True},
        {"quantity": "7", "is_active": True},
        same({**base, "is_active": True}),
        settings=settings(**changes),
    )
    assert isinstance(decision, Keep)
    assert decision.adjusts_quantity == (expected == "adjusted")
    assert bool(decision.differs) == (expected == "differs")
    waits_for = decision.waits_for.name if decision.waits_for else None
    assert waits_for == (expected if expected.endswith(("owner", "account")) else None)


def test_an_item_with_other_edits_is_changed_and_adjusted() -> None:
    held = {"quantity": "7", "description": "old"}
    decision = decide(
        "inventory_item", ITEM, {"quantity": "5", "description": "new"}, held, same(held)
    )
    assert decision == Update(("description",), adjusts_quantity=True)


def test_prices_on_another_basis_are_said_and_not_sent() -> None:
    row = {**ITEM, "price_basis": "carat"}
    decision = decide(
        "inventory_item", row, {"sell_price": "2.00"}, {"sell_price": "1.00"}, same({})
    )
    assert isinstance(decision, Keep)
    assert [problem.field for problem in decision.differs] == ["sell_price"]


def test_an_item_stays_active_until_quickbooks_has_counted_it_down() -> None:
    row = {**ITEM, "is_active": False, "quantity": Decimal(0)}
    before = {"is_active": True, "quantity": "7"}
    decision = decide(
        "inventory_item", row, {"is_active": False, "quantity": "0"}, before, same(before)
    )
    assert isinstance(decision, Keep)
    assert decision.adjusts_quantity
    assert decision.agreement is not None
    assert not decision.agreement.is_settled


def test_a_conflict_is_not_lost_where_an_item_has_to_stay_active() -> None:
    row = {**ITEM, "is_active": False, "quantity": Decimal(0)}
    ours = {"is_active": False, "quantity": "0", "description": "new"}
    theirs = {"is_active": True, "quantity": "7", "description": "newer"}
    base = {"is_active": True, "quantity": "7", "description": "old"}
    decision = decide("inventory_item", row, ours, theirs, same(base))
    # Naive: with nothing left to send the item would count as unchanged, and its conflict as over.
    assert isinstance(decision, Hold)
    assert decision.adjusts_quantity
    assert [conflict.field for conflict in decision.conflicts] == ["description"]
