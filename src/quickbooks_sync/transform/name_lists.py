"""Names of small QuickBooks lists (payment methods): to the name by Id, and to the Id by name.

QuickBooks points to such a record by Id, Loupe writes its name.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from quickbooks_sync.transform.canonical import folded, parse_text

ListedRecord = Mapping[str, Any]


@dataclass(frozen=True)
class NameLists:
    """The company's lists that a mapping names in `named_in`; one that was never read has no names.

    Attributes:
        names: Name by list and Id, of inactive records too: an old payment still points to them.
        ids: Id by list and folded name, of active records alone: an inactive one is never chosen.
    """

    names: Mapping[tuple[str, str], str] = field(default_factory=dict)
    ids: Mapping[tuple[str, str], str] = field(default_factory=dict)

    @classmethod
    def of_records(cls, lists: Mapping[str, Iterable[ListedRecord]]) -> Self:
        """Build the look-ups from QuickBooks' records by list; a record without a name is left out."""
        names: dict[tuple[str, str], str] = {}
        ids: dict[tuple[str, str], str] = {}
        for named_in, records in lists.items():
            for record in records:
                name, quickbooks_id = parse_text(record.get("Name")), str(record["Id"])
                if name:
                    names[named_in, quickbooks_id] = name
                if name and record.get("Active") is not False:
                    ids[named_in, str(folded(name))] = quickbooks_id
        return cls(names, ids)

    def name_of(self, named_in: str, quickbooks_id: str) -> str | None:
        """Return the name of a list's record; `None` where it is not known (yet)."""
        return self.names.get((named_in, quickbooks_id))

    def id_of(self, named_in: str, name: str) -> str | None:
        """Return the Id of a list's active record, whatever the name's case; `None` where there is none."""
        return self.ids.get((named_in, str(folded(name))))
