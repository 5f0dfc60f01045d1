"""The whole of a generated company as values: its parties, products and what happens day by day.

Nothing is held but a window of about three months, whatever the size. The emulator's writer and
whoever wants the other side of the same business read the same plan.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache, partial

from quickbooks_emulator.generator.character import Character, Dice, Sizes
from quickbooks_emulator.generator.deals import (
    Charge,
    Credit,
    Deal,
    Deposit,
    Event,
    Receipt,
    Undoing,
)
from quickbooks_emulator.generator.parties import Party, build_party
from quickbooks_emulator.generator.products import Product, build_product
from quickbooks_emulator.generator.sales import Sale, SaleMaker

_REMEMBERED = 20_000
_RANKS = {Sale: 0, Credit: 1, Charge: 1, Receipt: 2, Deposit: 3, Undoing: 4}


class Plan:
    """A company by its seed; the same seed, sizes and character always give the same plan."""

    def __init__(self, sizes: Sizes, seed: int, character: Character | None = None) -> None:
        self.sizes, self.seed, self.character = sizes, seed, character or Character()
        self._dice = Dice(seed, self.character.awkward)
        remember = lru_cache(_REMEMBERED)
        self._parties = remember(partial(build_party, self._dice, self.character))
        self._products = remember(partial(build_product, self._dice))

    def party(self, number: int) -> Party:
        """Return a customer by its place, from 0."""
        return self._parties(number)

    def product(self, number: int) -> Product:
        """Return an item by its place, from 0."""
        return self._products(number)

    def parties(self) -> Iterator[Party]:
        """Yield every customer, parents before their sub-customers."""
        return map(self.party, range(self.sizes.customers))

    def products(self) -> Iterator[Product]:
        """Yield every item, categories and parts before what needs them."""
        return map(self.product, range(self.sizes.items))

    def events(self) -> Iterator[Event]:
        """Yield everything that happens, in the order of its days."""
        pending: list[tuple[date, int, int, Event]] = []
        order = 0
        for number in range((self.sizes.invoices + 1) // 2):
            day = self._day(number)
            while pending and pending[0][0] < day:
                yield heapq.heappop(pending)[-1]
            for event in self._happenings(number, day):
                heapq.heappush(pending, (event.day, _RANKS[type(event)], order, event))
                order += 1
        while pending:
            yield heapq.heappop(pending)[-1]

    def _day(self, deal: int) -> date:
        days = (self.character.until - self.character.opened).days
        deals = (self.sizes.invoices + 1) // 2
        return self.character.opened + timedelta(days=1 + deal * (days - 1) // deals)

    def _happenings(self, number: int, day: date) -> list[Event]:
        chances = self._dice.roll("deal", number)
        party = self.party(int(self.sizes.customers * chances.random() ** 1.5))
        payer = party if party.parent is None else self.party(party.parent)
        keys = range(2 * number, min(2 * number + 2, self.sizes.invoices))
        first, end = (self._receipts_before(key) for key in (keys.start, keys.stop))
        maker = SaleMaker(self._dice, self.character, self.sizes.items, self.product)
        until = self.character.until
        deal = Deal(chances, maker, self._dice, party, payer, until, first, end - first)
        return deal.happen(keys, day)

    def _receipts_before(self, sale: int) -> int:
        return sale * self.sizes.payments // self.sizes.invoices
