"""What Loupe's payments have applied to its invoices."""

from collections.abc import Collection
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Numeric, Select, cast, func, select, tuple_

from quickbooks_sync.postgres import tables


def read_applied_amounts(
    connection: Connection, organization_id: int, invoice_ids: Collection[int]
) -> dict[int, tuple[Any, Any]]:
    """Return per invoice its total and the sum that live payments apply to it (Decimals)."""
    invoice, payment, application = tables.invoice, tables.payment, tables.payment_application
    applied = (
        select(application.c.invoice_id, func.sum(application.c.amount).label("amount"))
        .join(payment, payment.c.payment_id == application.c.payment_id)
        .where(payment.c.is_void.is_(False), application.c.invoice_id.in_(list(invoice_ids)))
        .group_by(application.c.invoice_id)
        .subquery()
    )
    rows = connection.execute(
        select(
            invoice.c.invoice_id,
            invoice.c.total_amount,
            func.coalesce(applied.c.amount, 0),
        )
        .outerjoin(applied, applied.c.invoice_id == invoice.c.invoice_id)
        .where(
            invoice.c.organization_id == organization_id,
            invoice.c.invoice_id.in_(list(invoice_ids)),
        )
    )
    return {row[0]: (row[1], row[2]) for row in rows}


def read_open_amounts(
    connection: Connection,
    organization_id: int,
    linked: tuple[str, str],
    invoice_ids: Collection[int],
) -> dict[int, Decimal]:
    """Return per invoice what is open of it in Loupe; below zero where too much is applied.

    Where both sides ask for the same goods and QuickBooks computes another tax, its total is what customers are
    asked for and pay, so that one counts.

    Args:
        connection: An open connection.
        organization_id: Whose invoices they are.
        linked: The company and the record type under which they are linked.
        invoice_ids: Their keys.
    """
    amounts = read_applied_amounts(connection, organization_id, invoice_ids)
    retaxed = _select_retaxed(linked).where(tables.invoice.c.invoice_id.in_(list(invoice_ids)))
    asked = {row.invoice_id: row.theirs for row in connection.execute(retaxed)}
    return {key: asked.get(key, total) - applied for key, (total, applied) in amounts.items()}


def read_tax_beyond(
    connection: Connection, linked: tuple[str, str], quickbooks_ids: Collection[str]
) -> dict[str, Decimal]:
    """Return by QuickBooks Id how much more tax Loupe has on an invoice, of those that differ in the tax alone."""
    retaxed = _select_retaxed(linked).where(tables.link.c.quickbooks_id.in_(list(quickbooks_ids)))
    return {
        row.quickbooks_id: row.ours - row.theirs
        for row in connection.execute(retaxed)
        if row.ours > row.theirs
    }


def _select_retaxed(linked: tuple[str, str]) -> Select[Any]:
    """Select both sides' totals of linked invoices of which the sides differ in the tax alone."""
    invoice, link = tables.invoice, tables.link
    theirs = cast(link.c.document["TotalAmt"].astext, Numeric)
    tax = cast(link.c.document["TxnTaxDetail"]["TotalTax"].astext, Numeric)
    return (
        select(
            invoice.c.invoice_id,
            link.c.quickbooks_id,
            invoice.c.total_amount.label("ours"),
            theirs.label("theirs"),
        )
        .join(link, link.c.loupe_id == invoice.c.invoice_id)
        .where(
            tuple_(link.c.realm_id, link.c.record_type) == linked,
            link.c.state == "live",
            theirs - func.coalesce(tax, 0) == invoice.c.total_amount - invoice.c.tax_amount,
        )
    )


def read_settling_ids(connection: Connection, invoice_ids: Collection[int]) -> set[int]:
    """Return the live payments that are applied to some invoices."""
    payment, application = tables.payment, tables.payment_application
    rows = connection.execute(
        select(application.c.payment_id)
        .join(payment, payment.c.payment_id == application.c.payment_id)
        .where(payment.c.is_void.is_(False), application.c.invoice_id.in_(list(invoice_ids)))
    )
    return set(rows.scalars())
