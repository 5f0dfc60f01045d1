"""Rules that protect the books: which fields a record may exchange just now, and what it lacks.

Every rule answers with a reason in words; a controller can read this module next to
`docs/accounting-rules.md`.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from quickbooks_sync.matching.first_contact import TOLD_BY
from quickbooks_sync.matching.merge import MergePolicy
from quickbooks_sync.model.errors import RejectedRecordError
from quickbooks_sync.postgres.records.decisions import Decision
from quickbooks_sync.settings import CompanySettings

Row = Mapping[str, Any]
Values = Mapping[str, Any]
Document = Mapping[str, Any]

_INVOICE_MONEY = ("lines", "customer", "currency", "invoice_date")
_FINALISED = ("lines", "customer", "currency")
_PAID_WITH = (
    "applications",
    "amount",
    "customer",
    "currency",
    "payment_date",
    "reference_number",
    "method",
)
#: Fields that say whether a record is in use.
LIFE_FIELDS = ("is_void", "is_active")
_HAS_RETURNED = "QuickBooks has it again after it was deleted there, and Loupe's row was retired meanwhile; decide which is right"
#: Fields that first contact leaves apart: both lists of methods are each side's own.
APART = {"payment": frozenset({"method"})}


@dataclass(frozen=True)
class LinkedPair:
    """A Loupe row and the QuickBooks record that it is.

    Attributes:
        settings: The company's settings.
        row: The Loupe row with its lines.
        origin: Where the link came from: `loupe`, `quickbooks`, `matched`.
        quickbooks: QuickBooks' canonical values.
        document: The QuickBooks record they were read from.
        is_paid: Whether Loupe has live payments on the invoice, sent or not.
        has_returned: Whether the record was taken for deleted, and is there again.
        agreed: Fields on which the sides have agreed once.
    """

    settings: CompanySettings
    row: Row
    origin: str
    quickbooks: Values
    document: Document
    is_paid: bool = False
    has_returned: bool = False
    agreed: Collection[str] = ()


def merge_policy(record_type: str, pair: LinkedPair) -> MergePolicy:
    """Build what steers the merge of one linked record."""
    make = _POLICIES.get(record_type)
    policy = make(pair) if make else MergePolicy()
    none: frozenset[str] = frozenset()
    folded, apart = TOLD_BY.get(record_type, none), APART.get(record_type, none)
    policy = replace(policy, folded=folded, apart=apart)
    return _with_life_held(policy) if pair.has_returned else policy


def _with_life_held(policy: MergePolicy) -> MergePolicy:
    """Neither side's word counts by itself: Loupe's may be the sync's own, from when the record was deleted."""
    held = dict.fromkeys(LIFE_FIELDS, _HAS_RETURNED)
    return replace(
        policy,
        quickbooks_locked={**policy.quickbooks_locked, **held},
        loupe_locked={**policy.loupe_locked, **held},
    )


def with_decisions(
    policy: MergePolicy, decisions: Collection[Decision], ours: Values, theirs: Values
) -> MergePolicy:
    """Add what a person decided about fields; a value that has moved on since needs a new decision."""
    decided = {
        one.field: one.choice
        for one in decisions
        if (ours.get(one.field), theirs.get(one.field)) == (one.loupe_value, one.quickbooks_value)
    }
    return replace(policy, decided=decided) if decided else policy


def skip_push(record_type: str, row: Row, *, is_linked: bool) -> str | None:
    """Return why a Loupe row is not pushed at all, or `None` when it is."""
    if record_type == "invoice" and row["lifecycle_status"] == "Draft":
        return "A draft is not pushed; finalise the invoice first."
    return None if is_linked else _never_created(record_type, row)


def _never_created(record_type: str, row: Row) -> str | None:
    """Return why a row that QuickBooks never saw is not created there."""
    if record_type == "invoice":
        is_void = row["lifecycle_status"] == "Void"
        return "A void invoice that QuickBooks never saw is not pushed." if is_void else None
    if record_type == "payment" and row["is_void"]:
        return "A void payment that QuickBooks never saw is not pushed."
    if record_type == "payment" and row["payment_kind"] != "payment":
        return "An application of credits is made in QuickBooks and only pulled."
    if record_type in ("customer", "inventory_item") and not row["is_active"]:
        return "An inactive record that QuickBooks never saw is not pushed."
    return None


def customer_currency(settings: CompanySettings, invoiced_in: Collection[str]) -> str | None:
    """Return the currency of a new customer; it can never be changed in QuickBooks.

    Args:
        settings: The company's settings.
        invoiced_in: The currencies of the customer's Loupe invoices.

    Raises:
        RejectedRecordError: The invoices are in several currencies, or in one that the company does not
            keep: created in another, the customer could never be invoiced truly.
    """
    if len(invoiced_in) > 1:
        listed = ", ".join(sorted(invoiced_in))
        raise RejectedRecordError(
            f"The customer has invoices in {listed}, and a QuickBooks customer has one currency for "
            "good. Make one customer per currency in Loupe.",
            field="currency",
            rule="has invoices in one currency",
        )
    currency = next(iter(invoiced_in), None) or settings.home_currency
    problem = currency_problem(settings, currency)
    if problem:
        raise RejectedRecordError(
            f"The customer's invoices: {problem}.",
            field="currency",
            rule="has invoices in a currency that the company keeps",
        )
    return currency


def unpushable(record_type: str, settings: CompanySettings, row: Row) -> str | None:
    """Return why a row cannot be created or changed in QuickBooks truly, or `None`."""
    check = _UNPUSHABLE.get(record_type)
    return check(settings, row) if check else None


def _invoice_policy(pair: LinkedPair) -> MergePolicy:
    if pair.quickbooks.get("is_void") or pair.row["lifecycle_status"] == "Void":
        return _void_invoice_policy(pair)
    quickbooks_locked: dict[str, str] = {}
    untaxed = _tax_problem(pair.settings, pair.row)
    if untaxed:
        quickbooks_locked["lines"] = untaxed
    loupe_locked: dict[str, str] = {}
    if pair.document.get("LinkedTxn"):
        reason = "the invoice has payments, credits or other links in QuickBooks"
        quickbooks_locked |= dict.fromkeys(_INVOICE_MONEY, reason)
    if pair.origin != "quickbooks" and pair.row["lifecycle_status"] != "Draft":
        reason = "a finalised Loupe invoice was edited in QuickBooks"
        loupe_locked = dict.fromkeys(_FINALISED, reason)
    return MergePolicy(quickbooks_locked=quickbooks_locked, loupe_locked=loupe_locked)


def _void_invoice_policy(pair: LinkedPair) -> MergePolicy:
    """A void zeroes lines and amounts; only the fact that it is void goes across."""
    left_alone = frozenset(
        ("lines", "customer", "currency", "invoice_date", "due_date", "invoice_number")
    )
    quickbooks_locked = {}
    loupe_locked = {}
    if pair.document.get("LinkedTxn"):
        quickbooks_locked["is_void"] = (
            "voiding would leave money unapplied in QuickBooks; remove its payments there first"
        )
    if pair.is_paid or pair.row["payment_status"] != "Unpaid":
        loupe_locked["is_void"] = (
            "the invoice was voided in QuickBooks but Loupe has payments on it"
        )
    return MergePolicy(
        quickbooks_locked=quickbooks_locked, loupe_locked=loupe_locked, excluded=left_alone
    )


def _payment_policy(pair: LinkedPair) -> MergePolicy:
    locked = {}
    if pair.quickbooks.get("has_other_lines"):
        # A void, too: it would open the credits again.
        reason = "the payment settles more than invoices in QuickBooks and is only pulled"
        locked = dict.fromkeys((*_PAID_WITH, "is_void"), reason)
    is_void = pair.quickbooks.get("is_void") or pair.row["is_void"]
    return MergePolicy(
        quickbooks_locked=locked,
        excluded=frozenset(_PAID_WITH if is_void else ()),
        together=frozenset({"amount", "applications"}),
    )


def _item_policy(pair: LinkedPair) -> MergePolicy:
    left_alone = set(unpriced_fields(pair.settings, pair.row))
    quickbooks_locked = {}
    is_theirs = pair.settings.stock_owner == "quickbooks"
    # Where Loupe owns the stock, the push counts QuickBooks down before it makes the item inactive.
    counted = pair.quickbooks.get("quantity") if is_theirs else None
    if not pair.row["is_active"] and (pair.row["quantity"] or Decimal(counted or 0)):
        quickbooks_locked["is_active"] = (
            "an item is made inactive in QuickBooks only at quantity 0; its value would be lost"
        )
    if is_theirs and "quantity" in pair.agreed:
        return MergePolicy(
            quickbooks_owned=frozenset({"quantity"}),
            excluded=frozenset(left_alone),
            quickbooks_locked=quickbooks_locked,
        )
    return MergePolicy(
        excluded=frozenset(left_alone | {"quantity"}), quickbooks_locked=quickbooks_locked
    )


def unpriced_fields(settings: CompanySettings, row: Row) -> tuple[str, ...]:
    """Return the price fields of an item that mean something else in QuickBooks."""
    return ("sell_price", "cost_price") if price_problem(settings, row) else ()


def price_problem(settings: CompanySettings, row: Row) -> str | None:
    """Return why an item's prices do not go across, or `None` when they do."""
    if row["price_basis"] != "piece":
        return f"prices are per {row['price_basis']}, QuickBooks' are per piece; not synced"
    home, currency = settings.home_currency, row["currency_code"]
    if currency and home and currency != home:
        return f"prices are in {currency}, QuickBooks' are in {home}; not synced"
    return None


def quantity_problem(
    settings: CompanySettings, agreed: Collection[str], ours: Any, theirs: Any
) -> str | None:
    """Return why an item's quantity moves to neither side, or `None` where the sides have agreed once.

    An item made with opening stock `none` starts at 0 in QuickBooks; taken for an edit, that would empty
    the stock in Loupe.
    """
    if theirs is None or ours == theirs or "quantity" in agreed:
        return None
    follows = (
        "Loupe follows QuickBooks"
        if settings.stock_owner == "quickbooks"
        else ("QuickBooks follows Loupe")
    )
    return (
        f"Loupe has {ours}, QuickBooks {theirs}, and the two have never agreed; count, and correct "
        f"the side that is wrong. From then on {follows}."
    )


def _unpushable_invoice(settings: CompanySettings, row: Row) -> str | None:
    unknown = currency_problem(settings, row["currency_code"])
    if unknown:
        return unknown
    untaxed = _tax_problem(settings, row)
    if untaxed:
        return untaxed
    if any(line["line_kind"] == "group" for line in row["invoice_line"]):
        return (
            "the invoice has a bundle; enter it in QuickBooks, where bundles are made, and pull it"
        )
    return None


def _tax_problem(settings: CompanySettings, row: Row) -> str | None:
    """Return why QuickBooks would leave an invoice's tax out, or `None`."""
    if not row["tax_amount"]:
        return None
    if settings.tax != "total_tax":
        return (
            f"the invoice carries tax of {row['tax_amount']} and the company setting tax is none; "
            "confirm `--set tax=total_tax`, or enter it in QuickBooks and pull it"
        )
    if settings.sales_tax is False:
        return (
            f"the invoice carries tax of {row['tax_amount']}, and QuickBooks, where sales tax is switched off, "
            "would leave it out; switch sales tax on in QuickBooks, or correct the invoice"
        )
    return None


def _unpushable_payment(settings: CompanySettings, row: Row) -> str | None:
    return currency_problem(settings, row["currency_code"])


def _unpushable_item(settings: CompanySettings, row: Row) -> str | None:
    return price_problem(settings, row)


def currency_problem(settings: CompanySettings, currency: str | None) -> str | None:
    """Return why a currency cannot be pushed, or `None` when it can."""
    home = settings.home_currency
    if currency == home or settings.multi_currency:
        return None
    return (
        f"the currency is {currency}, but the QuickBooks company keeps its books in {home} only; "
        "switch multicurrency on in QuickBooks (it cannot be switched off again), or correct the record"
    )


_POLICIES: dict[str, Callable[[LinkedPair], MergePolicy]] = {
    "invoice": _invoice_policy,
    "payment": _payment_policy,
    "inventory_item": _item_policy,
}
_UNPUSHABLE: dict[str, Callable[[CompanySettings, Row], str | None]] = {
    "invoice": _unpushable_invoice,
    "payment": _unpushable_payment,
    "inventory_item": _unpushable_item,
}
