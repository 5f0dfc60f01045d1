"""Opens a company: company details, preferences, chart of accounts, terms and the first item."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from quickbooks_emulator.books.options import Options
from quickbooks_emulator.company.company import Company
from quickbooks_emulator.entities.registry import ITEM
from quickbooks_emulator.model.documents import Document
from quickbooks_emulator.writing.operations import write_record

# Name, AccountType, AccountSubType, Classification; in the order of their Ids.
ACCOUNTS = (
    ("Checking", "Bank", "Checking", "Asset"),
    ("Savings", "Bank", "Savings", "Asset"),
    ("Accounts Receivable (A/R)", "Accounts Receivable", "AccountsReceivable", "Asset"),
    ("Undeposited Funds", "Other Current Asset", "UndepositedFunds", "Asset"),
    ("Inventory Asset", "Other Current Asset", "Inventory", "Asset"),
    ("Accounts Payable (A/P)", "Accounts Payable", "AccountsPayable", "Liability"),
    ("Opening Balance Equity", "Equity", "OpeningBalanceEquity", "Equity"),
    ("Retained Earnings", "Equity", "RetainedEarnings", "Equity"),
    ("Sales of Product Income", "Income", "SalesOfProductIncome", "Revenue"),
    ("Services", "Income", "ServiceFeeIncome", "Revenue"),
    ("Discounts given", "Income", "DiscountsRefundsGiven", "Revenue"),
    ("Shipping Income", "Income", "OtherPrimaryIncome", "Revenue"),
    ("Cost of Goods Sold", "Cost of Goods Sold", "SuppliesMaterialsCogs", "Expense"),
    ("Inventory Shrinkage", "Cost of Goods Sold", "SuppliesMaterialsCogs", "Expense"),
    ("Job Supplies", "Expense", "SuppliesMaterials", "Expense"),
    ("Bank Charges", "Expense", "BankCharges", "Expense"),
)
TERMS = (
    ("Due on receipt", 0), ("Net 15", 15), ("Net 30", 30), ("Net 45", 45), ("Net 60", 60),
)  # fmt: skip
METHODS = (
    ("Cash", "NON_CREDIT_CARD"), ("Check", "NON_CREDIT_CARD"), ("Visa", "CREDIT_CARD"),
    ("MasterCard", "CREDIT_CARD"), ("American Express", "CREDIT_CARD"),
    ("Wire transfer", "NON_CREDIT_CARD"),
)  # fmt: skip
SALES_TAX_PERCENT = Decimal(8)
_DOLLAR = {"value": "USD", "name": "United States Dollar"}
_SYSTEM = {"domain": "QBO", "sparse": False}

PREFERENCES: Document = {
    "AccountingInfoPrefs": {
        "FirstMonthOfFiscalYear": "January",
        "UseAccountNumbers": False,
        "BookCloseDate": "2024-12-31",
        "CustomerTerminology": "Customers",
    },
    "ProductAndServicesPrefs": {
        "ForSales": True,
        "ForPurchase": True,
        "QuantityWithPriceAndRate": True,
        "QuantityOnHand": True,
    },
    "SalesFormsPrefs": {
        "CustomField": [],
        "CustomTxnNumbers": True,
        "AllowDeposit": False,
        "AllowDiscount": True,
        "AllowEstimates": False,
        "AllowServiceDate": True,
        "AllowShipping": True,
        "AutoApplyCredit": False,
        "AutoApplyPayments": False,
        "DefaultTerms": {"value": "3"},
        "ETransactionEnabledStatus": "NotApplicable",
    },
    "TaxPrefs": {"UsingSalesTax": False, "PartnerTaxEnabled": False},
    "CurrencyPrefs": {"MultiCurrencyEnabled": False, "HomeCurrency": {"value": "USD"}},
    "ReportPrefs": {"ReportBasis": "Accrual"},
    "OtherPrefs": {"NameValue": [{"Name": "WarnDuplicateInvoiceNumber", "Value": "true"}]},
}


def create_company(
    company: Company, name: str, preferences: Mapping[str, Any], address: Document | None = None
) -> None:
    """Write what every company begins with; must run inside a transaction of the store.

    Args:
        company: the company, still without any record.
        name: its CompanyName.
        address: its CompanyAddr.
        preferences: settings that differ from `PREFERENCES`, by group and name.
    """
    company.insert("CompanyInfo", {**_company_info(company, name, address or {}), **_SYSTEM})
    company.insert("Preferences", merge_preferences({**PREFERENCES, **_SYSTEM}, preferences))
    for account in ACCOUNTS:
        company.insert("Account", _account(*account))
    for term, days in TERMS:
        fields = {"Name": term, "Active": True, "Type": "STANDARD", "DueDays": Decimal(days)}
        company.insert("Term", fields)
    for method, kind in METHODS:
        company.insert("PaymentMethod", {"Name": method, "Active": True, "Type": kind})
    _add_taxes(company)
    income = str(1 + [subtype for _, _, subtype, _ in ACCOUNTS].index("ServiceFeeIncome"))
    services = {"Name": "Services", "Type": "Service", "IncomeAccountRef": {"value": income}}
    write_record(company, ITEM, services, Options())


def _add_taxes(company: Company) -> None:
    rate = company.insert(
        "TaxRate", {"Name": "State sales tax", "Active": True, "RateValue": SALES_TAX_PERCENT}
    )
    pointer = {"value": rate["Id"], "name": rate["Name"]}
    detail = {"TaxRateRef": pointer, "TaxTypeApplicable": "TaxOnAmount", "TaxOrder": Decimal(0)}
    exempt = {"Name": "Exempt", "Active": True, "Taxable": False, "TaxGroup": False}
    company.insert("TaxCode", exempt)
    taxed = {"Name": "Sales tax", "Active": True, "Taxable": True, "TaxGroup": True}
    company.insert("TaxCode", {**taxed, "SalesTaxRateList": {"TaxRateDetail": [detail]}})


def merge_preferences(current: Document, changes: Mapping[str, Any]) -> Document:
    """Return preferences with some settings changed, group by group."""
    merged = {group: {**current.get(group, {}), **fields} for group, fields in changes.items()}
    return {**current, **merged}


def _company_info(company: Company, name: str, address: Document) -> Document:
    details = (("NeoEnabled", "true"), ("SubscriptionStatus", "PAID"),
               ("OfferingSku", "QuickBooks Online Plus"))  # fmt: skip
    return {
        "CompanyName": name,
        "LegalName": name,
        "CompanyAddr": address,
        "LegalAddr": address,
        "CustomerCommunicationAddr": address,
        "CompanyStartDate": company.today().isoformat(),
        "FiscalYearStartMonth": "January",
        "Country": "US",
        "SupportedLanguages": "en",
        "NameValue": [{"Name": key, "Value": value} for key, value in details],
    }


def _account(name: str, kind: str, subtype: str, classification: str) -> Document:
    return {
        "Name": name,
        "SubAccount": False,
        "FullyQualifiedName": name,
        "Active": True,
        "Classification": classification,
        "AccountType": kind,
        "AccountSubType": subtype,
        "CurrentBalance": Decimal(0),
        "CurrentBalanceWithSubAccounts": Decimal(0),
        "CurrencyRef": _DOLLAR,
    }
