"""The business rules, one module a record type."""

from quickbooks_emulator.rules.adjustments import AdjustmentRules
from quickbooks_emulator.rules.contract import Options, Rules
from quickbooks_emulator.rules.credit_memos import CreditMemoRules
from quickbooks_emulator.rules.customers import CustomerRules
from quickbooks_emulator.rules.invoices import InvoiceRules
from quickbooks_emulator.rules.items import ItemRules
from quickbooks_emulator.rules.payments import PaymentRules
from quickbooks_emulator.rules.people import EmployeeRules, PaymentMethodRules, VendorRules

RULES: dict[str, Rules] = {
    "CreditMemo": CreditMemoRules(),
    "Customer": CustomerRules(),
    "Employee": EmployeeRules(),
    "InventoryAdjustment": AdjustmentRules(),
    "Invoice": InvoiceRules(),
    "Item": ItemRules(),
    "Payment": PaymentRules(),
    "PaymentMethod": PaymentMethodRules(),
    "Vendor": VendorRules(),
}

__all__ = ["RULES", "Options", "Rules"]
