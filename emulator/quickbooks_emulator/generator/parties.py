"""Invents customers: names of many scripts, addresses of many countries, sub-customers, currencies."""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random
from typing import Any

from quickbooks_emulator.generator import words
from quickbooks_emulator.generator.character import Character, Dice

HOME = "USD"
_NAMES = len(words.FIRST) * len(words.LAST) * len(words.TRADE)
_STRIDE = 48_271
"""Has no factor in common with the number of names, so that every name comes once a round."""
_BLOCK = 40
"""Sub-customers belong to the first customer of their block, which is an ordinary one."""


@dataclass(frozen=True)
class Party:
    """One customer.

    Attributes:
        number: its place among the customers, from 0.
        given, family, company: "" where there is none.
        town: index of `words.TOWNS`, or -1 for no address.
        parent: the number of the customer that it belongs to, or None.
        retires: to be made inactive at the end, if its balance allows.
    """

    number: int
    name: str
    given: str = ""
    family: str = ""
    company: str = ""
    email: str = ""
    phone: str = ""
    town: int = -1
    street_number: int = 0
    notes: str = ""
    currency: str = HOME
    parent: int | None = None
    terms: str = ""
    retires: bool = False


@dataclass(frozen=True)
class _Words:
    first: str
    last: str
    trade: str
    round: str


def build_party(dice: Dice, character: Character, number: int) -> Party:
    """Return the customer of a number; no two share a name."""
    chances = dice.roll("party", number)
    chosen = _choose_words(dice.seed, number)
    if number % _BLOCK and dice.is_awkward(chances):
        return _awkward_party(chances, character, number, chosen)
    return _plain_party(chances, number, chosen)


def _choose_words(seed: int, number: int) -> _Words:
    turn, place = divmod(number, _NAMES)
    place = (place * _STRIDE + seed * 7919) % _NAMES
    place, first = divmod(place, len(words.FIRST))
    trade, last = divmod(place, len(words.LAST))
    round_ = f" {turn + 1}" if turn else ""
    return _Words(words.FIRST[first], words.LAST[last], words.TRADE[trade], round_)


def _plain_party(chances: Random, number: int, chosen: _Words) -> Party:
    company = f"{chosen.first} {chosen.last} {chosen.trade}{chosen.round}"
    pattern = chances.randrange(4)
    name = (company, company, f"{chosen.last} & {company}", f"{chosen.first}'s {company}")[pattern]
    slug = f"{chosen.trade.split(' ', maxsplit=1)[0].encode('ascii', 'ignore').decode().lower()}{number}"
    return Party(
        number,
        name,
        given=chosen.first if pattern else "",
        family=chosen.last if pattern else "",
        company=company,
        email=f"office@{slug}.example" if chances.random() < 0.9 else "",
        phone=f"({chances.randrange(200, 999)}) 555-{number % 10_000:04d}",
        town=chances.randrange(len(words.TOWNS)),
        street_number=chances.randrange(1, 990),
        terms=chances.choice(("", "Net 15", "Net 30", "Net 30", "Net 60", "Due on receipt")),
        retires=chances.random() < 0.02,
    )


def _awkward_party(chances: Random, character: Character, number: int, chosen: _Words) -> Party:
    kind = chances.choice(_AWKWARD if character.multi_currency else _AWKWARD[1:])
    person = f"{chosen.first} {chosen.last}"
    full = f"{person} {chosen.trade}{chosen.round}"
    filled = _plain_party(chances, number, chosen)
    changes: dict[str, dict[str, Any]] = {
        "foreign": {"currency": chances.choice(tuple(words.EXCHANGE_RATES)), "name": f"{full} ({number})"},
        "script": {"name": chances.choice(words.OTHER_SCRIPTS).format(n=number), "company": ""},
        "long": {"name": _long_name(chosen, number), "company": ""},
        "company only": {"name": full, "company": full, "given": "", "family": "", "email": ""},
        "person": {
            "name": f"{person}, {chosen.trade}{chosen.round}", "given": chosen.first,
            "family": chosen.last, "company": "",
        },
        "sub": {"name": f"{full}, memo account", "parent": number - number % _BLOCK},
        "bare": {"name": f"{full} (walk-in)", "given": "", "family": "", "company": "", "email": "",
                 "phone": "", "town": -1, "terms": ""},
        "marks": {"name": f'"{chosen.first}" {chosen.last} <{chosen.trade}>{chosen.round} #1 100% \\ O\'K'},
        "retired": {"name": f"{full} (closed)", "retires": True},
        "same mail": {"name": f"{full}, buying office", "email": "office@shared-inbox.example"},
    }  # fmt: skip
    return replace(filled, **changes[kind])


_AWKWARD = (
    "foreign", "script", "long", "company only", "person", "sub", "bare", "marks", "retired",
    "same mail",
)  # fmt: skip


def _long_name(chosen: _Words, number: int) -> str:
    return words.LONG_NAME.format(
        first=chosen.first, last=chosen.last, trade=chosen.trade, n=number % 100, number=number
    )
