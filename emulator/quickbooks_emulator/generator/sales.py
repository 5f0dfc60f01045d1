"""Invents invoices: carats, discounts, shipping, tax, bundles, text lines, odd and missing numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random

from quickbooks_emulator.generator import words
from quickbooks_emulator.generator.character import Character, Dice
from quickbooks_emulator.generator.parties import Party
from quickbooks_emulator.generator.products import Product
from quickbooks_emulator.writing.new_company import SALES_TAX_PERCENT

_CENT = Decimal("0.01")
_NONE = Decimal(0)


def to_cents(value: Decimal) -> Decimal:
    """Return an amount rounded half-up to cents."""
    return value.quantize(_CENT, ROUND_HALF_UP)


@dataclass(frozen=True)
class SaleLine:
    """One line of an invoice or credit memo.

    Attributes:
        kind: goods, bundle, text, discount or shipping.
        product: the number of the item; None for the item that QuickBooks fills in.
        quantity, price: None where only the amount is given.
        percent: of a discount by percentage.
    """

    kind: str
    amount: Decimal = _NONE
    product: int | None = None
    quantity: Decimal | None = None
    price: Decimal | None = None
    description: str = ""
    percent: Decimal | None = None
    taxable: bool = False


@dataclass(frozen=True)
class Sale:
    """One invoice; `key` is its place among the invoices, or below 0 for one that gets deleted.

    Attributes:
        document_number: "" for one without a number.
        due: None leaves it to the customer's terms.
        tax: the total tax, 0 without.
    """

    key: int
    party: Party
    day: date
    lines: tuple[SaleLine, ...]
    document_number: str = ""
    due: date | None = None
    tax: Decimal = _NONE
    memo: str = ""
    note: str = ""
    extra: dict[str, str] = field(default_factory=dict)

    @property
    def total(self) -> Decimal:
        """What QuickBooks comes to: goods and shipping less the discount, plus tax."""
        goods = sum((line.amount for line in self.lines if line.kind in ("goods", "bundle")), _NONE)
        shipping = sum((line.amount for line in self.lines if line.kind == "shipping"), _NONE)
        discount = sum((line.amount for line in self.lines if line.kind == "discount"), _NONE)
        return goods + shipping - discount + self.tax


FindProduct = Callable[[int], Product]


class SaleMaker:
    """Makes invoices from a seed."""

    def __init__(
        self, dice: Dice, character: Character, items: int, find_product: FindProduct
    ) -> None:
        self._dice, self._character, self._items = dice, character, items
        self._find_product = find_product

    def build(self, key: int, party: Party, day: date) -> Sale:
        """Return the invoice of a key."""
        chances = self._dice.roll("sale", key)
        lines = tuple(self._goods(chances) for _ in range(chances.choice((1, 1, 1, 2, 2, 3, 5))))
        sale = Sale(key, party, day, lines, document_number=_plain_number(key))
        if not self._dice.is_awkward(chances):
            return sale
        chosen = chances.sample(_AWKWARD, chances.choice((1, 1, 2, 3)))
        for change in sorted(chosen, key=_AWKWARD.index):
            sale = change(chances, sale)
        return self._with_tax(chances, sale)

    def build_goods(self, chances: Random) -> SaleLine:
        """Return a line of goods, as credit memos hold them too."""
        return self._goods(chances)

    def _goods(self, chances: Random) -> SaleLine:
        # Some items are sold much more often than others.
        product = self._find_product(int(self._items * chances.random() ** 2))
        if product.kind == "Category":
            product = self._find_product(product.number - 1)
        if product.kind == "Group":
            return self._bundle(chances, product)
        quantity = Decimal(chances.choice((1, 1, 1, 2, 2, 3, 4, 6, 12, 24)))
        if product.by_carat:
            quantity = Decimal(chances.randrange(45, 12_500)) / 1000
        amount = to_cents(quantity * product.price)
        return SaleLine(
            "goods", amount, product.number, quantity, product.price, product.description
        )

    def _bundle(self, chances: Random, product: Product) -> SaleLine:
        quantity = Decimal(chances.randrange(1, 4))
        parts = ((self._find_product(number), pieces) for number, pieces in product.parts)
        amount = sum((to_cents(quantity * pieces * part.price) for part, pieces in parts), _NONE)
        return SaleLine("bundle", amount, product.number, quantity)

    def _with_tax(self, chances: Random, sale: Sale) -> Sale:
        taxed = self._character.sales_tax and chances.random() < 0.3
        if not taxed or any(line.kind in ("discount", "bundle") for line in sale.lines):
            return sale
        lines = tuple(
            replace(line, taxable=line.kind == "goods" and chances.random() < 0.8)
            for line in sale.lines
        )
        net = sum((line.amount for line in lines if line.taxable), _NONE)
        return replace(sale, lines=lines, tax=to_cents(net * SALES_TAX_PERCENT / 100))


def _plain_number(key: int) -> str:
    return f"INV-{key + 1:06d}" if key >= 0 else f"INV-X{-key:05d}"


def _goods_amount(sale: Sale) -> Decimal:
    return sum((line.amount for line in sale.lines if line.kind in ("goods", "bundle")), _NONE)


def _add_percent_discount(chances: Random, sale: Sale) -> Sale:
    if any(line.kind == "discount" for line in sale.lines):
        return sale
    percent = Decimal(chances.choice(("5", "10", "12.5", "33.33")))
    amount = to_cents(_goods_amount(sale) * percent / 100)
    return replace(sale, lines=(*sale.lines, SaleLine("discount", amount, percent=percent)))


def _add_discount(chances: Random, sale: Sale) -> Sale:
    if any(line.kind == "discount" for line in sale.lines):
        return sale
    amount = to_cents(_goods_amount(sale) * Decimal(chances.randrange(1, 40)) / 100)
    return replace(sale, lines=(*sale.lines, SaleLine("discount", amount))) if amount else sale


def _add_shipping(chances: Random, sale: Sale) -> Sale:
    amount = Decimal(chances.randrange(500, 9_900)) / 100
    if any(line.kind == "shipping" for line in sale.lines):
        return sale
    return replace(sale, lines=(*sale.lines, SaleLine("shipping", amount)))


def _add_text(chances: Random, sale: Sale) -> Sale:
    remark = chances.choice(words.REMARKS).format(n=sale.key)
    place = chances.randrange(len(sale.lines) + 1)
    lines = (*sale.lines[:place], SaleLine("text", description=remark), *sale.lines[place:])
    return replace(sale, lines=lines)


def _drop_item(chances: Random, sale: Sale) -> Sale:
    amount = Decimal(chances.randrange(100, 90_000)) / 100
    line = SaleLine("goods", amount, description="Sundry, by agreement")
    return replace(sale, lines=(*sale.lines, line))


def _give_away(_chances: Random, sale: Sale) -> Sale:
    free = SaleLine("goods", _NONE, description="Complimentary cleaning")
    return replace(sale, lines=(*sale.lines, free))


def _lose_number(_chances: Random, sale: Sale) -> Sale:
    return replace(sale, document_number="")


def _repeat_number(chances: Random, sale: Sale) -> Sale:
    if sale.key < 50:
        return sale
    earlier = _plain_number(sale.key - chances.randrange(10, 40))
    return replace(sale, document_number=earlier)


def _lengthen_number(_chances: Random, sale: Sale) -> Sale:
    number = f"{'FAIR' if sale.key >= 0 else 'SHOW'}/{sale.day:%Y-%m}/{abs(sale.key):08d}"
    return replace(sale, document_number=number)


def _move_due(chances: Random, sale: Sale) -> Sale:
    return replace(sale, due=sale.day + timedelta(days=chances.choice((-3, 0, 1, 400))))


def _write_notes(chances: Random, sale: Sale) -> Sale:
    remark = chances.choice(words.REMARKS).format(n=sale.key)
    return replace(
        sale, memo=remark, note="Voided? No: kept - see file" if chances.random() < 0.1 else remark
    )


# In the order in which they are made: a discount by percentage is of all goods.
_AWKWARD = (
    _drop_item, _give_away, _add_percent_discount, _add_discount, _add_shipping, _add_text,
    _lose_number, _repeat_number, _lengthen_number, _move_due, _write_notes,
)  # fmt: skip
