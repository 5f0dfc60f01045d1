"""Invents items: gems by piece and by carat, mountings, services, categories and bundles."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from random import Random
from typing import Any

from quickbooks_emulator.generator import words
from quickbooks_emulator.generator.character import Dice

_CENT = Decimal("0.01")
_BLOCK = 200
"""The first item of a block is an ordinary one, the second its category."""


@dataclass(frozen=True)
class Product:
    """One item.

    Attributes:
        number: its place among the items, from 0.
        kind: Inventory, NonInventory, Service, Category or Group, as QuickBooks calls them.
        sku: the tag, or "".
        quantity: what is in stock at the start; only for Inventory.
        by_carat: whether it is sold in fractions.
        category: the number of the category that it stands under, or None.
        parts: of a bundle: number and quantity of each item in it.
        retires: to be made inactive at the end.
    """

    number: int
    name: str
    kind: str
    price: Decimal
    cost: Decimal = Decimal(0)
    sku: str = ""
    description: str = ""
    quantity: Decimal = Decimal(0)
    by_carat: bool = False
    category: int | None = None
    parts: tuple[tuple[int, Decimal], ...] = field(default=())
    retires: bool = False


def build_product(dice: Dice, number: int) -> Product:
    """Return the item of a number; no two share a name."""
    chances = dice.roll("product", number)
    awkward = dice.is_awkward(chances) and bool(number % _BLOCK)
    if number % _BLOCK == 1 and dice.awkward:
        return Product(number, f"Collection {number}", "Category", Decimal(0))
    if number and chances.random() < 0.12:
        return _service(chances, number)
    product = _gem(chances, number)
    return _make_awkward(chances, product) if awkward else product


def _service(chances: Random, number: int) -> Product:
    price = Decimal(chances.randrange(500, 25_000)) / 100
    name = f"{chances.choice(words.SERVICES)} {number}"
    return Product(number, name, "Service", price, description=f"{name}, by the hour")


def _gem(chances: Random, number: int) -> Product:
    gem, short, carat_price = chances.choice(words.GEMS)
    shape, size = chances.choice(words.SHAPES), chances.choice(words.SIZES)
    quality = chances.choice(words.QUALITIES)
    cents = int(carat_price * 100 * chances.uniform(0.3, 2.5))
    price = Decimal(max(cents, 100)) / 100
    return Product(
        number,
        f"{gem} {shape} {size} {quality} {number:05d}",
        "Inventory" if chances.random() < 0.75 else "NonInventory",
        price,
        cost=(price * Decimal("0.55")).quantize(_CENT),
        sku=f"LF-{short}{number:05d}",
        description=f"{gem}, {shape}, {size}, quality {quality}",
        quantity=Decimal(chances.randrange(50, 5000)),
        retires=chances.random() < 0.02,
    )


def _make_awkward(chances: Random, product: Product) -> Product:
    number, short = product.number, product.sku[3:7]
    carat_price = product.price.quantize(_CENT) + Decimal(chances.randrange(1, 10**7)) / 10**7
    changes: dict[str, Any] = chances.choice(
        (
            {"sku": ""},
            {"sku": f"LF-{short}DOUBLE"},
            {"sku": f"LF-{product.sku}-RCV{number}-{'9' * 45}"},
            {"sku": f'{product.sku} / “µ” 7"'},
            {"by_carat": True, "price": carat_price, "quantity": Decimal(number * 7 + 100_375) / 1000},
            {"name": f"{product.name[:70]} 7\" O'Brien & <b>Ö</b>"},
            {"name": f"{product.name} {'—' * 100}"[:100]},
            {"name": f"ياقوت أزرق {number}", "description": ""},
            {"quantity": Decimal(0)},
            {"price": Decimal(0), "cost": Decimal(0)},
            {"retires": True},
            {"kind": "Group", "sku": "", "quantity": Decimal(0), "cost": Decimal(0),
             "parts": _parts(number)},
            {"category": number - number % _BLOCK + 1},
        )
    )  # fmt: skip
    return replace(product, **changes)


def _parts(number: int) -> tuple[tuple[int, Decimal], ...]:
    block = number - number % _BLOCK
    return ((0, Decimal(2)), (block, Decimal(1))) if block else ((0, Decimal(2)),)
