"""Builds a write as an item of a batch: create, sparse or full update, void."""

import copy
from collections.abc import Mapping
from typing import Any

from quickbooks_sync.mapping import RecordMapping
from quickbooks_sync.model.decision import Operation
from quickbooks_sync.model.errors import FatalError, RejectedRecordError, SettingsError
from quickbooks_sync.model.problem import Problem
from quickbooks_sync.postgres.records.links import Link
from quickbooks_sync.push.decide.write import Write
from quickbooks_sync.quickbooks.batch import BatchRequest
from quickbooks_sync.record_types.record_type import RecordType
from quickbooks_sync.settings import CompanySettings
from quickbooks_sync.transform.payloads import values_to_payload

Json = dict[str, Any]

#: What a whole document holds that must not be sent back: computed by QuickBooks, or with effects
#: outside the books (mail to customers, card charges).
_NOT_RESENT = frozenset(
    {
        "domain",
        "sparse",
        "MetaData",
        "UnappliedAmt",
        "LinkedTxn",
        "ProcessPayment",
        "CreditCardPayment",
        "EmailStatus",
        "PrintStatus",
        "TxnSource",
    }
)


def build_request(
    kind: RecordType,
    mapping: RecordMapping,
    settings: CompanySettings,
    write: Write,
    batch_item_id: str,
) -> BatchRequest:
    """Build one item of a batch; raises `RejectedRecordError` or `SettingsError` of the payload."""
    entity = mapping.entity
    if write.operation == Operation.CREATE:
        return BatchRequest(
            batch_item_id, "create", entity, _build_create(kind, mapping, settings, write)
        )
    if write.operation == Operation.VOID:
        return BatchRequest(batch_item_id, "void", entity, _build_void(kind, write))
    return BatchRequest(
        batch_item_id, "update", entity, _build_update(kind, mapping, settings, write)
    )


def to_cause(error: RejectedRecordError | SettingsError) -> Problem:
    """Return why a write could not be built, as the cause of its record's outcome."""
    return Problem(
        error.facts.get("field") or error.facts.get("setting"),
        error.facts.get("rule") or "can be expressed in QuickBooks",
        None,
        str(error),
    )


def _build_create(
    kind: RecordType, mapping: RecordMapping, settings: CompanySettings, write: Write
) -> Json:
    payload = values_to_payload(
        mapping,
        write.payload_values,
        document=None,
        fields=_sent(kind, write),
        settings=settings,
        lists=settings.lists,
    )
    return payload | kind.create_properties(
        settings, write.values, write.fields, write.opening_quantity
    )


def _sent(kind: RecordType, write: Write) -> list[str]:
    return [name for name in write.fields if name not in kind.sent_separately]


def _build_update(
    kind: RecordType, mapping: RecordMapping, settings: CompanySettings, write: Write
) -> Json:
    link = _link_of(write)
    payload = values_to_payload(
        mapping,
        write.payload_values,
        document=link.document,
        fields=_sent(kind, write),
        settings=settings,
        lists=settings.lists,
    )
    payload |= kind.update_properties(settings, write.values, write.fields, link.document)
    key: Json = {"Id": link.quickbooks_id, "SyncToken": link.sync_token}
    if kind.is_updated_whole:
        # Only what was decided is laid over QuickBooks' last document: a held field must not go along.
        whole = {**_resendable(link.document), **payload, **key}
        return {name: value for name, value in whole.items() if value is not None}
    # QuickBooks empties a pointer that is `{}`, and takes null for not sent (Intuit: sparse update, section 8.1).
    cleared = {name: {} if value is None else value for name, value in payload.items()}
    return {**cleared, **key, "sparse": True}


def _build_void(kind: RecordType, write: Write) -> Json:
    link = _link_of(write)
    key: Json = {"Id": link.quickbooks_id, "SyncToken": link.sync_token}
    if kind.is_updated_whole:
        return {**_resendable(link.document), **key}
    return {**key, "sparse": True}


def _link_of(write: Write) -> Link:
    if write.link is None:
        raise FatalError(
            f"A {write.operation} of Loupe row {write.loupe_id} was planned without a link. "
            "Nothing was sent; run the flow again.",
        )
    return write.link


def _resendable(document: Mapping[str, Any]) -> Json:
    kept = {name: copy.deepcopy(document[name]) for name in document if name not in _NOT_RESENT}
    for line in kept.get("Line") or ():
        line.pop("LineEx", None)
    return kept
