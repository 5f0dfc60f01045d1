"""Property tables of the writable lists: names, kinds, longest texts, what is read-only.

Intuit: entities, sections 8.3 and 8.6; vendors and employees only as far as they hold names.
"""

from __future__ import annotations

from quickbooks_emulator.entities.properties import (
    Property,
    address,
    choice,
    computed,
    day,
    email,
    flag,
    group,
    number,
    phone,
    reference,
    text,
    unmodelled,
)
from quickbooks_emulator.entities.table_parts import HEADER, NAME_BREAKERS

_PERSON = (
    text("Title", 16),
    text("Suffix", 16),
    text("GivenName", 100),
    text("MiddleName", 100),
    text("FamilyName", 100),
)
_NAME = (
    text("DisplayName", 500, illegal=NAME_BREAKERS),
    *_PERSON,
    text("CompanyName", 100),
    text("PrintOnCheckName", 110),
)
_CONTACT = (
    email("PrimaryEmailAddr"),
    phone("PrimaryPhone"),
    phone("AlternatePhone"),
    phone("Mobile"),
    phone("Fax"),
    group("WebAddr", text("URI", 1000), *computed("Id")),
)

CUSTOMER_PROPERTIES: tuple[Property, ...] = (
    *HEADER,
    *_NAME,
    *_CONTACT,
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
    *unmodelled(
        "OpenBalanceDate",
        "ARAccountRef",
        "PrimaryTaxIdentifier",
        "SecondaryTaxIdentifier",
        "BusinessNumber",
        "GSTIN",
        "GSTRegistrationType",
    ),
)

ITEM_PROPERTIES: tuple[Property, ...] = (
    *HEADER,
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
    *computed("Level", "FullyQualifiedName", "AvgCost", "QtyOnPurchaseOrder", "QtyOnSalesOrder"),
    *computed("ItemGroupDetail", "PrintGroupedItems"),
    *unmodelled(
        "AbatementRate",
        "ReverseChargeRate",
        "ServiceType",
        "ItemCategoryType",
    ),
)

VENDOR_PROPERTIES: tuple[Property, ...] = (
    *HEADER,
    *_NAME,
    *_CONTACT,
    address("BillAddr"),
    flag("Active"),
    flag("Vendor1099"),
    text("AcctNum", 100),
    reference("CurrencyRef"),
    reference("TermRef"),
    *computed("Balance", "V4IDPseudonym"),
    *unmodelled("TaxIdentifier", "APAccountRef", "BillRate", "CostRate", "VendorPaymentBankDetail"),
)

EMPLOYEE_PROPERTIES: tuple[Property, ...] = (
    *HEADER,
    *_PERSON,
    text("DisplayName", 500, illegal=NAME_BREAKERS),
    text("PrintOnCheckName", 110),
    email("PrimaryEmailAddr"),
    phone("PrimaryPhone"),
    phone("Mobile"),
    address("PrimaryAddr"),
    text("EmployeeNumber", 100),
    flag("BillableTime"),
    day("HiredDate"),
    day("ReleasedDate"),
    flag("Active"),
    *computed("V4IDPseudonym"),
    *unmodelled("SSN", "BirthDate", "Gender", "BillRate", "CostRate", "Organization"),
)

PAYMENT_METHOD_PROPERTIES: tuple[Property, ...] = (
    *HEADER,
    text("Name", 31, illegal=NAME_BREAKERS),
    choice("Type", "CREDIT_CARD", "NON_CREDIT_CARD"),
    flag("Active"),
)

TERM_PROPERTIES: tuple[Property, ...] = (
    *HEADER,
    text("Name", 31, illegal=NAME_BREAKERS),
    number("DueDays"),
    number("DayOfMonthDue"),
    number("DueNextMonthDays"),
    number("DiscountPercent"),
    number("DiscountDays"),
    number("DiscountDayOfMonth"),
    flag("Active"),
    *computed("Type"),
)
