"""The query language (Intuit: query language, section 3)."""

from quickbooks_emulator.reading.query.evaluator import run_query

__all__ = ["run_query"]
