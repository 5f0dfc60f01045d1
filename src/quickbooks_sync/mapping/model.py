"""What a mapping file says, as frozen values."""

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from quickbooks_sync.mapping.vocabulary import NamedList, Vocabulary
from quickbooks_sync.model.errors import MappingError

#: What stands before Loupe's column in a source.
IN_LOUPE = "in Loupe "

KINDS = ("two_way", "pull_only", "computed")
TYPES = ("text", "money", "decimal", "date", "boolean", "enum", "reference", "lines")
CONFLICT_RULES = ("hold", "quickbooks", "loupe")
_UNLISTED = NamedList()


@dataclass(frozen=True)
class Field:
    """One field of a record, or one sub-field of its lines.

    Attributes:
        name: The field's name in canonical values, conflicts and reports.
        kind: `two_way`; `pull_only` (never sent by itself); `computed` (never sent, never merged).
        type: The canonical form: `text`, `money`, `decimal`, `date`, `boolean`, `enum`,
            `reference` or `lines`.
        loupe: The Loupe column; of `lines` the child table.
        quickbooks: The dotted path of the QuickBooks property; a sub-field's is relative to its line.
        required: Must hold something on both sides.
        required_on_push: Must hold something to be sent to QuickBooks.
        max_length_quickbooks: Most characters QuickBooks takes.
        max_length_loupe: Most characters Loupe stores.
        minimum: Smallest amount or quantity, as text.
        choices: What an enum may be.
        references: The record type a reference points to.
        named_in: The QuickBooks list whose record the property points to by Id; both sides are
            compared by its name.
        default: The canonical value of an absent one.
        default_setting: The company setting that stands in for an absent value.
        derive_quickbooks: The rule that reads it from a QuickBooks record, over a plain path.
        derive_loupe: The rule that reads it from a Loupe row, over a plain column.
        follows: The field with which a computed value is stored.
        on_conflict: `hold`, `quickbooks` or `loupe`, over the record type's own.
        is_suffixed: QuickBooks ends the name of an inactive record with " (deleted)".
        is_asked_for: QuickBooks sends the property only to a query that names it; absent from any other answer, it
            is unknown.
        position: Of `lines`: the child column that keeps their order, from 1.
        one_per: Of `lines`: the sub-field that lines are merged and sorted by.
        fields: Of `lines`: the sub-fields.
    """

    name: str
    kind: str
    type: str
    loupe: str | None = None
    quickbooks: str | None = None
    required: bool = False
    required_on_push: bool = False
    max_length_quickbooks: int | None = None
    max_length_loupe: int | None = None
    minimum: str | None = None
    choices: tuple[str, ...] = ()
    references: str | None = None
    named_in: str | None = None
    default: Any = None
    default_setting: str | None = None
    derive_quickbooks: str | None = None
    derive_loupe: str | None = None
    follows: str | None = None
    on_conflict: str | None = None
    is_suffixed: bool = False
    is_asked_for: bool = False
    position: str | None = None
    one_per: str | None = None
    fields: tuple["Field", ...] = ()

    @property
    def is_in_quickbooks(self) -> bool:
        """Whether a QuickBooks record tells this field."""
        return bool(self.quickbooks or self.derive_quickbooks)

    @property
    def is_in_loupe(self) -> bool:
        """Whether a Loupe row tells this field."""
        return bool(self.loupe or self.derive_loupe)


@dataclass(frozen=True)
class RecordMapping:
    """How one record type looks on both sides.

    Attributes:
        record_type: The record type.
        entity: The QuickBooks entity.
        table: The Loupe table.
        key: The Loupe table's key column.
        fields: The fields, in the file's order.
        vocabulary: The functions behind the names of rules that the fields use.
        on_conflict: What happens when both sides changed a field: `hold`, `quickbooks`, `loupe`.
        first_contact: The same for a field that differs when two records are first linked; never
            applied to money, currency and references.
        file: Where it was read from.
        digest: SHA-256 of the file; part of the key that decides whether a rejected record is
            sent again.
    """

    record_type: str
    entity: str
    table: str
    key: str
    fields: tuple[Field, ...]
    vocabulary: Vocabulary = dataclasses.field(repr=False, compare=False)
    on_conflict: str = "hold"
    first_contact: str = "hold"
    file: Path = Path()
    digest: str = ""
    _by_name: dict[str, Field] = dataclasses.field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_name", {field.name: field for field in self.fields})

    def field(self, name: str) -> Field:
        """Return the field called `name`; raises `MappingError` with the known names."""
        try:
            return self._by_name[name]
        except KeyError:
            known = ", ".join(self._by_name)
            raise MappingError(
                f"The {self.record_type} mapping ({self.file}) has no field {name!r}; it has "
                f"{known}.",
                file=str(self.file),
                key=name,
            ) from None

    def list_of(self, field: Field) -> NamedList:
        """Return what is known of the list that a field is named in; of a field that is in none, nothing."""
        return self.vocabulary.named_lists.get(field.named_in or "", _UNLISTED)

    @property
    def two_way(self) -> tuple[Field, ...]:
        """The fields that are merged and sent."""
        return tuple(field for field in self.fields if field.kind == "two_way")

    @property
    def computed(self) -> tuple[Field, ...]:
        """The fields that QuickBooks computes: compared after a push, never sent."""
        return tuple(field for field in self.fields if field.kind == "computed")

    @property
    def asked_for(self) -> tuple[str, ...]:
        """The QuickBooks properties that a query of the record type must name."""
        return tuple(str(field.quickbooks) for field in self.fields if field.is_asked_for)

    @property
    def sources(self) -> dict[str, str]:
        """Where each field is read from in QuickBooks, and its column in Loupe, by name; also `lines.amount`."""
        return dict(_iter_sources(self.fields))

    def every_field(self) -> Iterator[Field]:
        """Walk the fields and the sub-fields of their lines."""
        for field in self.fields:
            yield field
            yield from field.fields


def _iter_sources(fields: tuple[Field, ...], parent: str = "") -> Iterator[tuple[str, str]]:
    for field in fields:
        if field.is_in_quickbooks:
            asked = "asked for" if field.is_asked_for else None
            column = f"{IN_LOUPE}{field.loupe}" if field.loupe else None
            parts = (field.quickbooks, field.derive_quickbooks, field.named_in, asked, column)
            yield f"{parent}{field.name}", " ".join(part for part in parts if part)
        yield from _iter_sources(field.fields, f"{parent}{field.name}.")
