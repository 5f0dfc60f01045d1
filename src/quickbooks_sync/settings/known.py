"""Every company setting: what it is for, what it may hold, and which push waits for it."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass

from quickbooks_sync.model.errors import SettingsError

#: The choice of `taken_name` that needs nobody.
COMPOSE = "compose"


@dataclass(frozen=True)
class Setting:
    """One setting of a company.

    Attributes:
        name: As written in `settings confirm --set name=value`.
        meaning: One sentence for the person who confirms it.
        kind: `account`, `item`, `choice`, `choices`, `ratio`, `count`, `date` or `boolean`.
        choices: What a `choice` or `choices` may hold.
        default: What holds while nobody confirmed another value; `None` means *missing*.
        account_types: AccountTypes an `account` may have (Intuit: Account, section 8.8).
        item_types: Types an `item` may have (Intuit: Item, section 8.6).
        is_optional: Nothing ever waits for it; without a value QuickBooks' own default holds.
    """

    name: str
    meaning: str
    kind: str
    choices: tuple[str, ...] = ()
    default: str | None = None
    account_types: tuple[str, ...] = ()
    item_types: tuple[str, ...] = ()
    is_optional: bool = False


_LISTED = (
    Setting(
        "income_account",
        "Account that sales of new items post to.",
        "account",
        account_types=("Income",),
    ),
    Setting(
        "cogs_account",
        "Account that the cost of new items posts to when they are sold.",
        "account",
        account_types=("Cost of Goods Sold",),
    ),
    Setting(
        "asset_account",
        "Account that holds the value of the stock of new items.",
        "account",
        account_types=("Other Current Asset",),
    ),
    Setting(
        "adjustment_account",
        "Account that corrections of stock quantities post to.",
        "account",
        account_types=(
            "Cost of Goods Sold",
            "Expense",
            "Other Expense",
            "Income",
            "Other Income",
            "Equity",
        ),
    ),
    Setting(
        "deposit_account",
        "Account that received payments go to.",
        "account",
        account_types=("Bank", "Other Current Asset"),
    ),
    Setting(
        "invoice_line_item",
        "Item that new invoice lines are sold as; it decides the account of the sale.",
        "item",
        item_types=("Service", "NonInventory"),
    ),
    Setting(
        "discount_account",
        "Account that discounts on new invoices post to; without it QuickBooks takes its own default.",
        "account",
        account_types=("Income", "Other Income", "Cost of Goods Sold", "Expense", "Other Expense"),
        is_optional=True,
    ),
    Setting(
        "inventory_start_date",
        "First day on which new items have stock in QuickBooks; no sale of them may be earlier.",
        "date",
    ),
    Setting(
        "stock_owner",
        "Side that owns stock quantities: loupe (QuickBooks follows) or quickbooks (pull only).",
        "choice",
        choices=("loupe", "quickbooks"),
    ),
    Setting(
        "opening_stock",
        "Whether a new item's quantity is sent: none, or push (the first push of items opens with it, which posts "
        "to equity; later items start at 0 and are adjusted).",
        "choice",
        choices=("none", "push"),
        default="none",
    ),
    Setting(
        "item_types",
        "QuickBooks item types that are pulled as Loupe items.",
        "choices",
        choices=("Inventory", "NonInventory"),
        default="Inventory",
    ),
    Setting(
        "tax",
        "How sales tax is pushed: none (invoices with tax are rejected), or total_tax (the lines that "
        "are taxable, and Loupe's total tax).",
        "choice",
        choices=("none", "total_tax"),
        default="none",
    ),
    Setting(
        "taken_name",
        "What becomes of a customer whose name a vendor or an employee has in QuickBooks: ask (it is rejected, and the "
        "holder is named), or compose (it is sent as name (customer)).",
        "choice",
        choices=("ask", COMPOSE),
        default="ask",
    ),
    Setting(
        "max_rejected_ratio",
        "Share of a run's records, 0 to 1, above which nothing is loaded when newly rejected.",
        "ratio",
        default="0.2",
    ),
    Setting(
        "max_deletions",
        "Most records that may vanish from QuickBooks between two runs before nothing is loaded.",
        "count",
        default="50",
    ),
    Setting(
        "max_deleted_ratio",
        "Share of the linked records of a type, 0 to 1, above which nothing is loaded when deleted.",
        "ratio",
        default="0.2",
    ),
    Setting(
        "max_blanked_ratio",
        "Share of a run's filled values of one field, 0 to 1, above which nothing is loaded when emptied.",
        "ratio",
        default="0.2",
    ),
    Setting(
        "max_replaced",
        "Most records of a run that may be other ones than were linked; more stop the company where they are 1 % of the run.",
        "count",
        default="2",
    ),
    Setting(
        "nightly",
        "Whether the nightly sync takes this company.",
        "boolean",
        default="false",
    ),
)

SETTINGS: Mapping[str, Setting] = {setting.name: setting for setting in _LISTED}

#: Settings that decide which side a field follows, with the field: what had been agreed ends with the setting.
DECIDES_BASE: Mapping[str, str] = {"stock_owner": "quantity"}

#: What QuickBooks itself says about the company; read from its Preferences, never confirmed.
FACTS: Mapping[str, str] = {
    "home_currency": "Currency of the company's books.",
    "multi_currency": "Whether other currencies are switched on.",
    "book_close_date": "Last day of the closed period; nothing may be written up to it.",
    "custom_txn_numbers": "Whether invoice numbers are the company's own, and so unique.",
    "allow_discount": "Whether invoices may carry a discount line.",
    "allow_shipping": "Whether invoices may carry a shipping line.",
    "track_quantity": "Whether QuickBooks counts stock.",
    "sales_tax": "Whether QuickBooks charges sales tax.",
}


def setting_named(name: str) -> Setting:
    """Return a setting.

    Raises:
        SettingsError: There is no such setting, or it is a fact that QuickBooks decides.
    """
    if name in SETTINGS:
        return SETTINGS[name]
    if name in FACTS:
        raise SettingsError(
            f"{name} is not confirmed here: QuickBooks decides it in its own company settings. "
            "Change it there, then run `quickbooks-sync settings propose`.",
            setting=name,
        )
    raise refuse_unknown(name)


def refuse_unknown(name: str) -> SettingsError:
    """Return the refusal of a name that no setting has, with those that there are."""
    return SettingsError(
        f"There is no setting {name!r}{nearest(name, {**SETTINGS, **FACTS})} "
        f"The settings are {', '.join(SETTINGS)}.",
        setting=name,
    )


def nearest(found: str, known: Mapping[str, object] | tuple[str, ...]) -> str:
    """Return the end of a sentence that offers the most similar known word, if one is close."""
    spelled = {word.casefold(): word for word in known}
    close = difflib.get_close_matches(found.casefold(), spelled, n=1, cutoff=0.6)
    return f"; did you mean {spelled[close[0]]!r}?" if close else "."
