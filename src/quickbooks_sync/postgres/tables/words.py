"""The names of the two schemas, and the words that columns may hold."""

LOUPE_SCHEMA = "loupe"
SYNC_SCHEMA = "quickbooks_sync"

LIFECYCLE_STATUSES = (
    "Draft",
    "Finalised",
    "Sent",
    "Partially Paid",
    "Paid",
    "Overdue",
    "Void",
)
PAYMENT_STATUSES = ("Unpaid", "Partial", "Paid")
LINE_KINDS = ("sales", "shipping", "discount", "description", "group", "subtotal")
PRICE_BASES = ("piece", "carat", "gram")
RECORD_TYPES = ("customer", "invoice", "payment", "inventory_item")
DIRECTIONS = ("pull", "push")
RUN_STATUSES = ("running", "success", "failed", "skipped", "abandoned")
LINK_STATES = (
    "live",
    "deleted_in_quickbooks",
    "gone_in_loupe",
    "returned_in_quickbooks",
    "replaced_in_quickbooks",
)
DECISIONS = ("loupe", "quickbooks", "same", "separate")
OUTCOMES = (
    "created",
    "updated",
    "linked",
    "unchanged",
    "waiting",
    "rejected",
    "conflict",
    "differs",
    "failed",
)
