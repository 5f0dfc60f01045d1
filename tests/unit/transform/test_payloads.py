"""Canonical values to what QuickBooks is sent."""

import copy
from decimal import Decimal
from typing import Any

import pytest

from quickbooks_sync.mapping.vocabulary import NEVER_SENT
from quickbooks_sync.model.errors import RejectedRecordError, SettingsError
from quickbooks_sync.model.json_text import parse_json, to_json
from quickbooks_sync.settings import CompanySettings
from quickbooks_sync.transform.canonical import comparable
from quickbooks_sync.transform.payloads import values_to_payload
from quickbooks_sync.transform.quickbooks_side import records_to_values
from tests.support.record_samples import (
    RECORDS,
    SETTINGS,
    customer,
    invoice,
    item,
    payment,
    shipped,
)


def read(record_type: str, record: dict[str, Any]) -> dict[str, Any]:
    return records_to_values(
        shipped(record_type), [record], settings=SETTINGS, lists=SETTINGS.lists
    ).values[0]


def send(
    record_type: str,
    values: dict[str, Any],
    document: dict[str, Any] | None = None,
    fields: set[str] | None = None,
    settings: CompanySettings = SETTINGS,
) -> dict[str, Any]:
    return values_to_payload(
        shipped(record_type),
        values,
        document=document,
        fields=fields,
        settings=settings,
        lists=settings.lists,
    )


def line(kind: str = "sales", amount: str | None = "5.00", **changes: Any) -> dict[str, Any]:
    empty = {"description": None, "quantity": None, "unit_price": None, "item": None}
    return {"kind": kind, "amount": amount, **empty, **changes}


@pytest.mark.parametrize("record_type", sorted(RECORDS))
@pytest.mark.parametrize("is_known", [True, False])
def test_pull_then_push_gives_back_each_writable_field(record_type: str, is_known: bool) -> None:
    record = RECORDS[record_type]()
    mapping, values = shipped(record_type), read(record_type, record)
    payload = send(record_type, values, record if is_known else None)
    # QuickBooks fills in what it computes; what was sent is read as QuickBooks would store it.
    stored = parse_json(to_json({**record, **payload} if is_known else payload))
    again = records_to_values(mapping, [stored], settings=SETTINGS, lists=SETTINGS.lists).values[0]
    for field in mapping.two_way:
        if field.quickbooks and field.type != "lines":
            assert again[field.name] == values[field.name], field.name
        elif field.quickbooks:
            assert comparable(field, again[field.name]) == comparable(field, values[field.name])


@pytest.mark.parametrize("record_type", sorted(RECORDS))
def test_what_sends_mail_or_charges_cards_is_never_sent(record_type: str) -> None:
    record = RECORDS[record_type](EmailStatus="NeedToSend", CreditCardPayment={"x": 1})
    payload = send(record_type, read(record_type, record), record)
    assert not set(payload) & set(NEVER_SENT)


@pytest.mark.parametrize("record_type", sorted(RECORDS))
def test_computed_and_only_pulled_fields_are_not_sent(record_type: str) -> None:
    record = RECORDS[record_type]()
    payload = send(record_type, read(record_type, record))
    sent = {
        field.quickbooks.split(".")[0] for field in shipped(record_type).two_way if field.quickbooks
    }
    assert set(payload) <= sent


def test_unmapped_parts_of_an_address_stay() -> None:
    document = customer()
    before = copy.deepcopy(document)
    values = {**read("customer", document), "city": "Ghent"}
    payload = send("customer", values, document, {"city"})
    assert payload == {"BillAddr": {**before["BillAddr"], "City": "Ghent"}}
    assert document == before


def test_an_emptied_text_is_cleared_and_a_never_filled_one_is_not_sent() -> None:
    document = customer()
    values = {**read("customer", document), "phone": None, "website": None}
    del document["WebAddr"]
    payload = send("customer", values, document, {"phone", "website"})
    assert payload == {"PrimaryPhone": {"FreeFormNumber": ""}}


def test_an_emptied_price_becomes_zero() -> None:
    values = {**read("inventory_item", item()), "sell_price": None}
    assert send("inventory_item", values, item(), {"sell_price"}) == {"UnitPrice": Decimal(0)}
    assert send("inventory_item", values, None, {"sell_price"}) == {}


def test_a_reference_is_sent_without_the_name_of_the_old_one() -> None:
    values = {**read("invoice", invoice()), "customer": "61"}
    assert send("invoice", values, invoice(), {"customer"}) == {"CustomerRef": {"value": "61"}}


def test_a_new_customers_currency_can_be_sent_though_it_is_only_pulled() -> None:
    payload = send("customer", read("customer", customer()), None, {"display_name", "currency"})
    assert payload == {"DisplayName": "Falk Juwelen", "CurrencyRef": {"value": "EUR"}}


def test_numbers_are_decimals() -> None:
    payload = send("payment", read("payment", payment()))
    assert payload["TotalAmt"] == Decimal("130.00")
    assert isinstance(payload["TotalAmt"], Decimal)
    assert to_json(payload["TotalAmt"]) == "130.00"


def test_unchanged_lines_are_resent_as_they_were_without_the_generated_subtotal() -> None:
    document = invoice()
    sent = send("invoice", read("invoice", document), document, {"lines"})["Line"]
    assert sent == [one for one in document["Line"] if one["DetailType"] != "SubTotalLineDetail"]


def test_a_line_put_in_front_does_not_move_the_tax_codes_of_the_others() -> None:
    document = invoice()
    values = read("invoice", document)
    values["lines"].insert(0, line(description="Setting", quantity="1", unit_price="5"))
    sent = send("invoice", values, document, {"lines"})["Line"]
    assert "Id" not in sent[0]
    assert sent[0]["SalesItemLineDetail"] == {
        "ItemRef": {"value": "7"},
        "Qty": Decimal(1),
        "UnitPrice": Decimal(5),
    }
    assert sent[1]["Id"] == "1"
    assert sent[1]["SalesItemLineDetail"]["TaxCodeRef"] == {"value": "TAX"}
    assert sent[2]["DescriptionLineDetail"] == {"ServiceDate": "2026-08-01"}
    assert [one.get("LineNum") for one in sent] == [None, 2, 3, 4, None]


def test_a_changed_line_keeps_its_id_and_its_item() -> None:
    document = invoice()
    values = read("invoice", document)
    values["lines"][0] = {
        **values["lines"][0],
        "quantity": "100",
        "amount": "1450.00",
        "description": None,
    }
    sent = send("invoice", values, document, {"lines"})["Line"][0]
    assert sent["Id"] == "1"
    assert "Description" not in sent
    assert sent["Amount"] == Decimal("1450.00")
    assert sent["SalesItemLineDetail"] == {
        **document["Line"][0]["SalesItemLineDetail"],
        "Qty": Decimal(100),
    }


def test_a_line_of_another_kind_is_a_new_line() -> None:
    document = invoice()
    values = read("invoice", document)
    values["lines"][0] = line("description", None, description="Gone")
    sent = send("invoice", values, document, {"lines"})["Line"][0]
    assert sent == {
        "DetailType": "DescriptionOnly",
        "DescriptionLineDetail": {},
        "Description": "Gone",
    }


def test_a_changed_discount_becomes_an_amount() -> None:
    document = invoice()
    values = read("invoice", document)
    values["lines"][3]["amount"] = "100.00"
    sent = send("invoice", values, document, {"lines"})["Line"][3]
    assert sent["Amount"] == Decimal("100.00")
    assert sent["DiscountLineDetail"] == {
        "PercentBased": False,
        "DiscountAccountRef": {"value": "86"},
    }


def test_price_and_quantity_are_sent_only_where_they_are_present() -> None:
    sent = send("invoice", {"lines": [line()]}, None, {"lines"})["Line"]
    assert sent == [
        {
            "DetailType": "SalesItemLineDetail",
            "SalesItemLineDetail": {"ItemRef": {"value": "7"}},
            "Amount": Decimal("5.00"),
        }
    ]


def test_shipping_has_its_own_item() -> None:
    sent = send("invoice", {"lines": [line("shipping")]}, None, {"lines"})["Line"][0]
    assert sent["SalesItemLineDetail"] == {"ItemRef": {"value": "SHIPPING_ITEM_ID"}}


def test_a_sales_line_without_the_item_setting_is_not_left_to_quickbooks_default() -> None:
    with pytest.raises(SettingsError, match="invoice_line_item") as caught:
        send("invoice", {"lines": [line()]}, None, {"lines"}, CompanySettings({}))
    assert caught.value.facts["setting"] == "invoice_line_item"


@pytest.mark.parametrize("kind", ["discount", "shipping"])
def test_a_kind_that_the_company_has_switched_off_is_refused(kind: str) -> None:
    settings = CompanySettings({**SETTINGS.stored, f"allow_{kind}": "false"})
    with pytest.raises(RejectedRecordError, match="switched off"):
        send("invoice", {"lines": [line(kind)]}, None, {"lines"}, settings)


def test_a_new_discount_posts_to_the_account_of_the_setting() -> None:
    settings = CompanySettings({**SETTINGS.stored, "discount_account": "86"})
    (sent,) = send("invoice", {"lines": [line("discount")]}, None, {"lines"}, settings)["Line"]
    assert sent["DiscountLineDetail"] == {
        "PercentBased": False,
        "DiscountAccountRef": {"value": "86"},
    }
    (plain,) = send("invoice", {"lines": [line("discount")]}, None, {"lines"})["Line"]
    assert "DiscountAccountRef" not in plain["DiscountLineDetail"]


def test_a_discount_that_exists_keeps_its_account() -> None:
    detail = {"PercentBased": False, "DiscountAccountRef": {"value": "40"}}
    known = {
        "Id": "2",
        "DetailType": "DiscountLineDetail",
        "Amount": 5,
        "DiscountLineDetail": detail,
    }
    settings = CompanySettings({**SETTINGS.stored, "discount_account": "86"})
    values = {"lines": [line("discount", "6.00")]}
    (sent,) = send("invoice", values, invoice(Line=[known]), {"lines"}, settings)["Line"]
    assert (sent["Amount"], sent["DiscountLineDetail"]) == (Decimal("6.00"), detail)


def test_bundles_are_neither_made_nor_repriced() -> None:
    with pytest.raises(RejectedRecordError, match="only be added in QuickBooks"):
        send("invoice", {"lines": [line("group")]}, None, {"lines"})
    bundle = {"Id": "1", "DetailType": "GroupLineDetail", "Amount": 5, "GroupLineDetail": {}}
    document = invoice(Line=[bundle])
    with pytest.raises(RejectedRecordError, match="change them in QuickBooks"):
        send("invoice", {"lines": [line("group", "6.00")]}, document, {"lines"})
    same = send("invoice", {"lines": [line("group", "5.00")]}, document, {"lines"})["Line"][0]
    assert same["Id"] == "1"


def test_applications_are_sent_as_linked_lines_without_quickbooks_own_residue() -> None:
    values = read("payment", payment())
    values["applications"].append({"invoice": "168", "amount": "30.00"})
    assert send("payment", values, payment(), {"applications"}) == {
        "Line": [
            {"Amount": Decimal("100.00"), "LinkedTxn": [{"TxnId": "167", "TxnType": "Invoice"}]},
            {"Amount": Decimal("30.00"), "LinkedTxn": [{"TxnId": "168", "TxnType": "Invoice"}]},
        ]
    }


def test_unapplying_sends_an_empty_list() -> None:
    assert send("payment", {"applications": []}, payment(), {"applications"}) == {"Line": []}


def test_void_is_no_property() -> None:
    assert send("invoice", {"is_void": True}, invoice(), {"is_void"}) == {}
    assert send("payment", {"is_void": True}, payment(), {"is_void"}) == {}
