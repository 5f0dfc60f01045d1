"""What a staged decision becomes: an outcome, a write, an adjustment, a base to note."""

from dataclasses import replace
from typing import Any

import pytest

from quickbooks_sync.model.base import Base
from quickbooks_sync.model.decision import (
    Agreement,
    Create,
    Decision,
    Hold,
    Keep,
    MissingSetting,
    Operation,
    Skip,
    Update,
    Void,
)
from quickbooks_sync.model.errors import FatalError
from quickbooks_sync.model.outcome import FieldConflict
from quickbooks_sync.model.problem import Problem
from quickbooks_sync.postgres.records.staging import StagedRecord
from quickbooks_sync.push.decide.opening_stock import OpeningStock
from quickbooks_sync.push.decide.plan import Plan, plan_row, plan_rows, to_planned_outcome
from quickbooks_sync.push.decide.plan_facts import PlanFacts
from tests.support.record_samples import shipped
from tests.unit.push.decide.rows import link

MADE = "2026-09-01T00:00:00+00:00"
CONFLICT = FieldConflict("city", "changed on both sides since they last agreed", "Gent", "Bonn")
DIFFERS = (Problem("quantity", "stock agrees", None, "count"),)
AGREED = Agreement(Base({"city": "Gent"}, {"city": "Gent"}), is_settled=True)
FAULT = (Problem(None, "accepted by QuickBooks (fault 6240)", None, "Duplicate", code="6240"),)


def facts(**changes: Any) -> PlanFacts:
    known: dict[str, Any] = {
        "mapping": shipped("customer"),
        "to_retry_key": lambda version: f"key of {version}",
        "opening": OpeningStock(is_sent=True, is_whole=True),
        "links": {3: link()},
    }
    return PlanFacts(**{**known, **changes})


def staged(decision: Decision | None, *problems: Problem, **values: Any) -> StagedRecord:
    return StagedRecord(0, "3", "4", {}, values, problems, decision)


@pytest.mark.parametrize(
    ("decision", "outcome", "reason"),
    [
        (Skip("a draft"), "unchanged", "a draft"),
        (Keep(), "unchanged", None),
        (Keep(DIFFERS), "differs", None),
        (Keep(waits_for=MissingSetting("stock_owner", "confirm")), "waiting", "confirm"),
        (Hold(CONFLICT.reason, (CONFLICT,)), "conflict", CONFLICT.reason),
    ],
)
def test_a_row_that_is_not_sent_says_why(
    decision: Decision, outcome: str, reason: str | None
) -> None:
    planned = plan_row(staged(decision), facts())
    assert planned.outcome is not None
    assert (planned.outcome.outcome, planned.outcome.reason) == (outcome, reason)
    assert planned.outcome.quickbooks_id == "58"
    assert planned.write is None


def test_what_waits_and_differs_is_not_hidden_behind_a_conflict() -> None:
    waits_for = MissingSetting("stock_owner", "confirm")
    outcome = plan_row(staged(Hold("held", (CONFLICT,), DIFFERS, waits_for)), facts()).outcome
    assert outcome is not None
    assert (outcome.outcome, outcome.warnings) == ("conflict", DIFFERS)
    assert (outcome.waits_for, outcome.waits_for_id) == ("setting", "stock_owner")


@pytest.mark.parametrize(
    ("decision", "operation"),
    [
        (Create(("city",)), Operation.CREATE),
        (Update(("city",), (CONFLICT,)), Operation.UPDATE),
        (Void(("is_void",)), Operation.VOID),
    ],
)
def test_a_row_that_is_sent_becomes_a_write(decision: Decision, operation: Operation) -> None:
    write = plan_row(staged(decision, city="Gent"), facts()).write
    assert write is not None
    assert (write.operation, write.row_version, write.retry_key) == (operation, 4, "key of 4 3")
    assert write.conflicts == getattr(decision, "conflicts", ())


def test_a_rule_that_is_broken_comes_before_what_the_row_waits_for() -> None:
    waits = Problem("customer", "is linked", 7, "customer 7", waits_for="customer")
    broken = Problem("city", "is present", None, "city: none")
    waiting = plan_row(staged(Update(("city",)), waits), facts()).outcome
    rejected = plan_row(staged(Update(("city",)), waits, broken), facts()).outcome
    assert waiting is not None
    assert rejected is not None
    assert (waiting.outcome, waiting.waits_for) == ("waiting", "customer")
    assert (rejected.outcome, rejected.causes) == ("rejected", (broken,))


def test_what_quickbooks_refused_is_not_sent_again_until_something_changed() -> None:
    refusals = {"3": ("key of 4 3", FAULT)}
    refused = plan_row(staged(Update(("city",))), facts(refusals=refusals))
    assert refused.outcome is not None
    assert (refused.outcome.outcome, refused.write) == ("rejected", None)
    for changes in (
        {"refusals": {"3": ("key of 3 3", FAULT)}},
        {"refusals": refusals, "is_asked_for": True},
    ):
        assert plan_row(staged(Update(("city",))), facts(**changes)).write is not None


def test_an_adjustment_goes_beside_an_update_and_beside_what_is_said_of_a_row() -> None:
    beside = plan_row(staged(Update(("city",), adjusts_quantity=True)), facts())
    assert beside.write is not None
    assert beside.adjustment is not None
    assert (beside.adjustment.operation, beside.adjustment.fields) == (Operation.ADJUST, ())
    alone = plan_row(staged(Keep(adjusts_quantity=True, agreement=AGREED)), facts())
    # Naive: noting the base here would write the link before the answer to the adjustment does.
    assert alone.link is None
    assert alone.outcome is not None
    assert alone.outcome.outcome == "unchanged"
    assert Plan.of([alone, beside]).outcomes == ()
    assert Plan.of([alone, beside]).adjusted == (alone.outcome,)
    held = plan_row(staged(Hold("held", (CONFLICT,), adjusts_quantity=True)), facts())
    assert held.adjustment is not None
    assert held.outcome is not None


def test_what_is_agreed_is_noted_once() -> None:
    row = {"row_version": 4, "created_at": MADE, "updated_at": MADE}
    record = replace(staged(Keep(agreement=AGREED)), raw=row)
    noted = plan_row(record, facts()).link
    assert noted is not None
    assert (noted.loupe_base, noted.loupe_row_version) == ({"city": "Gent"}, 4)
    assert plan_row(record, facts(links={3: noted})).link is None


@pytest.mark.parametrize(
    ("opening", "quantity", "fields"),
    [
        (OpeningStock(is_sent=True, is_whole=True), "5", ("item_name", "quantity")),
        (OpeningStock(is_sent=True, is_whole=False), "0", ("item_name", "quantity")),
        (OpeningStock(is_sent=False, is_whole=True), "0", ("item_name",)),
    ],
)
def test_a_new_item_starts_with_its_quantity_only_while_stock_is_opened(
    opening: OpeningStock, quantity: str, fields: tuple[str, ...]
) -> None:
    record = staged(Create(("item_name", "quantity")), quantity="5")
    write = plan_row(record, facts(opening=opening, links={})).write
    assert write is not None
    assert (write.opening_quantity, write.fields) == (quantity, fields)


def test_a_row_whose_outcome_is_written_is_left_out() -> None:
    record = staged(Update(("city",)))
    assert Plan.of(plan_rows([record], facts(written=frozenset({3})))).writes == ()
    assert len(Plan.of(plan_rows([record], facts())).writes) == 1


def test_a_row_that_was_never_decided_is_not_sent() -> None:
    with pytest.raises(FatalError, match="row 3 was staged and never decided"):
        plan_row(staged(None), facts())


def test_a_preview_says_what_would_be_sent() -> None:
    write = plan_row(staged(Update(("city",))), facts()).write
    assert write is not None
    planned = to_planned_outcome(write)
    assert (planned.outcome, planned.reason) == ("updated", "would send city")
