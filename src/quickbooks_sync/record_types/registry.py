"""The record types there are, and the order in which their flows run."""

from quickbooks_sync.model.errors import ConfigurationError
from quickbooks_sync.model.flow import Direction, Flow
from quickbooks_sync.record_types.customer import Customer
from quickbooks_sync.record_types.inventory_item import InventoryItem
from quickbooks_sync.record_types.invoice import Invoice
from quickbooks_sync.record_types.payment import Payment
from quickbooks_sync.record_types.record_type import RecordType

#: By name, in the order in which people read them.
RECORD_TYPES: dict[str, RecordType] = {
    record_type.name: record_type
    for record_type in (Customer(), Invoice(), Payment(), InventoryItem())
}

VOCABULARIES = {name: record_type.vocabulary for name, record_type in RECORD_TYPES.items()}

#: Customers before the invoices that name them, invoices before the payments that settle them;
#: what QuickBooks has is known before anything is written there.
FLOWS: tuple[Flow, ...] = (
    Flow("customer", Direction.PULL),
    Flow("invoice", Direction.PULL),
    Flow("customer", Direction.PUSH),
    Flow("invoice", Direction.PUSH),
    Flow("payment", Direction.PULL),
    Flow("payment", Direction.PUSH),
    Flow("inventory_item", Direction.PULL),
    Flow("inventory_item", Direction.PUSH),
)


def flow_named(name: str) -> Flow:
    """Return the flow called `name`; raises `ConfigurationError` with the known names."""
    for flow in FLOWS:
        if name in (flow.name, flow.dag_id):
            return flow
    known = ", ".join(flow.name for flow in FLOWS)
    raise ConfigurationError(f"There is no flow {name!r}; use one of {known}.")


def record_type_named(name: str) -> str:
    """Return the name of a record type, also by its plural; raises `ConfigurationError` with the known names."""
    for known in RECORD_TYPES:
        if name in (known, f"{known}s"):
            return known
    raise ConfigurationError(
        f"There is no record type {name!r}; use one of {', '.join(RECORD_TYPES)}."
    )
