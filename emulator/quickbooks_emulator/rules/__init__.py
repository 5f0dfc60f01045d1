"""The business rules, one module a record type."""

from quickbooks_emulator.rules.contract import Options, Rules
from quickbooks_emulator.rules.customers import CustomerRules
from quickbooks_emulator.rules.invoices import InvoiceRules
from quickbooks_emulator.rules.items import ItemRules
from quickbooks_emulator.rules.payments import PaymentRules

RULES: dict[str, Rules] = {
    "Customer": CustomerRules(),
    "Invoice": InvoiceRules(),
    "Item": ItemRules(),
    "Payment": PaymentRules(),
}

__all__ = ["RULES", "Options", "Rules"]
