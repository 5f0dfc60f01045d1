"""Answers change data capture (Intuit: CDC, section 4, and section 14)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from quickbooks_emulator.company.company import Company
from quickbooks_emulator.entities.registry import BY_RESOURCE, is_not_modelled
from quickbooks_emulator.model import faults
from quickbooks_emulator.model.clock import PACIFIC, pacific_seconds, to_stamp
from quickbooks_emulator.model.documents import Document
from quickbooks_emulator.reading.present import present
from quickbooks_emulator.reading.query.columns import query_fault

WINDOW = timedelta(days=30)
MOST_OBJECTS = 1000


def list_changes(company: Company, params: Mapping[str, str]) -> list[Document]:
    """Return a block per record type in the order asked, at most 1000 objects in all.

    Raises:
        FaultError: 2020 without entities or changedSince, 4001 for ones that cannot be used, 500
            for a changedSince of more than 30 days ago.
        NotModelledError: for a record type that the emulator leaves out.
    """
    for name in ("entities", "changedSince"):
        if not params.get(name):
            raise faults.missing(name)
    since = to_stamp(_parse_since(params["changedSince"], company.clock.now()))
    names = [_entity_name(name.strip()) for name in params["entities"].split(",")]
    blocks, room = [], MOST_OBJECTS
    for name in names:
        changed = _changed(company, name, since)[:room]
        room -= len(changed)
        blocks.append(_block(name, changed))
    return blocks


def _parse_since(text: str, now: datetime) -> datetime:
    try:
        since = datetime.fromisoformat(text)
    except ValueError:
        raise query_fault(f"changedSince '{text}' is not a date or date-time") from None
    since = since if since.tzinfo else since.replace(tzinfo=PACIFIC)
    if since < now - WINDOW:
        what = f"cdc with changedSince date {text} which is older than fixed days"
        raise faults.unsupported_operation(what)
    return since


def _entity_name(name: str) -> str:
    entity = BY_RESOURCE.get(name.lower())
    if entity is not None and entity.has_changes:
        return entity.name
    if is_not_modelled(name):
        raise faults.NotModelledError(f"Change data capture of {name}")
    raise query_fault(f"Entity {name} does not support change data capture")


def _changed(company: Company, name: str, since: str) -> list[Document]:
    documents = company.store.documents(company.realm, name).values()
    changed = [
        document
        for document in documents
        if document["MetaData"]["LastUpdatedTime"] >= since and company.is_visible(document)
    ]
    changed.sort(
        key=lambda document: (document["MetaData"]["LastUpdatedTime"], int(document["Id"]))
    )
    deleted = sorted(company.store.tombstones(company.realm, name), key=lambda pair: pair[1])
    stubs = [_stub(number, at) for number, at in deleted if at >= since]
    return [present(company, name, document) for document in changed] + stubs


def _stub(number: int, deleted_at: str) -> Document:
    times = {"LastUpdatedTime": pacific_seconds(deleted_at)}
    return {"domain": "QBO", "status": "Deleted", "Id": str(number), "MetaData": times}


def _block(name: str, changed: list[Document]) -> Document:
    if not changed:
        return {}
    only_stubs = all(document.get("status") == "Deleted" for document in changed)
    start = {} if only_stubs else {"startPosition": 1}
    return {name: changed, **start, "maxResults": len(changed)}
