"""The rules that a field of a mapping file must keep."""

import dataclasses
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from quickbooks_sync.mapping.model import CONFLICT_RULES, KINDS, TYPES, Field
from quickbooks_sync.mapping.reading import Marked, Place, nearest
from quickbooks_sync.mapping.vocabulary import NEVER_SENT, Vocabulary

FIELD_KEYS = tuple(field.name for field in dataclasses.fields(Field) if field.name != "name")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_WORDS: dict[str, Collection[str]] = {
    "kind": KINDS,
    "type": TYPES,
    "on_conflict": CONFLICT_RULES,
}
#: Keys that only fields of some types may have.
_ONLY_FOR: dict[str, tuple[str, ...]] = {
    "choices": ("enum",),
    "references": ("reference",),
    "fields": ("lines",),
    "position": ("lines",),
    "one_per": ("lines",),
    "minimum": ("money", "decimal"),
    "is_suffixed": ("text",),
    "named_in": ("text",),
    "max_length_quickbooks": ("text",),
    "max_length_loupe": ("text",),
}
_NEEDED_BY = {"enum": "choices", "reference": "references", "lines": "fields"}


@dataclass(frozen=True)
class Context:
    """Where a field stands.

    Attributes:
        vocabulary: What the file may name.
        record_types: What a reference may point to.
        table: The Loupe table; `None` for lines that Loupe does not keep.
        tables: Loupe's tables and their columns, when known.
        is_line: Whether it is a sub-field of the record's lines.
    """

    vocabulary: Vocabulary
    record_types: tuple[str, ...]
    table: str | None
    tables: Mapping[str, Collection[str]] | None
    is_line: bool = False

    @property
    def words(self) -> dict[str, Collection[str]]:
        """What the keys of a field may hold that name a record type, or a rule or a list of one."""
        return {
            "references": self.record_types,
            "derive_quickbooks": tuple(self.vocabulary.quickbooks_rules),
            "derive_loupe": tuple(self.vocabulary.loupe_rules),
            "named_in": tuple(self.vocabulary.named_lists),
        }

    @property
    def entity(self) -> str:
        """The QuickBooks entity; of a sub-field with `.Line`."""
        return f"{self.vocabulary.entity}.Line" if self.is_line else self.vocabulary.entity

    @property
    def properties(self) -> tuple[str, ...]:
        """The QuickBooks properties that a field may name here."""
        return self.vocabulary.line_properties if self.is_line else self.vocabulary.properties

    def of_lines(self, child_table: str | None) -> "Context":
        """Return the context of a lines field's sub-fields."""
        return dataclasses.replace(self, table=child_table, is_line=True)


def check_word(marked: Marked, known: Collection[str]) -> str:
    """Return the text if it is one of `known`."""
    word = marked.value
    if word not in known:
        raise marked.place.refuse(f"{word!r} is not known; {nearest(str(word), known)}")
    return str(word)


def check_table(marked: Marked, context: Context) -> None:
    """Refuse a table that Loupe's schema does not have."""
    if context.tables is not None and marked.value not in context.tables:
        advice = nearest(str(marked.value), list(context.tables))
        raise marked.place.refuse(f"Loupe has no table {marked.value!r}; {advice}")


def check_column(marked: Marked, context: Context) -> None:
    """Refuse a column that the context's table does not have."""
    columns = (context.tables or {}).get(context.table or "")
    if columns is not None and marked.value not in columns:
        raise marked.place.refuse(
            f"Loupe's table {context.table} has no column {marked.value!r}; "
            f"{nearest(str(marked.value), columns)}"
        )


def check_field(
    loaded: Field, entries: Mapping[str, Marked], place: Place, context: Context
) -> None:
    """Refuse a field whose keys do not fit each other, the entity or the table."""
    for key, known in {**_WORDS, **context.words}.items():
        if key in entries:
            check_word(entries[key], known)
    for key, types in _ONLY_FOR.items():
        if key in entries and loaded.type not in types:
            raise entries[key].place.refuse(
                f"only fields of type {' or '.join(types)} may have {key!r}; this is {loaded.type}."
            )
    if "default" in entries and isinstance(loaded.default, bool) != (loaded.type == "boolean"):
        raise entries["default"].place.refuse(
            f"{loaded.default!r} is no value of a {loaded.type} field."
        )
    needed = _NEEDED_BY.get(loaded.type)
    if needed and needed not in entries:
        raise place.refuse(f"a field of type {loaded.type} needs {needed!r}.")
    if context.is_line and "named_in" in entries:
        raise entries["named_in"].place.refuse("only fields of the record itself may have it.")
    _check_sides(loaded, place)
    _check_asked_for(loaded, entries, context)
    _check_quickbooks(entries.get("quickbooks"), context)
    _check_loupe(loaded, entries, context)


def _check_sides(loaded: Field, place: Place) -> None:
    if loaded.kind == "two_way" and not (loaded.is_in_loupe and loaded.is_in_quickbooks):
        raise place.refuse("a two_way field needs both sides: 'loupe' and 'quickbooks'.")
    if not loaded.is_in_loupe and not loaded.is_in_quickbooks:
        raise place.refuse("the field names neither a Loupe column nor a QuickBooks property.")


def _check_asked_for(loaded: Field, entries: Mapping[str, Marked], context: Context) -> None:
    """A query can name a simple property of the record alone (Intuit: query language, section 3.1)."""
    path = loaded.quickbooks or "."
    is_simple = "." not in path and loaded.type != "lines" and not loaded.derive_quickbooks
    if loaded.is_asked_for and (not is_simple or context.entity.endswith(".Line")):
        raise entries["is_asked_for"].place.refuse(
            "a query can only name a property that stands in the record itself, without a dot, and is read as it is."
        )


def _check_quickbooks(marked: Marked | None, context: Context) -> None:
    if marked is None:
        return
    if marked.value.split(".", 1)[0] in NEVER_SENT:
        raise marked.place.refuse(
            f"{marked.value!r} must not be mapped: setting it makes QuickBooks send mail or charge "
            "a card."
        )
    known = context.properties
    if marked.value not in known:
        raise marked.place.refuse(
            f"{context.entity} has no property {marked.value!r}; {nearest(marked.value, known)}"
        )


def _check_loupe(loaded: Field, entries: Mapping[str, Marked], context: Context) -> None:
    if loaded.type == "lines":
        lines = context.of_lines(loaded.loupe)
        if "loupe" in entries:
            check_table(entries["loupe"], lines)
        if "position" in entries:
            check_column(entries["position"], lines)
    elif "loupe" in entries:
        check_column(entries["loupe"], context)


def check_together(loaded: tuple[Field, ...], marked: Marked) -> None:
    """Refuse fields that fight over a column or a property, or follow one that is not there."""
    names = [field.name for field in loaded]
    sides: tuple[tuple[str, Callable[[Field], str | None]], ...] = (
        ("loupe", lambda field: field.loupe),
        ("quickbooks", lambda field: field.quickbooks),
    )
    for key, side in sides:
        owners: dict[str, str] = {}
        for field in loaded:
            target = side(field)
            if target is None:
                continue
            if target in owners:
                place = marked.value[field.name].value[key].place
                raise place.refuse(f"{target!r} is already mapped by the field {owners[target]!r}.")
            owners[target] = field.name
    for field in loaded:
        if field.follows and field.follows not in names:
            place = marked.value[field.name].value["follows"].place
            raise place.refuse(
                f"there is no field {field.follows!r}; {nearest(field.follows, names)}"
            )
        _check_one_per(field, marked)


def _check_one_per(loaded: Field, marked: Marked) -> None:
    names = [field.name for field in loaded.fields]
    if loaded.one_per and loaded.one_per not in names:
        place = marked.value[loaded.name].value["one_per"].place
        raise place.refuse(
            f"the lines have no field {loaded.one_per!r}; {nearest(loaded.one_per, names)}"
        )


def number_text(marked: Marked) -> str:
    """Return a number's text; a YAML number with a point would be a float, so quotes are asked for."""
    value = marked.value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        return value
    raise marked.place.refuse(f'is {value!r}; write a number in quotes, like "0.01".')


def default_of(marked: Marked) -> Any:
    """Return a default: text or a boolean, numbers as text."""
    if isinstance(marked.value, bool | str):
        return marked.value
    return number_text(marked)
