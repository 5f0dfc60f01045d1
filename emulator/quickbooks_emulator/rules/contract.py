"""What the writing path asks of every record type's rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from quickbooks_emulator.company import Company
from quickbooks_emulator.properties import Document


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


class Rules(Protocol):
    """The rules of one record type."""

    required: tuple[str, ...]
    """What a create and a full update must hold."""

    def complete(
        self, company: Company, draft: Document, current: Document | None, options: Options, /
    ) -> Document:
        """Check a draft and return the whole document: defaults, names and computed values in.

        Args:
            company: whose record it is.
            options: what the request asks for besides its body.
            draft: the writable properties, as they would stand after the write.
            current: the document as it stands, or None for a create.
        """

    def settle(self, company: Company, before: Document | None, after: Document | None, /) -> None:
        """Carry the effects of a stored write to other records (None: did not or does not exist)."""

    def void(self, company: Company, current: Document, /) -> Document:
        """Return the document as a void leaves it."""
