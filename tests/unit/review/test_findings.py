"""Findings: what is said of single records, counted by its reason."""

import pytest

from quickbooks_sync.model.outcome import RECORD_CONFLICT, FieldConflict, Outcome, RecordOutcome
from quickbooks_sync.model.problem import Problem, warning
from quickbooks_sync.review.findings import Findings, from_outcome, from_problem
from quickbooks_sync.review.model import Effect

BROKEN = Problem("email", "looks like an e-mail address", "x", "found 'x'")


@pytest.mark.parametrize(
    ("problem", "effect", "title"),
    [
        (BROKEN, Effect.REJECTED, 'email: "looks like an e-mail address" is not met'),
        (
            Problem("customer", "is linked", 3, "not yet", waits_for="customer", waits_for_id="3"),
            Effect.WAITING,
            'customer: "is linked" is not met yet',
        ),
        (
            warning("quantity", "is not below zero", "-1", "-1"),
            Effect.LOOK,
            'quantity: "is not below zero" is not met',
        ),
        (Problem(None, "fits", None, "why"), Effect.REJECTED, '"fits" is not met'),
    ],
)
def test_a_problem_says_what_a_push_does_with_its_record(
    problem: Problem, effect: Effect, title: str
) -> None:
    remark = from_problem(problem)
    assert (remark.effect, remark.title, remark.message) == (effect, title, problem.message)


def test_a_setting_that_is_waited_for_is_listed_apart() -> None:
    problem = Problem(
        "x", "company setting confirmed", None, "confirm", waits_for="setting", waits_for_id="tax"
    )
    findings = Findings()
    findings.add("invoice", 1, "A-1", [from_problem(problem)])
    assert findings.listed() == ()
    assert findings.settings == {"tax"}
    (finding,) = findings.listed("tax")
    assert (finding.record_type, finding.count) == ("invoice", 1)


def test_conflicts_are_held_by_field_or_as_a_whole() -> None:
    conflicts = (
        FieldConflict("phone", "both sides changed it", "1", "2"),
        FieldConflict(RECORD_CONFLICT, "deleted in QuickBooks", 1, "58"),
    )
    outcome = RecordOutcome("1", Outcome.CONFLICT, reason="held", conflicts=conflicts)
    remarks = from_outcome(outcome)
    assert [(remark.effect, remark.field) for remark in remarks] == [
        (Effect.HELD, "phone"),
        (Effect.HELD, None),
    ]
    (doubt,) = from_outcome(RecordOutcome("1", Outcome.CONFLICT, reason="in doubt"))
    assert (doubt.effect, doubt.message) == (Effect.HELD, "in doubt")


def test_sides_that_differ_are_to_be_looked_at_not_rejected() -> None:
    (remark,) = from_outcome(RecordOutcome("1", Outcome.DIFFERS, causes=(BROKEN,)))
    assert remark.effect == Effect.LOOK
    (refused,) = from_outcome(RecordOutcome("1", Outcome.REJECTED, causes=(BROKEN,)))
    assert refused.effect == Effect.REJECTED


def test_every_record_is_named_once_for_a_reason() -> None:
    findings = Findings()
    for loupe_id in range(25):
        findings.add("customer", loupe_id, "-", [from_problem(BROKEN), from_problem(BROKEN)])
    (finding,) = findings.listed()
    assert finding.count == 25
    assert [example.loupe_id for example in finding.examples] == list(range(25))


def test_the_gravest_comes_first_within_a_record_type() -> None:
    findings = Findings()
    look = from_problem(warning("quantity", "is not below zero", "-1", "-1"))
    findings.add("customer", 1, "-", [look])
    findings.add("customer", 2, "-", [from_problem(BROKEN)])
    findings.add("invoice", 1, "-", [from_problem(BROKEN)])
    listed = [(finding.record_type, finding.effect) for finding in findings.listed()]
    assert listed == [("customer", "rejected"), ("customer", "look"), ("invoice", "rejected")]
