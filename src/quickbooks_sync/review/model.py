"""What a review says: counts on both sides, findings with examples, and missing settings."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Effect(StrEnum):
    """What a push does with the records of a finding."""

    REJECTED = "rejected"
    HELD = "held"
    WAITING = "waiting"
    LOOK = "look"


@dataclass(frozen=True, slots=True)
class Example:
    """One record that a finding is about.

    Attributes:
        loupe_id: Its key in Loupe.
        text: What people recognise it by.
        message: What the push would say of it: found, expected, what to do.
    """

    loupe_id: int
    text: str
    message: str


@dataclass(frozen=True)
class Finding:
    """Records that a push would not simply send, for one reason.

    Attributes:
        record_type: The record type.
        field: The field; `None` where it is about the whole record.
        rule: The rule that they break, in the words that the push itself uses.
        title: What was found, to be read after "3 customers: ".
        effect: What a push does with such records; `look` where it sends them and a person should decide before.
        count: How many records; as many as there are examples.
        examples: Every one of them, by id.
    """

    record_type: str
    field: str | None
    rule: str
    title: str
    effect: Effect
    count: int
    examples: tuple[Example, ...]


@dataclass(frozen=True)
class Stop:
    """Why a push would stop before it sends anything.

    Attributes:
        record_type: What it would push.
        reason: What closes its gate.
    """

    record_type: str
    reason: str


@dataclass(frozen=True)
class Count:
    """How many records of a type there are on each side, and how many are linked."""

    record_type: str
    loupe: int
    quickbooks: int
    linked: int


@dataclass(frozen=True)
class MissingSetting:
    """A setting that nobody confirmed and that a push needs.

    Attributes:
        name: The setting.
        meaning: What it is for.
        proposed: The value that was proposed, if any.
        because: Why it was proposed, or why nothing could be.
        record_types: The record types whose push needs it.
        waiting: The records that wait for it, by record type; empty where there are none yet.
    """

    name: str
    meaning: str
    proposed: str | None
    because: str | None
    record_types: tuple[str, ...]
    waiting: tuple[Finding, ...]


@dataclass(frozen=True)
class Review:
    """A read-only report before a push.

    Attributes:
        realm_id: The company.
        company_name: Its name in QuickBooks.
        counts: One for each record type.
        findings: In the order of the record types.
        missing_settings: Settings nobody confirmed, with the records that wait for them.
        metered_reads: What the report cost.
        stops: Pushes that would send nothing at all, as the rows are now.
    """

    realm_id: str
    company_name: str
    counts: tuple[Count, ...]
    findings: tuple[Finding, ...]
    missing_settings: tuple[MissingSetting, ...] = ()
    metered_reads: int = 0
    stops: tuple[Stop, ...] = ()


@dataclass(frozen=True)
class Preflight:
    """What stands between a company's settings and its pushes.

    Attributes:
        realm_id: The company.
        company_name: Its name in QuickBooks.
        known_since: When QuickBooks was asked for its accounts and preferences.
        missing: Settings that must be confirmed.
        switched_off: Records that would be rejected for a feature that is off.
    """

    realm_id: str
    company_name: str
    known_since: datetime
    missing: tuple[MissingSetting, ...]
    switched_off: tuple[Finding, ...]
