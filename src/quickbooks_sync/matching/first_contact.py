"""First contact: which unlinked Loupe row *is* an unlinked QuickBooks record. Never a guess, in either direction."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, TypeVar

from quickbooks_sync.matching.identity import Candidate, Identity, Match

Values = Mapping[str, Any]
Key = TypeVar("Key", int, str)


class Finder:
    """Finds the rows that records are, by the keys of a record type's identity; each row is used once.

    Args:
        identity: The record type's.
        candidates: The unlinked Loupe rows to search.
    """

    def __init__(self, identity: Identity, candidates: Iterable[Candidate]) -> None:
        rows = list(candidates)
        self._identity = identity
        self._index = [_index_by(key.key, rows) for key in identity.keys]
        self._rows = {row.loupe_id: row for row in rows}
        self._used: set[int] = set()

    def find(self, values: Values, barred: Collection[int | None] = ()) -> Match:
        """Return the row that a QuickBooks record certainly is among the rows, a doubt, or nothing.

        Args:
            values: The record's canonical values.
            barred: Rows that it is not.
        """
        for key, index in zip(self._identity.keys, self._index, strict=True):
            wanted = key.key(values)
            rows = index.get(wanted, ()) if wanted is not None else ()
            possible = [
                row for row in rows if row.loupe_id not in barred and self._may_be(values, row)
            ]
            if possible:
                return self._settle(values, possible)
        return Match()

    def take(self, loupe_id: int) -> None:
        """Note that a row is found, so that no other record can be it."""
        self._used.add(loupe_id)

    def choose(
        self, quickbooks_id: str, match: Match, records: Mapping[str, Values]
    ) -> Match | None:
        """Return a record's match among all records that may be its row; `None` where another one is closer.

        Args:
            quickbooks_id: The record.
            match: What was found for it among the rows.
            records: Unlinked QuickBooks records by Id, itself among them.
        """
        row = self._rows[match.loupe_id or 0]
        sure = {
            key: closeness
            for key, values in records.items()
            if (closeness := self._identity.closeness(values, row.values)) is not None
            and self._identity.confirm(values, row.values) is None
        }
        closest = _closest(sure)
        if not closest or closest == [quickbooks_id]:
            return match
        if quickbooks_id not in closest:
            return None
        ids = ", ".join(sorted(closest, key=lambda key: (len(key), key)))
        return Match(row.loupe_id, f"several QuickBooks records match it equally well: {ids}")

    def _may_be(self, values: Values, row: Candidate) -> bool:
        return row.loupe_id not in self._used and not self._identity.excludes(values, row.values)

    def _settle(self, values: Values, possible: list[Candidate]) -> Match:
        confirm = self._identity.confirm
        sure = {
            row.loupe_id: self._identity.closeness(values, row.values) or ()
            for row in possible
            if confirm(values, row.values) is None
        }
        closest = _closest(sure)
        if len(closest) == 1:
            return Match(closest[0])
        if closest:
            ids = ", ".join(map(str, closest))
            doubt = f"several Loupe records match it equally well: {ids}"
            return Match(closest[0], doubt, is_one_of_several=True, others=tuple(closest[1:]))
        first, *others = possible
        return Match(
            first.loupe_id,
            confirm(values, first.values),
            others=tuple(row.loupe_id for row in others),
        )


def _closest(closeness: Mapping[Key, tuple[int, ...]]) -> list[Key]:
    """Return the keys of what is closest, in their order; one, where nothing else is as close."""
    most = max(closeness.values(), default=())
    return [key for key, found in closeness.items() if found == most]


def _index_by(
    key: Callable[[Values], Any], candidates: Iterable[Candidate]
) -> dict[Any, list[Candidate]]:
    index: dict[Any, list[Candidate]] = defaultdict(list)
    for row in candidates:
        value = key(row.values)
        if value is not None:
            index[value].append(row)
    return dict(index)
