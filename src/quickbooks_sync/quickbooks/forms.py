"""The documented form of what answers are made of: records, lists of records, counts; anything else is refused.

Design note
    Everything behind the client may rely on this: a record is an object with an Id, a whole one also has its
    SyncToken, and Ids, SyncTokens and what points to another record are texts. Intuit documents them as texts;
    where they come as whole numbers, they become texts here and nowhere else.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from quickbooks_sync.model.errors import UnexpectedAnswerError
from quickbooks_sync.quickbooks.moments import parse_moment

Record = dict[str, Any]

DELETED = "Deleted"

#: QuickBooks' own records are nested some eight levels deep.
_MOST_LEVELS = 50
_ID = re.compile(r"[!-~]{1,64}")
_TOKEN = re.compile(r"[0-9]{1,18}")
#: Properties that name a record, at any depth; `value` is what a reference points to.
_POINTERS = frozenset({"Id", "SyncToken", "value", "TxnId", "TxnLineId"})
#: What stands beside the records of a list.
_COUNTS = ("startPosition", "maxResults", "totalCount")


@dataclass(frozen=True)
class Asked:
    """What was asked, to say so where the answer is refused.

    Attributes:
        what: Such as `a query of Customer`.
        remedy: What to do next, in a sentence or two.
    """

    what: str
    intuit_tid: str | None
    remedy: str = (
        "Nothing of the answer was used. Run the flow again; if it goes on, look for a proxy on the way to "
        "QuickBooks, or ask Intuit with the intuit_tid."
    )

    def refused(self, found: str, expected: str) -> UnexpectedAnswerError:
        """Return the error that refuses the answer; `found` must hold no value of a record but Ids."""
        return UnexpectedAnswerError(
            f"QuickBooks answered {self.what} with {found}; expected {expected} "
            f"(intuit_tid {self.intuit_tid or 'none'}). {self.remedy}",
            intuit_tid=self.intuit_tid,
        )


@dataclass(frozen=True)
class Listing:
    """The records of one list.

    Attributes:
        records: Each record once; of two versions of it the newer.
        received: How many came, repeated ones included.
        stated: How many the list says it holds; what came where it says nothing.
    """

    records: list[Record]
    received: int
    stated: int


def read_listing(
    asked: Asked, holder: Any, entity: str, *, with_stubs: bool = False, is_whole: bool = True
) -> Listing:
    """Read the list of an entity's records out of a `QueryResponse` or a part of a CDC answer.

    Args:
        asked: What was asked.
        holder: The object around the list; empty where there are no records.
        entity: The only entity that it may hold.
        with_stubs: Allow stubs of deleted records.
        is_whole: Whether the records are whole ones, not some of their properties.
    """
    fields = read_object(asked, holder, "a QueryResponse")
    _refuse_strangers(asked, fields, entity)
    listed = fields.get(entity, [])
    if not isinstance(listed, list):
        raise asked.refused(f"{kind_of(listed)} in place of the list of {entity}", "a list")
    records = [
        read_record(asked, record, with_stubs=with_stubs, is_whole=is_whole) for record in listed
    ]
    counts = [read_count(asked, fields, name) for name in _COUNTS[1:] if name in fields]
    return Listing(_newest(records), len(records), max([len(records), *counts]))


def read_record(
    asked: Asked, record: Any, *, with_stubs: bool = False, is_whole: bool = True
) -> Record:
    """Return a record with its pointers as texts.

    Args:
        asked: What was asked.
        record: What came as a record.
        with_stubs: Allow the stub of a deleted record.
        is_whole: Whether a SyncToken must be there, without which the record cannot be written or compared.
    """
    if not isinstance(record, dict):
        raise asked.refused(f"{kind_of(record)} in place of a record", "an object")
    plain: Record = _with_texts(asked, record, 1)
    record_id = plain.get("Id")
    if not isinstance(record_id, str) or not _ID.fullmatch(record_id):
        raise asked.refused(f"a record whose Id is {kind_of(record_id)}", "an Id")
    if str(plain.get("status")).casefold() == DELETED.casefold():
        if not with_stubs:
            raise asked.refused(f"the stub of the deleted record {record_id}", "a whole record")
        plain["status"], is_whole = DELETED, False
    _check_version(asked, plain, is_whole=is_whole)
    return plain


def read_object(asked: Asked, value: Any, name: str) -> dict[str, Any]:
    """Return `value` where it is an object."""
    if not isinstance(value, dict):
        raise asked.refused(f"{kind_of(value)} in place of {name}", "an object")
    return value


def read_objects(asked: Asked, value: Any, name: str) -> list[dict[str, Any]]:
    """Return `value` where it is a list of objects, one at least."""
    if not isinstance(value, list) or not value:
        raise asked.refused(f"{kind_of(value)} in place of {name}", "a list of objects")
    return [read_object(asked, item, f"an entry of {name}") for item in value]


def read_count(asked: Asked, fields: Mapping[str, Any], name: str) -> int:
    """Return a count: a whole number of zero or more."""
    count = fields.get(name)
    if not isinstance(count, int) or isinstance(count, bool) or count < 0:
        raise asked.refused(f"{kind_of(count)} as {name}", "a whole number of zero or more")
    return count


def kind_of(value: Any) -> str:
    """Name what kind of value came, without showing it."""
    if value is None:
        return "nothing"
    if value in ("", [], {}):
        return f"an empty {'text' if value == '' else 'list' if value == [] else 'object'}"
    names = {dict: "an object", list: "a list", str: "a text", bool: "true or false"}
    return names.get(type(value), "a number")


def _refuse_strangers(asked: Asked, fields: Mapping[str, Any], entity: str) -> None:
    for name, value in fields.items():
        if name != entity and name not in _COUNTS and isinstance(value, dict | list):
            raise asked.refused(f"{kind_of(value)} named {name[:40]!r}", f"{entity} alone")


def _check_version(asked: Asked, record: Record, *, is_whole: bool) -> None:
    token = record.get("SyncToken")
    is_known = isinstance(token, str) and _TOKEN.fullmatch(token)
    if not is_known and (is_whole or token is not None):
        raise asked.refused(
            f"record {record['Id']}, whose SyncToken is {kind_of(token)}", "a SyncToken"
        )
    times = record.get("MetaData", {})
    if not isinstance(times, dict) or not all(
        parse_moment(times[name]) for name in ("CreateTime", "LastUpdatedTime") if name in times
    ):
        raise asked.refused(f"record {record['Id']}, whose MetaData cannot be read", "times")


def _with_texts(asked: Asked, value: Any, level: int) -> Any:
    """Return a copy in which what names a record is a text."""
    if level > _MOST_LEVELS:
        raise asked.refused(f"a record nested over {_MOST_LEVELS} levels deep", "a record")
    if isinstance(value, dict):
        if value.get("Fault") is not None or value.get("fault") is not None:
            raise asked.refused("a fault inside a record", "a record")
        return {
            name: str(inner)
            if name in _POINTERS and type(inner) is int
            else _with_texts(asked, inner, level + 1)
            if isinstance(inner, dict | list)
            else inner
            for name, inner in value.items()
        }
    if isinstance(value, list):
        return [_with_texts(asked, inner, level + 1) for inner in value]
    return value


def _newest(records: list[Record]) -> list[Record]:
    """Return each record once, where its Id came first; of several versions the newest counts."""
    newest: dict[str, Record] = {}
    for record in records:
        known = newest.get(record["Id"])
        if known is None or _is_newer(record, known):
            newest[record["Id"]] = record
    return list(newest.values())


def _is_newer(record: Record, known: Record) -> bool:
    """Whether a version is not older; a deletion is the last one, unless the record was written after it."""
    is_stub, was_stub = record.get("status") == DELETED, known.get("status") == DELETED
    if is_stub == was_stub:
        return _age(record) >= _age(known)
    stub, whole = (record, known) if is_stub else (known, record)
    deleted_at, written_at = _written_at(stub), _written_at(whole)
    is_back = deleted_at is not None and written_at is not None and written_at > deleted_at
    return is_back is not is_stub


def _age(record: Record) -> tuple[int, datetime]:
    """Return what grows with a whole record's versions."""
    written = _written_at(record)
    return int(record.get("SyncToken") or 0), written or datetime.min.replace(tzinfo=UTC)


def _written_at(record: Record) -> datetime | None:
    return parse_moment(record.get("MetaData", {}).get("LastUpdatedTime"))
