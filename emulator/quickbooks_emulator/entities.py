"""The property table of every record type: names, kinds, longest texts and what is read-only.

Intuit: entities, sections 8.3 to 8.6 and 8.8 to 8.10.
"""

from __future__ import annotations

from dataclasses import dataclass

from quickbooks_emulator.properties import (
    Property,
    address,
    choice,
    computed,
    day,
    email,
    flag,
    group,
    money,
    number,
    phone,
    reference,
    rows,
    text,
    unmodelled,
)

NAME_BREAKERS = ":\t\n\r"


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


_SYSTEM = computed("domain", "MetaData", "status")
_HEADER = (text("Id", 20), text("SyncToken", 20), flag("sparse"), *_SYSTEM)
_CUSTOM_FIELD = rows(
    "CustomField",
    text("DefinitionId", 10),
    text("Name", 31),
    text("Type", 20),
    text("StringValue", 31),
)
_LINKED = rows("LinkedTxn", text("TxnId", 20), text("TxnType", 30), *computed("TxnLineId"))

# fmt: off -- the tables read better with several short properties to a line
CUSTOMER = Entity(
    "Customer",
    (
        *_HEADER,
        text("DisplayName", 500, illegal=NAME_BREAKERS),
        text("Title", 16),
        text("Suffix", 16),
        text("GivenName", 100),
        text("MiddleName", 100),
        text("FamilyName", 100),
        text("CompanyName", 100),
        text("PrintOnCheckName", 110),
        email("PrimaryEmailAddr"),
        phone("PrimaryPhone"),
        phone("AlternatePhone"),
        phone("Mobile"),
        phone("Fax"),
        group("WebAddr", text("URI", 1000), *computed("Id")),
        address("BillAddr"),
        address("ShipAddr"),
        text("Notes", 2000),
        flag("Active"),
        flag("Job"),
        flag("BillWithParent"),
        flag("Taxable"),
        reference("ParentRef"),
        reference("CurrencyRef"),
        reference("DefaultTaxCodeRef"),
        reference("SalesTermRef"),
        reference("PaymentMethodRef"),
        reference("CustomerTypeRef"),
        text("TaxExemptionReasonId", 2),
        text("ResaleNum", 16),
        choice("PreferredDeliveryMethod", "Print", "Email", "None"),
        *computed(
            "Level",
            "FullyQualifiedName",
            "IsProject",
            "Balance",
            "BalanceWithJobs",
            "ClientEntityId",
            "V4IDPseudonym",
        ),
        *unmodelled("OpenBalanceDate", "ARAccountRef"),
    ),
    name_property="DisplayName",
)

_SALES_ITEM = group(
    "SalesItemLineDetail",
    reference("ItemRef"),
    number("Qty"),
    number("UnitPrice"),
    reference("TaxCodeRef"),
    reference("ClassRef"),
    day("ServiceDate"),
    *computed("ItemAccountRef"),
    *unmodelled("MarkupInfo", "DiscountRate", "DiscountAmt", "TaxInclusiveAmt"),
)
_DESCRIPTION = group("DescriptionLineDetail", day("ServiceDate"), reference("TaxCodeRef"))
_DISCOUNT = group(
    "DiscountLineDetail",
    flag("PercentBased"),
    number("DiscountPercent"),
    reference("DiscountAccountRef"),
    reference("TaxCodeRef"),
    reference("ClassRef"),
)
LINE_KINDS = (
    "SalesItemLineDetail",
    "GroupLineDetail",
    "DescriptionOnly",
    "DiscountLineDetail",
    "SubTotalLineDetail",
)

INVOICE = Entity(
    "Invoice",
    (
        *_HEADER,
        reference("CustomerRef"),
        rows(
            "Line",
            text("Id", 20),
            number("LineNum"),
            text("Description", 4000),
            money("Amount"),
            choice("DetailType", *LINE_KINDS),
            _SALES_ITEM,
            _DESCRIPTION,
            _DISCOUNT,
            *computed("SubTotalLineDetail", "LinkedTxn", "CustomField"),
            *unmodelled("GroupLineDetail"),
        ),
        text("DocNumber", 21),
        day("TxnDate"),
        day("DueDate"),
        reference("SalesTermRef"),
        reference("ClassRef"),
        reference("DepartmentRef"),
        reference("ShipMethodRef"),
        reference("ProjectRef"),
        reference("CurrencyRef"),
        text("PrivateNote", 4000),
        group("CustomerMemo", text("value", 1000)),
        email("BillEmail"),
        email("BillEmailCc"),
        email("BillEmailBcc"),
        choice("EmailStatus", "NotSet", "NeedToSend", "EmailSent"),
        choice("PrintStatus", "NotSet", "NeedToPrint", "PrintComplete"),
        address("BillAddr"),
        address("ShipAddr"),
        address("ShipFromAddr"),
        day("ShipDate"),
        text("TrackingNum", 31),
        number("ExchangeRate"),
        choice("GlobalTaxCalculation", "TaxExcluded", "TaxInclusive", "NotApplicable"),
        group("TxnTaxDetail", reference("TxnTaxCodeRef"), money("TotalTax"), *computed("TaxLine")),
        flag("ApplyTaxAfterDiscount"),
        _CUSTOM_FIELD,
        _LINKED,
        flag("AllowOnlineCreditCardPayment"),
        flag("AllowOnlineACHPayment"),
        *computed(
            "AllowIPNPayment",
            "AllowOnlinePayment",
            "TotalAmt",
            "Balance",
            "HomeTotalAmt",
            "HomeBalance",
            "DeliveryInfo",
            "InvoiceLink",
            "RecurDataRef",
            "FreeFormAddress",
            "EInvoiceStatus",
        ),
        *unmodelled("Deposit", "DepositToAccountRef"),
    ),
    is_transaction=True,
)

PAYMENT = Entity(
    "Payment",
    (
        *_HEADER,
        reference("CustomerRef"),
        money("TotalAmt"),
        rows(
            "Line",
            money("Amount"),
            _LINKED,
            *computed("LineEx", "Id", "LineNum", "Description", "DetailType"),
        ),
        reference("DepositToAccountRef"),
        reference("ARAccountRef"),
        text("PaymentRefNum", 21),
        reference("PaymentMethodRef"),
        reference("ProjectRef"),
        day("TxnDate"),
        text("PrivateNote", 4000),
        reference("CurrencyRef"),
        number("ExchangeRate"),
        text("TxnSource", 50),
        flag("ProcessPayment"),
        *computed("UnappliedAmt", "LinkedTxn", "TaxExemptionRef"),
        *unmodelled("CreditCardPayment"),
    ),
    is_transaction=True,
)

ITEM = Entity(
    "Item",
    (
        *_HEADER,
        text("Name", 100, illegal=NAME_BREAKERS),
        choice("Type", "Inventory", "NonInventory", "Service", "Category", "Group"),
        text("Sku", 100),
        text("Description", 4000),
        text("PurchaseDesc", 1000),
        number("UnitPrice"),
        number("PurchaseCost"),
        flag("Taxable"),
        flag("SalesTaxIncluded"),
        flag("PurchaseTaxIncluded"),
        reference("SalesTaxCodeRef"),
        reference("PurchaseTaxCodeRef"),
        reference("TaxClassificationRef"),
        reference("IncomeAccountRef"),
        reference("ExpenseAccountRef"),
        reference("AssetAccountRef"),
        flag("TrackQtyOnHand"),
        number("QtyOnHand"),
        day("InvStartDate"),
        number("ReorderPoint"),
        flag("SubItem"),
        reference("ParentRef"),
        flag("Active"),
        reference("ClassRef"),
        reference("PrefVendorRef"),
        *computed(
            "Level", "FullyQualifiedName", "AvgCost", "QtyOnPurchaseOrder", "QtyOnSalesOrder"
        ),
        *unmodelled("ItemGroupDetail"),
    ),
    name_property="Name",
)

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
