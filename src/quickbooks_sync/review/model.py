"""What a review says: counts on both sides, findings with examples, and missing settings."""

from collections.abc import Mapping
from dataclasses import dataclass, field

#: How many examples a finding shows; its count is of all.
MOST_EXAMPLES = 20


@dataclass(frozen=True)
class Example:
    """One record that a finding is about."""

    loupe_id: int
    text: str


@dataclass(frozen=True)
class Finding:
    """Something to look at before the first push.

    Attributes:
        record_type: The record type.
        rule: A stable name for programs (`name_missing` ...).
        title: What was found, as the end of the sentence "3 customers ...".
        effect: What a push does with such records: `rejected`, `waiting`, or `look` where a
            person should decide before.
        count: How many records.
        examples: The first of them, by id.
    """

    record_type: str
    rule: str
    title: str
    effect: str
    count: int
    examples: tuple[Example, ...]


@dataclass(frozen=True)
class Count:
    """How many records of a type there are on each side, and how many are linked."""

    record_type: str
    loupe: int
    quickbooks: int
    linked: int


@dataclass(frozen=True)
class Review:
    """A read-only report before the first push.

    Attributes:
        realm_id: The company.
        company_name: Its name in QuickBooks.
        counts: One for each record type.
        findings: In the order of the record types.
        missing_settings: Settings nobody confirmed, with the record types whose push waits.
        waiting: Records that a push would hold back for those settings, by record type.
        metered_reads: What the report cost.
    """

    realm_id: str
    company_name: str
    counts: tuple[Count, ...]
    findings: tuple[Finding, ...]
    missing_settings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    waiting: Mapping[str, int] = field(default_factory=dict)
    metered_reads: int = 0
