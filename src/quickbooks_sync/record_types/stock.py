"""When a stock quantity may move: only once both sides have agreed on one."""

from collections.abc import Collection
from typing import Any

from quickbooks_sync.settings import CompanySettings


def quantity_problem(
    settings: CompanySettings, agreed: Collection[str], ours: Any, theirs: Any
) -> str | None:
    """Return why an item's quantity moves to neither side, or `None` where the sides agreed once.

    An item made with opening stock `none` starts at 0 in QuickBooks; taken for an edit, that would empty
    the stock in Loupe.
    """
    if None in (ours, theirs) or ours == theirs or "quantity" in agreed:
        return None
    follows = (
        "Loupe follows QuickBooks"
        if settings.stock_owner == "quickbooks"
        else "QuickBooks follows Loupe"
    )
    return (
        f"Loupe has {ours}, QuickBooks {theirs}, and the two have never agreed; count, and correct "
        f"the side that is wrong. From then on {follows}."
    )
