"""Keeps all companies: documents parsed in memory, written through to one SQLite file.

Every change happens inside `Store.transaction`. The outermost one commits to SQLite before it
returns, so an answer is only sent for what is on disk; an inner one that fails puts memory back as
it was, which makes the items of a batch independent of each other.
"""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from quickbooks_emulator.company.indexing import index_keys
from quickbooks_emulator.model.documents import Document, parse_json, to_json

DATABASE = "emulator.sqlite3"
"""The one file of a data folder."""

Key = tuple[str, str, int]
"""Realm, record type, Id."""

CompanyCopy = Mapping[str, list[tuple[Any, ...]]]
"""All that is stored of a company: rows by table."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS document (
    realm TEXT NOT NULL, entity TEXT NOT NULL, id INTEGER NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (realm, entity, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS tombstone (
    realm TEXT NOT NULL, entity TEXT NOT NULL, id INTEGER NOT NULL, deleted_at TEXT NOT NULL,
    PRIMARY KEY (realm, entity, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS counter (
    realm TEXT NOT NULL, name TEXT NOT NULL, value INTEGER NOT NULL,
    PRIMARY KEY (realm, name)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS entry (
    kind TEXT NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (kind, key)) WITHOUT ROWID;
"""

#: The tables that hold a company's records.
COMPANY_TABLES = ("document", "tombstone", "counter")


class Store:
    """Documents, tombstones, counters and other entries of all companies.

    Documents handed out must not be changed in place; `put` takes a new one.
    """

    def __init__(self, file: Path) -> None:
        """Open ``file``, creating it when needed, and load what it holds."""
        self._sqlite = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
        self._sqlite.execute("PRAGMA journal_mode=WAL")
        self._sqlite.execute("PRAGMA synchronous=NORMAL")
        self._sqlite.executescript(_SCHEMA)
        self._undo: list[tuple[Key, Document | None, str | None]] = []
        self._dirty: set[Key] = set()
        self._moved_counters: set[tuple[str, str]] = set()
        self._entries: list[tuple[str, str, str]] = []
        self._depth = 0
        self._load()

    def _load(self) -> None:
        self._documents: dict[tuple[str, str], dict[int, Document]] = defaultdict(dict)
        self._index: dict[tuple[str, str, str], set[tuple[str, int]]] = defaultdict(set)
        self._tombstones: dict[Key, str] = {}
        for realm, entity, number, body in self._sqlite.execute("SELECT * FROM document"):
            self._place((realm, entity, number), parse_json(body))
        for *key, deleted_at in self._sqlite.execute("SELECT * FROM tombstone"):
            self._tombstones[cast(Key, tuple(key))] = deleted_at
        rows = self._sqlite.execute("SELECT realm, name, value FROM counter")
        self._counters: dict[tuple[str, str], int] = {(r, name): value for r, name, value in rows}

    def close(self) -> None:
        """Close the file."""
        self._sqlite.close()

    # -- reading ---------------------------------------------------------------------------------

    def realms(self) -> list[str]:
        """Return the realm ids that have a CompanyInfo, in order."""
        realms = (realm for (realm, entity), docs in self._documents.items() if docs
                if entity == "CompanyInfo")  # fmt: skip
        return sorted(realms)

    def documents(self, realm: str, entity: str) -> dict[int, Document]:
        """Return all documents of a record type by Id, oldest first."""
        return self._documents[realm, entity]

    def find(self, realm: str, entity: str, number: str) -> Document | None:
        """Return one document, or None."""
        if not (number.isascii() and number.isdigit()):
            return None
        return self._documents[realm, entity].get(int(number))

    def lookup(self, realm: str, index: str, key: str) -> list[tuple[str, str]]:
        """Return record type and Id of all under a key of an index (see `index_keys`), in order."""
        return [(name, str(n)) for name, n in sorted(self._index.get((realm, index, key), ()))]

    def tombstones(self, realm: str, entity: str) -> list[tuple[int, str]]:
        """Return Id and time of deletion of the deleted documents of a record type."""
        return [(k[2], at) for k, at in self._tombstones.items() if k[:2] == (realm, entity)]

    # -- writing ---------------------------------------------------------------------------------

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make the changes inside the block happen together or not at all."""
        mark, self._depth = len(self._undo), self._depth + 1
        try:
            yield
            if self._depth == 1:
                self._flush()
        except BaseException:
            self._roll_back(mark)
            raise
        finally:
            self._depth -= 1
            if self._depth == 0:
                self._undo.clear()
                self._dirty.clear()
                self._entries.clear()

    def put(self, realm: str, entity: str, document: Document) -> None:
        """Add a document or take the place of the one with its Id."""
        self._change((realm, entity, int(document["Id"])), document, None)

    def remove(self, realm: str, entity: str, number: str, deleted_at: str) -> None:
        """Take a document out and leave a tombstone."""
        self._change((realm, entity, int(number)), None, deleted_at)

    def next_number(self, realm: str, counter: str) -> int:
        """Return the next value of a counter, beginning with 1; values are never given twice."""
        value = self._counters.get((realm, counter), 0) + 1
        self._counters[realm, counter] = value
        self._moved_counters.add((realm, counter))
        return value

    def _change(self, key: Key, document: Document | None, deleted_at: str | None) -> None:
        if not self._depth:
            raise RuntimeError(f"{key} was changed outside of Store.transaction")
        before = self._documents[key[:2]].get(key[2])
        self._undo.append((key, before, self._tombstones.get(key)))
        self._dirty.add(key)
        self._set(key, document, deleted_at)

    def _set(self, key: Key, document: Document | None, deleted_at: str | None) -> None:
        self._place(key, document)
        if deleted_at is None:
            self._tombstones.pop(key, None)
        else:
            self._tombstones[key] = deleted_at

    def _place(self, key: Key, document: Document | None) -> None:
        realm, entity, number = key
        documents = self._documents[realm, entity]
        for index in index_keys(entity, documents.get(number)):
            self._index[realm, *index].discard((entity, number))
        for index in index_keys(entity, document):
            self._index[realm, *index].add((entity, number))
        if document is None:
            documents.pop(number, None)
        else:
            documents[number] = document

    def _roll_back(self, mark: int) -> None:
        while len(self._undo) > mark:
            key, document, deleted_at = self._undo.pop()
            self._set(key, document, deleted_at)

    def _flush(self) -> None:
        self._sqlite.execute("BEGIN IMMEDIATE")
        try:
            for key in self._dirty:
                self._write(key)
            counters = [(*key, self._counters[key]) for key in self._moved_counters]
            self._sqlite.executemany("REPLACE INTO counter VALUES (?, ?, ?)", counters)
            self._sqlite.executemany("REPLACE INTO entry VALUES (?, ?, ?)", self._entries)
        except BaseException:
            self._sqlite.execute("ROLLBACK")
            raise
        self._sqlite.execute("COMMIT")
        self._moved_counters.clear()

    def _write(self, key: Key) -> None:
        document = self._documents[key[:2]].get(key[2])
        if document is None:
            self._sqlite.execute("DELETE FROM document WHERE (realm, entity, id) = (?, ?, ?)", key)
        else:
            row = (*key, to_json(document))
            self._sqlite.execute("REPLACE INTO document VALUES (?, ?, ?, ?)", row)
        if key in self._tombstones:
            row = (*key, self._tombstones[key])
            self._sqlite.execute("REPLACE INTO tombstone VALUES (?, ?, ?, ?)", row)

    # -- entries: tokens and remembered answers ---------------------------------------------------

    def read_entry(self, kind: str, key: str) -> Document | None:
        """Return an entry's fields, or None."""
        row = self._sqlite.execute(
            "SELECT body FROM entry WHERE kind = ? AND key = ?", (kind, key)
        ).fetchone()
        return None if row is None else json.loads(row[0])

    def read_entries(self, kind: str) -> dict[str, Document]:
        """Return all entries of a kind by key."""
        rows = self._sqlite.execute("SELECT key, body FROM entry WHERE kind = ?", (kind,))
        return {key: json.loads(body) for key, body in rows}

    def write_entry(self, kind: str, key: str, fields: Mapping[str, object]) -> None:
        """Add or replace an entry; inside a transaction together with its documents."""
        row = (kind, key, json.dumps(fields))
        if self._depth:
            self._entries.append(row)
        else:
            self._sqlite.execute("REPLACE INTO entry VALUES (?, ?, ?)", row)

    def delete_entries(self, kind: str, keys: list[str] | None = None) -> None:
        """Delete some entries of a kind, or with None all of them."""
        if keys is None:
            self._sqlite.execute("DELETE FROM entry WHERE kind = ?", (kind,))
        for key in keys or ():
            self._sqlite.execute("DELETE FROM entry WHERE kind = ? AND key = ?", (kind, key))

    def copy_company(self, realm: str) -> CompanyCopy:
        """Return all that is stored of a company, by table."""
        return {table: self._rows_of(table, realm) for table in COMPANY_TABLES}

    def _rows_of(self, table: str, realm: str) -> list[tuple[Any, ...]]:
        statement = f"SELECT * FROM {table} WHERE realm = ?"  # noqa: S608 -- a constant's name
        return self._sqlite.execute(statement, (realm,)).fetchall()

    def put_company_back(self, realm: str, copy: CompanyCopy) -> None:
        """Let a company be as it was when `copy_company` was called."""
        self.wipe_company(realm)
        for table, rows in copy.items():
            for row in rows:
                places = ", ".join("?" * len(row))
                self._sqlite.execute(f"INSERT INTO {table} VALUES ({places})", row)  # noqa: S608
        self._load()

    def wipe_company(self, realm: str) -> None:
        """Forget a company's documents, tombstones and counters."""
        for table in COMPANY_TABLES:
            self._sqlite.execute(f"DELETE FROM {table} WHERE realm = ?", (realm,))  # noqa: S608
        self._load()
