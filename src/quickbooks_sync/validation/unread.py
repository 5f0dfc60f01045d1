"""Adds to a batch's result what was found before its suite ran: values that could not be read."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from quickbooks_sync.validation.running import EXAMPLES

Problem = Mapping[str, Any]
Problems = Mapping[int, Sequence[Problem]]

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


def _to_rules(told: Iterable[Sequence[Problem]], checked: int) -> list[dict[str, Any]]:
    rules: dict[tuple[str, str, str], dict[str, Any]] = {}
    for one in (each for found in told for each in found):
        key = str(one.get("field") or "record"), str(one["rule"]), _severity(one)
        rule = rules.setdefault(key, _new_rule(*key, checked))
        rule["failed"] += 1
        value = one.get("value")
        if value is not None and str(value) not in rule["examples"]:
            rule["examples"] = [*rule["examples"], str(value)][:EXAMPLES]
    return list(rules.values())


def _new_rule(field: str, words: str, severity: str, checked: int) -> dict[str, Any]:
    return {
        "field": field,
        "rule": words,
        "expectation": READING,
        "severity": severity,
        "checked": checked,
        "failed": 0,
        "examples": [],
    }


def _refusals(found: Sequence[Problem]) -> list[Problem]:
    return [one for one in found if not one.get("waits_for")]


def _severity(problem: Problem) -> str:
    return str(problem.get("severity", "rejected"))
