"""Families: a customer with its sub-customers and projects, whose invoices any of them may pay in QuickBooks."""

from collections.abc import Collection

from sqlalchemy import Connection

from quickbooks_sync.postgres.records.links import read_links
from quickbooks_sync.record_types.record_type import RecordType


def read_heads(
    connection: Connection, realm_id: str, kind: RecordType, ids: Collection[str]
) -> dict[str, str]:
    """Return, by Id, the record at the top of each one's family, as their stored documents tell.

    Args:
        connection: An open connection.
        realm_id: The company.
        kind: The record type that has families.
        ids: QuickBooks Ids; one that is not linked heads itself.
    """
    parents: dict[str, str | None] = {}
    asked = set(ids)
    while asked:
        links = read_links(connection, realm_id, kind.name, quickbooks_ids=asked)
        found = {
            link.quickbooks_id: (link.document.get(str(kind.parent_property)) or {}).get("value")
            for link in links
        }
        parents |= {key: found.get(key) for key in asked}
        asked = {parent for parent in found.values() if parent} - parents.keys()
    return {key: _climb(parents, key) for key in ids}


def _climb(parents: dict[str, str | None], key: str) -> str:
    passed = set[str]()
    while (parent := parents.get(key)) and key not in passed:
        passed.add(key)
        key = parent
    return key
