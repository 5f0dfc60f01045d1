"""The stock quantity in a pull: which side leads, and what is to be said where neither may."""

from collections.abc import Mapping
from typing import Any

from quickbooks_sync.matching.merge import Merge
from quickbooks_sync.model.base import Base
from quickbooks_sync.model.problem import Problem, warning
from quickbooks_sync.postgres.records.links import Link
from quickbooks_sync.record_types.stock import quantity_problem
from quickbooks_sync.settings import CompanySettings

Values = Mapping[str, Any]


def find_quantity_problem(
    settings: CompanySettings, link: Link, ours: Values, theirs: Values
) -> tuple[Problem, ...]:
    """Say of a quantity that QuickBooks owns why Loupe does not take it; else the push says it."""
    if settings.stock_owner != "quickbooks":
        return ()
    reason = quantity_problem(
        settings, link.loupe_base, ours.get("quantity"), theirs.get("quantity")
    )
    return (Problem("quantity", "stock agrees", theirs["quantity"], reason),) if reason else ()


def find_put_back(link: Link, merge: Merge, ours: Values) -> tuple[Problem, ...]:
    """Warn that a quantity which was changed in Loupe gives way to QuickBooks', which owns the stock."""
    before, now = link.loupe_base.get("quantity"), ours.get("quantity")
    if "quantity" not in merge.to_loupe or before is None or before == now:
        return ()
    value = merge.to_loupe["quantity"]
    return (
        warning(
            "quantity",
            "QuickBooks owns the stock",
            value,
            f"quantity: Loupe was changed from {before} to {now} and has QuickBooks' {value} again, for "
            "QuickBooks owns the stock; count in QuickBooks, or let Loupe own it (stock_owner)",
        ),
    )


def with_counted(ours: Values, theirs: Values, base: Base) -> Base:
    """Note that both sides have agreed on a stock quantity; from then on one of them leads."""
    quantity = theirs.get("quantity")
    if quantity is None or ours.get("quantity") != quantity:
        return base
    counted = {"quantity": quantity}
    return Base({**base.loupe, **counted}, {**base.quickbooks, **counted})
