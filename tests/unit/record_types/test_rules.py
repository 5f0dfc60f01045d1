"""Rules that protect the books: what is locked, skipped or refused, and why."""

from decimal import Decimal
from typing import Any

import pytest

from quickbooks_sync.matching.merge import MergePolicy
from quickbooks_sync.record_types.record_type import LinkedPair
from quickbooks_sync.record_types.registry import RECORD_TYPES
from quickbooks_sync.record_types.stock import quantity_problem
from quickbooks_sync.settings import CompanySettings

SETTINGS = CompanySettings({"home_currency": "USD"})
PAID = {"LinkedTxn": [{"TxnId": "9", "TxnType": "Payment"}]}


def invoice(**changes: Any) -> dict[str, Any]:
    row = {
        "lifecycle_status": "Finalised",
        "payment_status": "Unpaid",
        "currency_code": "USD",
        "tax_amount": Decimal("0.00"),
        "invoice_line": [{"line_kind": "sales"}],
    }
    return {**row, **changes}


def payment(**changes: Any) -> dict[str, Any]:
    return {"is_void": False, "payment_kind": "payment", "currency_code": "USD", **changes}


def item(**changes: Any) -> dict[str, Any]:
    row = {"is_active": True, "quantity": 0, "price_basis": "piece", "currency_code": "USD"}
    return {**row, **changes}


def policy_of(
    record_type: str,
    row: dict[str, Any],
    *,
    quickbooks: dict[str, Any] | None = None,
    document: dict[str, Any] | None = None,
    origin: str = "loupe",
    settings: CompanySettings = SETTINGS,
    **facts: Any,
) -> MergePolicy:
    pair = LinkedPair(settings, row, origin, quickbooks or {}, document or {}, **facts)
    return RECORD_TYPES[record_type].merge_policy(pair)


def test_a_customer_is_free() -> None:
    assert policy_of("customer", {}) == MergePolicy(folded=frozenset({"display_name", "email"}))


def test_an_invoice_with_links_keeps_its_money_in_quickbooks() -> None:
    policy = policy_of("invoice", invoice(), document=PAID, origin="quickbooks")
    assert set(policy.quickbooks_locked) == {"lines", "customer", "currency", "invoice_date"}
    assert policy.loupe_locked == {}


def test_a_finalised_loupe_invoice_keeps_its_lines_in_loupe() -> None:
    policy = policy_of("invoice", invoice())
    assert set(policy.loupe_locked) == {"lines", "customer", "currency"}
    assert policy.loupe_locked["lines"] == "a finalised Loupe invoice was edited in QuickBooks"


@pytest.mark.parametrize(
    ("row", "origin"), [(invoice(lifecycle_status="Draft"), "loupe"), (invoice(), "quickbooks")]
)
def test_a_draft_and_an_invoice_of_quickbooks_take_its_edits(
    row: dict[str, Any], origin: str
) -> None:
    assert policy_of("invoice", row, origin=origin).loupe_locked == {}


@pytest.mark.parametrize("field", ["lines", "customer", "currency", "invoice_date", "due_date"])
def test_a_void_moves_nothing_but_itself(field: str) -> None:
    assert field in policy_of("invoice", invoice(lifecycle_status="Void")).excluded
    assert field in policy_of("invoice", invoice(), quickbooks={"is_void": True}).excluded


def test_a_void_of_a_paid_invoice_is_locked_on_the_side_that_has_the_money() -> None:
    void_here = policy_of("invoice", invoice(lifecycle_status="Void"), document=PAID)
    assert "unapplied" in void_here.quickbooks_locked["is_void"]
    partly = invoice(payment_status="Partial")
    void_there = policy_of("invoice", partly, quickbooks={"is_void": True})
    assert "payments" in void_there.loupe_locked["is_void"]


def test_a_void_in_quickbooks_does_not_take_an_invoice_whose_payment_is_still_to_be_sent() -> None:
    void = {"is_void": True}
    assert "is_void" in policy_of("invoice", invoice(), quickbooks=void, is_paid=True).loupe_locked
    assert policy_of("invoice", invoice(), quickbooks=void).loupe_locked == {}


def test_lines_of_an_invoice_with_tax_need_the_tax_setting() -> None:
    taxed = invoice(tax_amount=Decimal("8.00"))
    settled = CompanySettings({"home_currency": "USD", "tax": "total_tax"})
    assert "tax of 8.00" in policy_of("invoice", taxed).quickbooks_locked["lines"]
    assert policy_of("invoice", taxed, settings=settled).quickbooks_locked == {}


def test_a_payment_of_more_than_invoices_is_only_pulled() -> None:
    policy = policy_of("payment", payment(), quickbooks={"has_other_lines": True})
    assert {"amount", "applications", "is_void"} <= set(policy.quickbooks_locked)
    together = frozenset({"amount", "applications"})
    free = MergePolicy(apart=frozenset({"method"}), together=together)
    assert policy_of("payment", payment()) == free


def test_a_payment_of_more_than_invoices_is_not_voided_from_loupe() -> None:
    policy = policy_of("payment", payment(is_void=True), quickbooks={"has_other_lines": True})
    assert "only pulled" in policy.quickbooks_locked["is_void"]
    assert policy_of("payment", payment(is_void=True)).quickbooks_locked == {}


def test_a_void_payment_keeps_its_amount_in_loupe() -> None:
    assert "amount" in policy_of("payment", payment(is_void=True)).excluded


def test_the_stock_owner_decides_about_quantities() -> None:
    theirs = CompanySettings({"home_currency": "USD", "stock_owner": "quickbooks"})
    assert "quantity" in policy_of("inventory_item", item()).excluded
    agreed = policy_of("inventory_item", item(), settings=theirs, agreed={"quantity"})
    assert agreed.quickbooks_owned == {"quantity"}


def test_a_quantity_that_never_agreed_moves_to_neither_side() -> None:
    # Naive: an item made with opening stock "none" has 0 in QuickBooks, and empties Loupe's stock.
    theirs = CompanySettings({"home_currency": "USD", "stock_owner": "quickbooks"})
    policy = policy_of("inventory_item", item(), settings=theirs)
    assert (policy.quickbooks_owned, "quantity" in policy.excluded) == (frozenset(), True)
    assert quantity_problem(theirs, (), "10", "0") == (
        "Loupe has 10, QuickBooks 0, and the two have never agreed; count, and correct the side that is wrong. "
        "From then on Loupe follows QuickBooks."
    )
    assert quantity_problem(theirs, {"quantity"}, "10", "0") is None
    assert quantity_problem(theirs, (), "10", "10") is None


@pytest.mark.parametrize(
    ("record_type", "row"), [("invoice", invoice(lifecycle_status="Void")), ("customer", {})]
)
def test_a_record_that_came_back_is_retired_and_revived_by_a_person_only(
    record_type: str, row: dict[str, Any]
) -> None:
    policy = policy_of(record_type, row, has_returned=True)
    assert {"is_void", "is_active"} <= policy.quickbooks_locked.keys() & policy.loupe_locked.keys()


def test_an_item_in_stock_is_not_made_inactive_there() -> None:
    retired = item(quantity=2, is_active=False)
    assert "is_active" in policy_of("inventory_item", retired).quickbooks_locked


def test_an_item_in_stock_is_made_active_there_again() -> None:
    # Naive: the lock works both ways, and the stock of an inactive item can never be adjusted.
    assert policy_of("inventory_item", item(quantity=2)).quickbooks_locked == {}


@pytest.mark.parametrize(("owner", "locked"), [("quickbooks", {"is_active"}), ("loupe", set())])
def test_stock_of_quickbooks_keeps_an_item_active_where_nothing_adjusts_it(
    owner: str, locked: set[str]
) -> None:
    settings = CompanySettings({"home_currency": "USD", "stock_owner": owner})
    row = item(is_active=False)
    policy = policy_of("inventory_item", row, quickbooks={"quantity": "2"}, settings=settings)
    assert set(policy.quickbooks_locked) == locked
    gone = policy_of("inventory_item", row, quickbooks={"quantity": "0"}, settings=settings)
    assert gone.quickbooks_locked == {}


@pytest.mark.parametrize("row", [item(price_basis="carat"), item(currency_code="EUR")])
def test_prices_that_mean_something_else_stay_home(row: dict[str, Any]) -> None:
    assert {"sell_price", "cost_price"} <= policy_of("inventory_item", row).excluded
    assert "not synced" in str(RECORD_TYPES["inventory_item"].why_not_representable(SETTINGS, row))


@pytest.mark.parametrize(
    ("record_type", "row", "is_linked", "reason"),
    [
        ("invoice", invoice(lifecycle_status="Draft"), False, "draft"),
        ("invoice", invoice(lifecycle_status="Draft"), True, "draft"),
        ("invoice", invoice(lifecycle_status="Void"), False, "never saw"),
        ("invoice", invoice(lifecycle_status="Void"), True, None),
        ("invoice", invoice(), False, None),
        ("payment", payment(is_void=True), False, "never saw"),
        ("payment", payment(is_void=True), True, None),
        ("payment", payment(payment_kind="credit_application"), False, "credits"),
        ("payment", payment(), False, None),
        ("customer", {"is_active": False}, False, "inactive"),
        ("customer", {"is_active": False}, True, None),
        ("inventory_item", item(is_active=False), False, "inactive"),
    ],
)
def test_what_is_not_pushed_says_why(
    record_type: str, row: dict[str, Any], is_linked: bool, reason: str | None
) -> None:
    said = RECORD_TYPES[record_type].unsent_reason(row, is_linked=is_linked)
    assert (said is None) == (reason is None)
    assert (reason or "") in (said or "")


@pytest.mark.parametrize(
    ("row", "settings", "reason"),
    [
        (invoice(), SETTINGS, None),
        (invoice(currency_code="EUR"), SETTINGS, "EUR"),
        (
            invoice(currency_code="EUR"),
            CompanySettings({"home_currency": "USD", "multi_currency": "true"}),
            None,
        ),
        (invoice(tax_amount=Decimal("1.00")), SETTINGS, "tax of 1.00"),
        (
            invoice(tax_amount=Decimal("1.00")),
            CompanySettings({"home_currency": "USD", "tax": "total_tax"}),
            None,
        ),
        (invoice(invoice_line=[{"line_kind": "group"}]), SETTINGS, "bundle"),
    ],
)
def test_an_invoice_that_would_be_untrue_is_not_pushed(
    row: dict[str, Any], settings: CompanySettings, reason: str | None
) -> None:
    said = RECORD_TYPES["invoice"].why_not_representable(settings, row)
    assert (said is None) == (reason is None)
    assert (reason or "") in (said or "")


def test_a_payment_in_another_currency_is_not_pushed() -> None:
    assert "EUR" in str(
        RECORD_TYPES["payment"].why_not_representable(SETTINGS, payment(currency_code="EUR"))
    )
    assert RECORD_TYPES["payment"].why_not_representable(SETTINGS, payment()) is None


def test_tax_that_quickbooks_would_leave_out_is_not_pushed() -> None:
    """QuickBooks ignores a tax that it was sent where sales tax is off: the invoice would be too low."""
    settings = CompanySettings({"home_currency": "USD", "tax": "total_tax", "sales_tax": "false"})
    refused = RECORD_TYPES["invoice"].why_not_representable(
        settings, invoice(tax_amount=Decimal(8))
    )
    assert refused is not None
    assert "sales tax is switched off" in refused
