"""A store for writing companies bigger than memory, whole or not at all.

Everything goes into one SQLite transaction that `finish` commits; a document is written when it is
forgotten or at the end, so once and not at each of its changes.
"""

from __future__ import annotations

from pathlib import Path

from quickbooks_emulator.company.indexing import index_keys
from quickbooks_emulator.company.store import Key, Store
from quickbooks_emulator.entities.registry import ENTITIES


class SlimStore(Store):
    """A `Store` that forgets; never serve it, for what is forgotten is not found any more."""

    def __init__(self, file: Path) -> None:
        """Open ``file``, creating it when needed, and load what it holds."""
        super().__init__(file)
        self._unwritten: set[Key] = set()
        self._sqlite.execute("BEGIN IMMEDIATE")

    def finish(self) -> None:
        """Write what is not written yet and commit; without this, closing undoes everything."""
        self._write_all(self._unwritten)
        self._unwritten = set()
        counters = [(*key, self._counters[key]) for key in self._moved_counters]
        self._sqlite.executemany("REPLACE INTO counter VALUES (?, ?, ?)", counters)
        self._sqlite.execute("COMMIT")

    def last_number(self, realm: str, counter: str) -> int:
        """Return the last value that a counter gave, 0 before the first."""
        return self._counters.get((realm, counter), 0)

    def raise_number(self, realm: str, counter: str, value: int) -> None:
        """Let a counter go on after ``value``, if it is not there yet."""
        if self.last_number(realm, counter) < value:
            self._counters[realm, counter] = value
            self._moved_counters.add((realm, counter))

    def forget_transactions(self, realm: str, last: int) -> int:
        """Write all transactions up to an Id, drop them from memory, and return how many.

        The newest of each type stays, because the next document number continues it. Numbers of
        forgotten documents are free to be used again.

        Raises:
            RuntimeError: inside a transaction, where they may yet be undone.
        """
        if self._depth:
            raise RuntimeError("Transactions cannot be forgotten while one is being written")
        kinds = {entity.name for entity in ENTITIES.values() if entity.is_transaction}
        settled = {key for key in self._unwritten if key[1] in kinds and key[2] <= last}
        self._write_all(settled)
        self._unwritten -= settled
        return sum(self._forget(realm, kind, last) for kind in kinds)

    def _forget(self, realm: str, entity: str, last: int) -> int:
        documents = self._documents[realm, entity]
        numbers = [number for number in documents if number <= last]
        newest_stays = numbers[: len(documents) - 1]
        for number in newest_stays:
            for index in index_keys(entity, documents.pop(number)):
                self._unlist((realm, *index), (entity, number))
        return len(newest_stays)

    def _unlist(self, index: tuple[str, str, str], holder: tuple[str, int]) -> None:
        # An empty entry would stay for good, one a record.
        holders = self._index[index]
        holders.discard(holder)
        if not holders:
            del self._index[index]

    def _flush(self) -> None:
        self._unwritten |= self._dirty

    def _write_all(self, keys: set[Key]) -> None:
        # In the order of Ids, which the table is kept in, SQLite appends instead of searching.
        for key in sorted(keys):
            self._write(key)


def refuse_taken_realm(store: SlimStore, realm: str) -> None:
    """Refuse a realm id that no new company can have.

    Raises:
        ValueError: for one that is no number or is taken.
    """
    if not (realm.isascii() and realm.isdigit()):
        raise ValueError(f"The realm is {realm!r}; expected digits, as in 9341450000000077")
    if realm in store.realms():
        raise ValueError(f"The company {realm} exists already; choose another realm or folder")
