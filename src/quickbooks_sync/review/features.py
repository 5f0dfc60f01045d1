"""Checks of records that need a feature which the company has switched off, in QuickBooks or in its settings."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Text, cast, exists

from quickbooks_sync.postgres.tables import inventory_item, invoice, invoice_line, payment
from quickbooks_sync.review.labels import LABELS
from quickbooks_sync.review.model import Finding
from quickbooks_sync.review.scope import Scope, shown


def check_features(scope: Scope) -> Iterator[Finding]:
    """Find what would be rejected for a feature that is off: tax, discounts, shipping, currencies, stock."""
    yield from check_invoice_features(scope)
    yield from foreign(scope, "payment", payment.c.currency_code)
    yield from check_item_features(scope)


def check_invoice_features(scope: Scope) -> Iterator[Finding]:
    """Find invoices in other currencies, with tax, and with kinds of lines that are off."""
    yield from foreign(scope, "invoice", invoice.c.currency_code)
    yield from _taxed(scope)
    for kind, is_allowed in (
        ("discount", scope.settings.allow_discount),
        ("shipping", scope.settings.allow_shipping),
    ):
        if is_allowed is False:
            yield from with_lines(
                scope, kind, f"have {kind} lines, which the QuickBooks company has switched off"
            )


def check_item_features(scope: Scope) -> Iterator[Finding]:
    """Find items priced in other currencies, and all of them where QuickBooks counts no stock."""
    yield from foreign(scope, "inventory_item", inventory_item.c.currency_code)
    if scope.settings.track_quantity is False:
        yield from scope.find(
            "inventory_item",
            "stock_not_counted",
            "are stock items, and the QuickBooks company has counting of stock switched off",
            "rejected",
            example=LABELS["inventory_item"],
        )


def _taxed(scope: Scope) -> Iterator[Finding]:
    if scope.settings.tax != "total_tax":
        title = "carry tax, and the company setting tax is none; confirm total_tax to push them"
    elif scope.settings.sales_tax is False:
        title = "carry tax, and the QuickBooks company has sales tax switched off"
    else:
        return
    yield from scope.find(
        "invoice",
        "tax_not_sent",
        title,
        "rejected",
        invoice.c.tax_amount != 0,
        example=shown(invoice.c.invoice_number, cast(invoice.c.tax_amount, Text)),
    )


def with_lines(scope: Scope, kind: str, meaning: str) -> Iterator[Finding]:
    """Find invoices with a line of a kind that is not sent."""
    yield from scope.find(
        "invoice",
        f"{kind}_not_sent",
        meaning,
        "rejected",
        exists().where(
            invoice_line.c.invoice_id == invoice.c.invoice_id, invoice_line.c.line_kind == kind
        ),
        example=LABELS["invoice"],
    )


def foreign(scope: Scope, record_type: str, column: ColumnElement[Any]) -> Iterator[Finding]:
    """Find records in a currency that the company does not keep."""
    home = scope.settings.home_currency
    # Prices of items are in the home currency whatever else the company keeps.
    if home is None or (scope.settings.multi_currency and record_type != "inventory_item"):
        return
    yield from scope.find(
        record_type,
        "currency_foreign",
        f"are in another currency than {home}, which is all the company keeps",
        "rejected",
        column != home,
        example=shown(LABELS[record_type], column),
    )
