"""QuickBooks records to canonical values."""

from decimal import Decimal
from typing import Any

import pytest

from quickbooks_sync.mapping.vocabulary import NamedList
from quickbooks_sync.model.problem import Problem
from quickbooks_sync.settings import CompanySettings
from quickbooks_sync.transform.name_lists import NameLists
from quickbooks_sync.transform.quickbooks_side import answers_to_values, records_to_values
from tests.support.record_samples import (
    SETTINGS,
    customer,
    invoice,
    item,
    payment,
    shipped,
    with_named_list,
)


def read(
    record_type: str,
    record: dict[str, Any],
    settings: CompanySettings = SETTINGS,
    **options: Any,
) -> dict[str, Any]:
    done = records_to_values(
        shipped(record_type), [record], settings=settings, lists=settings.lists, **options
    )
    assert done.problems == {}
    return done.values[0]


def problem(record_type: str, record: dict[str, Any]) -> Problem:
    done = records_to_values(
        shipped(record_type), [record], settings=SETTINGS, lists=SETTINGS.lists
    )
    (only,) = done.problems[0]
    return only


def test_a_customer_reads_as_written() -> None:
    assert read("customer", customer()) == {
        "display_name": "Falk Juwelen",
        "first_name": "Ines",
        "last_name": "Falk",
        "company_name": "Falk Juwelen",
        "email": "ines@falk.example",
        "phone": "+32 3 555 01 42",
        "street": "4 Gem Row",
        "city": "Antwerp",
        "country": "Belgium",
        "postal_code": "2018",
        "website": "https://falk.example",
        "is_active": True,
        "currency": "EUR",
        "parent": None,
    }


def test_a_sub_customer_names_its_parents() -> None:
    sub = customer(
        ParentRef={"value": "7"}, FullyQualifiedName="Amber House:Antwerp:Falk Juwelen", Job=True
    )
    assert read("customer", sub)["parent"] == "Amber House:Antwerp"
    assert read("customer", customer(ParentRef={"value": "7"}))["parent"] == "customer 7"


def test_an_absent_property_is_empty_and_an_absent_currency_is_the_home_currency() -> None:
    values = read("customer", {"DisplayName": "Falk", "Id": "1"})
    assert values["email"] is None
    assert values["is_active"] is True
    assert values["currency"] == "USD"


def test_a_property_that_was_not_asked_for_is_left_out() -> None:
    record = item()
    del record["Sku"]
    assert "tag_id" not in read("inventory_item", record)
    assert read("inventory_item", item(Sku=None))["tag_id"] is None
    assert read("inventory_item", item())["tag_id"] == "LF-AQUA0054"


def test_the_suffix_of_an_inactive_name_is_dropped() -> None:
    gone = customer(DisplayName="Falk Juwelen (deleted)", Active=False)
    assert read("customer", gone)["display_name"] == "Falk Juwelen"
    kept = customer(DisplayName="Falk Juwelen (deleted)", Active=True)
    assert read("customer", kept)["display_name"] == "Falk Juwelen (deleted)"
    assert read("inventory_item", item(Name="Ring (deleted)", Active=False))["item_name"] == "Ring"


def test_an_item_reads_as_written() -> None:
    assert read("inventory_item", item()) == {
        "item_name": "Aquamarine, oval 7x5",
        "description": "Blue, AAAA",
        "tag_id": "LF-AQUA0054",
        "sell_price": "48.5",
        "cost_price": "21.25",
        "quantity": "23",
        "is_active": True,
        "item_kind": "Inventory",
    }


def test_invoice_lines_are_read_by_kind_and_the_generated_subtotal_is_dropped() -> None:
    lines = read("invoice", invoice())["lines"]
    assert [line["kind"] for line in lines] == ["sales", "description", "shipping", "discount"]
    assert lines[0] == {
        "kind": "sales",
        "description": "Sapphire, oval",
        "quantity": "128.35",
        "unit_price": "14.5",
        "amount": "1861.08",
        "is_taxable": True,
        "item": "15",
    }
    assert lines[2]["item"] is None
    assert lines[3]["amount"] == "86.08"


def test_a_bundle_is_one_line_worth_what_is_in_it() -> None:
    bundle = {
        "Id": "4",
        "Description": "Set",
        "DetailType": "GroupLineDetail",
        "GroupLineDetail": {
            "GroupItemRef": {"value": "31"},
            "Quantity": 2,
            "Line": [{"Amount": Decimal("10.10")}, {"Amount": Decimal("20.20")}],
        },
    }
    (line,) = read("invoice", invoice(Line=[bundle]))["lines"]
    assert line == {
        "kind": "group",
        "description": "Set",
        "quantity": "2",
        "unit_price": None,
        "amount": "30.30",
        "is_taxable": None,
        "item": "31",
    }


def test_a_written_subtotal_is_told_from_a_description() -> None:
    lines = [
        {"DetailType": "DescriptionOnly", "Description": "Subtotal: stones"},
        {"DetailType": "DescriptionOnly", "Description": "Stones"},
    ]
    assert [one["kind"] for one in read("invoice", invoice(Line=lines))["lines"]] == [
        "subtotal",
        "description",
    ]


@pytest.mark.parametrize(
    ("total", "balance", "status"),
    [
        ("10.00", "0", "Paid"),
        ("10.00", "4.00", "Partial"),
        ("10.00", "10.00", "Unpaid"),
        ("0", "0", "Unpaid"),
    ],
)
def test_payment_status_follows_from_balance_and_total(
    total: str, balance: str, status: str
) -> None:
    record = invoice(TotalAmt=Decimal(total), Balance=Decimal(balance))
    assert read("invoice", record)["payment_status"] == status


def test_void_is_zero_and_noted_as_void() -> None:
    void = {"TotalAmt": 0, "Balance": 0, "PrivateNote": "Voided"}
    assert read("invoice", invoice(**void))["is_void"] is True
    assert read("invoice", invoice(**{**void, "PrivateNote": "free sample"}))["is_void"] is False
    assert read("invoice", invoice(PrivateNote="Voided by mistake?"))["is_void"] is False
    gone = payment(TotalAmt=0, Line=[], PrivateNote="Voided - wrong customer")
    assert read("payment", gone)["is_void"] is True
    assert read("payment", payment(PrivateNote="Voided"))["is_void"] is False


def test_a_payment_reads_as_written() -> None:
    assert read("payment", payment()) == {
        "customer": "58",
        "payment_date": "2026-08-20",
        "amount": "130.00",
        "currency": "USD",
        "reference_number": "CHK-2210",
        "method": None,
        "is_void": False,
        "applications": [{"invoice": "167", "amount": "100.00"}],
        "payment_kind": "payment",
        "unapplied_amount": "30.00",
        "has_other_lines": False,
    }


def test_a_payment_method_is_read_by_name_and_an_unknown_one_tells_nothing() -> None:
    lists = NameLists.of_records({"PaymentMethod": [{"Id": "2", "Name": "Check"}]})
    settings = CompanySettings(SETTINGS.stored, lists)
    assert read("payment", payment(PaymentMethodRef={"value": "2"}), settings)["method"] == "Check"
    assert "method" not in read("payment", payment(PaymentMethodRef={"value": "9"}), settings)
    named = payment(PaymentMethodRef={"value": "9", "name": "Barter"})
    assert read("payment", named, settings)["method"] == "Barter"
    without = payment()
    without.pop("PaymentMethodRef", None)
    assert read("payment", without, settings)["method"] is None


def test_a_name_that_loupe_cannot_hold_is_told_with_what_it_may_be() -> None:
    closed = with_named_list(shipped("payment"), "PaymentMethod", NamedList({"Cash": None}))
    barter = payment(PaymentMethodRef={"value": "9", "name": "Barter"})
    cash = payment(PaymentMethodRef={"value": "2", "name": "CASH"})
    done = answers_to_values(closed, [barter, cash], settings=SETTINGS, lists=SETTINGS.lists)
    (told,) = done.problems[0]
    assert told.is_warning
    assert "PaymentMethod 'Barter', which is none of Loupe's (Cash)" in told.message
    assert done.values[1]["method"] == "Cash"
    assert list(done.problems) == [0]


def applied(amount: str, *linked: tuple[str, str]) -> dict[str, Any]:
    return {
        "Amount": Decimal(amount),
        "LinkedTxn": [{"TxnId": txn_id, "TxnType": kind} for kind, txn_id in linked],
    }


def test_applications_are_one_an_invoice_ordered_by_number_and_added_up() -> None:
    lines = [
        applied("10.10", ("Invoice", "1000")),
        applied("5.05", ("Invoice", "99")),
        applied("0.20", ("Invoice", "1000")),
        applied("0", ("Invoice", "101")),
    ]
    values = read("payment", payment(Line=lines))
    assert values["applications"] == [
        {"invoice": "99", "amount": "5.05"},
        {"invoice": "1000", "amount": "10.30"},
    ]


@pytest.mark.parametrize(
    "other",
    [applied("5.00", ("CreditMemo", "12")), applied("5.00", ("JournalEntry", "9")), applied("5")],
)
def test_a_line_that_settles_no_invoice_is_told_and_not_applied(other: dict[str, Any]) -> None:
    values = read("payment", payment(Line=[applied("5.00", ("Invoice", "167")), other]))
    assert values["has_other_lines"] is True
    assert values["applications"] == [{"invoice": "167", "amount": "5.00"}]


def test_a_payment_of_nothing_that_links_credits_is_a_credit_application() -> None:
    lines = [applied("5.00", ("Invoice", "167")), applied("5.00", ("CreditMemo", "12"))]
    assert read("payment", payment(TotalAmt=0, Line=lines))["payment_kind"] == "credit_application"


@pytest.mark.parametrize(
    ("changes", "field", "value"),
    [
        ({"TxnDate": "12.08.2026"}, "invoice_date", "12.08.2026"),
        ({"TotalAmt": "lots"}, "total_amount", "lots"),
        ({"CustomerRef": "58"}, "customer", "58"),
        ({"DocNumber": ["1"]}, "invoice_number", "['1']"),
    ],
)
def test_a_value_that_cannot_be_read_is_a_problem_of_its_record_alone(
    changes: dict[str, Any], field: str, value: str
) -> None:
    records = [invoice(), invoice(**changes), invoice()]
    done = records_to_values(shipped("invoice"), records, settings=SETTINGS, lists=SETTINGS.lists)
    assert list(done.problems) == [1]
    found = next(one for one in done.problems[1] if one.field == field)
    assert found.value == value
    assert found.waits_for is None
    assert field not in done.values[1]
    assert field in done.values[0]


def test_a_problem_in_a_line_names_the_line_and_the_sub_field() -> None:
    record = invoice()
    record["Line"][2]["Amount"] = "much"
    found = problem("invoice", record)
    assert found.field == "lines.amount"
    assert found.message.startswith("line 3: ")
    assert found.value == "much"


def test_an_unknown_kind_of_line_is_not_dropped() -> None:
    record = invoice(Line=[{"DetailType": "TaxLineDetail", "Amount": 1}])
    assert problem("invoice", record).field == "lines.kind"


def test_an_invoice_without_lines_property_is_refused() -> None:
    record = invoice()
    del record["Line"]
    assert problem("invoice", record).rule == "comes with its lines"


def test_a_nul_is_named_and_not_passed_on() -> None:
    found = problem("customer", customer(CompanyName="Falk\x00"))
    assert found.field == "company_name"
    assert "NUL" in found.message
    assert "\x00" not in found.value


def test_no_records_give_an_empty_frame_with_every_column() -> None:
    done = records_to_values(shipped("customer"), [], settings=SETTINGS, lists=SETTINGS.lists)
    assert done.values == []
    assert "display_name" in done.frame.columns
