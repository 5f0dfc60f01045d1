"""Holds batches of canonical values against Great Expectations suites, and reports what failed."""

from quickbooks_sync.validation.data_docs import build_data_docs
from quickbooks_sync.validation.model import Failure, StoredResult, ValidationResult, to_problem
from quickbooks_sync.validation.suite_run import validate_values
from quickbooks_sync.validation.suites import build_suite
from quickbooks_sync.validation.unread import add_examples, add_unread

__all__ = [
    "Failure",
    "StoredResult",
    "ValidationResult",
    "add_examples",
    "add_unread",
    "build_data_docs",
    "build_suite",
    "to_problem",
    "validate_values",
]
