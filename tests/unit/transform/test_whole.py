"""What a record must hold before anything is concluded from it."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from quickbooks_sync.settings import CompanySettings
from quickbooks_sync.transform.quickbooks_side import answers_to_values
from quickbooks_sync.transform.whole import find_lacking
from tests.support.record_samples import SETTINGS, customer, invoice, item, payment, shipped

MAKE: dict[str, Callable[..., dict[str, Any]]] = {
    "customer": customer,
    "invoice": invoice,
    "payment": payment,
    "inventory_item": item,
}
VOID = {"TotalAmt": 0, "UnappliedAmt": 0, "Line": [], "PrivateNote": "Voided"}


def lacking(record_type: str, **changes: Any) -> str | None:
    problem = find_lacking(shipped(record_type), MAKE[record_type](**changes))
    return problem and problem.message


def line(**changes: Any) -> list[dict[str, Any]]:
    whole = {"Amount": 5, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": {"Qty": 1}}
    made = {**whole, **changes}
    return [{name: value for name, value in made.items() if value != "absent"}]


def applied(amount: Any = Decimal("100.00"), **changes: Any) -> list[dict[str, Any]]:
    return [{"Amount": amount, "LinkedTxn": [{"TxnId": "1", "TxnType": "Invoice"}], **changes}]


@pytest.mark.parametrize("record_type", MAKE)
def test_a_whole_record_lacks_nothing(record_type: str) -> None:
    assert lacking(record_type) is None


ALWAYS = [
    *(("customer", name) for name in ("DisplayName", "Active")),
    *(("invoice", name) for name in ("CustomerRef", "TxnDate", "TotalAmt", "Balance", "Line")),
    *(("payment", name) for name in ("CustomerRef", "TxnDate", "TotalAmt", "UnappliedAmt")),
    *(("inventory_item", name) for name in ("Name", "Type", "Active", "QtyOnHand")),
]


@pytest.mark.parametrize(("record_type", "name"), ALWAYS)
@pytest.mark.parametrize("found", [None, "", [], {}])
def test_what_quickbooks_always_sends_is_never_empty(
    record_type: str, name: str, found: Any
) -> None:
    assert f"came without {name}" in str(lacking(record_type, **{name: found}))


@pytest.mark.parametrize(
    ("record_type", "changes"),
    [
        ("customer", {"PrimaryPhone": None}),
        ("customer", {"BillAddr": {"City": None}}),
        ("customer", {"sparse": "true"}),
        ("invoice", {"CustomerRef": {"name": "Ann"}}),
        ("invoice", {"TotalAmt": "many"}),
        ("invoice", {"Balance": True}),
        ("invoice", {"Balance": [5]}),
        ("invoice", {"TxnDate": "2026-13-45"}),
        ("invoice", {"LinkedTxn": None}),
        ("invoice", {"LinkedTxn": "text"}),
        ("invoice", {"LinkedTxn": [{"TxnType": "Payment"}]}),
        ("invoice", {"Line": {"Amount": 5}}),
        ("invoice", {"Line": [None]}),
        ("invoice", {"Line": line(Amount=None)}),
        ("invoice", {"Line": line(Amount="absent")}),
        ("invoice", {"Line": line(Amount={})}),
        ("invoice", {"Line": line(DetailType="absent")}),
        ("invoice", {"Line": line(DetailType=7)}),
        ("invoice", {"Line": line(SalesItemLineDetail="absent")}),
        ("invoice", {"Line": line(SalesItemLineDetail="text")}),
        ("payment", {"Line": []}),
        ("payment", {"Line": None}),
        ("payment", {"Line": "text"}),
        ("payment", {"Line": applied(LinkedTxn=[])}),
        ("payment", {"Line": applied(LinkedTxn=None)}),
        ("payment", {"Line": applied(LinkedTxn={"TxnId": "1"})}),
        ("payment", {"Line": applied(LinkedTxn=[{"TxnType": "Invoice"}])}),
        ("payment", {"Line": applied(LinkedTxn=[{"TxnId": "1"}])}),
        ("payment", {"TotalAmt": 130, "UnappliedAmt": 0, "Line": applied()}),
        ("payment", {"Line": applied("many")}),
        ("payment", {"CurrencyRef": None}),
        ("inventory_item", {"QtyOnHand": "many"}),
        ("inventory_item", {"UnitPrice": None}),
    ],
)
def test_what_cannot_be_the_whole_record_is_no_value(
    record_type: str, changes: dict[str, Any]
) -> None:
    assert "nothing was taken from it" in str(lacking(record_type, **changes))


@pytest.mark.parametrize(
    ("record_type", "changes"),
    [
        ("customer", {"sparse": False, "DefaultTaxCodeRef": {"value": "3"}}),
        ("invoice", {"Line": [{"DetailType": "DescriptionOnly", "Description": "as agreed"}]}),
        ("invoice", {"Line": [{"DetailType": "SubTotalLineDetail", "Amount": 0}]}),
        ("invoice", {"Line": line(Amount=0)}),
        ("payment", VOID),
        ("payment", {"TotalAmt": 50, "UnappliedAmt": 50, "Line": []}),
        ("payment", {"TotalAmt": 130, "UnappliedAmt": 30, "Line": applied()}),
        ("payment", {"TotalAmt": 0, "UnappliedAmt": 0, "Line": applied() * 2}),
        ("inventory_item", {"Sku": None}),
        ("inventory_item", {"Type": "Service", "QtyOnHand": ""}),
    ],
)
def test_an_odd_but_whole_record_is_taken(record_type: str, changes: dict[str, Any]) -> None:
    assert lacking(record_type, **changes) is None


def test_an_absent_unapplied_amount_is_not_zero() -> None:
    record = payment()
    del record["UnappliedAmt"]
    assert "came without UnappliedAmt" in str(find_lacking(shipped("payment"), record))


def test_a_record_that_is_not_whole_is_a_problem_of_its_own() -> None:
    records = [invoice(), invoice(Balance=None)]
    settings: CompanySettings = SETTINGS
    done = answers_to_values(shipped("invoice"), records, settings=settings, lists=settings.lists)
    assert [problem.rule for problem in done.problems.pop(1)] == ["comes as a whole record"]
    assert done.problems == {}
