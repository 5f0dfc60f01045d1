"""A review as text for the person who decides about the first push."""

from collections.abc import Iterator

from quickbooks_sync.review.model import Count, Finding, Review

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


def _lines(review: Review) -> Iterator[str]:
    yield f"Review of {review.company_name} ({review.realm_id}) before a push"
    yield f"Read-only; it cost {review.metered_reads} metered reads of QuickBooks."
    yield ""
    yield f"{'':<12}{'Loupe':>8}{'QuickBooks':>12}{'linked':>8}"
    yield from (_count_line(one) for one in review.counts)
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
    yield from (f"    {one} {each.loupe_id}: {each.text}" for each in finding.examples[:_SHOWN])
    if finding.count > _SHOWN:
        yield f"    and {finding.count - _SHOWN} more"
