"""The suites' rules by a plain loop, for most runs: Great Expectations takes a quarter of a second a batch.

Every rule is the product's own; only who evaluates it differs. `warm_up` of a run holds the two against each
other, and one run in 24 keeps Great Expectations.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from itertools import repeat
from pathlib import Path
from typing import Any

from quickbooks_sync.mapping import RecordMapping
from quickbooks_sync.model.flow import Direction
from quickbooks_sync.model.problem import Severity
from quickbooks_sync.run import validate
from quickbooks_sync.validation.model import Failure, ValidationResult
from quickbooks_sync.validation.rules import Rule
from quickbooks_sync.validation.sent import Sent, is_about_sent
from quickbooks_sync.validation.suites import read_rules

Values = dict[str, Any]


def use_quick_rules() -> None:
    """Validate by the loop from now on, in this process."""
    product: Any = validate
    product.validate_values = evaluate


def evaluate(
    mapping: RecordMapping,
    expectations: Path,
    side: Direction,
    values: Sequence[Values],
    sent: Sequence[Sent] | None = None,
) -> ValidationResult:
    """Hold a batch against the rules of its record type and side, as `validate_values` does."""
    failures = [
        Failure(
            row, rule.field, rule.words, _found(rule, one), _severity(mapping, rule, one, sent_of)
        )
        for rule in _rules(mapping.file, mapping, expectations, side)
        for row, (one, sent_of) in enumerate(zip(values, sent or repeat(None), strict=False))
        if not _holds(rule, one)
    ]
    failures.sort(key=lambda one: one.row)
    document = {
        "suite": f"{side}_{mapping.record_type}",
        "great_expectations": "not asked",
        "records": len(values),
        "rejected": len({one.row for one in failures if one.severity == "rejected"}),
        "warned": 0,
        "rules": [],
    }
    return ValidationResult(failures, document)


@lru_cache(maxsize=16)
def _rules(
    _file: Any, mapping: RecordMapping, expectations: Path, side: Direction
) -> tuple[Rule, ...]:
    return tuple(read_rules(mapping, expectations, side))


def _severity(mapping: RecordMapping, rule: Rule, values: Values, sent: Sent) -> Severity:
    return rule.severity if is_about_sent(mapping, rule, values, sent) else Severity.WARNING


def _found(rule: Rule, values: Values) -> Any:
    return values.get(rule.column) if rule.check is None else rule.check(values)


def _holds(rule: Rule, values: Values) -> bool:
    if rule.check is not None:
        return rule.check(values) is None
    if rule.column not in values:
        return True
    value = values[rule.column]
    if rule.type == "expect_column_values_to_not_be_null":
        return value is not None
    return value is None or _TESTS[rule.type](value, rule.kwargs)


def _is_between(value: Any, kwargs: Mapping[str, Any]) -> bool:
    lowest, highest = kwargs.get("min_value"), kwargs.get("max_value")
    number = Decimal(value)
    is_high_enough = lowest is None or number >= Decimal(str(lowest))
    return is_high_enough and (highest is None or number <= Decimal(str(highest)))


_TESTS: dict[str, Callable[[Any, Mapping[str, Any]], bool]] = {
    "expect_column_values_to_be_between": _is_between,
    "expect_column_values_to_be_in_set": lambda value, kwargs: value in kwargs["value_set"],
    "expect_column_value_lengths_to_be_between": lambda value, kwargs: _is_between(
        len(value), kwargs
    ),
    "expect_column_values_to_match_regex": lambda value, kwargs: bool(
        re.search(kwargs["regex"], value)
    ),
    "expect_column_values_to_not_match_regex": lambda value, kwargs: (
        not re.search(kwargs["regex"], value)
    ),
}
