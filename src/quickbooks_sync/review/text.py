"""A review, and a preflight of the settings, as text for the person who decides about a push."""

from collections.abc import Iterator
from datetime import UTC

from quickbooks_sync.record_types.registry import RECORD_TYPES
from quickbooks_sync.review.model import (
    Count,
    Effect,
    Finding,
    MissingSetting,
    Preflight,
    Review,
)

EFFECTS = {
    Effect.REJECTED: "would be rejected",
    Effect.HELD: "would be held",
    Effect.WAITING: "would wait",
    Effect.LOOK: "please look",
}
#: A finding's examples beyond these are counted only; JSON names all.
_SHOWN = 5


def to_text(review: Review) -> str:
    """Return the review as lines of text."""
    return "\n".join(_lines(review))


def preflight_to_text(preflight: Preflight) -> str:
    """Return a preflight as lines of text."""
    return "\n".join(_preflight_lines(preflight))


def _preflight_lines(preflight: Preflight) -> Iterator[str]:
    asked = f"{preflight.known_since.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    yield f"Settings of {preflight.company_name} ({preflight.realm_id}); QuickBooks as of {asked}"
    yield ""
    for setting in preflight.missing:
        yield from _missing_lines(setting)
    if preflight.missing:
        yield "Confirm with: quickbooks-sync settings confirm [--set NAME=VALUE]..."
    else:
        yield "Every setting that a push needs is confirmed."
    if preflight.switched_off:
        yield ""
        yield "Not sent, because a feature is switched off:"
    for finding in preflight.switched_off:
        yield from _finding_lines(finding)


def _missing_lines(setting: MissingSetting) -> Iterator[str]:
    yield f"Missing: {setting.name} - {setting.meaning}"
    proposed = f"Proposed is {setting.proposed}. " if setting.proposed else "Nothing is proposed. "
    because = setting.because or "Run `quickbooks-sync settings propose` for a proposal."
    yield f"  {proposed}{because}"
    if not setting.waiting:
        needing = ", ".join(RECORD_TYPES[name].labels for name in setting.record_types)
        yield f"  Needed to push {needing}; no record waits for it now."
    for finding in setting.waiting:
        yield from (f"  {line}" for line in _finding_lines(finding, has_messages=False))


def _lines(review: Review) -> Iterator[str]:
    yield f"Review of {review.company_name} ({review.realm_id}) before a push"
    yield f"Read-only; it cost {review.metered_reads} metered reads of QuickBooks."
    yield ""
    width = max(len(RECORD_TYPES[count.record_type].labels) for count in review.counts) + 2
    yield f"{'':<{width}}{'Loupe':>8}{'QuickBooks':>12}{'linked':>8}"
    yield from (_count_line(count, width) for count in review.counts)
    yield ""
    yield from _settings_lines(review)
    yield from _stop_lines(review)
    if not review.findings:
        yield "Nothing to look at was found."
        return
    yield "To look at, among the records that a push would look at:"
    for finding in review.findings:
        yield from _finding_lines(finding)


def _count_line(count: Count, width: int) -> str:
    name = RECORD_TYPES[count.record_type].labels
    return f"{name:<{width}}{count.loupe:>8}{count.quickbooks:>12}{count.linked:>8}"


def _settings_lines(review: Review) -> Iterator[str]:
    for setting in review.missing_settings:
        counts = {finding.record_type: finding.count for finding in setting.waiting}
        waiting = ", ".join(
            f"{counts.get(name, 0)} {_noun(name, counts.get(name, 0))}"
            for name in setting.record_types
        )
        yield f"Setting {setting.name} is not confirmed; until it is, {waiting} would wait."
    if review.missing_settings:
        yield "See them with: quickbooks-sync settings show"
        yield ""


def _stop_lines(review: Review) -> Iterator[str]:
    for stop in review.stops:
        labels = RECORD_TYPES[stop.record_type].labels
        yield f"A push of {labels} would stop and send nothing: {stop.reason}."
    if review.stops:
        yield "Correct the records below, or raise the limit with: quickbooks-sync settings confirm"
        yield ""


def _finding_lines(finding: Finding, *, has_messages: bool = True) -> Iterator[str]:
    noun = _noun(finding.record_type, finding.count)
    yield f"- {finding.count} {noun}: {finding.title} ({EFFECTS[finding.effect]})"
    label = RECORD_TYPES[finding.record_type].label
    for example in finding.examples[:_SHOWN]:
        message = f" - {example.message}" if has_messages and example.message else ""
        yield f"    {label} {example.loupe_id}: {example.text}{message}"
    if finding.count > _SHOWN:
        yield f"    and {finding.count - _SHOWN} more; with --json all are named"


def _noun(record_type: str, count: int) -> str:
    kind = RECORD_TYPES[record_type]
    return kind.label if count == 1 else kind.labels
