"""Proposes a company's settings from its own accounts, items and preferences, with the reason of each.

Nothing proposed is used before a person confirms it. Where two accounts could be meant and neither has the name that
QuickBooks itself gives such an account, nothing is proposed and the candidates are listed.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from quickbooks_sync.settings.access import CompanyAccess
from quickbooks_sync.settings.company_profile import Reference, ensure_reference, to_facts
from quickbooks_sync.settings.known import SETTINGS
from quickbooks_sync.settings.storage import write_proposals

Record = Mapping[str, Any]


@dataclass(frozen=True)
class Proposal:
    """A setting's proposed value and why; `value` is `None` where a person must choose."""

    name: str
    value: str | None
    because: str


@dataclass(frozen=True)
class AccountRule:
    """Which account a setting means: its type, detail type, and QuickBooks' own names for it."""

    account_type: str
    subtypes: tuple[str, ...]
    usual_names: tuple[str, ...]
    excluded_words: tuple[str, ...] = ()


#: Types and detail types from Intuit: Item, section 8.6, and Account, section 8.8.
ACCOUNT_RULES: Mapping[str, AccountRule] = {
    "income_account": AccountRule(
        "Income", ("SalesOfProductIncome",), ("Sales of Product Income", "Sales")
    ),
    "cogs_account": AccountRule(
        "Cost of Goods Sold",
        ("SuppliesMaterialsCogs",),
        ("Cost of Goods Sold", "Cost of sales"),
        ("shrinkage", "adjustment"),
    ),
    "asset_account": AccountRule(
        "Other Current Asset", ("Inventory",), ("Inventory Asset", "Inventory")
    ),
    "adjustment_account": AccountRule(
        "Cost of Goods Sold", (), ("Inventory Shrinkage", "Inventory Adjustment")
    ),
    "discount_account": AccountRule(
        "Income", ("DiscountsRefundsGiven",), ("Discounts given", "Discounts")
    ),
    "deposit_account": AccountRule(
        "Other Current Asset",
        ("UndepositedFunds",),
        ("Undeposited Funds", "Payments to deposit"),
    ),
}

#: Names of service items that say no more than "a sale", the plainest first.
SALE_NAMES = ("Sales", "Sale", "Goods sold", "Sales of goods", "Services", "Service")


def propose_settings(access: CompanyAccess, realm_id: str) -> list[Proposal]:
    """Read the company's own records once a day, and store a proposal for each setting.

    Confirmed settings stay as they are. For metered reads see `ensure_reference`.
    """
    reference = ensure_reference(access, realm_id)
    proposals = build_proposals(reference)
    with access.engine.begin() as connection:
        write_proposals(
            connection,
            realm_id,
            {proposal.name: (proposal.value, proposal.because) for proposal in proposals},
        )
    return proposals


def build_proposals(reference: Reference) -> list[Proposal]:
    """Return a proposal for each setting, in the order they are listed."""
    built = {name: _propose_account(name, reference) for name in ACCOUNT_RULES}
    rules: dict[str, Callable[[Reference], Proposal]] = {
        "invoice_line_item": _propose_line_item,
        "inventory_start_date": _propose_start_date,
        "stock_owner": _propose_stock_owner,
        "opening_stock": _propose_opening_stock,
        "item_types": _propose_item_types,
        "tax": _propose_tax,
        "max_rejected_ratio": _propose_rejected_ratio,
    }
    built |= {name: rule(reference) for name, rule in rules.items()}
    return [built[name] for name in SETTINGS if name in built]


def _propose_account(name: str, reference: Reference) -> Proposal:
    rule = ACCOUNT_RULES[name]
    what = f"{rule.account_type}{f'/{rule.subtypes[0]}' if rule.subtypes else ''}"
    candidates = [
        account for account in reference.named("account") if _fits(account, rule, reference)
    ]
    usual = [candidate for candidate in candidates if _is_named(candidate, rule.usual_names)]
    if len(usual) == 1:
        return Proposal(
            name, usual[0]["Id"], f"{_title(usual[0])} has the name QuickBooks gives such accounts."
        )
    if len(candidates) == 1 and rule.subtypes:
        return Proposal(
            name,
            candidates[0]["Id"],
            f"{_title(candidates[0])} is the only account of type {what}.",
        )
    if not candidates:
        return Proposal(name, None, f"The company has no active account of type {what}.")
    return Proposal(name, None, f"Several accounts could be meant: {_listed(candidates)}.")


def _fits(account: Record, rule: AccountRule, reference: Reference) -> bool:
    if account.get("AccountType") != rule.account_type:
        return False
    if rule.subtypes and account.get("AccountSubType") not in rule.subtypes:
        return False
    currency = (account.get("CurrencyRef") or {}).get("value")
    if currency and currency != to_facts(reference)["home_currency"]:
        return False
    name = str(account.get("Name", "")).casefold()
    return not any(word in name for word in rule.excluded_words)


def _propose_line_item(reference: Reference) -> Proposal:
    name = "invoice_line_item"
    services = [item for item in reference.named("item") if item.get("Type") == "Service"]
    for usual in SALE_NAMES:
        found = [item for item in services if _is_named(item, (usual,))]
        if len(found) == 1:
            return Proposal(name, found[0]["Id"], _because_of_item(found[0]))
    if not services:
        return Proposal(name, None, "The company has no active service item; create one first.")
    return Proposal(name, None, f"No service item is named Sales; choose of {_listed(services)}.")


def _because_of_item(item: Record) -> str:
    account = (item.get("IncomeAccountRef") or {}).get("name") or "its own income account"
    default = " It is also what QuickBooks falls back to by itself." if item["Id"] == "1" else ""
    return (
        f"{_title(item)} is a service item named like a plain sale; it posts to {account}.{default}"
    )


def _propose_start_date(reference: Reference) -> Proposal:
    name = "inventory_start_date"
    closed = to_facts(reference)["book_close_date"]
    if closed:
        following = date.fromisoformat(closed) + timedelta(days=1)
        return Proposal(
            name, following.isoformat(), f"It is the day after the books were closed ({closed})."
        )
    started = reference.company_info.get("CompanyStartDate")
    if started:
        return Proposal(name, str(started)[:10], "It is the day the company started in QuickBooks.")
    return Proposal(name, None, "QuickBooks names neither a closed period nor a start date.")


def _propose_stock_owner(reference: Reference) -> Proposal:
    counts = to_facts(reference)["track_quantity"] == "true"
    return Proposal(
        "stock_owner",
        "loupe",
        "Operations count stock in Loupe Factory"
        + (
            ", and QuickBooks follows." if counts else "; QuickBooks' own counting is switched off."
        ),
    )


def _propose_opening_stock(_reference: Reference) -> Proposal:
    return Proposal(
        "opening_stock",
        SETTINGS["opening_stock"].default,
        "Sending a quantity with a new item posts its value to equity; your accountant decides.",
    )


def _propose_item_types(_reference: Reference) -> Proposal:
    return Proposal(
        "item_types",
        SETTINGS["item_types"].default,
        "Services and bundles have no stock record in Loupe Factory.",
    )


def _propose_tax(reference: Reference) -> Proposal:
    charges = to_facts(reference)["sales_tax"] == "true"
    return Proposal(
        "tax",
        SETTINGS["tax"].default,
        "QuickBooks charges sales tax here, but how to send it is yours to decide; until then "
        "invoices with tax are rejected."
        if charges
        else "QuickBooks charges no sales tax in this company.",
    )


def _propose_rejected_ratio(_reference: Reference) -> Proposal:
    return Proposal(
        "max_rejected_ratio",
        SETTINGS["max_rejected_ratio"].default,
        "More than one bad record in five means that something else is wrong.",
    )


def _is_named(record: Record, names: Sequence[str]) -> bool:
    return str(record.get("Name", "")).strip().casefold() in {name.casefold() for name in names}


def _title(record: Record) -> str:
    return f"{record.get('FullyQualifiedName') or record.get('Name')} (Id {record['Id']})"


def _listed(records: Sequence[Record], most: int = 8) -> str:
    shown = ", ".join(_title(record) for record in records[:most])
    return f"{shown} and {len(records) - most} more" if len(records) > most else shown
