"""Records of a made-up jewelry trader, shaped as QuickBooks sends them, and the shipped mappings."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from quickbooks_sync.mapping import RecordMapping, load_mapping
from quickbooks_sync.mapping.vocabulary import NamedList
from quickbooks_sync.model.json_text import parse_json
from quickbooks_sync.postgres.tables import LOUPE_SCHEMA, metadata
from quickbooks_sync.record_types.registry import VOCABULARIES
from quickbooks_sync.settings import CompanySettings

INCLUDE = Path(__file__).parents[2] / "include"
SETTINGS = CompanySettings({"home_currency": "USD", "invoice_line_item": "7"})
TABLES = {
    table.name: [column.name for column in table.columns]
    for table in metadata.tables.values()
    if table.schema == LOUPE_SCHEMA
}


def shipped(record_type: str) -> RecordMapping:
    return load_mapping(INCLUDE / "mappings" / f"{record_type}.yaml", VOCABULARIES, tables=TABLES)


def with_named_list(mapping: RecordMapping, entity: str, known: NamedList) -> RecordMapping:
    """A mapping for which Loupe knows a list in another way."""
    return replace(mapping, vocabulary=replace(mapping.vocabulary, named_lists={entity: known}))


def expectations(record_type: str) -> Path:
    return INCLUDE / "expectations" / f"{record_type}.yaml"


def customer(**changes: Any) -> dict[str, Any]:
    """A customer with properties that no mapping names (state, second address line, tax code)."""
    record: dict[str, Any] = parse_json("""
    {"Taxable": true, "Job": false, "Balance": 239.00, "domain": "QBO", "sparse": false,
     "BillAddr": {"Id": "95", "Line1": "4 Gem Row", "Line2": "Floor 2", "City": "Antwerp",
                  "CountrySubDivisionCode": "VAN", "PostalCode": "2018", "Country": "Belgium"},
     "CurrencyRef": {"value": "EUR", "name": "Euro"}, "Id": "58", "SyncToken": "3",
     "GivenName": "Ines", "FamilyName": "Falk", "CompanyName": "Falk Juwelen",
     "DisplayName": "Falk Juwelen", "Active": true,
     "PrimaryPhone": {"FreeFormNumber": "+32 3 555 01 42"},
     "PrimaryEmailAddr": {"Address": "ines@falk.example"},
     "WebAddr": {"URI": "https://falk.example"}, "DefaultTaxCodeRef": {"value": "2"}}
    """)
    return {**record, **changes}


def invoice(**changes: Any) -> dict[str, Any]:
    """An invoice with every kind of line but a bundle; 1861.08 = 128.35 x 14.50 half up."""
    record: dict[str, Any] = parse_json("""
    {"domain": "QBO", "sparse": false, "Id": "167", "SyncToken": "1", "DocNumber": "INV-1043",
     "TxnDate": "2026-08-12", "DueDate": "2026-09-11", "PrivateNote": "order 7781",
     "CurrencyRef": {"value": "USD", "name": "United States Dollar"}, "LinkedTxn": [],
     "Line": [
       {"Id": "1", "LineNum": 1, "Description": "Sapphire, oval", "Amount": 1861.08,
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": {"ItemRef": {"value": "15", "name": "Sapphire"}, "UnitPrice": 14.50,
                                "Qty": 128.35, "TaxCodeRef": {"value": "TAX"}}},
       {"Id": "2", "LineNum": 2, "Description": "Handle with care", "DetailType": "DescriptionOnly",
        "DescriptionLineDetail": {"ServiceDate": "2026-08-01"}},
       {"Id": "3", "LineNum": 3, "Amount": 25.00, "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": {"ItemRef": {"value": "SHIPPING_ITEM_ID"}}},
       {"Amount": 1886.08, "DetailType": "SubTotalLineDetail", "SubTotalLineDetail": {}},
       {"Amount": 86.08, "DetailType": "DiscountLineDetail",
        "DiscountLineDetail": {"PercentBased": true, "DiscountPercent": 4.564,
                               "DiscountAccountRef": {"value": "86"}}}],
     "TxnTaxDetail": {"TotalTax": 12.00}, "CustomerRef": {"value": "58", "name": "Falk Juwelen"},
     "TotalAmt": 1812.00, "EmailStatus": "NotSet", "PrintStatus": "NeedToPrint",
     "Balance": 1712.00}
    """)
    return {**record, **changes}


def payment(**changes: Any) -> dict[str, Any]:
    record: dict[str, Any] = parse_json("""
    {"CustomerRef": {"value": "58"}, "DepositToAccountRef": {"value": "4"},
     "PaymentRefNum": "CHK-2210", "TotalAmt": 130.00, "UnappliedAmt": 30.00,
     "ProcessPayment": false, "domain": "QBO", "sparse": false, "Id": "171", "SyncToken": "0",
     "TxnDate": "2026-08-20", "CurrencyRef": {"value": "USD"},
     "Line": [{"Amount": 100.00, "LinkedTxn": [{"TxnId": "167", "TxnType": "Invoice"}],
               "LineEx": {"any": [{"name": "txnId"}]}}]}
    """)
    return {**record, **changes}


def item(**changes: Any) -> dict[str, Any]:
    record: dict[str, Any] = parse_json("""
    {"Name": "Aquamarine, oval 7x5", "Sku": "LF-AQUA0054", "Description": "Blue, AAAA",
     "Active": true, "UnitPrice": 48.5, "Type": "Inventory", "PurchaseCost": 21.25,
     "IncomeAccountRef": {"value": "79"}, "TrackQtyOnHand": true, "QtyOnHand": 23,
     "InvStartDate": "2026-01-01", "domain": "QBO", "sparse": false, "Id": "24", "SyncToken": "0"}
    """)
    return {**record, **changes}


RECORDS = {"customer": customer, "invoice": invoice, "payment": payment, "inventory_item": item}
