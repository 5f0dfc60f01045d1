"""A review, and a preflight of the settings, as text for the person who decides about a push."""

from collections.abc import Iterator
from datetime import UTC

from quickbooks_sync.review.model import Count, Finding, Review
from quickbooks_sync.review.preflight import MissingSetting, Preflight

WORDS = {
    "customer": ("customer", "customers"),
    "invoice": ("invoice", "invoices"),
    "payment": ("payment", "payments"),
    "inventory_item": ("item", "items"),
}
EFFECTS = {
    "rejected": "would be rejected",
    "waiting": "would wait",
    "look": "please look",
}
#: A finding's examples beyond these are counted only.
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
    for name in preflight.missing:
        yield from _missing_lines(name)
    if preflight.missing:
        yield "Confirm with: quickbooks-sync settings confirm [--set NAME=VALUE]..."
    else:
        yield "Every setting that a push needs is confirmed."
    if preflight.switched_off:
        yield ""
        yield "Not sent, because a feature is switched off:"
    for finding in preflight.switched_off:
        yield from _finding_lines(finding)


def _missing_lines(one: MissingSetting) -> Iterator[str]:
    yield f"Missing: {one.name} - {one.meaning}"
    proposed = f"Proposed is {one.proposed}. " if one.proposed else "Nothing is proposed. "
    yield f"  {proposed}{one.because or 'Run `quickbooks-sync settings propose` for a proposal.'}"
    if not one.waiting:
        needing = ", ".join(WORDS[each][1] for each in one.record_types)
        yield f"  Needed to push {needing}; no record waits for it now."
    for finding in one.waiting:
        yield from (f"  {line}" for line in _finding_lines(finding))


def _lines(review: Review) -> Iterator[str]:
    yield f"Review of {review.company_name} ({review.realm_id}) before a push"
    yield f"Read-only; it cost {review.metered_reads} metered reads of QuickBooks."
    yield ""
    yield f"{'':<12}{'Loupe':>8}{'QuickBooks':>12}{'linked':>8}"
    yield from (_count_line(count) for count in review.counts)
    yield ""
    yield from _settings_lines(review)
    if not review.findings:
        yield "Nothing to look at was found."
        return
    yield "To look at, among the records that a push would send:"
    for finding in review.findings:
        yield from _finding_lines(finding)


def _count_line(count: Count) -> str:
    name = WORDS[count.record_type][1]
    return f"{name:<12}{count.loupe:>8}{count.quickbooks:>12}{count.linked:>8}"


def _settings_lines(review: Review) -> Iterator[str]:
    for name, record_types in review.missing_settings.items():
        held = ", ".join(f"{review.waiting.get(one, 0)} {WORDS[one][1]}" for one in record_types)
        yield f"Setting {name} is not confirmed; until it is, {held} would wait."
    if review.missing_settings:
        yield "See them with: quickbooks-sync settings show"
        yield ""


def _finding_lines(finding: Finding) -> Iterator[str]:
    one, many = WORDS[finding.record_type]
    word = one if finding.count == 1 else many
    yield f"- {finding.count} {word}: {finding.title} ({EFFECTS[finding.effect]})"
    yield from (
        f"    {one} {example.loupe_id}: {example.text}" for example in finding.examples[:_SHOWN]
    )
    if finding.count > _SHOWN:
        yield f"    and {finding.count - _SHOWN} more"
