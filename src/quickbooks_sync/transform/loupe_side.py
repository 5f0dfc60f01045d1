"""Loupe rows to canonical values, and canonical values to the columns of a Loupe row."""

from collections.abc import Callable, Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any

from quickbooks_sync.mapping import Field, RecordMapping
from quickbooks_sync.mapping.vocabulary import LoupeRule
from quickbooks_sync.model.errors import RejectedRecordError
from quickbooks_sync.transform.canonical import parser_of, to_date
from quickbooks_sync.transform.frames import Reader, Source, read_batch, read_lines
from quickbooks_sync.transform.model import Transformed
from quickbooks_sync.transform.quickbooks_side import absent_value
from quickbooks_sync.transform.settings import Settings
from quickbooks_sync.transform.unreadable import UnreadableValueError, ensure_readable

QuickBooksIds = Mapping[str, Mapping[int, str]]
LoupeIds = Mapping[str, Mapping[str, int]]
Rules = Mapping[str, LoupeRule]


def rows_to_values(
    mapping: RecordMapping,
    rows: Sequence[Source],
    *,
    references: QuickBooksIds,
    settings: Settings,
) -> Transformed:
    """Bring Loupe rows into canonical form.

    Args:
        mapping: The record type's mapping.
        rows: Columns by name; child rows as a list of dicts under their table's name.
        references: QuickBooks Ids by Loupe id, per record type. A two-way reference that is not
            there is a problem that waits for that record; a `pull_only` one reads as empty.
        settings: Company settings that stand in for absent values.
    """
    rules = mapping.vocabulary.loupe_rules

    def reader_of(field: Field) -> Reader | None:
        return _reader(field, references, settings, rules) if field.is_in_loupe else None

    return read_batch(mapping, rows, reader_of)


def _reader(field: Field, references: QuickBooksIds, settings: Settings, rules: Rules) -> Reader:
    if field.type == "lines":
        return _lines_reader(field, references, settings, rules)
    if field.type == "reference":
        return _reference_reader(field, references)
    parse, column, absent = parser_of(field), field.loupe, absent_value(field, settings)
    rule = rules.get(field.derive_loupe or "")

    def read(row: Source) -> Any:
        value = parse(ensure_readable(rule.read(row) if rule else row.get(str(column))))
        return absent if value is None else value

    return read


def _lines_reader(
    field: Field, references: QuickBooksIds, settings: Settings, rules: Rules
) -> Reader:
    readers = {part.name: _reader(part, references, settings, rules) for part in field.fields}

    def read(row: Source) -> Any:
        children = row.get(str(field.loupe)) or []
        if field.position:
            children = sorted(children, key=lambda child: child.get(field.position) or 0)
        return read_lines(field, children, readers)

    return read


def _reference_reader(field: Field, references: QuickBooksIds) -> Reader:
    known = references.get(str(field.references), {})

    def read(row: Source) -> str | None:
        loupe_id = row.get(str(field.loupe))
        if loupe_id is None or loupe_id in known:
            return None if loupe_id is None else known[loupe_id]
        if field.kind != "two_way":
            return None
        raise UnreadableValueError(
            f"refers to a linked {field.references}",
            loupe_id,
            f"the {field.references} {loupe_id} is not linked to QuickBooks yet",
            waits_for=field.references,
            waits_for_id=str(loupe_id),
        )

    return read


_TO_COLUMN: dict[str, Callable[[Any], Any]] = {
    "money": lambda value: None if value is None else Decimal(value),
    "decimal": lambda value: None if value is None else Decimal(value),
    "date": to_date,
}


def values_to_row(
    mapping: RecordMapping,
    values: Mapping[str, Any],
    *,
    references: LoupeIds,
    fields: Collection[str] | None = None,
) -> dict[str, Any]:
    """Turn canonical values into the columns of a Loupe row.

    Lines come under their child table's name as a list of column dicts. What a rule reads of several columns,
    it also writes to them. A name that is none of Loupe's own is left out.

    Args:
        mapping: The record type's mapping.
        values: Canonical values; fields that are not there are left out.
        references: Loupe ids by QuickBooks Id, per record type.
        fields: Only these fields; all that Loupe stores when `None`.

    Raises:
        RejectedRecordError: A two-way reference is not linked.
    """
    rules = mapping.vocabulary.loupe_rules
    row: dict[str, Any] = {}
    for field in mapping.fields:
        if field.loupe is None or field.name not in values:
            continue
        if not mapping.list_of(field).is_known(values[field.name]):
            continue
        if fields is None or field.name in fields:
            row.update(_to_columns(field, values[field.name], references, rules))
    return row


def _to_columns(field: Field, value: Any, references: LoupeIds, rules: Rules) -> dict[str, Any]:
    column = str(field.loupe)
    rule = rules.get(field.derive_loupe or "")
    if rule is not None and rule.to_columns is not None:
        return rule.to_columns(value)
    if field.type == "lines":
        return {column: _to_children(field, value or [], references, rules)}
    if field.type == "reference":
        return {column: _to_loupe_id(field, value, references)}
    return {column: _TO_COLUMN.get(field.type, lambda same: same)(value)}


def _to_children(
    field: Field, lines: Sequence[Mapping[str, Any]], references: LoupeIds, rules: Rules
) -> list[dict[str, Any]]:
    children = []
    for number, line in enumerate(lines, start=1):
        child: dict[str, Any] = {field.position: number} if field.position else {}
        for part in field.fields:
            if part.name in line:
                child.update(_to_columns(part, line[part.name], references, rules))
        children.append(child)
    return children


def _to_loupe_id(field: Field, value: str | None, references: LoupeIds) -> int | None:
    loupe_id = references.get(str(field.references), {}).get(value or "")
    if value is not None and loupe_id is None and field.kind == "two_way":
        raise RejectedRecordError(
            f"The {field.references} {value} of QuickBooks is not linked to Loupe; pull "
            f"{field.references}s first.",
            field=field.name,
            rule=f"refers to a linked {field.references}",
        )
    return loupe_id
