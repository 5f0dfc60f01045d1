"""How big a generated company is and what kind of books it keeps."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Sizes:
    """How many records of each type the finished books hold; deleted ones come on top."""

    customers: int = 2000
    invoices: int = 5000
    payments: int = 4000
    items: int = 1000

    def __post_init__(self) -> None:
        """Refuse sizes that no books can have.

        Raises:
            ValueError: for a negative size, or documents without a customer or an item.
        """
        if min(self.customers, self.invoices, self.payments, self.items) < 0:
            raise ValueError(f"{self} holds a negative size; give 0 or more")
        if self.invoices and not (self.customers and self.items):
            raise ValueError(f"{self}: invoices need at least one customer and one item")
        if self.payments and not self.invoices:
            raise ValueError(f"{self}: payments need at least one invoice")


@dataclass(frozen=True)
class Character:
    """What kind of books a company keeps.

    Attributes:
        awkward: the share of records that hold something which careless code trips over, 0 to 1.
        custom_numbers: whether invoices are numbered by hand (CustomTxnNumbers); without, numbers
            are given by QuickBooks where absent, and duplicates pass.
        multi_currency: whether some customers are invoiced in foreign currencies.
        sales_tax: whether some invoices carry sales tax.
        opened: the first day of the books.
        until: the last day of the books.
        closed_until: the day up to which the books are closed, or None.
    """

    awkward: float = 0.2
    custom_numbers: bool = True
    multi_currency: bool = False
    sales_tax: bool = True
    opened: date = date(2025, 1, 2)
    until: date = date(2026, 11, 20)
    closed_until: date | None = date(2025, 3, 31)

    def __post_init__(self) -> None:
        """Refuse what cannot be.

        Raises:
            ValueError: for a share outside 0 to 1 or days in the wrong order.
        """
        if not 0 <= self.awkward <= 1:
            raise ValueError(f"awkward is {self.awkward}; expected a share between 0 and 1")
        if self.opened >= self.until:
            raise ValueError(f"the books open on {self.opened}, not before they end ({self.until})")


@dataclass(frozen=True)
class Dice:
    """Chances that depend on nothing but the seed, the kind of record and its number.

    So every record can be made alone, in any order, and is the same each time.
    """

    seed: int
    awkward: float

    def roll(self, kind: str, number: int) -> random.Random:
        """Return the chances of one record."""
        return random.Random(f"{self.seed} {kind} {number}")  # noqa: S311 -- data, not secrets

    def is_awkward(self, chances: random.Random) -> bool:
        """Draw whether a record is to be an awkward one."""
        return chances.random() < self.awkward
