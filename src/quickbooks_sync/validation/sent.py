"""Which rules a change of a record must keep: those about what is sent of it.

What is not sent, the other side holds already, however odd it is. So a rule about it is told and holds nothing up.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from quickbooks_sync.mapping import RecordMapping
from quickbooks_sync.validation.rules import Rule

#: The fields of a record that are sent; `None` for all of them.
Sent = Collection[str] | None


class _Noted(Mapping[str, Any]):
    """Values that note which fields were asked for."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values
        self.asked: set[str] = set()

    def __getitem__(self, name: str) -> Any:
        self.asked.add(name)
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


def is_about_sent(
    mapping: RecordMapping, rule: Rule, values: Mapping[str, Any], sent: Sent
) -> bool:
    """Whether a rule is about something that is sent of a record: a field, or what is computed with it."""
    if sent is None:
        return True
    moving = {*sent, *(field.name for field in mapping.computed if field.follows in sent)}
    return not moving.isdisjoint(_fields_of(rule, values))


def _fields_of(rule: Rule, values: Mapping[str, Any]) -> set[str]:
    """Return the fields that a rule looks at; a check is asked once more, for it may look at several."""
    fields = {rule.field.partition(".")[0]}
    if rule.check is None:
        return fields
    noted = _Noted(values)
    rule.check(noted)
    return fields | noted.asked
