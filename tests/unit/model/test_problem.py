"""A problem is staged and listed as JSON; an older release left more out."""

import pytest

from quickbooks_sync.model.problem import Problem, Severity, to_problems, warning

PROBLEMS = [
    Problem("email", "is an e-mail address", "no at sign", "email: found 'no at sign'"),
    Problem(None, "can be represented in QuickBooks", None, "prices are per carat"),
    Problem("lines", "is linked", 7, "item 7", waits_for="inventory_item", waits_for_id="7"),
    Problem(None, "accepted by QuickBooks (fault 6240)", None, "Duplicate Name", code="6240"),
    warning("city", "holds no control character", "Ant\x07werp", "city: found a bell"),
]


@pytest.mark.parametrize("problem", PROBLEMS)
def test_a_problem_comes_back_as_it_was_staged(problem: Problem) -> None:
    assert Problem.from_json(problem.to_json()) == problem


def test_what_says_nothing_is_not_staged() -> None:
    assert set(PROBLEMS[0].to_json()) == {"field", "rule", "value", "message", "severity"}


def test_what_an_older_release_listed_rejects_its_record() -> None:
    # Naive: severity was left out of what rejects, so reading it as a key would fail.
    (problem,) = to_problems([{"field": "email", "rule": "is present", "message": "email: none"}])
    assert problem.severity is Severity.REJECTED
    assert problem.is_rejecting


def test_a_record_that_waits_is_not_rejected_for_it() -> None:
    assert [problem.is_rejecting for problem in PROBLEMS] == [True, True, False, True, False]
