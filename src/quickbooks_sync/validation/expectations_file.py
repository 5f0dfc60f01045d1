"""Reads an expectations file: rules over one or several fields, per side."""

import functools
import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from quickbooks_sync.mapping import RecordMapping
from quickbooks_sync.mapping.reading import Marked, nearest, read_marked
from quickbooks_sync.model.flow import Direction
from quickbooks_sync.model.problem import Severity
from quickbooks_sync.validation.engine import load_great_expectations
from quickbooks_sync.validation.exact import CHECKS
from quickbooks_sync.validation.rules import Rule, exact_rule

_KEYS = ("rule", "field", "type", "kwargs", "check", "pull", "push")


def read_expectations(mapping: RecordMapping, file: Path, side: Direction) -> list[Rule]:
    """Return the file's rules for one side; every rule is checked, whichever side it is for.

    Raises:
        MappingError: With file, line and key, as for a mapping.
    """
    marked, _ = read_marked(file)
    listed = _section(marked, ("expectations",)).get("expectations")
    if listed is None or not isinstance(listed.value, list):
        raise marked.place.refuse("must list its rules under 'expectations'.")
    rules = (_read_rule(mapping, item, side) for item in listed.value)
    return [rule for rule in rules if rule is not None]


def _read_rule(mapping: RecordMapping, marked: Marked, side: Direction) -> Rule | None:
    entries = _section(marked, _KEYS)
    for key in ("rule", "field"):
        if key not in entries:
            raise marked.place.refuse(f"the key {key!r} is missing.")
    if ("type" in entries) == ("check" in entries):
        raise marked.place.refuse("needs either 'type' (an expectation) or 'check' (an exact one).")
    if not {"pull", "push"} & set(entries):
        raise marked.place.refuse("is checked on no side; give 'pull' or 'push'.")
    for key in ("pull", "push"):
        if key in entries:
            _known(entries[key], tuple(Severity))
    field = _known(entries["field"], [field.name for field in mapping.fields])
    words = str(entries["rule"].value)
    if "check" in entries:
        checks = {**CHECKS, **mapping.vocabulary.checks}
        name = _known(entries["check"], checks)
        read = functools.partial(exact_rule, field, words, name=name, check=checks[name])
    else:
        kind, kwargs = _read_expectation(entries, field)
        read = functools.partial(Rule, field, words, type=kind, kwargs=kwargs, column=field)
    return read(severity=Severity(entries[side].value)) if side in entries else None


def _read_expectation(entries: Mapping[str, Marked], field: str) -> tuple[str, dict[str, Any]]:
    """Return the expectation's type and arguments; refuse what Great Expectations does not know."""
    gx = load_great_expectations()
    kind = entries["type"].value
    kwargs = _plain(entries["kwargs"]) if "kwargs" in entries else {}
    known = {_snake(name): name for name in dir(gx.expectations) if name.startswith("Expect")}
    if str(kind) not in known:
        raise entries["type"].place.refuse(
            f"Great Expectations has no {kind!r}; {nearest(str(kind), known)}"
        )
    try:
        getattr(gx.expectations, known[kind])(column=field, **kwargs)
    except (TypeError, ValueError) as error:
        raise entries["type"].place.refuse(
            f"Great Expectations refuses these kwargs: {error}"
        ) from error
    return str(kind), kwargs


def _snake(name: str) -> str:
    return re.sub("(?<!^)(?=[A-Z])", "_", name).lower()


def _section(marked: Marked, keys: Collection[str]) -> dict[str, Marked]:
    if not isinstance(marked.value, dict):
        raise marked.place.refuse(f"must have the keys {', '.join(keys)}.")
    for key, item in marked.value.items():
        if key not in keys:
            raise item.place.refuse(f"there is no key {key!r}; {nearest(key, keys)}")
    return marked.value


def _known(marked: Marked, words: Collection[str]) -> str:
    if not isinstance(marked.value, str) or marked.value not in words:
        raise marked.place.refuse(
            f"{marked.value!r} is not known; {nearest(str(marked.value), words)}"
        )
    return str(marked.value)


def _plain(marked: Marked) -> Any:
    if isinstance(marked.value, dict):
        return {key: _plain(item) for key, item in marked.value.items()}
    if isinstance(marked.value, list):
        return [_plain(item) for item in marked.value]
    return marked.value
