"""Checks of sums: lines that do not come to the invoice's total, applications above their payment."""

from collections.abc import Iterator

from sqlalchemy import Text, case, cast, exists, func, literal, select

from quickbooks_sync.postgres.tables import invoice, invoice_line, payment, payment_application
from quickbooks_sync.review.model import Finding
from quickbooks_sync.review.scope import Condition, Scope, shown

#: A line's amount: as stored, else quantity times price, half up to cents (Intuit: Invoice, 8.4.1).
_AMOUNT = func.coalesce(
    invoice_line.c.amount, func.round(invoice_line.c.quantity * invoice_line.c.unit_price, 2)
)
#: What a line adds to the total.
_SIGNED = case(
    (invoice_line.c.line_kind.in_(("sales", "shipping", "group")), _AMOUNT),
    (invoice_line.c.line_kind == "discount", -_AMOUNT),
    else_=0,
)


def check_arithmetic(scope: Scope) -> Iterator[Finding]:
    """Run every check of sums."""
    lines = exists().where(invoice_line.c.invoice_id == invoice.c.invoice_id)
    yield from scope.find(
        "invoice",
        "lines_missing",
        "have no lines",
        "rejected",
        ~lines,
        example=invoice.c.invoice_number,
    )
    yield from _line_amounts(scope)
    yield from _totals(scope, lines)
    yield from _applications(scope)


def _line_amounts(scope: Scope) -> Iterator[Finding]:
    columns = invoice_line.c
    wrong = exists().where(
        columns.invoice_id == invoice.c.invoice_id,
        columns.line_kind == "sales",
        columns.amount != func.round(columns.quantity * columns.unit_price, 2),
    )
    yield from scope.find(
        "invoice",
        "line_amount_wrong",
        "have a line whose amount is not quantity times unit price",
        "rejected",
        wrong,
        example=invoice.c.invoice_number,
    )


def _totals(scope: Scope, lines: Condition) -> Iterator[Finding]:
    total = (
        select(func.coalesce(func.sum(_SIGNED), 0))
        .where(invoice_line.c.invoice_id == invoice.c.invoice_id)
        .scalar_subquery()
    )
    expected = total + invoice.c.tax_amount
    yield from scope.find(
        "invoice",
        "lines_add_up",
        "have lines that do not come to their total",
        "rejected",
        lines,
        expected != invoice.c.total_amount,
        example=shown(
            invoice.c.invoice_number,
            literal("lines"),
            cast(expected, Text),
            literal("total"),
            cast(invoice.c.total_amount, Text),
        ),
    )


def _applications(scope: Scope) -> Iterator[Finding]:
    applied = (
        select(func.coalesce(func.sum(payment_application.c.amount), 0))
        .where(payment_application.c.payment_id == payment.c.payment_id)
        .scalar_subquery()
    )
    yield from scope.find(
        "payment",
        "applied_too_much",
        "are applied to invoices with more than their amount",
        "rejected",
        applied > payment.c.amount,
        example=shown(
            cast(payment.c.payment_date, Text),
            cast(payment.c.amount, Text),
            literal("applied"),
            cast(applied, Text),
        ),
    )
