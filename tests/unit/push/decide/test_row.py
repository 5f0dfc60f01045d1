"""Which rows are pushed at all, and what keeps a new one back."""

from typing import Any

import pytest

from quickbooks_sync.model.decision import Create, Hold, Skip
from quickbooks_sync.model.problem import Problem
from quickbooks_sync.postgres.records.links import DELETED, REPLACED
from quickbooks_sync.push.decide.row import decide_row
from tests.unit.push.decide.rows import facts, link, settings

CUSTOMER = {"customer_id": 3, "is_active": True, "row_version": 4}
VALUES = {"display_name": "Falk", "city": None}
UNREAD = (Problem("email", "is text", 7, "found a number, expected text"),)


def test_a_new_row_is_created_with_what_it_holds() -> None:
    decided = decide_row(CUSTOMER, VALUES, (), facts("customer"))
    assert decided.decision == Create(("display_name",))
    assert decided.problems == ()
    assert decided.values["currency"] == "USD"


def test_a_currency_is_sent_only_where_there_are_several() -> None:
    known = facts(
        "customer", settings=settings(multi_currency="true"), used_currencies={3: {"EUR"}}
    )
    decided = decide_row(CUSTOMER, VALUES, (), known)
    assert decided.decision == Create(("display_name", "currency"))
    assert decided.values["currency"] == "EUR"


def test_a_customer_invoiced_in_two_currencies_is_rejected() -> None:
    known = facts("customer", used_currencies={3: {"EUR", "USD"}})
    decided = decide_row(CUSTOMER, VALUES, (), known)
    assert [problem.field for problem in decided.problems] == ["currency"]
    assert "currency" not in decided.values


def test_deciding_changes_nothing_that_it_was_given() -> None:
    values, unread = dict(VALUES), list(UNREAD)
    decide_row(CUSTOMER, values, tuple(unread), facts("customer"))
    assert (values, unread) == (VALUES, list(UNREAD))


def test_what_cannot_be_read_rejects_a_new_row() -> None:
    assert decide_row(CUSTOMER, VALUES, UNREAD, facts("customer")).problems == UNREAD


def test_a_rejected_row_does_not_wait_for_a_setting() -> None:
    row = {
        "inventory_item_id": 3,
        "is_active": True,
        "price_basis": "carat",
        "currency_code": "USD",
    }
    unconfirmed = settings(income_account=None)
    decided = decide_row(row, {}, (), facts("inventory_item", settings=unconfirmed))
    (problem,) = decided.problems
    assert problem.rule == "can be represented in QuickBooks"
    waiting = decide_row(
        {**row, "price_basis": "piece"}, {}, (), facts("inventory_item", settings=unconfirmed)
    )
    (problem,) = waiting.problems
    assert (problem.waits_for, problem.waits_for_id) == ("setting", "income_account")


@pytest.mark.parametrize(
    ("row", "state", "kind", "reason"),
    [
        ({"is_active": False}, None, Skip, "never saw"),
        ({}, REPLACED, Hold, "another record's"),
        ({}, DELETED, Hold, "deleted in QuickBooks; void it"),
        ({"is_active": False}, DELETED, Skip, "deleted in QuickBooks"),
    ],
)
def test_a_row_that_is_not_sent_is_not_judged(
    row: dict[str, Any], state: str | None, kind: type[Any], reason: str
) -> None:
    links = {3: link(state=state)} if state else {}
    decided = decide_row({**CUSTOMER, **row}, VALUES, UNREAD, facts("customer", links=links))
    assert isinstance(decided.decision, kind)
    assert reason in decided.decision.reason
    assert decided.problems == ()


def test_a_row_that_quickbooks_may_have_already_is_held() -> None:
    known = facts("customer", doubts={3: "its answer was lost"})
    decided = decide_row(CUSTOMER, VALUES, UNREAD, known)
    assert decided.decision == Hold("its answer was lost")
    assert decided.problems == ()
