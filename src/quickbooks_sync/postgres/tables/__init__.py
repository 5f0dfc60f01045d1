"""The tables of both schemas: `loupe` (operations) and `quickbooks_sync` (ours).

Design notes
    - `loupe` is a reference schema: the vendor's own is not public. Every row carries its
      `organization_id`; a trigger raises `row_version` with each update, so that a load can
      tell whether a row is still what the merge saw.
    - An invoice has two states: `lifecycle_status` (what operations did with the document) and
      `payment_status` (what is owed). Overdue is a lifecycle status, never a payment status.
    - `link.loupe_row_version` is the row version up to which both sides are known to agree; it is
      null while something of the row is outstanding, so a push reads only rows that need a look.
    - Every table of `quickbooks_sync` that speaks of a record is keyed by `realm_id`: Ids repeat
      across companies.
    - Money is `numeric(19,2)`, prices and quantities `numeric(21,7)` (QuickBooks keeps at most
      seven decimals), times `timestamptz`.
"""

from quickbooks_sync.postgres.tables.columns import (
    metadata,
)
from quickbooks_sync.postgres.tables.company_tables import (
    api_call,
    company,
    company_grant,
    company_reference,
    company_setting,
    pending_grant,
    throttle,
)
from quickbooks_sync.postgres.tables.loupe_tables import (
    customer,
    inventory_item,
    invoice,
    invoice_line,
    payment,
    payment_application,
)
from quickbooks_sync.postgres.tables.record_tables import (
    conflict,
    intent,
    intent_item,
    link,
    rejected_record,
    waiting_record,
)
from quickbooks_sync.postgres.tables.run_tables import (
    lease,
    run,
    run_record,
    staged_batch,
    staged_record,
    watermark,
)
from quickbooks_sync.postgres.tables.words import (
    DECISIONS,
    DIRECTIONS,
    LIFECYCLE_STATUSES,
    LINE_KINDS,
    LOUPE_SCHEMA,
    NAMED_LISTS,
    OUTCOMES,
    PAYMENT_STATUSES,
    PRICE_BASES,
    RECORD_TYPES,
    REFERENCES,
    SYNC_SCHEMA,
)

__all__ = [
    "DECISIONS",
    "DIRECTIONS",
    "LIFECYCLE_STATUSES",
    "LINE_KINDS",
    "LOUPE_SCHEMA",
    "NAMED_LISTS",
    "OUTCOMES",
    "PAYMENT_STATUSES",
    "PRICE_BASES",
    "RECORD_TYPES",
    "REFERENCES",
    "SYNC_SCHEMA",
    "api_call",
    "company",
    "company_grant",
    "company_reference",
    "company_setting",
    "conflict",
    "customer",
    "intent",
    "intent_item",
    "inventory_item",
    "invoice",
    "invoice_line",
    "lease",
    "link",
    "metadata",
    "payment",
    "payment_application",
    "pending_grant",
    "rejected_record",
    "run",
    "run_record",
    "staged_batch",
    "staged_record",
    "throttle",
    "waiting_record",
    "watermark",
]
