"""Every kind of answer, held against its documented form before anybody uses it: understood whole or refused.

Design note
    An empty result is a statement too ("nothing changed", "no such record") and moves watermarks. So nothing that is
    missing, null, of another kind or of another entity counts as empty: it raises `UnexpectedAnswerError`. Faults were
    found by the transport before, wherever an answer hides them; those of single batch items are read here.

    A batch of which one item cannot be understood is refused as a whole. Its intent stays open, and whoever finds it
    sends the identical text under the same id, to which QuickBooks answers again what became of it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from quickbooks_sync.model.errors import UnexpectedAnswerError
from quickbooks_sync.quickbooks.batch import BatchAnswer, BatchItem
from quickbooks_sync.quickbooks.changes import MAX_OBJECTS, Changes, is_deleted
from quickbooks_sync.quickbooks.fault_text import find_fault
from quickbooks_sync.quickbooks.faults import to_record_fault
from quickbooks_sync.quickbooks.forms import (
    Asked,
    Record,
    kind_of,
    read_count,
    read_listing,
    read_object,
    read_objects,
    read_record,
)
from quickbooks_sync.quickbooks.paging import QueryAnswer
from quickbooks_sync.quickbooks.query import Selected
from quickbooks_sync.quickbooks.transport import Answer

_LOOK_UP = (
    "Its effect is unknown: the next run sends the identical request again, and where that does not settle it, "
    "the records are looked up before they are sent again."
)
#: The parts of Preferences that QuickBooks always sends (Intuit: Preferences, section 8.10).
PREFERENCES_READ = (
    *("AccountingInfoPrefs", "ProductAndServicesPrefs", "SalesFormsPrefs"),
    *("TaxPrefs", "CurrencyPrefs"),
)

_WRITE_REMEDY = "The record may have been written all the same: look it up in QuickBooks before it is sent again."

_NAME_REMEDY = (
    "Nothing of the answer was used. Try again; if it goes on, look for a proxy on the way to QuickBooks, check the "
    "company's name in QuickBooks under Account and settings, or ask Intuit with the intuit_tid."
)


def read_query(answer: Answer, selected: Selected) -> QueryAnswer:
    """Read the answer to a SELECT; an empty `QueryResponse` is an empty list.

    QuickBooks leaves empty properties out. One that was asked for by name is put back as `None`, so that its record
    can be told, wherever it goes, from one that was read without asking.
    """
    asked = Asked(f"a query of {selected.entity}", answer.intuit_tid)
    listing = read_listing(
        asked, _member(asked, answer, "QueryResponse"), selected.entity, is_whole=selected.is_whole
    )
    fields = answer.document["QueryResponse"]
    if fields.get("maxResults", 0) > listing.received or (listing.stated and not listing.received):
        raise asked.refused(
            f"{listing.received} records, where it says {listing.stated}", "as many as it says"
        )
    _refuse_unasked(asked, listing.records, selected)
    repeated = listing.received - len(listing.records)
    empty = dict.fromkeys(selected.asked_for if selected.is_whole else ())
    records = [{**empty, **record} for record in listing.records]
    return QueryAnswer(records, _server_time(asked, answer), repeated)


def _refuse_unasked(asked: Asked, records: Sequence[Record], selected: Selected) -> None:
    """A list of records that were asked for by Id holds no other: it would be the answer to another question."""
    others = [record["Id"] for record in records if record["Id"] not in (selected.ids or ())]
    if selected.ids is not None and others:
        raise asked.refused(f"record {others[0]}", "only records whose Ids were asked for")


def read_total(answer: Answer, entity: str) -> int:
    """Read the answer to a COUNT."""
    asked = Asked(f"a COUNT of {entity}", answer.intuit_tid)
    fields = read_object(asked, _member(asked, answer, "QueryResponse"), "a QueryResponse")
    return read_count(asked, fields, "totalCount")


def read_single(answer: Answer, entity: str, record_id: str | None = None) -> Record:
    """Read the answer to a request for one record, by its Id where there are several."""
    asked = Asked(f"a request for one {entity}", answer.intuit_tid)
    record = read_record(asked, _member(asked, answer, entity))
    if record_id is not None and record["Id"] != record_id:
        raise asked.refused(f"record {record['Id']}", f"record {record_id}")
    return record


def read_preferences(answer: Answer) -> Record:
    """Read the answer to what a company has switched on; without a part of it, nothing counts as switched off."""
    record = read_single(answer, "Preferences")
    for name in PREFERENCES_READ:
        if not isinstance(record.get(name), dict):
            asked = Asked("a request for its Preferences", answer.intuit_tid)
            raise asked.refused(f"{kind_of(record.get(name))} as {name}", "an object")
    return record


def read_company_info(answer: Answer) -> Record:
    """Read the answer to who a company is; without the name, which a person is to check, it is none."""
    record = read_single(answer, "CompanyInfo")
    name = record.get("CompanyName")
    if not _can_be_read(name):
        asked = Asked("a request for one CompanyInfo", answer.intuit_tid, _NAME_REMEDY)
        found = "a text without a character that shows" if isinstance(name, str) else kind_of(name)
        raise asked.refused(f"{found} as CompanyName", "the company's name")
    return record


def read_written(answer: Answer, entity: str, sent: Mapping[str, Any], operation: str) -> Record:
    """Read the answer to the write of one record; to a delete it is a stub."""
    asked = Asked(f"the {operation} of one {entity}", answer.intuit_tid, _WRITE_REMEDY)
    return _written(asked, _member(asked, answer, entity), sent, operation)


def read_changes(answer: Answer, entity: str) -> Changes:
    """Read a CDC answer for one entity; without changes it holds one empty part."""
    asked = Asked(f"a request for the changes of {entity}", answer.intuit_tid)
    responses = read_objects(asked, _member(asked, answer, "CDCResponse"), "CDCResponse")
    parts = [
        part
        for response in responses
        for part in read_objects(asked, response.get("QueryResponse"), "its QueryResponse")
    ]
    if len(parts) != 1:
        raise asked.refused(f"{len(parts)} parts", "one part")
    listing = read_listing(asked, parts[0], entity, with_stubs=True)
    return Changes(
        [record for record in listing.records if not is_deleted(record)],
        [record for record in listing.records if is_deleted(record)],
        _server_time(asked, answer),
        is_complete=listing.received < MAX_OBJECTS and listing.stated == listing.received,
    )


def read_batch(answer: Answer, sent: Sequence[Mapping[str, Any]]) -> BatchAnswer:
    """Read the answer to a batch; its order is Intuit's own, so items are matched by name.

    Args:
        answer: The answer.
        sent: The items of the batch, as they were sent.
    """
    asked = Asked("a batch", answer.intuit_tid, _LOOK_UP)
    requests = {str(item["bId"]): item for item in sent}
    items: dict[str, BatchItem] = {}
    for item in read_objects(
        asked, _member(asked, answer, "BatchItemResponse"), "BatchItemResponse"
    ):
        b_id = str(item.get("bId"))
        if b_id not in requests or b_id in items:
            found = "two answers to" if b_id in items else "an answer to"
            raise asked.refused(f"{found} item {b_id[:40]!r}", "one answer to each item sent")
        items[b_id] = _read_item(asked, item, requests[b_id], answer.intuit_tid)
    missing = [b_id for b_id in requests if b_id not in items]
    if missing:
        raise asked.refused(
            f"{len(items)} of {len(requests)} items; item {missing[0]} is missing",
            "one answer to each item sent",
        )
    _refuse_shared_ids(asked, requests, items)
    return BatchAnswer({b_id: items[b_id] for b_id in requests})


def _read_item(
    asked: Asked, item: Mapping[str, Any], request: Mapping[str, Any], intuit_tid: str | None
) -> BatchItem:
    entity, payload = _sent_record(request)
    fault = find_fault(item)
    records = [
        name
        for name, value in item.items()
        if name.lower() != "fault" and isinstance(value, dict | list)
    ]
    if fault is not None and not records:
        return BatchItem(None, to_record_fault(fault, status=200, intuit_tid=intuit_tid))
    if fault is not None or records != [entity]:
        found = [*records, *(["a fault"] if fault else [])]
        told = " and ".join(name[:40] for name in found) or "nothing"
        raise asked.refused(f"{told} for item {request['bId']}", f"one {entity} or a fault")
    return BatchItem(_written(asked, item[entity], payload, str(request.get("operation"))), None)


def _sent_record(request: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    return next((name, value) for name, value in request.items() if isinstance(value, Mapping))


def _written(asked: Asked, record: Any, sent: Mapping[str, Any], operation: str) -> Record:
    """Return what QuickBooks made of a write: a record of the same Id, where the write named one."""
    written = read_record(asked, record, with_stubs=operation == "delete")
    wanted = sent.get("Id")
    if wanted is not None and written["Id"] != str(wanted):
        raise asked.refused(f"record {written['Id']} for {wanted}", "the record that was sent")
    return written


def _refuse_shared_ids(
    asked: Asked, requests: Mapping[str, Mapping[str, Any]], items: Mapping[str, BatchItem]
) -> None:
    """No two writes of a batch are of one record: each create makes its own."""
    seen: set[tuple[str, str]] = set()
    for b_id, item in items.items():
        if item.record is None:
            continue
        key = _sent_record(requests[b_id])[0], item.record["Id"]
        if key in seen:
            raise asked.refused(f"{key[0]} {key[1]} for two items", "a record for each item")
        seen.add(key)


def _member(asked: Asked, answer: Answer, name: str) -> Any:
    if name not in answer.document:
        raise asked.refused(f"a document without {name}", f"a document with {name}")
    value = answer.document[name]
    if value is None:
        raise asked.refused(f"{kind_of(value)} in place of {name}", name)
    return value


def _can_be_read(name: Any) -> bool:
    return isinstance(name, str) and any(
        character.isprintable() and not character.isspace() for character in name
    )


def _server_time(asked: Asked, answer: Answer) -> Any:
    """Return QuickBooks' clock; without it nobody knows up to when a list holds."""
    if answer.server_time is None:
        raise _no_time(asked)
    return answer.server_time


def _no_time(asked: Asked) -> UnexpectedAnswerError:
    return asked.refused("a list without a time that can be read", "its time, or a Date header")
