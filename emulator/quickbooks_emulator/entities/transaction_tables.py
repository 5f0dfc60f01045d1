"""Property tables of the transactions: names, kinds, longest texts, what is read-only.

Intuit: entities, sections 8.4, 8.5 and 8.7.
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
    money,
    number,
    reference,
    rows,
    text,
    unmodelled,
)
from quickbooks_emulator.entities.table_parts import CUSTOM_FIELD, HEADER, LINKED

_SALES_ITEM = group(
    "SalesItemLineDetail",
    reference("ItemRef"),
    number("Qty"),
    number("UnitPrice"),
    reference("TaxCodeRef"),
    reference("ClassRef"),
    day("ServiceDate"),
    *computed("ItemAccountRef"),
    *unmodelled("PriceLevelRef", "MarkupInfo", "DiscountRate", "DiscountAmt", "TaxInclusiveAmt"),
)
_DESCRIPTION = group("DescriptionLineDetail", day("ServiceDate"), reference("TaxCodeRef"))
_DISCOUNT = group(
    "DiscountLineDetail",
    flag("PercentBased"),
    number("DiscountPercent"),
    reference("DiscountAccountRef"),
    reference("TaxCodeRef"),
    reference("ClassRef"),
    *unmodelled("Discount"),
)
LINE_KINDS = (
    "SalesItemLineDetail",
    "GroupLineDetail",
    "DescriptionOnly",
    "DiscountLineDetail",
    "SubTotalLineDetail",
)
SHIPPING = "SHIPPING_ITEM_ID"
"""The item that a line of shipping names; no record of the company."""
_LINE_HEAD = (
    text("Id", 20),
    number("LineNum"),
    text("Description", 4000),
    money("Amount"),
    choice("DetailType", *LINE_KINDS),
)
_LINE_RESIDUE = computed("SubTotalLineDetail", "LinkedTxn", "CustomField")
_GROUP = group(
    "GroupLineDetail",
    reference("GroupItemRef"),
    number("Quantity"),
    rows("Line", *_LINE_HEAD, _SALES_ITEM, *_LINE_RESIDUE),
    *unmodelled("ServiceDate"),
)

_SALES_FORM: tuple[Property, ...] = (
    *HEADER,
    reference("CustomerRef"),
    rows("Line", *_LINE_HEAD, _SALES_ITEM, _DESCRIPTION, _DISCOUNT, _GROUP, *_LINE_RESIDUE),
    text("DocNumber", 21),
    day("TxnDate"),
    reference("SalesTermRef"),
    reference("ClassRef"),
    reference("DepartmentRef"),
    reference("ProjectRef"),
    reference("CurrencyRef"),
    number("ExchangeRate"),
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
    choice("GlobalTaxCalculation", "TaxExcluded", "TaxInclusive", "NotApplicable"),
    group("TxnTaxDetail", reference("TxnTaxCodeRef"), money("TotalTax"), *computed("TaxLine")),
    flag("ApplyTaxAfterDiscount"),
    CUSTOM_FIELD,
    *computed("TotalAmt", "Balance", "HomeTotalAmt", "HomeBalance", "RecurDataRef"),
    *computed("FreeFormAddress", "DeliveryInfo"),
    *unmodelled("TaxExemptionRef", "TransactionLocationType"),
)

INVOICE_PROPERTIES: tuple[Property, ...] = (
    *_SALES_FORM,
    day("DueDate"),
    reference("ShipMethodRef"),
    day("ShipDate"),
    text("TrackingNum", 31),
    money("Deposit"),
    reference("DepositToAccountRef"),
    LINKED,
    flag("AllowOnlineCreditCardPayment"),
    flag("AllowOnlineACHPayment"),
    *computed("AllowIPNPayment", "AllowOnlinePayment", "InvoiceLink", "EInvoiceStatus"),
)

CREDIT_MEMO_PROPERTIES: tuple[Property, ...] = (
    *_SALES_FORM,
    reference("PaymentMethodRef"),
    *computed("RemainingCredit", "LinkedTxn"),
    *unmodelled("InvoiceRef"),
)

PAYMENT_PROPERTIES: tuple[Property, ...] = (
    *HEADER,
    reference("CustomerRef"),
    money("TotalAmt"),
    rows(
        "Line",
        money("Amount"),
        LINKED,
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
    *unmodelled("CreditCardPayment", "TxnStatus", "TransactionLocationType"),
)

ADJUSTMENT_PROPERTIES: tuple[Property, ...] = (
    *HEADER,
    reference("AdjustAccountRef"),
    reference("DepartmentRef"),
    rows(
        "Line",
        text("Id", 20),
        number("LineNum"),
        choice("DetailType", "ItemAdjustmentLineDetail"),
        group(
            "ItemAdjustmentLineDetail",
            reference("ItemRef"),
            number("QtyDiff"),
            reference("ClassRef"),
            *unmodelled("SalesPrice", "CustomerRef"),
        ),
    ),
    text("DocNumber", 21),
    day("TxnDate"),
    text("PrivateNote", 4000),
)
