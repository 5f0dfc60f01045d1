"""Checks of single records: missing names and dates, over-long texts, currencies, closed periods."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Text, cast, distinct, exists, func, literal, select

from quickbooks_sync.postgres.schema import customer, inventory_item, invoice, invoice_line, payment
from quickbooks_sync.review.model import Finding
from quickbooks_sync.review.scope import Scope, is_blank, shown, table_of

#: What a record is recognised by in a finding.
LABELS: dict[str, ColumnElement[Any]] = {
    "customer": shown(
        customer.c.display_name,
        customer.c.first_name,
        customer.c.last_name,
        customer.c.company_name,
    ),
    "invoice": shown(invoice.c.invoice_number),
    "payment": shown(cast(payment.c.payment_date, Text), cast(payment.c.amount, Text)),
    "inventory_item": shown(inventory_item.c.tag_id, inventory_item.c.item_name),
}


def check_records(scope: Scope) -> Iterator[Finding]:
    """Run every check of single records, in the order of the record types."""
    for check in (_check_customers, _check_invoices, _check_payments, _check_items):
        yield from check(scope)


def _check_customers(scope: Scope) -> Iterator[Finding]:
    columns = customer.c
    nameless = [
        is_blank(column)
        for column in (
            columns.display_name,
            columns.first_name,
            columns.last_name,
            columns.company_name,
        )
    ]
    yield from scope.find(
        "customer",
        "name_missing",
        "have no name of any kind",
        "rejected",
        *nameless,
        example=func.coalesce(shown(columns.email, columns.phone), "-"),
    )
    yield from _over_long(scope, "customer")
    currencies = (
        select(func.count(distinct(invoice.c.currency_code)))
        .where(invoice.c.customer_id == columns.customer_id)
        .scalar_subquery()
    )
    yield from scope.find(
        "customer",
        "currencies_several",
        "have invoices in more than one currency",
        "rejected",
        currencies > 1,
        example=LABELS["customer"],
    )


def _check_invoices(scope: Scope) -> Iterator[Finding]:
    columns = invoice.c
    label = LABELS["invoice"]
    yield from _dated(scope, "invoice", columns.invoice_date)
    yield from scope.find(
        "invoice",
        "number_missing",
        "have no number",
        "look",
        is_blank(columns.invoice_number),
        example=cast(columns.invoice_date, Text),
    )
    yield from _over_long(scope, "invoice")
    yield from _foreign(scope, "invoice", columns.currency_code)
    if scope.settings["tax"] != "total_tax":
        yield from scope.find(
            "invoice",
            "tax_not_sent",
            "carry tax, and the company setting tax is none; confirm total_tax to push them",
            "rejected",
            columns.tax_amount != 0,
            example=shown(columns.invoice_number, cast(columns.tax_amount, Text)),
        )
    for kind, switch in (("discount", "allow_discount"), ("shipping", "allow_shipping")):
        if scope.settings[switch] == "false":
            yield from _with_lines(
                scope, kind, f"have {kind} lines, which the QuickBooks company has switched off"
            )
    yield from _with_lines(scope, "group", "have bundles, which can only be made in QuickBooks")
    yield from scope.find(
        "invoice",
        "customer_not_linked",
        "belong to a customer that is not in QuickBooks yet",
        "waiting",
        ~scope.is_linked("customer", columns.customer_id),
        example=label,
    )


def _check_payments(scope: Scope) -> Iterator[Finding]:
    yield from _dated(scope, "payment", payment.c.payment_date)
    yield from _over_long(scope, "payment")
    yield from _foreign(scope, "payment", payment.c.currency_code)


def _check_items(scope: Scope) -> Iterator[Finding]:
    columns = inventory_item.c
    label = LABELS["inventory_item"]
    yield from scope.find(
        "inventory_item",
        "name_missing",
        "have no name",
        "rejected",
        is_blank(columns.item_name),
        example=func.coalesce(columns.tag_id, "-"),
    )
    yield from scope.find(
        "inventory_item",
        "name_unusable",
        "have a colon, tab or line break in their name",
        "rejected",
        columns.item_name.regexp_match(r"[:\t\n]"),
        example=label,
    )
    yield from _over_long(scope, "inventory_item")
    yield from scope.find(
        "inventory_item",
        "tag_missing",
        "have no Tag ID",
        "look",
        is_blank(columns.tag_id),
        example=label,
    )
    yield from scope.find(
        "inventory_item",
        "price_basis",
        "are priced by weight, QuickBooks prices pieces",
        "rejected",
        columns.price_basis != "piece",
        example=shown(label, literal("per"), columns.price_basis),
    )
    yield from _foreign(scope, "inventory_item", columns.currency_code)


def _dated(scope: Scope, record_type: str, column: ColumnElement[Any]) -> Iterator[Finding]:
    yield from scope.find(
        record_type,
        "date_missing",
        "have no date",
        "rejected",
        column.is_(None),
        example=LABELS[record_type],
    )
    closed = scope.settings.book_close_date
    if closed is not None:
        yield from scope.find(
            record_type,
            "period_closed",
            f"are dated in the closed period, up to {closed}",
            "rejected",
            column <= closed,
            example=shown(LABELS[record_type], cast(column, Text)),
        )


def _with_lines(scope: Scope, kind: str, meaning: str) -> Iterator[Finding]:
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


def _foreign(scope: Scope, record_type: str, column: ColumnElement[Any]) -> Iterator[Finding]:
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


def _over_long(scope: Scope, record_type: str) -> Iterator[Finding]:
    columns = table_of(record_type).c
    for field in scope.mappings[record_type].fields:
        limit = field.max_length_quickbooks
        if limit is None or field.loupe is None or field.kind != "two_way":
            continue
        yield from scope.find(
            record_type,
            f"{field.name}_too_long",
            f"have a {field.name.replace('_', ' ')} of more than {limit} characters",
            "rejected",
            func.char_length(func.btrim(columns[field.loupe])) > limit,
            example=LABELS[record_type],
        )
