"""What Intuit counts: the kinds of calls, which of them are metered reads, and who keeps the account.

Reads are metered and writes are free, in the Accounting API only (Intuit: metering, section 6.1).
"""

from typing import Literal, Protocol

CallKind = Literal["query", "count", "cdc", "read", "preferences", "company_info", "batch", "write"]

#: Reads; a batch is counted by its items, which are writes here.
METERED: frozenset[CallKind] = frozenset(
    {"query", "count", "cdc", "read", "preferences", "company_info"}
)


class Meter(Protocol):
    """Keeps the account of a company's calls."""

    def ensure_allowed(self, kind: CallKind) -> None:
        """Raise `ReadBudgetSpentError` where a call of this kind must not be made this month."""

    def count(self, kind: CallKind, number: int) -> None:
        """Add `number` calls that Intuit has counted, or may have counted."""
