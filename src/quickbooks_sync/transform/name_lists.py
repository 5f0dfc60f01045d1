"""Small QuickBooks lists (payment methods): to Loupe's name by Id, and to the Id by Loupe's name.

QuickBooks points to such a record by Id, Loupe writes its name. Case and blanks do not count. Where Loupe has a closed
list of its own names, a record that none of them names is found by the number that it stands for, in both directions,
but only where there is no choice: a guess would say something else on the other side.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Self

from quickbooks_sync.mapping import Field, RecordMapping
from quickbooks_sync.mapping.vocabulary import NamedList
from quickbooks_sync.transform.canonical import folded, parse_text, without_suffix

ListedRecord = Mapping[str, Any]

#: How many names a message lists.
_MOST_NAMES = 10


@dataclass(frozen=True)
class NameList:
    """One list, as a field of Loupe names its records.

    Attributes:
        entity: The list.
        records: Its records with their names, inactive ones too: an old payment still points to them.
        known: What Loupe knows of the list.
    """

    entity: str
    records: tuple[ListedRecord, ...]
    known: NamedList

    def name_of(self, quickbooks_id: str) -> str | None:
        """Return what Loupe calls a record, else QuickBooks' name; `None` where it is not known (yet)."""
        return self._names.get(quickbooks_id)

    def id_of(self, name: str) -> str | None:
        """Return the Id of the active record that Loupe's name stands for; `None` where none does."""
        record = self._find_named(name) or self._find_numbered(name)
        return str(record["Id"]) if record else None

    def to_own(self, name: str, record: ListedRecord | None = None) -> str:
        """Return Loupe's own name for QuickBooks' name or the record's number; the name itself where it has none."""
        named = (own for own in self.known.own_names if folded(own) == folded(name))
        number = self.known.number_of(record) if record else None
        return next(named, None) or self._own_name_of(number) or name

    def describe_missing(self, name: str) -> str:
        """Say what was looked for in vain, and what the list has."""
        number = self.known.own_names.get(name)
        numbered = "" if number is None else f", and {self._describe_numbered(number)}"
        names = self._quote(self._active) or "none"
        return f"QuickBooks has no active {self.entity} named {name!r}{numbered} (it has {names})"

    @cached_property
    def _names(self) -> dict[str, str]:
        return {str(record["Id"]): self.to_own(_name(record), record) for record in self.records}

    @cached_property
    def _active(self) -> tuple[ListedRecord, ...]:
        """An inactive record is never chosen."""
        return tuple(record for record in self.records if record.get("Active") is not False)

    def _find_named(self, name: str) -> ListedRecord | None:
        named = (record for record in self._active if folded(_name(record)) == folded(name))
        return next(named, None)

    def _find_numbered(self, name: str) -> ListedRecord | None:
        """What QuickBooks would answer must read as the same name, or the next pull would change it."""
        numbered = self._numbered(self.known.own_names.get(name))
        is_same = len(numbered) == 1 and self.name_of(str(numbered[0]["Id"])) == name
        return numbered[0] if is_same else None

    def _numbered(self, number: int | None) -> list[ListedRecord]:
        if number is None:
            return []
        return [record for record in self._active if self.known.number_of(record) == number]

    def _own_name_of(self, number: int | None) -> str | None:
        same = [own for own, own_number in self.known.own_names.items() if own_number == number]
        return same[0] if number is not None and len(same) == 1 else None

    def _describe_numbered(self, number: int) -> str:
        numbered = self._numbered(number)
        label = f"with {number} {self.known.unit}"
        if not numbered:
            return f"none {label}"
        if len(numbered) == 1:
            return f"the only one {label}, {self._quote(numbered)}, stands for another name"
        return f"{len(numbered)} {label}, of which none is chosen"

    def _quote(self, records: Iterable[ListedRecord]) -> str:
        names = [repr(_name(record)) for record in records]
        more = ["..."] if len(names) > _MOST_NAMES else []
        return ", ".join([*names[:_MOST_NAMES], *more])


@dataclass(frozen=True)
class NameLists:
    """The company's lists that a mapping names in `named_in`; one that was never read has no records.

    Attributes:
        records: The records by list, those that have a name.
    """

    records: Mapping[str, tuple[ListedRecord, ...]] = field(default_factory=dict)

    @classmethod
    def of_records(cls, lists: Mapping[str, Iterable[ListedRecord]]) -> Self:
        """Take QuickBooks' records by list; a record without a name is left out."""
        return cls(
            {
                entity: tuple(record for record in records if parse_text(record.get("Name")))
                for entity, records in lists.items()
            }
        )

    def of(self, mapping: RecordMapping, named: Field) -> NameList:
        """Return the list that a field is named in."""
        entity = str(named.named_in)
        return NameList(entity, self.records.get(entity, ()), mapping.list_of(named))


def _name(record: ListedRecord) -> str:
    """Return the name that a record has or, where it is inactive, had."""
    return without_suffix(parse_text(record.get("Name")), record) or ""
