"""The rules that a mapping's own keys make: required, length, range, choice, printable."""

import functools

from quickbooks_sync.mapping import Field, RecordMapping
from quickbooks_sync.model.flow import Direction
from quickbooks_sync.model.problem import Severity
from quickbooks_sync.validation.exact import (
    CONTROL_CHARACTERS,
    DOUBTED_CHARACTERS,
    length_in_lines,
    required_in_lines,
    without_in_lines,
)
from quickbooks_sync.validation.rules import Rule, exact_rule

_PRINTABLE = "holds no control character"
_PLAIN = "holds no emoji or other character beyond U+FFFF, which QuickBooks may refuse"


def constraint_rules(mapping: RecordMapping, side: Direction) -> list[Rule]:
    """Return the rules of one side that the mapping's fields make."""
    return [
        rule
        for field in mapping.fields
        if side == Direction.PULL or (field.kind != "computed" and field.is_in_loupe)
        for rule in _field_rules(field, side)
    ]


def _field_rules(field: Field, side: Direction) -> list[Rule]:
    if field.type == "lines":
        return [rule for part in field.fields for rule in _line_rules(field, part, side)]
    return [*_presence(field, side), *_values(field, side), *_texts(field, side)]


def _presence(field: Field, side: Direction) -> list[Rule]:
    if not _is_required(field, side):
        return []
    kind = "expect_column_values_to_not_be_null"
    return [Rule(field.name, "is present", Severity.REJECTED, kind, {}, field.name)]


def _values(field: Field, side: Direction) -> list[Rule]:
    make = functools.partial(Rule, field.name, column=field.name)
    if field.minimum is not None:
        kind, limit = "expect_column_values_to_be_between", {"min_value": _number(field.minimum)}
        return [make(f"is at least {field.minimum}", _strictness(side), kind, limit)]
    if field.choices:
        kind, choices = "expect_column_values_to_be_in_set", list(field.choices)
        words = f"is one of {', '.join(choices)}"
        return [make(words, Severity.REJECTED, kind, {"value_set": choices})]
    return []


def _texts(field: Field, side: Direction) -> list[Rule]:
    if field.type != "text":
        return []
    make = functools.partial(Rule, field.name, column=field.name)
    rules = []
    most = _most_characters(field, side)
    if most:
        kind = "expect_column_value_lengths_to_be_between"
        rules.append(make(_length_words(most), Severity.REJECTED, kind, {"max_value": most}))
    kind, pattern = "expect_column_values_to_not_match_regex", {"regex": CONTROL_CHARACTERS}
    rules.append(make(_PRINTABLE, _strictness(side), kind, pattern))
    if side == Direction.PUSH:
        rules.append(make(_PLAIN, Severity.WARNING, kind, {"regex": DOUBTED_CHARACTERS}))
    return rules


def _line_rules(field: Field, part: Field, side: Direction) -> list[Rule]:
    make = functools.partial(exact_rule, f"{field.name}.{part.name}")
    rules = []
    if _is_required(part, side):
        check = required_in_lines(field, part)
        rules.append(make("is present in every line", Severity.REJECTED, "required", check))
    most = _most_characters(part, side)
    if most:
        check = length_in_lines(field, part, most)
        rules.append(
            make(f"{_length_words(most)} in every line", Severity.REJECTED, "length", check)
        )
    if part.type == "text":
        check = without_in_lines(field, part, CONTROL_CHARACTERS, "a control character")
        rules.append(make(_PRINTABLE, _strictness(side), "printable", check))
    if part.type == "text" and side == Direction.PUSH:
        check = without_in_lines(field, part, DOUBTED_CHARACTERS, "an emoji or the like")
        rules.append(make(_PLAIN, Severity.WARNING, "plain", check))
    return rules


def _is_required(field: Field, side: Direction) -> bool:
    return field.required or (side == Direction.PUSH and field.required_on_push)


def _most_characters(field: Field, side: Direction) -> int | None:
    return field.max_length_loupe if side == Direction.PULL else field.max_length_quickbooks


def _length_words(most: int) -> str:
    return f"has at most {most} characters"


def _strictness(side: Direction) -> Severity:
    """What only QuickBooks would refuse rejects on push and warns on pull."""
    return Severity.REJECTED if side == Direction.PUSH else Severity.WARNING


def _number(text: str) -> int | float:
    # Great Expectations keeps limits as JSON numbers; a whole one stays exact.
    return int(text) if text.lstrip("-").isdigit() else float(text)
