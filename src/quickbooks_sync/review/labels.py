"""What a person recognises a record by in a finding."""

from typing import Any

from sqlalchemy import ColumnElement, Text, cast

from quickbooks_sync.postgres.tables import customer, inventory_item, invoice, payment
from quickbooks_sync.review.scope import shown

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
