"""The record types that the emulator knows, and those that it says it does not.

Intuit: entities, section 8.
"""

from __future__ import annotations

from dataclasses import dataclass

from quickbooks_emulator.properties import Property
from quickbooks_emulator.property_tables import (
    CUSTOMER_PROPERTIES,
    INVOICE_PROPERTIES,
    ITEM_PROPERTIES,
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
    """

    name: str
    properties: tuple[Property, ...] = ()
    name_property: str = ""
    is_transaction: bool = False

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
INVOICE = Entity("Invoice", INVOICE_PROPERTIES, is_transaction=True)
PAYMENT = Entity("Payment", PAYMENT_PROPERTIES, is_transaction=True)
ITEM = Entity("Item", ITEM_PROPERTIES, name_property="Name")
ACCOUNT = Entity("Account", name_property="Name")
TERM = Entity("Term", name_property="Name")
TAX_CODE = Entity("TaxCode", name_property="Name")
PAYMENT_METHOD = Entity("PaymentMethod", name_property="Name")
PREFERENCES = Entity("Preferences")
COMPANY_INFO = Entity("CompanyInfo")

ENTITIES: dict[str, Entity] = {
    entity.name: entity
    for entity in (
        CUSTOMER, INVOICE, PAYMENT, ITEM, ACCOUNT, TERM, TAX_CODE, PAYMENT_METHOD, PREFERENCES,
        COMPANY_INFO,
    )
}  # fmt: skip
BY_RESOURCE: dict[str, Entity] = {entity.resource: entity for entity in ENTITIES.values()}

NOT_MODELLED = frozenset(
    {
        "Attachable", "Bill", "BillPayment", "Budget", "Class", "CompanyCurrency",
        "CreditCardPayment", "CreditMemo", "CustomerType", "Department", "Deposit", "Employee",
        "Estimate", "ExchangeRate", "InventoryAdjustment", "JournalCode", "JournalEntry",
        "Purchase", "PurchaseOrder", "RecurringTransaction", "RefundReceipt", "ReimburseCharge",
        "SalesReceipt", "StatementCharge", "TaxAgency", "TaxPayment", "TaxRate", "TaxService",
        "TimeActivity", "Transfer", "Vendor", "VendorCredit", "Reports", "Upload", "Download",
    }
)  # fmt: skip
"""What Intuit serves under a company and this emulator refuses with 501."""
