"""Decides about a row that QuickBooks does not have yet."""

from collections.abc import Mapping
from typing import Any

from quickbooks_sync.model.decision import Create
from quickbooks_sync.model.errors import RejectedRecordError
from quickbooks_sync.model.problem import Problem
from quickbooks_sync.push.decide.decided import Decided
from quickbooks_sync.push.decide.facts import PushFacts
from quickbooks_sync.record_types.currency import settle_currency
from quickbooks_sync.record_types.taken import refuse_taken

Row = Mapping[str, Any]
Values = Mapping[str, Any]


def decide_create(
    row: Row, values: Values, unread: tuple[Problem, ...], facts: PushFacts
) -> Decided:
    """Create the row, with what keeps it from being created just now."""
    party = facts.parties.get(int(row[facts.mapping.key]))
    problems = (
        *unread,
        *facts.kind.why_not_representable(facts.settings, row, party),
        *_find_taken(row, values, facts),
    )
    # A record that is rejected anyway does not wait for a setting: confirming it would not help.
    if all(problem.is_warning for problem in problems):
        problems = (*problems, *_find_unconfirmed(facts))
    fields = tuple(
        field.name for field in facts.mapping.two_way if values.get(field.name) is not None
    )
    if not facts.kind.is_created_in_a_currency:
        return Decided(values, problems, Create(fields))
    settled, refused = _settle_currency(row, facts)
    # Where the company keeps one currency only, QuickBooks refuses to be told which.
    sent = ("currency",) if facts.settings.multi_currency else ()
    return Decided({**values, **settled}, (*problems, *refused), Create((*fields, *sent)))


def _find_taken(row: Row, values: Values, facts: PushFacts) -> tuple[Problem, ...]:
    """Return who has the new row's name or number already; one that is sent under another name has its own."""
    once = facts.kind.once
    if once is None or facts.kind.rename_taken(values):
        return ()
    loupe_id = int(row[facts.mapping.key])
    return refuse_taken(facts.kind, values.get(once.name), loupe_id, facts.holders)


def _settle_currency(row: Row, facts: PushFacts) -> tuple[Values, tuple[Problem, ...]]:
    """Return a new customer's currency, which can never be changed, or why none is right."""
    used = facts.used_currencies.get(int(row[facts.mapping.key]), set())
    try:
        return {"currency": settle_currency(facts.settings, used)}, ()
    except RejectedRecordError as error:
        field, rule = error.facts["field"], error.facts["rule"]
        return {}, (Problem(field, rule, sorted(used), str(error)),)


def _find_unconfirmed(facts: PushFacts) -> tuple[Problem, ...]:
    """Return what the record waits for: the first setting that nobody confirmed."""
    return tuple(
        Problem(
            name,
            "company setting confirmed",
            None,
            f"the company setting {name} is not confirmed; confirm it with "
            f"`quickbooks-sync settings confirm --set {name}=...`",
            waits_for="setting",
            waits_for_id=name,
        )
        for name in facts.settings.missing(facts.kind.needed_settings)[:1]
    )
