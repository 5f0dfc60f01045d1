"""Canonical values to the JSON that QuickBooks is sent."""

import copy
from collections.abc import Collection, Mapping
from typing import Any

from quickbooks_sync.mapping import Field, RecordMapping
from quickbooks_sync.model.errors import MappingError
from quickbooks_sync.transform.canonical import to_decimal, value_at
from quickbooks_sync.transform.name_lists import NameList, NameLists
from quickbooks_sync.transform.settings import Settings

Json = dict[str, Any]


def values_to_payload(
    mapping: RecordMapping,
    values: Mapping[str, Any],
    *,
    document: Mapping[str, Any] | None,
    fields: Collection[str] | None,
    settings: Settings,
    lists: NameLists,
) -> Json:
    """Build the properties to send.

    Nested objects and lines are laid over those of `document`, so that parts which are not mapped
    (a state, a tax code) stay. Where a value is empty and the document had one, the property is
    cleared: a text with `""`, a number with 0 (Intuit: common rules, section 8.1). Voiding is an
    operation of its own; `is_void` gives no property.

    Args:
        mapping: The record type's mapping.
        values: Canonical values; fields that are not there are not sent.
        document: The last whole QuickBooks object, when the record exists there.
        fields: Names of the fields to send, `pull_only` ones included (a new customer's currency);
            all two-way ones when `None`. Computed fields are never sent.
        settings: Company settings; new sales lines need `invoice_line_item`.
        lists: Ids of the records that values name.

    Returns:
        The properties without Id, SyncToken and sparse; numbers as Decimal. A pointer to a named
        record that is emptied is `None`: left out of a whole document, `{}` in a sparse one.

    Raises:
        SettingsError: A new sales line needs `invoice_line_item` and it is not set.
        RejectedRecordError: The lines cannot be expressed in QuickBooks.
    """
    payload: Json = {}
    for field in _sendable(mapping, fields):
        if field.name not in values:
            continue
        if field.type == "lines":
            payload[str(field.quickbooks)] = _build_lines(
                mapping, field, values[field.name] or [], document or {}, settings
            )
        elif field.named_in:
            _point(payload, field, values[field.name], lists.of(mapping, field))
        else:
            _set(payload, field, values[field.name], document or {})
    return payload


def _sendable(mapping: RecordMapping, fields: Collection[str] | None) -> list[Field]:
    chosen = mapping.two_way if fields is None else [mapping.field(name) for name in fields]
    return [field for field in chosen if field.quickbooks and field.kind != "computed"]


def _build_lines(
    mapping: RecordMapping,
    field: Field,
    lines: list[Json],
    document: Mapping[str, Any],
    settings: Settings,
) -> list[Json]:
    build = mapping.vocabulary.build_lines
    if build is None:
        raise MappingError(
            f"The mapping of {mapping.record_type} ({mapping.file}) sends lines in {field.name}, and nothing is known "
            "of how its lines are built; make the field computed or pull_only.",
            file=str(mapping.file),
            key=field.name,
        )
    return build(field, lines, list(document.get(str(field.quickbooks)) or []), settings)


def _point(payload: Json, field: Field, name: str | None, listed: NameList) -> None:
    """Point to the record of that name; to none is `None`. A name that QuickBooks lacks is not sent."""
    head, _, leaf = str(field.quickbooks).partition(".")
    if name is None:
        payload[head] = None
        return
    found = listed.id_of(name)
    if found is not None:
        payload[head] = {leaf: found}


def _set(payload: Json, field: Field, value: Any, document: Mapping[str, Any]) -> None:
    path = str(field.quickbooks)
    if value is None and value_at(document, path) in (None, ""):
        return
    head, _, leaf = path.partition(".")
    sent = _to_json(field, value)
    if not leaf:
        payload[head] = sent
        return
    if head not in payload:
        # A reference's name belongs to its old value, so nothing of it is kept.
        payload[head] = {} if leaf == "value" else copy.deepcopy(document.get(head) or {})
    payload[head][leaf] = sent


def _to_json(field: Field, value: Any) -> Any:
    if field.type in ("money", "decimal"):
        return to_decimal(value or "0")
    return "" if value is None else value
