"""The read-only report before the first push: what is on both sides, and what deserves a look."""

from quickbooks_sync.review.building import build_review
from quickbooks_sync.review.model import Count, Example, Finding, Review
from quickbooks_sync.review.text import to_text

__all__ = ["Count", "Example", "Finding", "Review", "build_review", "to_text"]
