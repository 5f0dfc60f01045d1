"""The names of the two schemas, and the words that columns may hold."""

from quickbooks_sync.model.decision import Operation
from quickbooks_sync.model.flow import Direction
from quickbooks_sync.model.outcome import Outcome

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
PAYMENT_TERMS = ("Due on Receipt", "Prepaid", "Net 15", "Net 30", "Net 45", "Net 60")
LINE_KINDS = ("sales", "shipping", "discount", "description", "group", "subtotal")
PRICE_BASES = ("piece", "carat", "gram")
RECORD_TYPES = ("customer", "invoice", "payment", "inventory_item")
DIRECTIONS = tuple(direction.value for direction in Direction)
RUN_STATUSES = ("running", "success", "failed", "skipped", "abandoned")
#: Small lists of QuickBooks whose records Loupe knows by name.
NAMED_LISTS = ("PaymentMethod", "Term")
#: What is kept of a company's own records: what settings are proposed from, and lists that records name.
REFERENCES = ("CompanyInfo", "Preferences", "Account", "Item", *NAMED_LISTS)
LINK_STATES = (
    "live",
    "deleted_in_quickbooks",
    "gone_in_loupe",  # never given: what is gone there is a conflict. The constraint of the table names it.
    "returned_in_quickbooks",
    "replaced_in_quickbooks",
    "replaced_in_loupe",
)
DECISIONS = ("loupe", "quickbooks", "same", "separate")
OUTCOMES = tuple(outcome.value for outcome in Outcome)
OPERATIONS = tuple(operation.value for operation in Operation)
