"""Completes a batch's result: what was found before its suite ran, and which records break each rule."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Problem = Mapping[str, Any]
Problems = Mapping[int, Sequence[Problem]]
RuleKey = tuple[str, str, str]

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
    told = {row: _refusals(found) for row, found in unread.items()}
    looked_at = {*checked, *(row for row, found in told.items() if found)}
    severities = [{_severity(one) for one in _refusals(found)} for found in problems.values()]
    return {
        **document,
        "records": len(looked_at),
        "rejected": sum(1 for found in severities if "rejected" in found),
        "warned": sum(1 for found in severities if found == {"warning"}),
        "rules": [*_to_rules(told.values(), len(looked_at)), *document["rules"]],
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
    broken: dict[RuleKey, list[dict[str, Any]]] = defaultdict(list)
    for record, found in problems.items():
        for one in _refusals(found):
            broken[_key(one)].append({"record": record, "found": one})
    return {**document, "rules": [_with_examples(rule, broken) for rule in document["rules"]]}


def _with_examples(
    rule: dict[str, Any], broken: Mapping[RuleKey, Sequence[dict[str, Any]]]
) -> dict[str, Any]:
    says_why = rule["expectation"] == READING
    named = broken.get(_key(rule), ())[:EXAMPLES]
    examples = [
        {"record": one["record"], "found": _found(one["found"], says_why=says_why)} for one in named
    ]
    return {**rule, "examples": examples}


def _found(problem: Problem, *, says_why: bool) -> str | None:
    value = problem.get("message") if says_why else problem.get("value")
    return None if value is None else str(value)


def _key(told: Problem) -> RuleKey:
    return str(told.get("field") or "record"), str(told["rule"]), _severity(told)


def _to_rules(told: Iterable[Sequence[Problem]], checked: int) -> list[dict[str, Any]]:
    rules: dict[tuple[str, str, str], dict[str, Any]] = {}
    for one in (each for found in told for each in found):
        key = _key(one)
        rule = rules.setdefault(key, _new_rule(*key, checked))
        rule["failed"] += 1
    return list(rules.values())


def _new_rule(field: str, words: str, severity: str, checked: int) -> dict[str, Any]:
    return {
        "field": field,
        "rule": words,
        "expectation": READING,
        "severity": severity,
        "checked": checked,
        "failed": 0,
    }


def _refusals(found: Sequence[Problem]) -> list[Problem]:
    return [one for one in found if not one.get("waits_for")]


def _severity(problem: Problem) -> str:
    return str(problem.get("severity", "rejected"))
