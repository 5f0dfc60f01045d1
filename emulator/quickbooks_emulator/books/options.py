"""What a write asks for besides its body."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Options:
    """What a request asks for besides its body.

    Attributes:
        include: the words of ``?include=`` or of a batch item's ``optionsData``.
    """

    include: frozenset[str] = frozenset()

    @property
    def allows_duplicate_number(self) -> bool:
        """Whether a DocNumber may be used twice (Intuit: Invoice, section 8.4.2)."""
        return "allowduplicatedocnum" in self.include
