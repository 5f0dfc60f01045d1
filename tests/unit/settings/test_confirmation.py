"""Confirmed settings are checked against the company's own records and read with their defaults."""

from datetime import UTC, date, datetime
from decimal import Decimal
from types import NoneType

import pytest

from quickbooks_sync.model.errors import SettingsError
from quickbooks_sync.record_types.registry import RECORD_TYPES
from quickbooks_sync.settings import (
    FACTS,
    SETTINGS,
    CompanySettings,
    Reference,
    Setting,
    build_proposals,
    parse_setting,
)
from quickbooks_sync.settings.company import DefaultedValue, OptionalValue

#: As what a setting of each kind is read.
TYPES = {
    "account": str,
    "item": str,
    "choice": str,
    "choices": tuple,
    "ratio": Decimal,
    "count": int,
    "date": date,
    "boolean": bool,
}
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
    assert settings.income_account is None
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

    assert settings.missing(RECORD_TYPES["inventory_item"].needed_settings) == (
        "asset_account",
        "inventory_start_date",
    )
    assert settings.missing(RECORD_TYPES["payment"].needed_settings) == ("deposit_account",)
    assert settings.missing(RECORD_TYPES["customer"].needed_settings) == ()


def test_every_setting_and_fact_is_exactly_one_attribute_and_no_other_is() -> None:
    attributes = [name for name, one in vars(CompanySettings).items() if is_typed(one)]

    assert sorted(attributes) == sorted([*SETTINGS, *FACTS])


@pytest.mark.parametrize("setting", SETTINGS.values(), ids=SETTINGS)
def test_a_default_is_read_as_the_type_of_its_setting(setting: Setting) -> None:
    """Naive: a default stands in two places, and the one in use is of another type."""
    attribute = vars(CompanySettings)[setting.name]
    value = getattr(CompanySettings({}), setting.name)

    assert isinstance(attribute, DefaultedValue) == (setting.default is not None)
    assert isinstance(value, TYPES[setting.kind] if setting.default else NoneType)


@pytest.mark.parametrize("name", FACTS)
def test_a_fact_that_was_never_read_is_neither_true_nor_false(name: str) -> None:
    """Naive: a switch that nobody knows counts as off, and lines are refused for it."""
    assert getattr(CompanySettings({}), name) is None


def test_texts_are_told_by_name_with_their_defaults() -> None:
    settings = CompanySettings({"tax": "total_tax"})

    assert settings.to_dict().keys() == {*SETTINGS, *FACTS}
    assert settings.to_dict()["tax"] == settings.value_of("tax") == "total_tax"
    assert settings.value_of("max_deletions") == "50"
    with pytest.raises(SettingsError, match="did you mean 'income_account'"):
        settings.value_of("income_acount")


def is_typed(attribute: object) -> bool:
    return isinstance(attribute, OptionalValue)


def test_every_setting_a_push_may_wait_for_is_proposed() -> None:
    proposed = {one.name for one in build_proposals(REFERENCE)}

    assert {name for kind in RECORD_TYPES.values() for name in kind.needed_settings} <= proposed
