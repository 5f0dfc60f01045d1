"""Confirmed settings are checked against the company's own records and read with their defaults."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from quickbooks_sync.model.errors import SettingsError
from quickbooks_sync.settings import (
    FACTS,
    SETTINGS,
    CompanySettings,
    Reference,
    build_proposals,
    parse_setting,
)

REFERENCE = Reference(
    company_info={},
    preferences={"AccountingInfoPrefs": {"BookCloseDate": "2024-12-31"}},
    accounts=(
        {"Id": "79", "Name": "Sales of Product Income", "AccountType": "Income"},
        {"Id": "35", "Name": "Checking", "AccountType": "Bank"},
        {"Id": "36", "Name": "Savings", "AccountType": "Bank", "FullyQualifiedName": "A:Savings"},
        {"Id": "37", "Name": "Savings", "AccountType": "Bank", "FullyQualifiedName": "B:Savings"},
        {"Id": "38", "Name": "Old till", "AccountType": "Bank", "Active": False},
    ),
    items=({"Id": "2", "Name": "Sales", "Type": "Service"},),
    fetched_at=datetime(2026, 11, 1, tzinfo=UTC),
)


@pytest.mark.parametrize(
    ("name", "value", "stored"),
    [
        ("income_account", "79", "79"),
        ("income_account", " sales of product income ", "79"),
        ("deposit_account", "B:Savings", "37"),
        ("invoice_line_item", "Sales", "2"),
        ("stock_owner", "Loupe", "loupe"),
        ("item_types", "noninventory, Inventory", "Inventory,NonInventory"),
        ("max_rejected_ratio", "0.05", "0.05"),
        ("inventory_start_date", "2025-01-01", "2025-01-01"),
        ("nightly", "on", "true"),
    ],
)
def test_a_possible_value_is_stored_in_one_form(name: str, value: str, stored: str) -> None:
    assert parse_setting(name, value, REFERENCE) == stored


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("income_acount", "79", "did you mean 'income_account'"),
        ("income_account", "Sales of Produkt Income", "did you mean 'Sales of Product Income'"),
        ("income_account", "35", "Checking is of type Bank, which must be one of Income"),
        ("deposit_account", "Savings", "several are named so; give the Id, one of 36, 37"),
        ("deposit_account", "Old till", "no active account of this Id or name"),
        ("invoice_line_item", "99", "no active item of this Id or name"),
        ("stock_owner", "lupe", "did you mean 'loupe'"),
        ("opening_stock", "yes", "must be one of none, push"),
        ("max_rejected_ratio", "20", "a share from 0 to 1"),
        ("max_rejected_ratio", "nan", "a share from 0 to 1"),
        ("inventory_start_date", "01/02/2026", "written as 2026-01-31"),
        ("inventory_start_date", "2024-12-31", "the books are closed up to 2024-12-31"),
        ("nightly", "maybe", "true or false"),
        ("home_currency", "EUR", "QuickBooks decides it"),
    ],
)
def test_an_impossible_value_is_refused_with_what_would_be_possible(
    name: str, value: str, message: str
) -> None:
    with pytest.raises(SettingsError, match=message):
        parse_setting(name, value, REFERENCE)


def test_a_setting_nobody_confirmed_has_its_default_or_none() -> None:
    settings = CompanySettings({})

    assert settings.opening_stock == "none"
    assert settings.item_types == ("Inventory",)
    assert settings.max_rejected_ratio == Decimal("0.2")
    assert settings["income_account"] is None
    assert settings.inventory_start_date is None


def test_confirmed_values_and_facts_are_read_with_their_types() -> None:
    settings = CompanySettings(
        {"book_close_date": "2024-12-31", "multi_currency": "true", "item_types": "NonInventory"}
    )

    assert settings.book_close_date == date(2024, 12, 31)
    assert settings.multi_currency
    assert not settings.allow_discount
    assert settings.item_types == ("NonInventory",)


def test_a_push_knows_which_settings_it_waits_for() -> None:
    settings = CompanySettings(
        {"income_account": "79", "cogs_account": "80", "stock_owner": "loupe"}
    )

    assert settings.missing_for("inventory_item") == ("asset_account", "inventory_start_date")
    assert settings.missing_for("payment") == ("deposit_account",)
    assert settings.missing_for("customer") == ()


def test_every_known_name_is_a_key_and_no_other() -> None:
    settings = CompanySettings({})

    assert set(settings) == set(SETTINGS) | set(FACTS)
    assert len(settings) == len(list(settings))
    with pytest.raises(KeyError):
        settings["income_acount"]


def test_every_setting_a_push_may_wait_for_is_proposed() -> None:
    proposed = {one.name for one in build_proposals(REFERENCE)}

    assert {name for name, setting in SETTINGS.items() if setting.needed_for} <= proposed
