"""Invents what happens around a pair of invoices: receipts, credits, voids and deletions."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from quickbooks_emulator.generator import words
from quickbooks_emulator.generator.character import Dice
from quickbooks_emulator.generator.parties import Party
from quickbooks_emulator.generator.sales import Sale, SaleLine, SaleMaker, to_cents

LONGEST_DELAY = timedelta(days=90)
"""Nothing happens any more to a record that is older."""
_NONE = Decimal(0)


@dataclass(frozen=True)
class Receipt:
    """One payment; `key` is its place among the payments, or below 0 for one that gets deleted.

    Attributes:
        total: the money received; 0 where it only links a credit to an invoice.
        applied: key of each invoice paid, and how much.
        credited: key of each credit memo used up, and how much.
        charged: key of each journal entry paid, and how much.
        goes_to_bank: whether the money went straight to the bank.
    """

    key: int
    party: Party
    day: date
    total: Decimal
    applied: tuple[tuple[int, Decimal], ...] = ()
    credited: tuple[tuple[int, Decimal], ...] = ()
    charged: tuple[tuple[int, Decimal], ...] = ()
    method: str = "Check"
    reference: str = ""
    note: str = ""
    goes_to_bank: bool = False


@dataclass(frozen=True)
class Credit:
    """One credit memo, by the key of the invoice that it makes good."""

    key: int
    party: Party
    day: date
    line: SaleLine


@dataclass(frozen=True)
class Charge:
    """A journal entry that raises what a customer owes, by the key of the payment that pays it."""

    key: int
    party: Party
    day: date
    amount: Decimal


@dataclass(frozen=True)
class Deposit:
    """A payment is taken to the bank, after which nothing may change it."""

    day: date
    of: Receipt


@dataclass(frozen=True)
class Undoing:
    """The void or deletion of an invoice or payment."""

    day: date
    of: Sale | Receipt
    is_deletion: bool


Event = Sale | Credit | Charge | Receipt | Deposit | Undoing


@dataclass
class Deal:
    """Two invoices of one customer (or a last single one) and all that happens to them.

    Attributes:
        until: the last day on which something may happen.
        first_receipt, receipts: the keys of its payments are the numbers from the first on.
    """

    chances: Random
    maker: SaleMaker
    dice: Dice
    party: Party
    payer: Party
    until: date
    first_receipt: int
    receipts: int
    events: list[Event] = field(default_factory=list)
    open: dict[int, Decimal] = field(default_factory=dict)
    credit: dict[int, Decimal] = field(default_factory=dict)

    def happen(self, keys: range, day: date) -> list[Event]:
        """Return everything that happens, in no particular order."""
        last = day
        for key in keys:
            last = min(last + timedelta(days=self.chances.randrange(4)), self.until)
            sale = self.maker.build(key, self.party, last)
            self.events.append(sale)
            self.open[key] = sale.total
            if self._is_awkward(0.15):
                self._undo(sale, is_deletion=False)
                del self.open[key]
        if self._is_awkward(0.2):
            self._add_credit(keys[0], last)
        for number in range(self.receipts):
            self._receive(self.first_receipt + number, last, self.receipts - number)
        if self._is_awkward(0.05):
            self._void_late()
        if self._is_awkward(0.1):
            self._add_ghosts(keys[0], last)
        return self.events

    def _void_late(self) -> None:
        """Void an invoice whatever was paid of it; that money stays with its payments, unapplied."""
        standing = [
            event for event in self.events if isinstance(event, Sale) and event.key in self.open
        ]
        if standing:
            day = max(event.day for event in self.events)
            self.events.append(Undoing(day, standing[-1], is_deletion=False))

    def _is_awkward(self, share: float) -> bool:
        return self.chances.random() < share * self.dice.awkward

    def _later(self, day: date) -> date:
        return min(day + timedelta(days=self.chances.randrange(1, 60)), self.until)

    def _undo(self, what: Sale | Receipt, *, is_deletion: bool) -> None:
        day = min(what.day + timedelta(days=self.chances.randrange(1, 9)), self.until)
        self.events.append(Undoing(day, what, is_deletion))

    def _add_credit(self, key: int, day: date) -> None:
        line = self.maker.build_goods(self.chances)
        if line.kind == "goods" and line.amount:
            self.events.append(Credit(key, self.party, self._later(day), line))
            self.credit[key] = line.amount

    def _receive(self, key: int, day: date, remaining: int) -> None:
        owed = {number: amount for number, amount in self.open.items() if amount}
        if self.credit and owed:
            self._link_credit(key, owed)
            return
        if not owed or self._is_awkward(0.1):
            self._book(key, day, Decimal(self.chances.randrange(1000, 90_000)) / 100, {})
            return
        if remaining > 1 or (len(owed) > 1 and self.chances.random() < 0.3):
            first = next(iter(owed))
            owed = {first: owed[first]}
        paid, total = self._choose_amounts(owed)
        self._book(key, day, total, paid)

    def _choose_amounts(self, owed: dict[int, Decimal]) -> tuple[dict[int, Decimal], Decimal]:
        paid = dict(owed)
        if self._is_awkward(0.6) or self.chances.random() < 0.05:
            share = Decimal(self.chances.randrange(20, 80)) / 100
            paid = {number: to_cents(amount * share) for number, amount in owed.items()}
            paid = {number: amount for number, amount in paid.items() if amount}
        total = sum(paid.values(), _NONE)
        return paid, total + (Decimal("12.34") if self._is_awkward(0.2) else _NONE)

    def _link_credit(self, key: int, owed: dict[int, Decimal]) -> None:
        credit, available = self.credit.popitem()
        invoice, amount = next(iter(owed.items()))
        used = min(amount, available)
        issued = next(event.day for event in self.events if isinstance(event, Credit))
        self.open[invoice] -= used
        note = "Created by QB Online to link credits to charges."
        linked = ((invoice, used),), ((credit, used),)
        self.events.append(Receipt(key, self.party, issued, _NONE, *linked, (), "", "", note))

    def _book(self, key: int, day: date, total: Decimal, paid: dict[int, Decimal]) -> None:
        for number, amount in paid.items():
            self.open[number] -= amount
        charged = self._charge(key, day) if paid and key >= 0 and self._is_awkward(0.06) else ()
        receipt = Receipt(
            key,
            self.payer if self._is_awkward(0.5) else self.party,
            day if key < 0 else self._later(day),
            total + sum((amount for _, amount in charged), _NONE),
            tuple(paid.items()),
            charged=charged,
            method=self.chances.choice(("Check", "Wire transfer", "Cash", "Visa", "")),
            reference=self._reference(abs(key)),
            goes_to_bank=self.chances.random() < 0.2,
        )
        self.events.append(receipt)
        if key < 0 or self._is_awkward(0.1):
            self._undo(receipt, is_deletion=key < 0)
        elif total and not receipt.goes_to_bank and self.chances.random() < 0.3:
            day = min(receipt.day + timedelta(days=self.chances.randrange(5)), self.until)
            self.events.append(Deposit(day, receipt))

    def _charge(self, key: int, day: date) -> tuple[tuple[int, Decimal], ...]:
        amount = Decimal(self.chances.randrange(500, 20_000)) / 100
        self.events.append(Charge(key, self.party, day, amount))
        return ((key, amount),)

    def _reference(self, number: int) -> str:
        pattern = self.chances.choice(("", *words.REFERENCES))
        # Cheque numbers repeat in real books.
        return pattern.format(n=number % 5000)

    def _add_ghosts(self, key: int, day: date) -> None:
        sale = self.maker.build(-(key + 1), self.party, day)
        self.events.append(sale)
        self.open[sale.key] = sale.total
        paid = {sale.key: sale.total} if sale.total and self.chances.random() < 0.3 else {}
        if self.chances.random() < 0.5:
            self._book(-(key + 1), day, sale.total, paid)
        self._undo(sale, is_deletion=True)
