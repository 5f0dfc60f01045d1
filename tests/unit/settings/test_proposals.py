"""Settings are proposed from a company's own accounts, items and preferences, never guessed."""

from datetime import UTC, datetime
from typing import Any

import pytest

from quickbooks_sync.settings import Proposal, Reference, build_proposals

ACCOUNTS = (
    {"Id": "79", "Name": "Sales of Product Income", "AccountType": "Income",
     "AccountSubType": "SalesOfProductIncome"},
    {"Id": "80", "Name": "Cost of Goods Sold", "AccountType": "Cost of Goods Sold",
     "AccountSubType": "SuppliesMaterialsCogs"},
    {"Id": "83", "Name": "Inventory Shrinkage", "AccountType": "Cost of Goods Sold",
     "AccountSubType": "SuppliesMaterialsCogs"},
    {"Id": "81", "Name": "Inventory Asset", "AccountType": "Other Current Asset",
     "AccountSubType": "Inventory"},
    {"Id": "4", "Name": "Undeposited Funds", "AccountType": "Other Current Asset",
     "AccountSubType": "UndepositedFunds"},
    {"Id": "86", "Name": "Discounts given", "AccountType": "Income",
     "AccountSubType": "DiscountsRefundsGiven"},
    {"Id": "35", "Name": "Checking", "AccountType": "Bank", "AccountSubType": "Checking"},
)  # fmt: skip
ITEMS = (
    {"Id": "1", "Name": "Services", "Type": "Service", "IncomeAccountRef": {"name": "Services"}},
    {"Id": "2", "Name": "Sales", "Type": "Service", "IncomeAccountRef": {"name": "Sales income"}},
    {"Id": "3", "Name": "Stone setting", "Type": "Service"},
)
PREFERENCES = {
    "AccountingInfoPrefs": {"BookCloseDate": "2024-12-31"},
    "CurrencyPrefs": {"MultiCurrencyEnabled": False, "HomeCurrency": {"value": "USD"}},
    "ProductAndServicesPrefs": {"QuantityOnHand": True},
    "TaxPrefs": {"UsingSalesTax": False},
}


def build_reference(**parts: Any) -> Reference:
    """Return a jewelry company's reference with some parts replaced."""
    return Reference(
        company_info=parts.get("company_info", {"CompanyName": "Loupe Gemstones Co."}),
        preferences=parts.get("preferences", PREFERENCES),
        accounts=parts.get("accounts", ACCOUNTS),
        items=parts.get("items", ITEMS),
        fetched_at=datetime(2026, 11, 1, tzinfo=UTC),
    )


def propose(name: str, **parts: Any) -> Proposal:
    """Return the proposal for one setting."""
    return next(one for one in build_proposals(build_reference(**parts)) if one.name == name)


@pytest.mark.parametrize(
    ("name", "account_id"),
    [
        ("income_account", "79"),
        ("cogs_account", "80"),
        ("asset_account", "81"),
        ("adjustment_account", "83"),
        ("deposit_account", "4"),
        ("discount_account", "86"),
    ],
)
def test_accounts_with_quickbooks_own_names_are_proposed(name: str, account_id: str) -> None:
    proposal = propose(name)

    assert proposal.value == account_id
    assert f"(Id {account_id})" in proposal.because


def test_the_only_account_of_a_detail_type_is_proposed_whatever_its_name() -> None:
    accounts = tuple(
        {**one, "Name": "Verkaufserlöse"} if one["Id"] == "79" else one for one in ACCOUNTS
    )

    proposal = propose("income_account", accounts=accounts)

    assert proposal.value == "79"
    assert "only account of type Income/SalesOfProductIncome" in proposal.because


def test_two_accounts_that_could_be_meant_are_listed_instead_of_guessed() -> None:
    rings = {**ACCOUNTS[0], "Id": "101", "Name": "Rings"}
    chains = {**ACCOUNTS[0], "Id": "102", "Name": "Chains"}

    proposal = propose("income_account", accounts=(rings, chains, *ACCOUNTS[1:]))

    assert proposal.value is None
    assert "Rings (Id 101), Chains (Id 102)" in proposal.because


def test_an_inactive_account_is_not_proposed() -> None:
    closed = {**ACCOUNTS[3], "Active": False}

    proposal = propose("asset_account", accounts=(*ACCOUNTS[:3], closed, *ACCOUNTS[4:]))

    assert proposal.value is None
    assert "no active account of type Other Current Asset/Inventory" in proposal.because


def test_an_account_in_a_foreign_currency_is_not_proposed() -> None:
    euro = {**ACCOUNTS[0], "Id": "103", "CurrencyRef": {"value": "EUR"}}

    assert propose("income_account", accounts=(euro, *ACCOUNTS[1:])).value is None


def test_the_service_item_named_sales_is_proposed_before_quickbooks_default_item() -> None:
    proposal = propose("invoice_line_item")

    assert proposal.value == "2"
    assert "posts to Sales income" in proposal.because


def test_quickbooks_default_item_is_proposed_only_with_a_word_about_it() -> None:
    proposal = propose("invoice_line_item", items=ITEMS[:1])

    assert proposal.value == "1"
    assert "QuickBooks falls back to" in proposal.because


def test_no_line_item_is_proposed_when_none_is_named_like_a_sale() -> None:
    proposal = propose("invoice_line_item", items=ITEMS[2:])

    assert proposal.value is None
    assert "Stone setting (Id 3)" in proposal.because


def test_stock_starts_on_the_day_after_the_closed_period() -> None:
    assert propose("inventory_start_date").value == "2025-01-01"


def test_stock_starts_with_the_company_where_no_period_is_closed() -> None:
    open_books = {**PREFERENCES, "AccountingInfoPrefs": {}}

    proposal = propose(
        "inventory_start_date",
        preferences=open_books,
        company_info={"CompanyStartDate": "2025-12-01"},
    )

    assert proposal.value == "2025-12-01"


def test_a_start_date_nobody_knows_is_left_to_a_person() -> None:
    assert propose("inventory_start_date", preferences={}).value is None


def test_a_company_with_sales_tax_is_told_what_happens_to_its_invoices() -> None:
    charging = {**PREFERENCES, "TaxPrefs": {"UsingSalesTax": True}}

    proposal = propose("tax", preferences=charging)

    assert proposal.value == "none"
    assert "invoices with tax are rejected" in proposal.because
