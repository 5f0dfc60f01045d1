"""Finds the Loupe row that an unlinked QuickBooks record is, among the rows that have no link."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection, exists, select

from quickbooks_sync.first_contact import Candidate, Finder, Match, finder_for
from quickbooks_sync.flows import RunManifest
from quickbooks_sync.postgres.loupe_rows import LOUPE_TABLES, Row, iter_rows
from quickbooks_sync.postgres.schema import link

ToValues = Callable[[Mapping[int, Row]], dict[int, dict[str, Any]]]


class Identifier:
    """First contact for one batch; reads Loupe's unlinked rows only when a record needs it."""

    def __init__(self, connection: Connection, run: RunManifest, to_values: ToValues) -> None:
        self._connection = connection
        self._run = run
        self._to_values = to_values
        self._finder: Finder | None = None

    def find(self, values: Mapping[str, Any]) -> Match:
        """Return the row that the record is, a doubt, or nothing."""
        if self._finder is None:
            self._finder = finder_for(self._run["record_type"])
            self._finder.offer(self._read_candidates())
        return self._finder.find(values)

    def _read_candidates(self) -> list[Candidate]:
        record_type = self._run["record_type"]
        where = LOUPE_TABLES[record_type]
        linked = exists(
            select(link.c.link_id).where(
                link.c.realm_id == self._run["realm_id"],
                link.c.record_type == record_type,
                link.c.loupe_id == where.table.c[where.key],
            )
        )
        found: list[Candidate] = []
        for rows in iter_rows(self._connection, record_type, self._run["organization_id"], ~linked):
            values = self._to_values({row[where.key]: row for row in rows})
            found.extend(Candidate(key, held) for key, held in values.items())
        return found
