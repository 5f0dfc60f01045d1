"""What is to be said of a linked item beside its fields: prices on another basis, and the stock quantity.

Quantities never travel as item updates: QuickBooks moves stock by adjustments alone, and these are made only once both
sides have agreed on a quantity. Before that nobody can tell which of the two is right, whoever owns the stock.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from quickbooks_sync.model.decision import MissingSetting
from quickbooks_sync.model.problem import Problem
from quickbooks_sync.postgres.records.links import Link
from quickbooks_sync.push.decide.facts import PushFacts
from quickbooks_sync.record_types.stock import quantity_problem
from quickbooks_sync.settings import CompanySettings

Values = Mapping[str, Any]


@dataclass(frozen=True)
class ItemFindings:
    """What a look at an item's prices and quantity came to.

    Attributes:
        differs: On what the sides do not agree, and nothing is done about it.
        waits_for: The setting without which the quantity is not adjusted.
        adjusts_quantity: Whether QuickBooks' quantity is brought to Loupe's.
    """

    differs: tuple[Problem, ...] = ()
    waits_for: MissingSetting | None = None
    adjusts_quantity: bool = False


def judge_item(
    facts: PushFacts, row: Mapping[str, Any], link: Link, ours: Values, theirs: Values
) -> ItemFindings:
    """Look at an item's prices and its quantity."""
    differs = facts.kind.differences(facts.settings, row)
    counted = judge_quantity(facts.settings, link, ours.get("quantity"), theirs.get("quantity"))
    return ItemFindings((*differs, *counted.differs), counted.waits_for, counted.adjusts_quantity)


def judge_quantity(settings: CompanySettings, link: Link, ours: Any, theirs: Any) -> ItemFindings:
    """Look at a linked item's quantity in Loupe and in QuickBooks."""
    if ours == theirs or None in (ours, theirs):
        return ItemFindings()
    if settings.stock_owner is None:
        return ItemFindings(waits_for=_to_confirm("stock_owner", ours, theirs))
    never_agreed = quantity_problem(settings, link.loupe_base, ours, theirs)
    if never_agreed:
        return ItemFindings((Problem("quantity", "stock agrees", None, never_agreed),))
    if settings.stock_owner == "quickbooks":
        return ItemFindings()
    if not settings.adjustment_account:
        return ItemFindings(waits_for=_to_confirm("adjustment_account", ours, theirs))
    return ItemFindings(adjusts_quantity=True)


def keep_counted_active(fields: tuple[str, ...], ours: Values, theirs: Values) -> tuple[str, ...]:
    """Keep an item active while QuickBooks has stock of it: made inactive, it could not be adjusted."""
    if ours.get("is_active") or theirs.get("quantity") in (None, "0"):
        return fields
    return tuple(name for name in fields if name != "is_active")


def _to_confirm(setting: str, ours: Any, theirs: Any) -> MissingSetting:
    return MissingSetting(
        setting,
        f"Loupe has {ours}, QuickBooks {theirs}; the company setting {setting} is not confirmed; confirm it "
        f"with `quickbooks-sync settings confirm --set {setting}=...`",
    )
