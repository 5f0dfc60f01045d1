"""Suites: the rules of a record type and side, from its mapping and its expectations file."""

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

from quickbooks_sync.mapping import RecordMapping
from quickbooks_sync.model.flow import Direction
from quickbooks_sync.validation.constraints import constraint_rules
from quickbooks_sync.validation.engine import load_great_expectations
from quickbooks_sync.validation.expectations_file import read_expectations
from quickbooks_sync.validation.rules import Rule

if TYPE_CHECKING:
    from great_expectations import ExpectationSuite


def build_suite(
    mapping: RecordMapping, expectations_file: Path, side: Direction
) -> "ExpectationSuite":
    """Build the suite of a record type for one side.

    Raises:
        MappingError: The expectations file is wrong: unknown key, field, check or expectation.
    """
    return to_suite(mapping, read_rules(mapping, expectations_file, side), side)


def to_suite(
    mapping: RecordMapping, rules: Collection[Rule], side: Direction
) -> "ExpectationSuite":
    """Return rules as Great Expectations' suite."""
    suite: ExpectationSuite = load_great_expectations().ExpectationSuite(
        name=f"{side}_{mapping.record_type}", expectations=[rule.to_expectation() for rule in rules]
    )
    return suite


def read_rules(mapping: RecordMapping, expectations_file: Path, side: Direction) -> list[Rule]:
    """Return the rules of one side: the mapping's constraints, then the file's.

    Raises:
        MappingError: With file, line and key, as for a mapping.
    """
    return [
        *constraint_rules(mapping, side),
        *read_expectations(mapping, expectations_file, side),
    ]
