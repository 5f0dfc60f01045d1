"""The record types that the emulator knows, and those that it says it does not.

Intuit: entities, section 8.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from quickbooks_emulator.entities.list_tables import (
    CUSTOMER_PROPERTIES,
    EMPLOYEE_PROPERTIES,
    ITEM_PROPERTIES,
    PAYMENT_METHOD_PROPERTIES,
    TERM_PROPERTIES,
    VENDOR_PROPERTIES,
)
from quickbooks_emulator.entities.properties import Property
from quickbooks_emulator.entities.transaction_tables import (
    ADJUSTMENT_PROPERTIES,
    CREDIT_MEMO_PROPERTIES,
    INVOICE_PROPERTIES,
    PAYMENT_PROPERTIES,
)


@dataclass(frozen=True)
class Entity:
    """A record type.

    Attributes:
        name: as in documents and queries.
        properties: what a write may hold; empty for read-only record types.
        name_property: the property that gets " (deleted)" when inactive, or "".
        is_transaction: shares the one counter of Ids and can be deleted.
        is_voidable: can be voided.
        has_changes: appears in change data capture (Intuit: CDC, section 4).
        sparse_only: an update must say ``sparse``.
        follows: properties that are worked out again where a sparse update sends another one without them.
    """

    name: str
    properties: tuple[Property, ...] = ()
    name_property: str = ""
    is_transaction: bool = False
    is_voidable: bool = False
    has_changes: bool = True
    sparse_only: bool = False
    follows: Mapping[str, str] = field(default_factory=dict)

    @property
    def resource(self) -> str:
        """The entity's part of a URL."""
        return self.name.lower()

    @property
    def counter(self) -> str:
        """The counter that gives this entity its Ids (Intuit: query, section 3.4)."""
        return "transaction" if self.is_transaction else self.name

    @property
    def has_active(self) -> bool:
        """Whether records are deactivated rather than deleted."""
        return bool(self.name_property)


CUSTOMER = Entity("Customer", CUSTOMER_PROPERTIES, name_property="DisplayName")
VENDOR = Entity("Vendor", VENDOR_PROPERTIES, name_property="DisplayName")
EMPLOYEE = Entity("Employee", EMPLOYEE_PROPERTIES, name_property="DisplayName")
INVOICE = Entity(
    "Invoice",
    INVOICE_PROPERTIES,
    is_transaction=True,
    is_voidable=True,
    follows={"DueDate": "SalesTermRef"},
)
CREDIT_MEMO = Entity("CreditMemo", CREDIT_MEMO_PROPERTIES, is_transaction=True, is_voidable=True)
PAYMENT = Entity("Payment", PAYMENT_PROPERTIES, is_transaction=True, is_voidable=True)
# Whether change data capture covers adjustments is not stated; not to is the harder case.
ADJUSTMENT = Entity(
    "InventoryAdjustment",
    ADJUSTMENT_PROPERTIES,
    is_transaction=True,
    has_changes=False,
    sparse_only=True,
)
JOURNAL_ENTRY = Entity("JournalEntry", is_transaction=True)
DEPOSIT = Entity("Deposit", is_transaction=True)
ITEM = Entity("Item", ITEM_PROPERTIES, name_property="Name")
ACCOUNT = Entity("Account", name_property="Name")
CLASS = Entity("Class", name_property="Name")
DEPARTMENT = Entity("Department", name_property="Name")
TERM = Entity("Term", TERM_PROPERTIES, name_property="Name")
TAX_CODE = Entity("TaxCode", name_property="Name", has_changes=False)
TAX_RATE = Entity("TaxRate", name_property="Name", has_changes=False)
PAYMENT_METHOD = Entity("PaymentMethod", PAYMENT_METHOD_PROPERTIES, name_property="Name")
CURRENCY = Entity("CompanyCurrency", name_property="Name")
PREFERENCES = Entity("Preferences", has_changes=False)
COMPANY_INFO = Entity("CompanyInfo", has_changes=False)

ENTITIES: dict[str, Entity] = {
    entity.name: entity
    for entity in (
        CUSTOMER, VENDOR, EMPLOYEE, INVOICE, CREDIT_MEMO, PAYMENT, ADJUSTMENT, JOURNAL_ENTRY,
        DEPOSIT, ITEM, ACCOUNT, CLASS, DEPARTMENT, TERM, TAX_CODE, TAX_RATE, PAYMENT_METHOD,
        CURRENCY, PREFERENCES, COMPANY_INFO,
    )
}  # fmt: skip
BY_RESOURCE: dict[str, Entity] = {entity.resource: entity for entity in ENTITIES.values()}

NOT_MODELLED = frozenset(
    {
        "Attachable", "Bill", "BillPayment", "Budget", "CreditCardPayment", "CustomerType",
        "Estimate", "ExchangeRate", "JournalCode", "Purchase", "PurchaseOrder",
        "RecurringTransaction", "RefundReceipt", "ReimburseCharge", "SalesReceipt",
        "StatementCharge", "TaxAgency", "TaxPayment", "TaxService", "TimeActivity", "Transfer",
        "VendorCredit", "Reports", "Upload", "Download",
    }
)  # fmt: skip
"""What Intuit serves under a company and this emulator refuses with 501."""
_NOT_MODELLED_RESOURCES = frozenset(name.lower() for name in NOT_MODELLED)


def is_not_modelled(name: str) -> bool:
    """Return whether Intuit has something of this name, in any case, that the emulator leaves out."""
    return name.lower() in _NOT_MODELLED_RESOURCES
