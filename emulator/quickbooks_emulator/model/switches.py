"""Behaviours of Intuit that are disputed, rare or only seen under load, each to be switched on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any


@dataclass
class Switches:
    """What is on. Everything is off by default.

    Attributes:
        strict_rotation: every refresh gives a new value, and using an older one ends the grant,
            as two refreshes at once may (Intuit: OAuth 2.0, section 1.5).
        no_grace: the value before the current one is refused at once instead of living 24 h on.
        one_grant: a second consent for a company ends the grants given before.
        retry_after: seconds that a 429 names in Retry-After; 0 leaves the header out.
        sent_tax_under_ast: automated sales tax honours the TotalTax that was sent.
        refuse_void_of_paid: an invoice with payments cannot be voided (6000).
        stock_moves_time: a change of quantity moves an item's LastUpdatedTime.
        shifting_pages: the first row of a full first page is touched once the page is answered.
        late_rows: seconds for which a new record is missing from queries and change data capture.
        listed_until: records entered up to this moment (Unix time) are listed whatever `late_rows` says.
    """

    strict_rotation: bool = False
    no_grace: bool = False
    one_grant: bool = False
    retry_after: int = 0
    sent_tax_under_ast: bool = False
    refuse_void_of_paid: bool = False
    stock_moves_time: bool = False
    shifting_pages: bool = False
    late_rows: int = 0
    listed_until: int = 0

    def turn(self, orders: Mapping[str, Any]) -> None:
        """Set switches by name.

        Raises:
            ValueError: for a name that is no switch or a value that it cannot have.
        """
        known = {field.name: type(field.default) for field in fields(self)}
        for name, value in orders.items():
            if name not in known:
                raise ValueError(f"{name!r} is no switch; expected one of {', '.join(known)}")
            if type(value) is not known[name]:
                raise ValueError(f"{name} is {value!r}; expected {known[name].__name__}")
        for name, value in orders.items():
            setattr(self, name, value)

    def reset(self) -> None:
        """Turn everything off."""
        self.turn({field.name: field.default for field in fields(self)})


def parse_switches(texts: list[str]) -> dict[str, bool | int]:
    """Return switches as the command line writes them: ``no_grace``, ``late_rows=30``.

    Raises:
        ValueError: for a value that is no whole number.
    """
    orders: dict[str, bool | int] = {}
    for text in texts:
        name, has_value, value = text.partition("=")
        orders[name] = int(value) if has_value else True
    return orders
