"""The QuickBooks properties that a mapping may name, so that a typo is an error and not an empty field.

Intuit: entities, sections 8.3 to 8.6.
"""

_ADDRESS = ("Line1", "Line2", "Line3", "Line4", "Line5", "City", "Country", "PostalCode")
_ADDRESS_ALL = (*_ADDRESS, "CountrySubDivisionCode")


def _under(parent: str, leaves: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"{parent}.{leaf}" for leaf in leaves)


def _references(*names: str) -> tuple[str, ...]:
    return tuple(f"{name}.value" for name in names)


#: Setting one of these makes QuickBooks send mail or charge a card, so no mapping may name them.
NEVER_SENT = ("EmailStatus", "PrintStatus", "ProcessPayment", "CreditCardPayment")

PROPERTIES: dict[str, tuple[str, ...]] = {
    "Customer": (
        *("DisplayName", "Title", "Suffix", "GivenName", "MiddleName", "FamilyName"),
        *("CompanyName", "PrintOnCheckName", "PrimaryEmailAddr.Address", "WebAddr.URI"),
        *_under("PrimaryPhone", ("FreeFormNumber",)),
        *_under("AlternatePhone", ("FreeFormNumber",)),
        *("Mobile.FreeFormNumber", "Fax.FreeFormNumber", "Notes", "Active", "Job"),
        *("BillWithParent", "Taxable", "ResaleNum", "PreferredDeliveryMethod"),
        *("FullyQualifiedName", "Balance", "BalanceWithJobs"),
        *_under("BillAddr", _ADDRESS_ALL),
        *_under("ShipAddr", _ADDRESS_ALL),
        *_references("CurrencyRef", "ParentRef", "SalesTermRef", "PaymentMethodRef"),
        *_references("DefaultTaxCodeRef", "CustomerTypeRef"),
    ),
    "Invoice": (
        *("DocNumber", "TxnDate", "DueDate", "PrivateNote", "CustomerMemo.value"),
        *("BillEmail.Address", "BillEmailCc.Address", "BillEmailBcc.Address", "ShipDate"),
        *("TrackingNum", "Deposit", "ExchangeRate", "GlobalTaxCalculation", "Line"),
        *("TxnTaxDetail.TotalTax", "TxnTaxDetail.TxnTaxCodeRef.value", "ApplyTaxAfterDiscount"),
        *("TotalAmt", "Balance", "HomeTotalAmt", "HomeBalance"),
        *_under("BillAddr", _ADDRESS_ALL),
        *_under("ShipAddr", _ADDRESS_ALL),
        *_references("CustomerRef", "CurrencyRef", "SalesTermRef", "ClassRef", "DepartmentRef"),
        *_references("ShipMethodRef", "ProjectRef", "DepositToAccountRef"),
    ),
    "Invoice.Line": (
        *("Description", "Amount", "DetailType", "LineNum"),
        *("SalesItemLineDetail.Qty", "SalesItemLineDetail.UnitPrice"),
        *("SalesItemLineDetail.ServiceDate", "GroupLineDetail.Quantity"),
        *_references("SalesItemLineDetail.ItemRef", "SalesItemLineDetail.TaxCodeRef"),
        *_references("SalesItemLineDetail.ClassRef", "GroupLineDetail.GroupItemRef"),
        *("DiscountLineDetail.PercentBased", "DiscountLineDetail.DiscountPercent"),
        *_references("DiscountLineDetail.DiscountAccountRef"),
    ),
    "Payment": (
        *("TotalAmt", "UnappliedAmt", "TxnDate", "PaymentRefNum", "PrivateNote", "ExchangeRate"),
        *("TxnSource", "Line"),
        *_references("CustomerRef", "CurrencyRef", "DepositToAccountRef", "ARAccountRef"),
        *_references("PaymentMethodRef", "ProjectRef"),
    ),
    "Payment.Line": ("Amount", "LinkedTxn"),
    "Item": (
        *("Name", "Type", "Sku", "Description", "PurchaseDesc", "UnitPrice", "PurchaseCost"),
        *("Taxable", "SalesTaxIncluded", "PurchaseTaxIncluded", "TrackQtyOnHand", "QtyOnHand"),
        *("InvStartDate", "ReorderPoint", "SubItem", "FullyQualifiedName", "Active"),
        *_references("IncomeAccountRef", "ExpenseAccountRef", "AssetAccountRef", "ParentRef"),
        *_references("SalesTaxCodeRef", "PurchaseTaxCodeRef", "ClassRef", "PrefVendorRef"),
    ),
}

#: Lists whose records Loupe knows by name.
NAMED_LISTS = ("PaymentMethod",)

ENTITIES = tuple(name for name in PROPERTIES if "." not in name)

#: Names of the rules in `quickbooks_sync.transform.derivations` that a mapping may use.
QUICKBOOKS_RULES = (
    "invoice_is_void",
    "invoice_lines",
    "line_amount",
    "line_is_taxable",
    "line_item",
    "line_kind",
    "line_quantity",
    "linked_invoice",
    "payment_applications",
    "payment_has_other_lines",
    "payment_is_void",
    "payment_kind",
    "payment_status",
)
LOUPE_RULES = ("customer_name", "invoice_is_void", "line_amount")
