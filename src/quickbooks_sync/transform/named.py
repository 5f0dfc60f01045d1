"""Names of small QuickBooks lists (payment methods): to the name by Id, and to the Id by name.

Design note
    QuickBooks points to such a record by Id, Loupe writes its name. The names travel with the company's settings,
    from which every transformation is fed already.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from quickbooks_sync.transform.canonical import folded, parse_text

Settings = Mapping[str, str | None]


def name_entries(named_in: str, records: Iterable[Mapping[str, Any]]) -> dict[str, str | None]:
    """Return what `name_of` and `id_of` look up; an inactive record is read, never chosen."""
    entries: dict[str, str | None] = {}
    for record in records:
        name, quickbooks_id = parse_text(record.get("Name")), str(record["Id"])
        if name:
            entries[f"{named_in} {quickbooks_id}"] = name
            if record.get("Active") is not False:
                entries[f"{named_in} named {folded(name)}"] = quickbooks_id
    return entries


def name_of(settings: Settings, named_in: str, quickbooks_id: str) -> str | None:
    """Return the name of a list's record; `None` where it is not known (yet)."""
    return settings.get(f"{named_in} {quickbooks_id}")


def id_of(settings: Settings, named_in: str, name: str) -> str | None:
    """Return the Id of a list's active record, whatever the name's case; `None` where there is none."""
    return settings.get(f"{named_in} named {folded(name)}")
