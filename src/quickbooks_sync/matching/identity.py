"""What makes a Loupe row and a QuickBooks record one: the keys, what confirms them, what excludes it.

First contact, the look-up before a create and the search for duplicates read the same keys, so the result does not
depend on which side is read first.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from quickbooks_sync.transform.canonical import folded

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Candidate:
    """An unlinked Loupe row with its canonical values."""

    loupe_id: int
    values: Values


@dataclass(frozen=True)
class Match:
    """What first contact found: the row, or a doubt with its reason and the row it concerns.

    Attributes:
        is_one_of_several: Whether the doubt is that several rows match equally well.
        others: Further rows that the doubt concerns; none of them is new for QuickBooks while it lasts.
    """

    loupe_id: int | None = None
    doubt: str | None = None
    is_one_of_several: bool = False
    others: tuple[int, ...] = ()


#: Tells which Loupe payment one of several equal payments is, from all of that day.
Pair = Callable[[str, Values, Mapping[str, Values], Iterable[Candidate]], Match]


@dataclass(frozen=True)
class IdentityKey:
    """What records that are one have in common.

    Attributes:
        word: What it is called, for people.
        key: Takes canonical values to what is compared; `None` where they tell nothing.
        near: As `key`, of the fields in `near_fields` alone: rows are searched by it before they are read whole.
        near_fields: Fields of plain columns that `near` looks at.
        asked: Pairs of QuickBooks property and field, by which QuickBooks is asked for records that a row may be;
            where there are several, all must fit.
        similar: As `key`, for the search for duplicates that a person should look at; looser, by default the same.
    """

    word: str
    key: Callable[[Values], Any]
    near: Callable[[Values], Any]
    near_fields: tuple[str, ...]
    asked: tuple[tuple[str, str], ...]
    similar: Callable[[Values], Any] | None = None


def text_key(
    word: str, field: str, property_name: str, similar: Callable[[str], str | None] | None = None
) -> IdentityKey:
    """Return the key of a text whose case and blanks do not count."""

    def key(values: Values) -> str | None:
        return folded(values.get(field))

    def find_similar(values: Values) -> str | None:
        return similar(values[field]) if similar and values.get(field) else key(values)

    return IdentityKey(word, key, key, (field,), ((property_name, field),), find_similar)


def is_sure(_quickbooks: Values, _loupe: Values) -> str | None:
    """Confirm every pair that has a key in common."""
    return None


def excludes_none(_quickbooks: Values, _loupe: Values) -> bool:
    """Exclude no pair."""
    return False


def contradict(quickbooks: Values, loupe: Values, name: str) -> bool:
    """Whether both sides hold a text, and the two differ by more than case and blanks."""
    theirs, ours = folded(quickbooks.get(name)), folded(loupe.get(name))
    return bool(theirs and ours and theirs != ours)


def quoted(loupe: Values, quickbooks: Values, name: str) -> str:
    """Return both sides' values of a field for a doubt's text."""
    return f"{loupe.get(name)} there and {quickbooks.get(name)} in QuickBooks"


@dataclass(frozen=True)
class Identity:
    """Who is who in a record type.

    Attributes:
        keys: The keys, strongest first.
        confirm: Takes (QuickBooks values, Loupe values) to a doubt, or `None` where the two are one.
        excludes: Whether two records with an equal key certainly are different ones.
        folded: Fields that agree at first contact where only case or blanks differ; each side keeps its spelling.
        apart: Fields that stay as they are at first contact where both sides hold something.
        told_by: Fields that tell equal records apart where both sides hold the same.
        pair: Tells equal records apart that may be exchanged for each other; `None` where a person must.
    """

    keys: tuple[IdentityKey, ...]
    confirm: Callable[[Values, Values], str | None] = is_sure
    excludes: Callable[[Values, Values], bool] = excludes_none
    folded: frozenset[str] = frozenset()
    apart: frozenset[str] = frozenset()
    told_by: tuple[str, ...] = ()
    pair: Pair | None = None

    @property
    def near_fields(self) -> frozenset[str]:
        """The fields that tell rows apart before they are read whole."""
        return frozenset(name for key in self.keys for name in key.near_fields)

    def closeness(self, quickbooks: Values, loupe: Values) -> tuple[int, ...] | None:
        """Return how close a record and a row are, more is closer; `None` where they cannot be one.

        The strongest key that they have in common counts first, then whether both are in use, then fields that tell
        equal ones apart, then how many keys they have in common, then how much is spelled alike.
        """
        common = [
            number
            for number, key in enumerate(self.keys)
            if key.key(quickbooks) is not None and key.key(quickbooks) == key.key(loupe)
        ]
        if not common or self.excludes(quickbooks, loupe):
            return None
        return (
            -common[0],
            int(is_in_use(quickbooks) and is_in_use(loupe)),
            _count_equal(self.told_by, quickbooks, loupe),
            len(common),
            _count_equal(sorted(self.near_fields), quickbooks, loupe),
        )


def is_in_use(values: Values) -> bool:
    """Whether a record is neither void nor inactive."""
    return not values.get("is_void") and values.get("is_active") is not False


def _count_equal(names: Iterable[str], quickbooks: Values, loupe: Values) -> int:
    return sum(
        quickbooks.get(name) is not None and quickbooks.get(name) == loupe.get(name)
        for name in names
    )
