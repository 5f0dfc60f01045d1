"""Finds records that may be one and the same: within Loupe, and between Loupe and what is known of QuickBooks.

What makes two records one stands in their type's identity; the keys are compared as loosely as it says for people to
look at (`similar`). What QuickBooks holds is taken from links and staged records: it costs no read.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from quickbooks_sync.matching.id_lookup import IdLookup
from quickbooks_sync.matching.identity import IdentityKey
from quickbooks_sync.postgres.records.known import iter_known_documents
from quickbooks_sync.postgres.records.links import read_link_ids
from quickbooks_sync.postgres.records.loupe_rows import Row, iter_rows
from quickbooks_sync.review.findings import Findings, Remark
from quickbooks_sync.review.model import Effect
from quickbooks_sync.review.reviewed import Reviewed, assume_linked
from quickbooks_sync.settings import CompanySettings
from quickbooks_sync.transform.loupe_side import rows_to_values
from quickbooks_sync.transform.model import frame_to_values
from quickbooks_sync.transform.quickbooks_side import records_to_values

#: How many others are named beside a record.
_NAMED = 5


@dataclass(frozen=True)
class _Keyed:
    """A Loupe row that has a key."""

    loupe_id: int
    text: str
    is_linked: bool


class _Values(dict[str, Any]):
    """Canonical values in which what is not known reads as empty."""

    def __missing__(self, _name: str) -> None:
        return None


def find_duplicates(
    connection: Connection, reviewed: Reviewed, settings: CompanySettings, findings: Findings
) -> None:
    """Find rows that are not linked and may be the same as another row or as a QuickBooks record."""
    keys = reviewed.type.identity.keys
    ours = _read_ours(connection, reviewed, settings)
    theirs = _read_theirs(connection, reviewed, settings, ours)
    for key, rows, records in zip(keys, ours, theirs, strict=True):
        for value, sharing in rows.items():
            _add(findings, reviewed, key, sharing, records.get(value, {}))


def _read_ours(
    connection: Connection, reviewed: Reviewed, settings: CompanySettings
) -> list[dict[Any, list[_Keyed]]]:
    """Return, by key, the rows of each value; drafts, which may still become anything, are left out."""
    keyed: list[dict[Any, list[_Keyed]]] = [defaultdict(list) for _ in reviewed.type.identity.keys]
    for page in iter_rows(
        connection,
        reviewed.mapping,
        reviewed.organization_id,
        beside=reviewed.type.unsent_columns,
    ):
        rows = [row for row in page if reviewed.type.unsent_reason(row, is_linked=True) is None]
        linked = _read_linked(connection, reviewed, rows)
        for row, values in zip(rows, _to_values(connection, reviewed, settings, rows), strict=True):
            loupe_id = int(row[reviewed.mapping.key])
            entry = _Keyed(loupe_id, reviewed.type.show(row), loupe_id in linked)
            for position, value in _iter_keys(reviewed, values):
                keyed[position][value].append(entry)
    return keyed


def _to_values(
    connection: Connection, reviewed: Reviewed, settings: CompanySettings, rows: Sequence[Row]
) -> list[dict[str, Any]]:
    mapping = reviewed.mapping
    lookup = IdLookup(connection, reviewed.realm_id, mapping, reviewed.workspace.mapping)
    lookup.load_loupe_ids(rows)
    references = assume_linked(mapping, lookup.to_quickbooks)
    return rows_to_values(mapping, rows, references=references, settings=settings).values


def _read_linked(connection: Connection, reviewed: Reviewed, rows: Sequence[Row]) -> set[int]:
    ids = [int(row[reviewed.mapping.key]) for row in rows]
    pairs = read_link_ids(connection, reviewed.realm_id, reviewed.record_type, loupe_ids=ids)
    return {loupe_id for loupe_id, _ in pairs}


def _read_theirs(
    connection: Connection,
    reviewed: Reviewed,
    settings: CompanySettings,
    ours: Sequence[Mapping[Any, Any]],
) -> list[dict[Any, dict[str, None]]]:
    """Return, by key, the Ids of the QuickBooks records of each value that a row has, too."""
    keyed: list[dict[Any, dict[str, None]]] = [defaultdict(dict) for _ in ours]
    for documents in iter_known_documents(connection, reviewed.realm_id, reviewed.record_type):
        read = records_to_values(
            reviewed.mapping, documents, settings=settings, lists=settings.lists
        )
        for document, values in zip(documents, frame_to_values(read.frame), strict=True):
            for position, value in _iter_keys(reviewed, values):
                if value in ours[position]:
                    keyed[position][value][str(document["Id"])] = None
    return keyed


def _iter_keys(reviewed: Reviewed, values: Mapping[str, Any]) -> Iterator[tuple[int, Any]]:
    for position, key in enumerate(reviewed.type.identity.keys):
        value = (key.similar or key.key)(_Values(values))
        if value is not None:
            yield position, value


def _add(
    findings: Findings,
    reviewed: Reviewed,
    key: IdentityKey,
    sharing: Sequence[_Keyed],
    records: Iterable[str],
) -> None:
    in_quickbooks = list(records)
    for row in sharing:
        if row.is_linked:
            continue
        others = [str(other.loupe_id) for other in sharing if other is not row]
        remarks = [
            *_to_remarks(others, f"may be another row of Loupe, by {key.word}", "Loupe's"),
            *_to_remarks(
                in_quickbooks,
                f"may be a QuickBooks record that it is not linked to, by {key.word}",
                "QuickBooks Id",
            ),
        ]
        findings.add(reviewed.record_type, row.loupe_id, row.text, remarks)


def _to_remarks(others: Sequence[str], title: str, whose: str) -> list[Remark]:
    if not others:
        return []
    more = f" and {len(others) - _NAMED} more" if len(others) > _NAMED else ""
    message = f"{whose} {', '.join(others[:_NAMED])}{more}"
    return [Remark(Effect.LOOK, None, title, title, message)]
