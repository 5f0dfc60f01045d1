"""First contact: which unlinked Loupe row *is* an unlinked QuickBooks record. Never a guess."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from quickbooks_sync.matching.identity import Candidate, Identity, Match

Values = Mapping[str, Any]


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
        self._used: set[int] = set()

    def find(self, values: Values) -> Match:
        """Return, for a QuickBooks record's canonical values, the row it certainly is, a doubt, or nothing."""
        for key, index in zip(self._identity.keys, self._index, strict=True):
            wanted = key.key(values)
            rows = index.get(wanted, ()) if wanted is not None else ()
            possible = [row for row in rows if self._may_be(values, row)]
            if possible:
                return self._settle(values, possible)
        return Match()

    def take(self, loupe_id: int) -> None:
        """Note that a row is found, so that no other record can be it."""
        self._used.add(loupe_id)

    def _may_be(self, values: Values, row: Candidate) -> bool:
        return row.loupe_id not in self._used and not self._identity.excludes(values, row.values)

    def _settle(self, values: Values, possible: list[Candidate]) -> Match:
        confirm = self._identity.confirm
        sure = [row for row in possible if confirm(values, row.values) is None]
        if len(sure) == 1:
            self._used.add(sure[0].loupe_id)
            return Match(sure[0].loupe_id)
        if len(sure) > 1:
            ids = ", ".join(str(row.loupe_id) for row in sure)
            doubt = f"several Loupe records match it equally well: {ids}"
            return Match(sure[0].loupe_id, doubt, is_one_of_several=True)
        return Match(possible[0].loupe_id, confirm(values, possible[0].values))


def _index_by(
    key: Callable[[Values], Any], candidates: Iterable[Candidate]
) -> dict[Any, list[Candidate]]:
    index: dict[Any, list[Candidate]] = defaultdict(list)
    for row in candidates:
        value = key(row.values)
        if value is not None:
            index[value].append(row)
    return dict(index)
