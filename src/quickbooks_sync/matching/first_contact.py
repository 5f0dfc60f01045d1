"""First contact: which unlinked Loupe row *is* an unlinked QuickBooks record. Never a guess.

Each finder returns, for a QuickBooks record's canonical values, the Loupe row it certainly is, a
doubt (candidates exist, but which is which must be decided by a person), or nothing.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from quickbooks_sync.transform import folded

Values = Mapping[str, Any]

#: Fields that say which record is which, by record type; their spelling does not count for that.
TOLD_BY: Mapping[str, frozenset[str]] = {
    "customer": frozenset({"display_name", "email"}),
    "inventory_item": frozenset({"tag_id", "item_name"}),
}


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
    """

    loupe_id: int | None = None
    doubt: str | None = None
    is_one_of_several: bool = False


@dataclass
class Finder:
    """Finds rows by the keys of their values; each row is used once.

    Attributes:
        keys: Functions of canonical values to a hashable key or `None`, strongest first.
        confirm: Function of (QuickBooks values, Loupe values) to a doubt, or `None`.
        near: What rows are searched by before they are read whole: a field's value to a key or `None`. A row
            that a record may be has one of these in common with it.
        excludes: Whether the two certainly are different records in spite of an equal key.
    """

    keys: Sequence[Callable[[Values], Any]]
    confirm: Callable[[Values, Values], str | None]
    near: Mapping[str, Callable[[Any], Any]]
    excludes: Callable[[Values, Values], bool] = lambda _quickbooks, _loupe: False
    _index: list[dict[Any, list[Candidate]]] = field(default_factory=list)
    _used: set[int] = field(default_factory=set)

    def offer(self, candidates: Iterable[Candidate]) -> None:
        """Take the unlinked Loupe rows to search."""
        held = list(candidates)
        self._index = [_index_by(key, held) for key in self.keys]

    def find(self, values: Values) -> Match:
        """Find the row that a QuickBooks record is."""
        for key, index in zip(self.keys, self._index, strict=True):
            found = [one for one in index.get(key(values), ()) if self._may_be(values, one)]
            if found:
                return self._settle(values, found)
        return Match()

    def take(self, loupe_id: int) -> None:
        """Note that a row is found, so that no other record can be it."""
        self._used.add(loupe_id)

    def _may_be(self, values: Values, one: Candidate) -> bool:
        return one.loupe_id not in self._used and not self.excludes(values, one.values)

    def _settle(self, values: Values, found: list[Candidate]) -> Match:
        sure = [one for one in found if self.confirm(values, one.values) is None]
        if len(sure) == 1:
            self._used.add(sure[0].loupe_id)
            return Match(sure[0].loupe_id)
        if len(sure) > 1:
            ids = ", ".join(str(one.loupe_id) for one in sure)
            doubt = f"several Loupe records match it equally well: {ids}"
            return Match(sure[0].loupe_id, doubt, is_one_of_several=True)
        return Match(found[0].loupe_id, self.confirm(values, found[0].values))


def finder_for(record_type: str) -> Finder:
    """Return a fresh finder for a record type."""
    return _FINDERS[record_type]()


def _index_by(
    key: Callable[[Values], Any], candidates: Iterable[Candidate]
) -> dict[Any, list[Candidate]]:
    index: dict[Any, list[Candidate]] = defaultdict(list)
    for one in candidates:
        value = key(one.values)
        if value is not None:
            index[value].append(one)
    return dict(index)


def _customers() -> Finder:
    def confirm(quickbooks: Values, loupe: Values) -> str | None:
        name = folded(quickbooks.get("display_name")), folded(loupe.get("display_name"))
        email = folded(quickbooks.get("email")), folded(loupe.get("email"))
        if name[0] != name[1]:
            return f"a Loupe customer has the same email but another name, {_quoted(loupe, quickbooks, 'display_name')}"
        if email[0] and email[1] and email[0] != email[1]:
            return f"a Loupe customer has the same name but another email, {_quoted(loupe, quickbooks, 'email')}"
        return None

    return Finder(
        (
            lambda values: folded(values.get("display_name")),
            lambda values: folded(values.get("email")),
        ),
        confirm,
        {"display_name": folded, "email": folded},
    )


def _invoices() -> Finder:
    def confirm(quickbooks: Values, loupe: Values) -> str | None:
        if quickbooks.get("customer") != loupe.get("customer"):
            return "a Loupe invoice has the same number but another customer"
        if quickbooks.get("is_void") or loupe.get("is_void"):
            return (
                None
                if quickbooks.get("is_void") == loupe.get("is_void")
                else ("a Loupe invoice has the same number, but only one of the two is void")
            )
        if quickbooks.get("total_amount") != loupe.get("total_amount"):
            told = _quoted(loupe, quickbooks, "total_amount")
            return f"a Loupe invoice has the same number and customer but another total, {told}"
        return None

    return Finder(
        (lambda values: values.get("invoice_number"),), confirm, {"invoice_number": _as_is}
    )


def payment_key(values: Values) -> Any:
    """Return what two equal payments have in common: amount, day, and what they settle.

    A deposit settles nothing yet; then it is the customer that they have in common. `None` for a payment that is
    void or of nothing.
    """
    lines = values.get("applications") or ()
    if values.get("is_void") or not (lines or Decimal(values.get("amount") or 0)):
        return None
    applied = tuple(sorted((line["invoice"], line["amount"]) for line in lines))
    settles = applied or ("of", values.get("customer"))
    return values["amount"], values.get("payment_date"), settles


def _payments() -> Finder:
    # Which of several equal payments is which shows in all payments of the day.
    return Finder(
        (payment_key,),
        _sure,
        {"payment_date": _as_is},
        lambda theirs, ours: _contradict(theirs, ours, "reference_number"),
    )


def _items() -> Finder:
    keys = (
        lambda values: folded(values.get("tag_id")),
        lambda values: folded(values.get("item_name")),
    )
    # One product name covers many tags: two different tags are two different items.
    near = {"tag_id": folded, "item_name": folded}
    return Finder(keys, _sure, near, lambda theirs, ours: _contradict(theirs, ours, "tag_id"))


def _quoted(loupe: Values, quickbooks: Values, name: str) -> str:
    return f"{loupe.get(name)} there and {quickbooks.get(name)} in QuickBooks"


def _as_is(value: Any) -> Any:
    return value


def _sure(_quickbooks: Values, _loupe: Values) -> str | None:
    return None


def _contradict(quickbooks: Values, loupe: Values, name: str) -> bool:
    theirs, ours = folded(quickbooks.get(name)), folded(loupe.get(name))
    return bool(theirs and ours and theirs != ours)


_FINDERS: dict[str, Callable[[], Finder]] = {
    "customer": _customers,
    "invoice": _invoices,
    "payment": _payments,
    "inventory_item": _items,
}
