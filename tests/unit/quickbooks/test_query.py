"""Statements of QuickBooks' query language."""

import pytest

from quickbooks_sync.model.errors import FatalError
from quickbooks_sync.quickbooks.query import (
    Selected,
    both,
    build_count,
    build_select,
    is_in,
    parse_select,
    quote,
)


@pytest.mark.parametrize(
    ("value", "literal"),
    [
        ("D'Angelo & Fils", r"'D\'Angelo & Fils'"),
        ("back\\slash", r"'back\\slash'"),
        ("both \\'", r"'both \\\''"),
        ("12", "'12'"),
        ("Étoile", "'Étoile'"),
    ],
)
def test_quotes_and_backslashes_are_escaped(value: str, literal: str) -> None:
    assert quote(value) == literal


def test_inactive_records_of_lists_are_asked_for() -> None:
    asked = build_select("Customer", has_activity=True)
    assert asked == "SELECT * FROM Customer WHERE Active IN (true,false)"
    assert build_count("Item", "Type = 'Inventory'", has_activity=True) == (
        "SELECT COUNT(*) FROM Item WHERE Type = 'Inventory' AND Active IN (true,false)"
    )


@pytest.mark.parametrize("where", ["Active = true", "active in (true, false)", "Active=false"])
def test_an_own_condition_on_active_is_left_alone(where: str) -> None:
    asked = build_select("Customer", where, has_activity=True)
    assert asked == f"SELECT * FROM Customer WHERE {where}"


def test_transactions_have_no_active() -> None:
    assert build_select("Invoice") == "SELECT * FROM Invoice"


def test_only_what_is_asked_for_by_name_is_named() -> None:
    assert build_select("Item").startswith("SELECT * FROM Item")
    assert build_select("Item", asked_for=["Sku"]).startswith("SELECT *, Sku FROM Item")


def test_the_parts_come_in_their_order() -> None:
    statement = build_select(
        "Invoice", "Id > '9'", order_by="Id", start_position=11, max_results=10
    )
    assert statement == (
        "SELECT * FROM Invoice WHERE Id > '9' ORDERBY Id STARTPOSITION 11 MAXRESULTS 10"
    )


def test_conditions_are_joined_and_empty_ones_left_out() -> None:
    assert both("", "A = '1'", "", is_in("Id", ["1", "2'"])) == r"A = '1' AND Id IN ('1', '2\'')"


@pytest.mark.parametrize(
    ("statement", "selected"),
    [
        ("SELECT * FROM Customer MAXRESULTS 1", Selected("Customer", True)),
        (
            build_select("Item", "Name = 'FROM x'", asked_for=["Sku"]),
            Selected("Item", True, ("Sku",)),
        ),
        ("select Id, DisplayName from Vendor", Selected("Vendor", False, ("Id", "DisplayName"))),
    ],
)
def test_what_a_statement_asks_for_is_known(statement: str, selected: Selected) -> None:
    assert parse_select(statement) == selected


def test_what_is_no_select_is_not_sent() -> None:
    with pytest.raises(FatalError, match="not SELECT"):
        parse_select("DELETE FROM Customer")
