"""Reads mapping files and refuses what the sync could not keep: unknown keys, columns, properties and rules."""

import hashlib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from quickbooks_sync.mapping import field_rules
from quickbooks_sync.mapping.model import CONFLICT_RULES, Field, RecordMapping
from quickbooks_sync.mapping.reading import Marked, Place, nearest, read_marked
from quickbooks_sync.mapping.vocabulary import Vocabularies
from quickbooks_sync.model.errors import MappingError

Tables = Mapping[str, Collection[str]]

_RECORD_KEYS = {
    "record_type": True,
    "entity": True,
    "table": True,
    "key": True,
    "fields": True,
    "on_conflict": False,
    "first_contact": False,
}
_WORDS: dict[str, Collection[str]] = {
    "on_conflict": CONFLICT_RULES,
    "first_contact": CONFLICT_RULES,
}
_BOOLEANS = ("required", "required_on_push", "is_suffixed", "is_asked_for")
_INTEGERS = ("max_length_quickbooks", "max_length_loupe")


def load_mapping(
    path: Path, vocabularies: Vocabularies, *, tables: Tables | None = None
) -> RecordMapping:
    """Read one mapping file.

    Args:
        path: The YAML file.
        vocabularies: What a file may name, by record type.
        tables: Loupe's tables and their columns; when given, an unknown column is refused.

    Raises:
        MappingError: With file, line, key and the nearest valid word.
    """
    marked, content = read_marked(path)
    entries = _section(marked, _RECORD_KEYS)
    record_type = field_rules.check_word(entries["record_type"], vocabularies)
    vocabulary = vocabularies[record_type]
    entity = field_rules.check_word(entries["entity"], [vocabulary.entity])
    table = _text(entries["table"])
    context = field_rules.Context(vocabulary, tuple(vocabularies), table, tables)
    field_rules.check_table(entries["table"], context)
    field_rules.check_column(entries["key"], context)
    return RecordMapping(
        record_type=record_type,
        entity=entity,
        table=table,
        key=_text(entries["key"]),
        fields=_load_fields(entries["fields"], context),
        vocabulary=vocabulary,
        on_conflict=_optional_word(entries, "on_conflict"),
        first_contact=_optional_word(entries, "first_contact"),
        file=path,
        digest=hashlib.sha256(content).hexdigest(),
    )


def load_mappings(
    folder: Path, vocabularies: Vocabularies, *, tables: Tables | None = None
) -> dict[str, RecordMapping]:
    """Read every `*.yaml` of a folder, by record type.

    Raises:
        MappingError: A file is wrong, a record type is missing, or two files hold the same one.
    """
    found: dict[str, RecordMapping] = {}
    for path in sorted(folder.glob("*.yaml")):
        mapping = load_mapping(path, vocabularies, tables=tables)
        if mapping.record_type in found:
            other = found[mapping.record_type].file
            raise Place(path).refuse(f"{mapping.record_type} is already mapped in {other}.")
        found[mapping.record_type] = mapping
    missing = [name for name in vocabularies if name not in found]
    if missing:
        raise MappingError(
            f"{folder} has no mapping for {', '.join(missing)}; expected {missing[0]}.yaml.",
            file=str(folder),
        )
    return found


def _load_fields(marked: Marked, context: field_rules.Context) -> tuple[Field, ...]:
    if not isinstance(marked.value, dict) or not marked.value:
        raise marked.place.refuse("must list the fields by name.")
    loaded = tuple(_load_field(name, item, context) for name, item in marked.value.items())
    field_rules.check_together(loaded, marked)
    return loaded


def _load_field(name: str, marked: Marked, context: field_rules.Context) -> Field:
    entries = _section(marked, {key: key in ("kind", "type") for key in field_rules.FIELD_KEYS})
    facts: dict[str, Any] = {
        key: _fact(key, item) for key, item in entries.items() if key != "fields"
    }
    if "fields" in entries:
        facts["fields"] = _load_fields(entries["fields"], context.of_lines(facts.get("loupe")))
    loaded = Field(name=name, **facts)
    field_rules.check_field(loaded, entries, marked.place, context)
    return loaded


def _fact(key: str, marked: Marked) -> Any:
    """Return a field's key as the model holds it."""
    if key == "default":
        return field_rules.default_of(marked)
    if key == "minimum":
        return field_rules.number_text(marked)
    if key == "choices":
        return _texts(marked)
    if key in _BOOLEANS and not isinstance(marked.value, bool):
        raise marked.place.refuse(f"is {marked.value!r}; expected true or false.")
    if key in _INTEGERS and (not isinstance(marked.value, int) or marked.value is True):
        raise marked.place.refuse(f"is {marked.value!r}; expected a whole number.")
    return marked.value if key in (*_BOOLEANS, *_INTEGERS) else _text(marked)


def _section(marked: Marked, keys: Mapping[str, bool]) -> dict[str, Marked]:
    if not isinstance(marked.value, dict):
        raise marked.place.refuse(f"must be a list of keys: {', '.join(keys)}.")
    entries: dict[str, Marked] = marked.value
    for key, item in entries.items():
        if key not in keys:
            raise item.place.refuse(f"there is no key {key!r}; {nearest(key, keys)}")
    for key, needed in keys.items():
        if needed and key not in entries:
            raise marked.place.refuse(f"the key {key!r} is missing.")
    return entries


def _texts(marked: Marked) -> tuple[str, ...]:
    if not isinstance(marked.value, list) or not marked.value:
        raise marked.place.refuse("must be a list.")
    return tuple(_text(item) for item in marked.value)


def _text(marked: Marked) -> str:
    if not isinstance(marked.value, str) or not marked.value.strip():
        raise marked.place.refuse(f"is {marked.value!r}; expected text.")
    return marked.value


def _word(marked: Marked, key: str) -> str:
    return field_rules.check_word(marked, _WORDS[key])


def _optional_word(entries: Mapping[str, Marked], key: str) -> str:
    return _word(entries[key], key) if key in entries else "hold"
