"""Tells whether the record and the row of a link are still those that were linked.

An owner can wipe a company's data in QuickBooks: its id stays, and Ids are given out again from 1. Loupe can come back
from a backup: rows are older then, and keys are given out again. What one of the two documents or rows lacks says
nothing.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from quickbooks_sync.postgres.records.identities import KnownIdentity
from quickbooks_sync.postgres.records.links import REPLACED, REPLACED_IN_LOUPE, Link
from quickbooks_sync.quickbooks.moments import parse_moment
from quickbooks_sync.record_types.record_type import RecordType

Document = Mapping[str, Any]
Row = Mapping[str, Any]
Known = Link | KnownIdentity

_DECIDE = "Decide `same` if the two are one, else `separate`"


def find_difference(record_type: RecordType, link: Link, record: Document) -> str | None:
    """Return what shows that a record is not the one that was linked, or `None`.

    While its SyncToken is the same, so are its name, number, date or amount.

    Args:
        record_type: What the record is.
        link: Its link.
        record: The record; one whose SyncToken is below the link's must have been read by its Id.
    """
    difference = find_other(link, record)
    if difference is not None or not _has_same_token(link, record):
        return difference
    for name in record_type.lasting_properties:
        before, now = _plain(link.document.get(name)), _plain(record.get(name))
        if before and now and before != now:
            return f"its {name} is {now}, the linked one's is {before} at the same SyncToken"
    return None


def find_other(link: Known, record: Document) -> str | None:
    """As `find_difference`, by what every answer tells: CreateTime, which a record keeps for life, and SyncToken."""
    difference = find_other_time(link, record)
    if difference is not None or not is_older(link, record):
        return difference
    return f"its SyncToken is {record['SyncToken']}, the linked one had {link.sync_token} already"


def find_other_time(link: Known, record: Document) -> str | None:
    """Return what shows that a record was not made at the instant when the linked one was, or `None`."""
    made, known = created_at(record), link.quickbooks_created_at
    if made is None or known is None or made == known:
        return None
    return f"it was made on {made}, the linked one on {known}"


def is_older(link: Known, record: Document) -> bool:
    """Whether a record has a SyncToken below the link's: a list that lags, or it has fallen back."""
    token = record.get("SyncToken")
    return token is not None and int(token) < int(link.sync_token)


def is_surely_same(record_type: RecordType, link: Link, record: Document) -> bool:
    """Whether a record is the linked one beyond doubt: nothing differs, at the same SyncToken."""
    is_told = link.quickbooks_created_at is not None and created_at(record) is not None
    is_same = find_difference(record_type, link, record) is None
    return is_told and is_same and _has_same_token(link, record)


def created_at(document: Document) -> datetime | None:
    """Return when a record was made in QuickBooks, if the document says so."""
    return parse_moment((document.get("MetaData") or {}).get("CreateTime"))


def find_row_difference(link: Known, row: Row) -> str | None:
    """Return what shows that a Loupe row is not the one that was linked, or an older state of it; else `None`.

    A row keeps `created_at` for life, its version never falls, and a version is made once.
    """
    known = link.loupe_created_at
    if known is not None and known != row["created_at"]:
        return f"it was made on {row['created_at']}, the linked one on {known}"
    seen, version = link.loupe_seen_version, row["row_version"]
    if seen is None or version > seen:
        return None
    if version < seen:
        return f"its row_version is {version}, the linked one had {seen} already"
    if link.loupe_seen_at is not None and link.loupe_seen_at != row["updated_at"]:
        return f"its version {version} was made on {row['updated_at']}, the linked one's on {link.loupe_seen_at}"
    return None


def find_doubt(link: Known, row: Row) -> str | None:
    """As `find_row_difference`; a row that was in doubt before and merely shows no difference is in doubt still."""
    difference = find_row_difference(link, row)
    if difference is not None or link.state != REPLACED_IN_LOUPE:
        return difference
    seen = link.loupe_created_at, link.loupe_seen_version, link.loupe_seen_at
    is_same = seen == (row["created_at"], row["row_version"], row["updated_at"])
    return None if is_same else "it was found to be another one, or an older one, before"


def is_standing(link: Known) -> bool:
    """Whether it is known already that one of the sides is another one now, and a person must decide."""
    return link.state in (REPLACED, REPLACED_IN_LOUPE)


def describe_replaced(loupe_id: int, quickbooks_id: str, difference: str) -> str:
    """Say that a link's Id is another record's now, and what a person can do."""
    return (
        f"the QuickBooks record with Id {quickbooks_id} is not the one that Loupe row {loupe_id} was linked to: "
        f"{difference}. Nothing was changed. Was the company reset? {_DECIDE}"
    )


def describe_replaced_row(loupe_id: int, quickbooks_id: str, difference: str) -> str:
    """Say that a link's key is another row's now, or an older state of it, and what a person can do."""
    return (
        f"Loupe row {loupe_id} is not as it was linked to the QuickBooks record with Id {quickbooks_id}: "
        f"{difference}. Nothing was changed. Was Loupe restored from a backup? {_DECIDE}"
    )


def _has_same_token(link: Known, record: Document) -> bool:
    return str(record.get("SyncToken")) == link.sync_token


def _plain(value: Any) -> Any:
    return Decimal(value) if isinstance(value, int | Decimal) else value
