"""References between records: Loupe ids and QuickBooks Ids of what a batch points to."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection

from quickbooks_sync.mapping import Field, RecordMapping
from quickbooks_sync.postgres.records.identities import read_identities
from quickbooks_sync.postgres.records.links import REPLACED
from quickbooks_sync.postgres.records.loupe_rows import read_row_identities


class IdLookup:
    """Translates the references of one record type, loaded for the records at hand.

    Attributes:
        to_quickbooks: Per record type, Loupe id -> QuickBooks Id.
        to_loupe: Per record type, QuickBooks Id -> Loupe id.
    """

    def __init__(
        self,
        connection: Connection,
        realm_id: str,
        mapping: RecordMapping,
        mapping_of: Callable[[str], RecordMapping],
    ) -> None:
        self._connection = connection
        self._realm_id = realm_id
        self._mapping = mapping
        self._mapping_of = mapping_of
        types = {field.references for field in mapping.every_field() if field.references}
        self.to_quickbooks: dict[str, dict[int, str]] = {record_type: {} for record_type in types}
        self.to_loupe: dict[str, dict[str, int]] = {record_type: {} for record_type in types}

    def load_quickbooks_ids(self, values: Iterable[Mapping[str, Any]]) -> None:
        """Look up what canonical values refer to."""
        wanted: dict[str, set[str]] = defaultdict(set)
        for row_values in values:
            for referring, quickbooks_id in referred(self._mapping, row_values):
                wanted[str(referring.references)].add(quickbooks_id)
        for record_type, ids in wanted.items():
            self._load(record_type, quickbooks_ids=ids - set(self.to_loupe[record_type]))

    def load_loupe_ids(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Look up what Loupe rows refer to."""
        wanted: dict[str, set[int]] = defaultdict(set)
        for row in rows:
            for field in self._mapping.fields:
                if field.references and field.loupe and row.get(field.loupe) is not None:
                    wanted[field.references].add(row[field.loupe])
                for child in row.get(field.loupe or "") or () if field.fields else ():
                    _collect(field.fields, child, wanted)
        for record_type, ids in wanted.items():
            self._load(record_type, loupe_ids=ids - set(self.to_quickbooks[record_type]))

    def missing_loupe_id(self, values: Mapping[str, Any]) -> tuple[str, str] | None:
        """Return the first (record type, QuickBooks Id) that no link leads to a Loupe row, if any.

        A reference that is only pulled may stay open.
        """
        for field, quickbooks_id in referred(self._mapping, values):
            record_type = str(field.references)
            if field.kind == "two_way" and quickbooks_id not in self.to_loupe[record_type]:
                return record_type, quickbooks_id
        return None

    def _load(
        self,
        record_type: str,
        *,
        quickbooks_ids: set[str] | None = None,
        loupe_ids: set[int] | None = None,
    ) -> None:
        if not quickbooks_ids and not loupe_ids:
            return
        links = read_identities(
            self._connection,
            self._realm_id,
            record_type,
            quickbooks_ids=quickbooks_ids,
            loupe_ids=loupe_ids,
        )
        ids = [link.loupe_id for link in links]
        there = read_row_identities(self._connection, self._mapping_of(record_type), ids)
        for link in links:
            row = there.get(link.loupe_id)
            # Nothing can refer to a row that somebody deleted, nor through a link of which a side is another one now.
            if row is None or link.state == REPLACED:
                continue
            if link.loupe_created_at not in (None, row["created_at"]):
                continue
            self.to_quickbooks[record_type][link.loupe_id] = link.quickbooks_id
            self.to_loupe[record_type][link.quickbooks_id] = link.loupe_id


def referred(mapping: RecordMapping, values: Mapping[str, Any]) -> Iterator[tuple[Field, str]]:
    """Yield the fields of canonical values and their lines that refer to other records, each with that one's Id."""
    for field in mapping.fields:
        value = values.get(field.name)
        if field.references and value is not None:
            yield field, value
        for line in value or () if field.fields else ():
            for part in field.fields:
                if part.references and line.get(part.name) is not None:
                    yield part, line[part.name]


def _collect(
    fields: Iterable[Field], child: Mapping[str, Any], wanted: dict[str, set[int]]
) -> None:
    for field in fields:
        if field.references and field.loupe and child.get(field.loupe) is not None:
            wanted[field.references].add(child[field.loupe])
