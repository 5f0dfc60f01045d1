"""Checks of single records: missing names and dates, over-long texts, currencies, closed periods."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Text, cast, distinct, func, literal, select

from quickbooks_sync.postgres.tables import customer, inventory_item, invoice, payment
from quickbooks_sync.review.features import (
    check_invoice_features,
    check_item_features,
    foreign,
    with_lines,
)
from quickbooks_sync.review.labels import LABELS
from quickbooks_sync.review.model import Finding
from quickbooks_sync.review.scope import Scope, is_blank, shown, table_of


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
    yield from check_invoice_features(scope)
    yield from with_lines(scope, "group", "have bundles, which can only be made in QuickBooks")
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
    yield from foreign(scope, "payment", payment.c.currency_code)


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
    yield from check_item_features(scope)


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
