"""Completes a batch's result: what was found before its suite ran, and which records break each rule."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from quickbooks_sync.model.problem import Problem, Severity

Problems = Mapping[int, Sequence[Problem]]
RuleKey = tuple[str, str, Severity]
#: A record's Id at its source, and what it breaks.
Example = tuple[str, Problem]

#: How many records a rule names.
EXAMPLES = 10
#: Stands where a rule of the suite names its expectation.
READING = "found on reading the record"


def add_unread(
    document: Mapping[str, Any], checked: Iterable[int], unread: Problems, problems: Problems
) -> dict[str, Any]:
    """Return a result's document that counts unreadable values like broken rules.

    Args:
        document: The suite's result.
        checked: The rows that the suite looked at.
        unread: By row, problems of the transformation; those that wait for something are left out.
        problems: By row, all problems.
    """
    unreadable = {row: _without_waiting(listed) for row, listed in unread.items()}
    looked_at = {*checked, *(row for row, listed in unreadable.items() if listed)}
    severities = [
        {problem.severity for problem in _without_waiting(listed)} for listed in problems.values()
    ]
    return {
        **document,
        "records": len(looked_at),
        "rejected": sum(1 for found in severities if Severity.REJECTED in found),
        "warned": sum(1 for found in severities if found == {Severity.WARNING}),
        "rules": [*_to_rules(unreadable.values(), len(looked_at)), *document["rules"]],
    }


def add_examples(
    document: Mapping[str, Any], problems: Mapping[str, Sequence[Problem]]
) -> dict[str, Any]:
    """Return a result's document in which each rule names the first records that break it.

    Args:
        document: The result.
        problems: By the record's Id at its source, all its problems.

    Returns:
        The document; an example has `record` and `found`, what the record holds or why it is refused.
    """
    broken: dict[RuleKey, list[Example]] = defaultdict(list)
    for record, listed in problems.items():
        for problem in _without_waiting(listed):
            broken[_key(problem)].append((record, problem))
    return {**document, "rules": [_with_examples(rule, broken) for rule in document["rules"]]}


def _with_examples(
    rule: dict[str, Any], broken: Mapping[RuleKey, Sequence[Example]]
) -> dict[str, Any]:
    says_why = rule["expectation"] == READING
    key = str(rule.get("field") or "record"), str(rule["rule"]), Severity(rule["severity"])
    examples = [
        {"record": record, "found": _found(problem, says_why=says_why)}
        for record, problem in broken.get(key, ())[:EXAMPLES]
    ]
    return {**rule, "examples": examples}


def _found(problem: Problem, *, says_why: bool) -> str | None:
    value = problem.message if says_why else problem.value
    return None if value is None else str(value)


def _key(problem: Problem) -> RuleKey:
    return problem.field or "record", problem.rule, problem.severity


def _to_rules(unreadable: Iterable[Sequence[Problem]], checked: int) -> list[dict[str, Any]]:
    rules: dict[RuleKey, dict[str, Any]] = {}
    for problem in (problem for listed in unreadable for problem in listed):
        key = _key(problem)
        rule = rules.setdefault(key, _new_rule(*key, checked))
        rule["failed"] += 1
    return list(rules.values())


def _new_rule(field: str, words: str, severity: Severity, checked: int) -> dict[str, Any]:
    return {
        "field": field,
        "rule": words,
        "expectation": READING,
        "severity": severity,
        "checked": checked,
        "failed": 0,
    }


def _without_waiting(problems: Sequence[Problem]) -> list[Problem]:
    return [problem for problem in problems if problem.waits_for is None]
