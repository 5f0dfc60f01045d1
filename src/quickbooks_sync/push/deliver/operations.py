"""Builds a write as an item of a batch: create, sparse or full update, void."""

import copy
from collections.abc import Mapping
from typing import Any

from quickbooks_sync.mapping import RecordMapping
from quickbooks_sync.model.decision import Operation
from quickbooks_sync.model.errors import FatalError
from quickbooks_sync.postgres.records.links import Link
from quickbooks_sync.push.decide.write import Write
from quickbooks_sync.quickbooks.batch import BatchRequest
from quickbooks_sync.settings import CompanySettings
from quickbooks_sync.transform import to_decimal, values_to_payload

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
    mapping: RecordMapping, settings: CompanySettings, write: Write, batch_item_id: str
) -> BatchRequest:
    """Build one item of a batch; raises `RejectedRecordError` or `SettingsError` of the payload."""
    if write.operation == Operation.CREATE:
        return BatchRequest(
            batch_item_id, "create", mapping.entity, _build_create(mapping, settings, write)
        )
    if write.operation == Operation.VOID:
        return BatchRequest(batch_item_id, "void", mapping.entity, _build_void(mapping, write))
    return BatchRequest(
        batch_item_id, "update", mapping.entity, _build_update(mapping, settings, write)
    )


def _build_create(mapping: RecordMapping, settings: CompanySettings, write: Write) -> Json:
    payload = values_to_payload(
        mapping, write.payload_values, document=None, fields=_sent(write), settings=settings
    )
    if mapping.record_type == "invoice":
        payload |= _tax_properties(settings, write)
    if mapping.record_type == "payment":
        payload["DepositToAccountRef"] = {"value": settings["deposit_account"]}
    if mapping.record_type == "inventory_item":
        payload |= _stock_properties(settings, write)
    return payload


def _tax_properties(settings: CompanySettings, write: Write) -> Json:
    """QuickBooks honours an explicit total where it can; its answer is compared with it."""
    if settings["tax"] != "total_tax" or "lines" not in write.fields:
        return {}
    return {"TxnTaxDetail": {"TotalTax": to_decimal(write.values.get("tax_amount") or "0")}}


def _sent(write: Write) -> list[str]:
    """Quantity has a road of its own: opening stock here, adjustments later."""
    return [name for name in write.fields if name not in ("quantity", "is_void")]


def _stock_properties(settings: CompanySettings, write: Write) -> Json:
    """QuickBooks demands accounts, quantity and start date of a new Inventory item (section 8.6)."""
    return {
        "Type": "Inventory",
        "TrackQtyOnHand": True,
        "QtyOnHand": to_decimal(write.opening_quantity),
        "InvStartDate": settings["inventory_start_date"],
        "IncomeAccountRef": {"value": settings["income_account"]},
        "ExpenseAccountRef": {"value": settings["cogs_account"]},
        "AssetAccountRef": {"value": settings["asset_account"]},
    }


def _build_update(mapping: RecordMapping, settings: CompanySettings, write: Write) -> Json:
    link = _link_of(write)
    payload = values_to_payload(
        mapping,
        write.payload_values,
        document=link.document,
        fields=_sent(write),
        settings=settings,
    )
    key: Json = {"Id": link.quickbooks_id, "SyncToken": link.sync_token}
    if mapping.record_type == "payment":
        # It takes no sparse update, whatever the documentation says (Intuit: section 8.1). Only what was
        # decided is laid over QuickBooks' last document: a held field must not go along.
        whole = {**_resendable(link.document), **payload, **key}
        return {name: value for name, value in whole.items() if value is not None}
    if mapping.record_type == "invoice":
        payload |= _tax_properties(settings, write)
    return {**payload, **key, "sparse": True}


def _build_void(mapping: RecordMapping, write: Write) -> Json:
    link = _link_of(write)
    key: Json = {"Id": link.quickbooks_id, "SyncToken": link.sync_token}
    if mapping.record_type == "payment":
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
