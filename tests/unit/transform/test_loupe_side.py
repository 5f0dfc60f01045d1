"""Loupe rows to canonical values, and back to columns."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from quickbooks_sync.mapping.vocabulary import NamedList
from quickbooks_sync.model.errors import RejectedRecordError
from quickbooks_sync.transform.loupe_side import rows_to_values, values_to_row
from tests.support.record_samples import SETTINGS, shipped, with_named_list

IDS = {"customer": {1: "58"}, "invoice": {10: "167", 11: "99"}, "inventory_item": {5: "15"}}
LOUPE_IDS = {name: {theirs: ours for ours, theirs in ids.items()} for name, ids in IDS.items()}

INVOICE_ROW: dict[str, Any] = {
    "invoice_id": 10,
    "customer_id": 1,
    "invoice_number": " INV-1043 ",
    "invoice_date": date(2026, 8, 12),
    "due_date": None,
    "currency_code": "USD",
    "lifecycle_status": "Finalised",
    "payment_status": "Unpaid",
    "tax_amount": Decimal("0.00"),
    "total_amount": Decimal("1861.08"),
    "balance_amount": Decimal("1861.08"),
    "invoice_line": [
        {"line_number": 2, "line_kind": "description", "description": "Handle with care"},
        {
            "line_number": 1,
            "line_kind": "sales",
            "description": "Sapphire",
            "quantity": Decimal("128.3500000"),
            "unit_price": Decimal("14.5000000"),
            "amount": None,
            "is_taxable": None,
            "inventory_item_id": 5,
        },
    ],
}
PAYMENT_ROW: dict[str, Any] = {
    "payment_id": 3,
    "customer_id": 1,
    "payment_date": date(2026, 8, 20),
    "amount": Decimal("130.00"),
    "currency_code": "USD",
    "reference_number": None,
    "payment_kind": "payment",
    "is_void": False,
    "unapplied_amount": Decimal("30.00"),
    "payment_application": [
        {"invoice_id": 10, "amount": Decimal("60.00")},
        {"invoice_id": 11, "amount": Decimal("40.00")},
    ],
}


def read(record_type: str, row: dict[str, Any]) -> dict[str, Any]:
    done = rows_to_values(shipped(record_type), [row], references=IDS, settings=SETTINGS)
    assert done.problems == {}
    return done.values[0]


def test_an_invoice_row_reads_in_line_order_with_exact_amounts() -> None:
    values = read("invoice", INVOICE_ROW)
    assert values["customer"] == "58"
    assert values["invoice_number"] == "INV-1043"
    assert values["is_void"] is False
    assert values["lines"][0] == {
        "kind": "sales",
        "description": "Sapphire",
        "quantity": "128.35",
        "unit_price": "14.5",
        "amount": "1861.08",
        "is_taxable": None,
        "item": "15",
    }
    assert values["lines"][1]["kind"] == "description"
    assert values["total_amount"] == "1861.08"


def test_a_void_invoice_row_reads_as_void() -> None:
    assert read("invoice", {**INVOICE_ROW, "lifecycle_status": "Void"})["is_void"] is True


def test_applications_are_ordered_by_the_invoices_quickbooks_id() -> None:
    assert read("payment", PAYMENT_ROW)["applications"] == [
        {"invoice": "99", "amount": "40.00"},
        {"invoice": "167", "amount": "60.00"},
    ]


def test_what_loupe_does_not_store_is_unknown() -> None:
    assert "has_other_lines" not in read("payment", PAYMENT_ROW)


@pytest.mark.parametrize(
    ("row", "name"),
    [
        ({"display_name": "Falk", "first_name": "Ines"}, "Falk"),
        ({"display_name": " ", "first_name": "Ines", "last_name": "Falk"}, "Ines Falk"),
        ({"last_name": " Falk "}, "Falk"),
        ({"company_name": "Falk Juwelen"}, "Falk Juwelen"),
        ({}, None),
    ],
)
def test_a_customer_goes_by_display_name_else_person_else_company(
    row: dict[str, Any], name: str | None
) -> None:
    assert read("customer", row)["display_name"] == name


def test_an_unlinked_customer_makes_an_invoice_wait() -> None:
    mapping, row = shipped("invoice"), {**INVOICE_ROW, "customer_id": 2}
    done = rows_to_values(mapping, [INVOICE_ROW, row], references=IDS, settings=SETTINGS)
    (found,) = done.problems[1]
    assert (found.field, found.waits_for, found.waits_for_id) == ("customer", "customer", "2")
    assert 0 not in done.problems


def test_an_unlinked_invoice_makes_a_payment_wait() -> None:
    row = {**PAYMENT_ROW, "payment_application": [{"invoice_id": 12, "amount": Decimal(1)}]}
    done = rows_to_values(shipped("payment"), [row], references=IDS, settings=SETTINGS)
    (found,) = done.problems[0]
    assert found.field == "applications.invoice"
    assert (found.waits_for, found.waits_for_id) == ("invoice", "12")


def test_an_unlinked_stock_item_does_not_hold_an_invoice_up() -> None:
    lines = [{**INVOICE_ROW["invoice_line"][1], "inventory_item_id": 6}]
    assert read("invoice", {**INVOICE_ROW, "invoice_line": lines})["lines"][0]["item"] is None


def test_a_value_that_cannot_be_read_is_a_problem() -> None:
    row = {"display_name": "Falk", "city": "Ant\x00werp", "is_active": True}
    done = rows_to_values(shipped("customer"), [row], references=IDS, settings=SETTINGS)
    assert [one.field for one in done.problems[0]] == ["city"]


@pytest.mark.parametrize(
    ("record_type", "row"), [("invoice", INVOICE_ROW), ("payment", PAYMENT_ROW)]
)
def test_values_of_a_row_give_its_columns_back(record_type: str, row: dict[str, Any]) -> None:
    mapping = shipped(record_type)
    values = read(record_type, row)
    columns = values_to_row(mapping, values, references=LOUPE_IDS)
    assert read(record_type, {**row, **columns}) == values
    assert columns["customer_id"] == 1
    numbers = [one for one in columns.values() if isinstance(one, float)]
    assert numbers == []


def test_columns_carry_decimals_dates_and_line_numbers() -> None:
    columns = values_to_row(shipped("invoice"), read("invoice", INVOICE_ROW), references=LOUPE_IDS)
    assert columns["invoice_date"] == date(2026, 8, 12)
    assert columns["total_amount"] == Decimal("1861.08")
    assert columns["lifecycle_status"] == "Finalised"
    assert columns["invoice_line"][0] == {
        "line_number": 1,
        "line_kind": "sales",
        "description": "Sapphire",
        "quantity": Decimal("128.35"),
        "unit_price": Decimal("14.5"),
        "amount": Decimal("1861.08"),
        "is_taxable": None,
        "inventory_item_id": 5,
    }
    assert columns["invoice_line"][1]["line_number"] == 2


def test_only_the_fields_asked_for_become_columns() -> None:
    values = read("invoice", INVOICE_ROW)
    columns = values_to_row(shipped("invoice"), values, references=LOUPE_IDS, fields={"due_date"})
    assert columns == {"due_date": None}
    void = values_to_row(shipped("invoice"), {"is_void": True}, references={}, fields={"is_void"})
    assert void == {"lifecycle_status": "Void"}


def test_an_invoice_that_is_not_void_any_more_is_finalised_and_has_no_reason() -> None:
    taken_back = values_to_row(
        shipped("invoice"), {"is_void": False}, references={}, fields={"is_void"}
    )
    assert taken_back == {"lifecycle_status": "Finalised", "void_reason": None}


def test_a_reference_without_link_is_never_written() -> None:
    with pytest.raises(RejectedRecordError, match="pull customers first"):
        values_to_row(shipped("invoice"), {"customer": "77"}, references=LOUPE_IDS)


def test_a_line_of_an_item_that_is_not_linked_is_stored_without_it() -> None:
    line = {
        "kind": "sales",
        "description": "Repair",
        "quantity": "1",
        "unit_price": "5",
        "amount": "5.00",
        "item": "1",
    }
    columns = values_to_row(shipped("invoice"), {"lines": [line]}, references=LOUPE_IDS)
    assert columns["invoice_line"][0]["inventory_item_id"] is None


def test_a_name_that_is_none_of_loupes_own_gives_no_column() -> None:
    """Naive: the database refuses the row, and with it the whole chunk."""
    closed = with_named_list(shipped("payment"), "PaymentMethod", NamedList({"Cash": None}))
    assert values_to_row(closed, {"method": "Barter"}, references={}) == {}
    assert values_to_row(closed, {"method": "Cash"}, references={}) == {"method": "Cash"}
    assert values_to_row(closed, {"method": None}, references={}) == {"method": None}
