"""What Loupe's payments have applied to its invoices."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, func, select

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
