"""Rows, links and facts of a made-up trader, to decide about without a database."""

from typing import Any

from quickbooks_sync.model.base import Base
from quickbooks_sync.model.decision import Decision
from quickbooks_sync.postgres.records.links import Link
from quickbooks_sync.push.decide.change import decide_change
from quickbooks_sync.push.decide.facts import PushFacts
from quickbooks_sync.settings import CompanySettings
from tests.support.record_samples import shipped

CONFIRMED = {
    "home_currency": "USD",
    "stock_owner": "loupe",
    "adjustment_account": "90",
    "invoice_line_item": "7",
    "discount_account": "86",
    "deposit_account": "4",
    "income_account": "79",
    "cogs_account": "80",
    "asset_account": "81",
    "inventory_start_date": "2026-01-01",
    "opening_stock": "push",
}


def settings(**changes: str | None) -> CompanySettings:
    return CompanySettings({**CONFIRMED, **changes})


def facts(record_type: str, **changes: Any) -> PushFacts:
    return PushFacts(**{"mapping": shipped(record_type), "settings": settings(), **changes})


def link(base: Base | None = None, **changes: Any) -> Link:
    base = base or Base()
    values: dict[str, Any] = {"origin": "loupe", "sync_token": "3", "document": {}, **changes}
    return Link(
        loupe_id=3,
        quickbooks_id="58",
        loupe_base=dict(base.loupe),
        quickbooks_base=dict(base.quickbooks),
        **values,
    )


def decide(
    record_type: str,
    row: dict[str, Any],
    ours: dict[str, Any],
    theirs: dict[str, Any],
    base: Base | None = None,
    **changes: Any,
) -> Decision:
    """Decide about a linked row."""
    known = facts(record_type, theirs={3: theirs}, **changes)
    return decide_change(row, ours, link(base), known)
