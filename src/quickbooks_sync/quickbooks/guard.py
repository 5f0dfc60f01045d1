"""The last guard before anything is sent: properties that would mail customers or charge cards.

The mappings never produce them; this holds whatever else might.
"""

from collections.abc import Iterator
from typing import Any

from quickbooks_sync.model.errors import FatalError

#: QuickBooks sends mail, queues print, or charges a card when these are set.
NEVER_SENT = frozenset({"EmailStatus", "PrintStatus", "ProcessPayment", "CreditCardPayment"})


def refuse_side_effects(payload: Any) -> None:
    """Raise `FatalError` when `payload` holds one of `NEVER_SENT` at any depth."""
    for path in _paths(payload, ""):
        raise FatalError(
            f"A payload holds {path}, which this sync never sends: it would make QuickBooks mail, "
            "print or charge. Nothing was sent. Leave it out where the payload is built.",
            property=path,
        )


def _paths(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            here = f"{path}.{name}" if path else str(name)
            if name in NEVER_SENT:
                yield here
            yield from _paths(inner, here)
    elif isinstance(value, list):
        for position, inner in enumerate(value):
            yield from _paths(inner, f"{path}[{position}]")
