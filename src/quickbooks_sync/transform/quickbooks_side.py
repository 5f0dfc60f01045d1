"""QuickBooks records to canonical values."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from quickbooks_sync.mapping import Field, RecordMapping
from quickbooks_sync.mapping.vocabulary import Rule
from quickbooks_sync.transform.canonical import parse_text, parser_of, value_at, without_suffix
from quickbooks_sync.transform.frames import Reader, Source, read_batch, read_lines
from quickbooks_sync.transform.model import UNKNOWN, Transformed
from quickbooks_sync.transform.name_lists import NameList, NameLists
from quickbooks_sync.transform.settings import Settings
from quickbooks_sync.transform.unreadable import UnreadableValueError
from quickbooks_sync.transform.unstorable import find_unstorable
from quickbooks_sync.transform.untaken import find_untaken
from quickbooks_sync.transform.whole import find_lacking

Rules = Mapping[str, Rule]


def records_to_values(
    mapping: RecordMapping,
    records: Sequence[Source],
    *,
    settings: Settings,
    lists: NameLists,
) -> Transformed:
    """Bring QuickBooks records into canonical form.

    A property that is absent from a whole record is empty, for QuickBooks leaves empty ones out. Only one that must be
    asked for by name (`is_asked_for`), or that no list holds (`not_in_lists`), is unknown then; where it was asked for
    and is empty, the record holds `None`.

    Args:
        mapping: The record type's mapping.
        records: Whole QuickBooks objects, numbers as Decimal or int.
        settings: Company settings that stand in for absent values.
        lists: Names of the records that properties point to.
    """
    rules = mapping.vocabulary.quickbooks_rules

    def reader_of(field: Field) -> Reader | None:
        if not field.is_in_quickbooks:
            return None
        if field.named_in:
            return _named_reader(str(field.quickbooks), lists.of(mapping, field))
        return _reader(field, settings, rules, mapping.vocabulary.not_in_lists)

    done = read_batch(mapping, records, reader_of)
    for row, record in enumerate(records):
        problem = find_unstorable(mapping, record)
        if problem:
            done.problems.setdefault(row, []).append(problem)
    return done


def answers_to_values(
    mapping: RecordMapping, records: Sequence[Source], *, settings: Settings, lists: NameLists
) -> Transformed:
    """As `records_to_values`, of records as QuickBooks has just sent them; one that is not whole has a problem."""
    done = records_to_values(mapping, records, settings=settings, lists=lists)
    for row, record in enumerate(records):
        problem = find_lacking(mapping, record)
        if problem:
            done.problems.setdefault(row, []).append(problem)
    for row, unnamed in find_untaken(mapping, done.frame):
        done.problems.setdefault(row, []).append(unnamed)
    return done


def _reader(
    field: Field, settings: Settings, rules: Rules, not_in_lists: Collection[str] = ()
) -> Reader:
    raw = _raw_of(field, rules)
    if field.type == "lines":
        readers = {part.name: _reader(part, settings, rules) for part in field.fields}
        return lambda record: read_lines(field, raw(record), readers)
    parse = parser_of(field)
    absent = absent_value(field, settings)
    name = str(field.quickbooks).partition(".")[0]
    is_unsure = field.is_asked_for or name in not_in_lists

    def read(record: Source) -> Any:
        if is_unsure and name not in record:
            return UNKNOWN
        value = parse(raw(record))
        if field.is_suffixed:
            value = without_suffix(value, record)
        return absent if value is None else value

    return read


def _named_reader(path: str, listed: NameList) -> Reader:
    """Read the name of what a property points to; an Id that is not known yet tells nothing."""
    beside = f"{path.rpartition('.')[0]}.name"

    def read(record: Source) -> Any:
        pointed = parse_text(value_at(record, path))
        if pointed is None:
            return None
        name, written = listed.name_of(pointed), parse_text(value_at(record, beside))
        return name or (listed.to_own(written) if written else UNKNOWN)

    return read


def absent_value(field: Field, settings: Settings) -> Any:
    """Return what stands for an absent value: the default, or a company setting."""
    if field.default_setting:
        return settings.value_of(field.default_setting)
    return field.default


def _raw_of(field: Field, rules: Rules) -> Rule:
    if field.derive_quickbooks:
        return rules[field.derive_quickbooks]
    path = str(field.quickbooks)
    if "." in path:
        return lambda record: value_at(record, path)
    return lambda record: record.get(path)


def read_document_lines(
    field: Field, lines: Sequence[Source], settings: Settings, rules: Rules
) -> list[dict[str, Any]]:
    """Return a known document's lines in canonical form; what cannot be read counts as empty."""
    readers = {part.name: _lenient(_reader(part, settings, rules)) for part in field.fields}
    return read_lines(field, lines, readers)


def _lenient(reader: Reader) -> Reader:
    def read(line: Source) -> Any:
        try:
            return reader(line)
        except UnreadableValueError:
            return None

    return read
