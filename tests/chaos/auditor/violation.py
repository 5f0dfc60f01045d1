"""Something that must not be, as a check found it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Violation:
    """Something that must not be.

    Attributes:
        rule: The rule it breaks.
        text: What was found.
        record_type: Of the record that it is about.
        loupe_id: Its Loupe id, if it has one.
        quickbooks_id: Its QuickBooks Id, if it has one.
    """

    rule: str
    text: str
    record_type: str = ""
    loupe_id: int | None = None
    quickbooks_id: str | None = None
