"""Runs a suite over a batch of canonical values, vectorised, and says which record broke what."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from quickbooks_sync.mapping import RecordMapping
from quickbooks_sync.model.errors import FatalError
from quickbooks_sync.model.flow import Direction
from quickbooks_sync.model.problem import Severity
from quickbooks_sync.validation.engine import load_great_expectations
from quickbooks_sync.validation.model import Failure, ValidationResult
from quickbooks_sync.validation.rules import Rule
from quickbooks_sync.validation.sent import Sent, is_about_sent
from quickbooks_sync.validation.suites import read_rules, to_suite

if TYPE_CHECKING:
    from great_expectations.datasource.fluent.interfaces import Batch

Values = dict[str, Any]
#: Expectation, column and words of a rule.
_Key = tuple[str, str, str]


def validate_values(
    mapping: RecordMapping,
    expectations: Path,
    side: Direction,
    values: Sequence[Values],
    sent: Sequence[Sent] | None = None,
) -> ValidationResult:
    """Hold a batch against the suite of its record type and side.

    Args:
        mapping: The record type's mapping.
        expectations: The record type's expectations file.
        side: `pull` or `push`.
        values: Canonical values; a key that is missing (unknown, or not readable and reported by
            the transformation) breaks no rule here.
        sent: By record, the fields that are sent of it; rules about others only warn. All of all by default.

    Raises:
        MappingError: The expectations file is wrong.
        FatalError: An expectation crashed; that is never taken for "no bad rows".
    """
    rules = read_rules(mapping, expectations, side)
    failures: list[Failure] = []
    outcomes = []
    results = _run(mapping, rules, side, _build_frame(mapping, rules, values))
    for rule in rules:
        result = results[rule.type, rule.column, rule.words]
        broken = [
            _softened(mapping, rule, failure, values, sent)
            for failure in _failures(rule, result, values)
        ]
        failures.extend(broken)
        outcomes.extend(_outcomes(rule, len(values), broken))
    failures.sort(key=lambda failure: failure.row)
    rejected = {failure.row for failure in failures if failure.severity == Severity.REJECTED}
    document = {
        "suite": f"{side}_{mapping.record_type}",
        "great_expectations": load_great_expectations().__version__,
        "records": len(values),
        "rejected": len(rejected),
        "warned": len({failure.row for failure in failures} - rejected),
        "rules": outcomes,
    }
    return ValidationResult(failures, document)


def _build_frame(
    mapping: RecordMapping, rules: Sequence[Rule], values: Sequence[Values]
) -> pd.DataFrame:
    """Return a frame with the column of every rule; numbers as Decimal, exact checks as booleans.

    Its index is unnamed and counts the records: Great Expectations reports failing rows by it, and
    slows down tenfold where it has a name.
    """
    numbers = {field.name for field in mapping.fields if field.type in ("money", "decimal")}
    columns: dict[str, list[Any]] = {}
    for rule in rules:
        if rule.check is not None:
            columns[rule.column] = [rule.check(row_values) is None for row_values in values]
        elif rule.column not in columns:
            found = [row_values.get(rule.column) for row_values in values]
            columns[rule.column] = _to_numbers(found) if rule.column in numbers else found
    return pd.DataFrame(columns, index=pd.RangeIndex(len(values)), dtype=object)


def _to_numbers(found: Sequence[str | None]) -> list[Decimal | None]:
    return [None if text is None else Decimal(text) for text in found]


def _run(
    mapping: RecordMapping, rules: Sequence[Rule], side: Direction, frame: pd.DataFrame
) -> dict[_Key, Any]:
    """Return Great Expectations' results by expectation, column and rule.

    The failing rows are asked for of broken rules alone: of all rules, they double the time.
    """
    batch = _open_batch(frame)

    def hold(
        held: Sequence[Rule], result_format: Literal["BOOLEAN_ONLY", "COMPLETE"]
    ) -> dict[_Key, Any]:
        results = batch.validate(to_suite(mapping, held, side), result_format=result_format).results
        _refuse_crashes(results)
        return {_key(result.expectation_config): result for result in results}

    results = hold(rules, "BOOLEAN_ONLY")
    broken = [rule for rule in rules if not results[rule.type, rule.column, rule.words].success]
    return results | hold(broken, "COMPLETE") if broken else results


def _open_batch(frame: pd.DataFrame) -> "Batch":
    gx = load_great_expectations()
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    asset = context.data_sources.add_pandas("batch").add_dataframe_asset("records")
    batch: Batch = asset.add_batch_definition_whole_dataframe("whole").get_batch(
        {"dataframe": frame}
    )
    return batch


def _key(config: Any) -> _Key:
    return config.type, config.kwargs["column"], config.meta["rule"]


def _refuse_crashes(results: Sequence[Any]) -> None:
    for result in results:
        info = result.exception_info or {}
        # One dict when all went well, one dict per metric after a metric failed.
        if info.get("raised_exception", bool(info)):
            config = result.expectation_config
            raise FatalError(
                f"The expectation {config.type} on {config.kwargs.get('column')} crashed instead "
                f"of answering: {_message(info)}. Nothing of this batch counts as checked; correct "
                "the expectations file and run again.",
                expectation=config.type,
            )


def _message(info: dict[str, Any]) -> str:
    told = info if "exception_message" in info else next(iter(info.values()))
    return str(told["exception_message"])


def _failures(rule: Rule, result: Any, values: Sequence[Values]) -> list[Failure]:
    rows = [] if result.success else result.result.get("unexpected_index_list") or []
    return [
        Failure(row, rule.field, rule.words, _found(rule, values[row]), rule.severity)
        for row in rows
        if rule.check is not None or rule.column in values[row]
    ]


def _found(rule: Rule, values: Values) -> Any:
    return values.get(rule.column) if rule.check is None else rule.check(values)


def _softened(
    mapping: RecordMapping,
    rule: Rule,
    failure: Failure,
    values: Sequence[Values],
    sent: Sequence[Sent] | None,
) -> Failure:
    """Only warn of what is not sent of a record."""
    if sent is None or is_about_sent(mapping, rule, values[failure.row], sent[failure.row]):
        return failure
    return replace(failure, severity=Severity.WARNING)


def _outcomes(rule: Rule, checked: int, broken: Sequence[Failure]) -> list[dict[str, Any]]:
    """Return what a report says of a rule: once as it is, and apart from that where it only warned."""
    found = Counter(failure.severity for failure in broken)
    return [
        {
            "field": rule.field,
            "rule": rule.words,
            "expectation": rule.type,
            "severity": severity,
            "checked": checked,
            "failed": found[severity],
        }
        for severity in dict.fromkeys((rule.severity, *found))
    ]
