"""Loupe Factory's side of a generated company, as rows: the same business seen by the other system.

Some records are in both systems, with the same names, numbers and tags; a few of those contradict
each other; others only Loupe has. Of the latter some cannot be pushed as they are.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from functools import cached_property
from itertools import islice
from random import Random

from demo.generated_oddities import (
    CUSTOMER_ODDITIES,
    INVOICE_ODDITIES,
    ITEM_ODDITIES,
    PAYMENT_ODDITIES,
)
from demo.generated_records import (
    Invoice,
    Payment,
    Row,
    customer_row,
    item_row,
    lifecycle,
    line_row,
    payment_row,
    payment_status,
    shared_payment,
    voided,
)
from quickbooks_emulator.generator.character import Dice
from quickbooks_emulator.generator.deals import Receipt, Undoing
from quickbooks_emulator.generator.plan import Plan
from quickbooks_emulator.generator.sales import Sale, SaleMaker, to_cents

_NONE = Decimal(0)
#: What Loupe calls a party's terms, with their due days; whose has none gets those of the company.
_TERMS = {
    "": ("Net 30", 30),
    "Due on receipt": ("Due on Receipt", 0),
    "Net 15": ("Net 15", 15),
    "Net 30": ("Net 30", 30),
    "Net 60": ("Net 60", 60),
}


@dataclass(frozen=True)
class Overlap:
    """How Loupe's organization and the company overlap, each a share of the company's records.

    Attributes:
        shared: in both systems.
        new: only in Loupe.
        contradicting: of the shared ones, those that differ.
    """

    shared: float = 0.5
    new: float = 0.2
    contradicting: float = 0.03

    def __post_init__(self) -> None:
        """Refuse shares that cannot be.

        Raises:
            ValueError: for a share below 0, or above 1 where it is a part of the company.
        """
        if not (0 <= self.shared <= 1 and 0 <= self.contradicting <= 1 and self.new >= 0):
            raise ValueError(f"{self}: shared and contradicting go from 0 to 1, new from 0 on")


@dataclass
class _History:
    """What the company's events come to, as far as Loupe's rows need it.

    Attributes:
        paid: by key of a shared invoice, by payments that Loupe knows.
        sold: pieces or carats, by number of the item.
        voided: keys of the invoices that were voided (or deleted).
        voided_receipts: keys of the payments that were.
    """

    paid: defaultdict[int, Decimal]
    sold: defaultdict[int, Decimal]
    voided: set[int]
    voided_receipts: set[int] = field(default_factory=set)


class GeneratedRows:
    """The rows of one organization; deterministic by the plan's seed."""

    def __init__(self, plan: Plan, overlap: Overlap) -> None:
        self._plan, self._overlap = plan, overlap
        self._dice = Dice(plan.seed, plan.character.awkward)
        self._maker = SaleMaker(self._dice, plan.character, plan.sizes.items, plan.product)
        self._tags: set[str] = set()

    # -- customers and items ----------------------------------------------------------------------

    @cached_property
    def parties(self) -> list[int]:
        """The numbers of Loupe's customers; those past the company's size are new to QuickBooks."""
        return self._chosen("party", self._plan.sizes.customers)

    @cached_property
    def products(self) -> list[int]:
        """The numbers of Loupe's items; goods alone."""
        numbers = self._chosen("product", self._plan.sizes.items)
        goods = ("Inventory", "NonInventory")
        return [number for number in numbers if self._plan.product(number).kind in goods]

    def _chosen(self, kind: str, size: int) -> list[int]:
        shared = [number for number in range(size) if self._is_shared(kind, number)]
        return [*shared, *range(size, size + int(size * self._overlap.new))]

    def _is_shared(self, kind: str, number: int) -> bool:
        return self._dice.roll(f"loupe shares {kind}", number).random() < self._overlap.shared

    def customer(self, number: int) -> Row:
        """Return the row of a customer."""
        party, chances = self._plan.party(number), self._dice.roll("loupe customer", number)
        row = customer_row(party)
        if number < self._plan.sizes.customers:
            if chances.random() < self._overlap.contradicting:
                row["email"] = f"contradicts-{number}@elsewhere.example"
            return row
        return {**row, **self._oddity(chances, CUSTOMER_ODDITIES)}

    def item(self, number: int) -> Row:
        """Return the row of an item; to be asked for once each, in order: tags are unique."""
        product, chances = self._plan.product(number), self._dice.roll("loupe item", number)
        row = item_row(product)
        row["quantity"] -= self._history.sold[number]
        if number >= self._plan.sizes.items:
            row |= self._oddity(chances, ITEM_ODDITIES)
        elif chances.random() < self._overlap.contradicting:
            row["sell_price"] = product.price + 1
            row["quantity"] += 2
        if row["tag_id"] in self._tags:
            row["tag_id"] = None
        self._tags.add(row["tag_id"])
        return row

    def _oddity(self, chances: Random, oddities: tuple[Row, ...]) -> Row:
        return chances.choice(oddities) if self._dice.is_awkward(chances) else {}

    # -- invoices ---------------------------------------------------------------------------------

    @cached_property
    def _known(self) -> set[int]:
        return set(self.parties)

    @cached_property
    def _history(self) -> _History:
        history = _History(defaultdict(Decimal), defaultdict(Decimal), set())
        for event in self._plan.events():
            if isinstance(event, Sale):
                self._sell(history, event, 1)
            elif isinstance(event, Receipt) and self._knows_receipt(event):
                _pay(history, event, 1)
            elif isinstance(event, Undoing):
                self._undo(history, event)
        return history

    def _undo(self, history: _History, undoing: Undoing) -> None:
        if isinstance(undoing.of, Sale):
            self._sell(history, undoing.of, -1)
            history.voided.add(undoing.of.key)
        else:
            history.voided_receipts.add(undoing.of.key)
            if self._knows_receipt(undoing.of):
                _pay(history, undoing.of, -1)

    def _sell(self, history: _History, sale: Sale, sign: int) -> None:
        for line in sale.lines:
            if line.product is None or line.quantity is None:
                continue
            parts = self._plan.product(line.product).parts or ((line.product, Decimal(1)),)
            for number, each in parts:
                history.sold[number] += sign * each * line.quantity

    def _knows_sale(self, key: int, party: int) -> bool:
        return key >= 0 and party in self._known and self._is_shared("sale", key)

    def _knows_receipt(self, receipt: Receipt) -> bool:
        """Whether Loupe has a payment: one of invoices alone, and of invoices that it knows."""
        is_plain = receipt.key >= 0 and receipt.total > 0 and not receipt.charged
        party = receipt.party.number
        return (
            is_plain
            and party in self._known
            and self._is_shared("receipt", receipt.key)
            and all(self._knows_sale(key, party) for key, _ in receipt.applied)
        )

    def invoices(self) -> Iterator[Invoice]:
        """Yield every invoice, the shared ones first."""
        for event in self._plan.events():
            if isinstance(event, Sale) and self._knows_sale(event.key, event.party.number):
                yield self._shared_invoice(event)
        for key in range(self._plan.sizes.invoices, self._plan.sizes.invoices + self._new_invoices):
            yield self._new_invoice(key)

    def _shared_invoice(self, sale: Sale) -> Invoice:
        chances = self._dice.roll("loupe invoice", sale.key)
        made = self._to_invoice(sale, self._history.paid[sale.key])
        if sale.key in self._history.voided:
            made.row.update(voided("Voided in both systems"))
        elif chances.random() < self._overlap.contradicting:
            made.row["total_amount"] += 1
            made.row["balance_amount"] += 1
        return made

    @property
    def _new_invoices(self) -> int:
        return int(self._plan.sizes.invoices * self._overlap.new) if self.parties else 0

    def _new_sale(self, key: int) -> Sale:
        chances = self._dice.roll("loupe sale", key)
        party = self._plan.party(chances.choice(self.parties))
        day = self._plan.character.until - timedelta(days=chances.randrange(200))
        return self._maker.build(key, party, day)

    def _new_invoice(self, key: int) -> Invoice:
        made = self._to_invoice(self._new_sale(key), self._new_paid.get(key, _NONE))
        if self._is_odd(key):
            self._dice.roll("loupe invoice", key).choice(INVOICE_ODDITIES)(made)
        return made

    def _is_odd(self, key: int) -> bool:
        return self._dice.is_awkward(self._dice.roll("loupe oddity", key))

    def _to_invoice(self, sale: Sale, paid: Decimal) -> Invoice:
        balance = max(sale.total - paid, _NONE)
        terms, days = _TERMS[sale.party.terms]
        due = sale.due or sale.day + timedelta(days=days)
        row = {
            "invoice_number": sale.document_number or None,
            "invoice_date": sale.day,
            "due_date": due,
            "payment_terms": terms,
            "currency_code": sale.party.currency,
            "lifecycle_status": lifecycle(balance, paid, due, self._plan.character.until),
            "payment_status": payment_status(balance, paid),
            "tax_amount": sale.tax,
            "total_amount": sale.total,
            "balance_amount": balance,
            "void_reason": None,
        }
        lines = [line_row(number, one) for number, one in enumerate(sale.lines, 1)]
        return Invoice(sale.key, sale.party.number, row, lines)

    # -- payments ---------------------------------------------------------------------------------

    def _stands(self, receipt: Receipt) -> bool:
        return self._knows_receipt(receipt) and receipt.key not in self._history.voided_receipts

    def payments(self) -> Iterator[Payment]:
        """Yield every payment, the shared ones first."""
        for event in self._plan.events():
            if isinstance(event, Receipt) and self._stands(event):
                yield shared_payment(event)
        for key, amount in self._new_paid.items():
            yield self._new_payment(key, amount)

    @cached_property
    def _new_paid(self) -> dict[int, Decimal]:
        """What is paid of the invoices that only Loupe has, by key; of odd ones nothing is.

        So that an oddity stands alone, and what becomes of the record is explained by it.
        """
        first = self._plan.sizes.invoices
        wanted = int(self._plan.sizes.payments * self._overlap.new)
        keys = range(first, first + self._new_invoices)
        paid: dict[int, Decimal] = {}
        for key in islice((key for key in keys if not self._is_odd(key)), wanted):
            chances = self._dice.roll("loupe payment", key)
            share = Decimal(chances.choice((100, 100, 100, 100, 37))) / 100
            amount = to_cents(self._new_sale(key).total * share)
            if amount:
                paid[key] = amount
        return paid

    def _new_payment(self, key: int, amount: Decimal) -> Payment:
        sale, chances = self._new_sale(key), self._dice.roll("loupe payment oddity", key)
        day = min(sale.day + timedelta(days=20), self._plan.character.until)
        row = payment_row(day, amount, sale.party.currency, "Check", f"L-{key}")
        row |= self._oddity(chances, PAYMENT_ODDITIES)
        return Payment(sale.party.number, row, ((key, amount),))


def _pay(history: _History, receipt: Receipt, sign: int) -> None:
    for key, amount in receipt.applied:
        history.paid[key] += sign * amount
