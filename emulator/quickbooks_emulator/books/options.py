"""What a write asks for besides its body."""

from __future__ import annotations

from dataclasses import dataclass

from quickbooks_emulator.model.faults import NotModelledError

# The last one spares the ledger accounts, which keep no balances here: it asks for what holds anyway.
_WORDS = frozenset({"", "void", "allowduplicatedocnum", "donotupdateaccountontxns"})


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


def parse_include(text: str) -> frozenset[str]:
    """Return the words of ``?include=`` or of a batch item's ``optionsData``.

    Raises:
        NotModelledError: for a word that asks for something that the emulator leaves out.
    """
    words = frozenset(word.strip() for word in text.split(","))
    for word in sorted(words - _WORDS):
        raise NotModelledError(f"include={word}")
    return words
