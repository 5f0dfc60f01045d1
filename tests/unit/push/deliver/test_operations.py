"""What one write to QuickBooks holds, and what it must never hold."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from quickbooks_sync.model.decision import Operation
from quickbooks_sync.model.errors import FatalError, SettingsError
from quickbooks_sync.postgres.records.links import Link
from quickbooks_sync.push.decide.write import Write
from quickbooks_sync.push.deliver.operations import build_request
from quickbooks_sync.quickbooks.batch import BatchRequest, serialise_batch
from quickbooks_sync.quickbooks.guard import refuse_side_effects
from quickbooks_sync.record_types.registry import RECORD_TYPES
from quickbooks_sync.settings import CompanySettings
from quickbooks_sync.transform.name_lists import NameLists
from tests.support.record_samples import shipped

SETTINGS = CompanySettings(
    {
        "home_currency": "USD",
        "deposit_account": "4",
        "invoice_line_item": "7",
        "income_account": "9",
        "cogs_account": "13",
        "asset_account": "5",
        "inventory_start_date": "2026-01-01",
        "opening_stock": "push",
    }
)
PAYMENT: dict[str, Any] = {
    "Id": "88",
    "SyncToken": "2",
    "domain": "QBO",
    "sparse": False,
    "MetaData": {"CreateTime": "2026-09-01T10:00:00-07:00"},
    "CustomerRef": {"value": "58", "name": "Falk"},
    "DepositToAccountRef": {"value": "4"},
    "PaymentMethodRef": {"value": "2"},
    "PrivateNote": "by courier",
    "TotalAmt": Decimal("50.00"),
    "UnappliedAmt": Decimal(0),
    "TxnDate": "2026-09-01",
    "ProcessPayment": False,
    "CreditCardPayment": {"CreditChargeInfo": {"ProcessPayment": False}},
    "TxnSource": "x",
    "LinkedTxn": [{"TxnId": "1", "TxnType": "Deposit"}],
    "Line": [
        {
            "Amount": Decimal("50.00"),
            "LinkedTxn": [{"TxnId": "130", "TxnType": "Invoice"}],
            "LineEx": {"any": []},
        }
    ],
}
PAYMENT_VALUES: dict[str, Any] = {
    "customer": "58",
    "payment_date": "2026-09-01",
    "amount": "50.00",
    "currency": "USD",
    "reference_number": "CHK-9",
    "is_void": False,
    "applications": [{"invoice": "130", "amount": "50.00"}],
}
INVOICE_VALUES: dict[str, Any] = {
    "invoice_number": "A-1",
    "customer": "58",
    "invoice_date": "2026-09-01",
    "due_date": None,
    "currency": "USD",
    "is_void": False,
    "lines": [
        {
            "kind": "sales",
            "description": "Opal",
            "quantity": "1.5",
            "unit_price": "10",
            "amount": "15.00",
        }
    ],
    "total_amount": "15.00",
    "payment_status": "Paid",
    "balance_amount": "0.00",
}


def write(
    operation: Operation,
    values: dict[str, Any],
    *fields: str,
    document: dict[str, Any] | None = None,
) -> Write:
    link = (
        None
        if document is None
        else Link(3, document["Id"], "loupe", document["SyncToken"], document)
    )
    return Write(3, 1, operation, values, fields or tuple(values), link, {})


def built(record_type: str, one: Write, settings: CompanySettings = SETTINGS) -> BatchRequest:
    return build_request(RECORD_TYPES[record_type], shipped(record_type), settings, one, "1")


def test_a_new_invoice_holds_no_computed_value_and_no_status() -> None:
    request = built("invoice", write(Operation.CREATE, INVOICE_VALUES))
    assert (request.operation, request.entity) == ("create", "Invoice")
    assert request.payload == {
        "DocNumber": "A-1",
        "CustomerRef": {"value": "58"},
        "TxnDate": "2026-09-01",
        "CurrencyRef": {"value": "USD"},
        "Line": [
            {
                "DetailType": "SalesItemLineDetail",
                "Description": "Opal",
                "Amount": Decimal("15.00"),
                "SalesItemLineDetail": {
                    "ItemRef": {"value": "7"},
                    "Qty": Decimal("1.5"),
                    "UnitPrice": Decimal(10),
                },
            }
        ],
    }


def test_a_new_invoice_without_the_item_to_sell_is_not_built() -> None:
    with pytest.raises(SettingsError, match="invoice_line_item"):
        built("invoice", write(Operation.CREATE, INVOICE_VALUES), CompanySettings({}))


def test_tax_is_sent_where_the_company_settled_it() -> None:
    taxed = CompanySettings({**SETTINGS.stored, "tax": "total_tax"})
    one = write(Operation.CREATE, {**INVOICE_VALUES, "tax_amount": "1.20"})
    assert built("invoice", one, taxed).payload["TxnTaxDetail"] == {"TotalTax": Decimal("1.20")}
    assert "TxnTaxDetail" not in built("invoice", one).payload


def test_a_new_payment_goes_to_the_deposit_account() -> None:
    payload = built("payment", write(Operation.CREATE, PAYMENT_VALUES)).payload
    assert payload["DepositToAccountRef"] == {"value": "4"}
    assert payload["Line"] == [
        {
            "Amount": Decimal("50.00"),
            "LinkedTxn": [{"TxnId": "130", "TxnType": "Invoice"}],
        }
    ]


@pytest.mark.parametrize("quantity", ["4", "0"])
def test_a_new_item_has_its_accounts_and_its_opening_stock(quantity: str) -> None:
    values = {"item_name": "Ruby", "tag_id": "T-1", "quantity": "4", "is_active": True}
    new = replace(write(Operation.CREATE, values), opening_quantity=quantity)
    payload = built("inventory_item", new).payload
    assert payload == {
        "Name": "Ruby",
        "Sku": "T-1",
        "Active": True,
        "Type": "Inventory",
        "TrackQtyOnHand": True,
        "QtyOnHand": Decimal(quantity),
        "InvStartDate": "2026-01-01",
        "IncomeAccountRef": {"value": "9"},
        "ExpenseAccountRef": {"value": "13"},
        "AssetAccountRef": {"value": "5"},
    }


def test_a_composed_name_is_sent_while_the_base_keeps_loupes_own() -> None:
    values = {"item_name": "Ruby", "tag_id": "T-1"}
    one = Write(
        3,
        1,
        Operation.CREATE,
        values,
        ("item_name",),
        None,
        {},
        sent_values={"item_name": "Ruby (T-1)"},
    )
    assert built("inventory_item", one).payload["Name"] == "Ruby (T-1)"
    assert one.values["item_name"] == "Ruby"


def test_an_update_is_sparse_and_carries_the_token_it_was_read_at() -> None:
    document = {"Id": "58", "SyncToken": "3", "DisplayName": "Falk", "Notes": "VIP"}
    values = {"display_name": "Falk & Co", "city": "Gent"}
    request = built("customer", write(Operation.UPDATE, values, "display_name", document=document))
    assert request.operation == "update"
    assert request.payload == {
        "DisplayName": "Falk & Co",
        "Id": "58",
        "SyncToken": "3",
        "sparse": True,
    }


def test_a_quantity_is_never_sent_as_a_property() -> None:
    document = {"Id": "5", "SyncToken": "0", "Name": "Ruby", "QtyOnHand": Decimal(4)}
    one = write(Operation.UPDATE, {"item_name": "Ruby", "quantity": "9"}, document=document)
    assert "QtyOnHand" not in built("inventory_item", one).payload


def test_a_payment_is_updated_whole_and_keeps_what_is_not_mapped() -> None:
    payload = built(
        "payment", write(Operation.UPDATE, PAYMENT_VALUES, "reference_number", document=PAYMENT)
    ).payload
    assert payload["PaymentRefNum"] == "CHK-9"
    assert payload["PrivateNote"] == "by courier"
    assert payload["PaymentMethodRef"] == {"value": "2"}
    assert payload["DepositToAccountRef"] == {"value": "4"}
    assert (payload["Id"], payload["SyncToken"]) == ("88", "2")
    assert "sparse" not in payload


@pytest.mark.parametrize("operation", [Operation.UPDATE, Operation.VOID])
def test_what_has_effects_outside_the_books_is_never_resent(operation: str) -> None:
    values = {**PAYMENT_VALUES, "is_void": operation == Operation.VOID}
    payload = built("payment", write(operation, values, document=PAYMENT)).payload
    refuse_side_effects(payload)
    assert not {"MetaData", "UnappliedAmt", "LinkedTxn", "TxnSource", "domain"} & set(payload)
    assert all("LineEx" not in line for line in payload["Line"])
    assert "LineEx" in PAYMENT["Line"][0], "the link's document must not be changed"


@pytest.mark.parametrize(
    "name", ["EmailStatus", "PrintStatus", "ProcessPayment", "CreditCardPayment"]
)
def test_the_guard_refuses_what_mails_prints_or_charges(name: str) -> None:
    with pytest.raises(FatalError, match=name):
        refuse_side_effects({"Line": [{"Detail": {name: "NeedToSend"}}]})


def test_an_invoice_is_voided_by_its_key_alone() -> None:
    document = {"Id": "130", "SyncToken": "1", "DocNumber": "A-1"}
    one = write(Operation.VOID, {**INVOICE_VALUES, "is_void": True}, "is_void", document=document)
    request = built("invoice", one)
    assert request.operation == "void"
    assert request.payload == {"Id": "130", "SyncToken": "1", "sparse": True}


def test_a_change_without_a_link_is_refused_before_anything_is_sent() -> None:
    with pytest.raises(FatalError, match="update of Loupe row 3 was planned without a link"):
        built("customer", write(Operation.UPDATE, {"city": "Gent"}))


def test_a_batch_is_written_with_every_digit_of_its_money() -> None:
    request = built(
        "payment", write(Operation.CREATE, {**PAYMENT_VALUES, "amount": "1234567890.10"})
    )
    assert '"TotalAmt":1234567890.10' in serialise_batch([request])


TERMED = CompanySettings(
    SETTINGS.stored,
    NameLists.of_records(
        {"Term": [{"Id": "3", "Name": "Net 30"}, {"Id": "7", "Name": "prepaid", "Active": False}]}
    ),
)
TERMS = {"invoice_date": "2026-09-01", "due_date": "2026-12-24", "payment_terms": "Net 30"}
IN_QUICKBOOKS = {
    "Id": "7",
    "SyncToken": "2",
    "DueDate": "2026-11-11",
    "SalesTermRef": {"value": "1"},
}


def sent_terms(values: dict[str, Any], *fields: str, is_new: bool = False) -> dict[str, Any]:
    operation = Operation.CREATE if is_new else Operation.UPDATE
    document = None if is_new else IN_QUICKBOOKS
    payload = built("invoice", write(operation, values, *fields, document=document), TERMED).payload
    return {name: payload[name] for name in ("SalesTermRef", "DueDate") if name in payload}


def test_terms_never_go_without_a_due_date() -> None:
    """Naive: QuickBooks works the due date out again from terms that come alone."""
    pointer = {"SalesTermRef": {"value": "3"}}
    agreed, counted = {"DueDate": "2026-12-24"}, {"DueDate": "2026-10-01"}
    kept = {"DueDate": "2026-11-11"}
    undated = {**TERMS, "due_date": None}
    assert sent_terms(TERMS, is_new=True) == pointer | agreed
    assert sent_terms(undated, "invoice_date", "payment_terms", is_new=True) == pointer | counted
    assert sent_terms(TERMS, "payment_terms", "due_date") == pointer | agreed
    assert sent_terms(TERMS, "payment_terms") == pointer | kept
    assert sent_terms(undated, "payment_terms", "due_date") == pointer | counted
    assert sent_terms(TERMS, "due_date") == agreed


def test_terms_are_emptied_by_an_empty_pointer_beside_the_due_date() -> None:
    """Naive: null is sent, which QuickBooks takes for not sent."""
    emptied = {**TERMS, "payment_terms": None}
    assert sent_terms(emptied, "payment_terms") == {"SalesTermRef": {}, "DueDate": "2026-11-11"}


def test_terms_that_quickbooks_lacks_are_left_out() -> None:
    prepaid = {**TERMS, "payment_terms": "Prepaid"}
    assert sent_terms(prepaid, is_new=True) == {"DueDate": "2026-12-24"}
