"""Rules that protect the books: what is locked, skipped or refused, and why."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from quickbooks_sync.matching.merge import MergePolicy
from quickbooks_sync.model.problem import Problem
from quickbooks_sync.record_types.declarations import LinkedPair, Party
from quickbooks_sync.record_types.registry import RECORD_TYPES
from quickbooks_sync.record_types.stock import quantity_problem
from quickbooks_sync.record_types.taken import Holder, refuse_taken
from quickbooks_sync.settings import CompanySettings

SETTINGS = CompanySettings({"home_currency": "USD"})
PAID = {"LinkedTxn": [{"TxnId": "9", "TxnType": "Payment"}]}


def invoice(**changes: Any) -> dict[str, Any]:
    row = {
        "lifecycle_status": "Finalised",
        "payment_status": "Unpaid",
        "invoice_date": date(2026, 9, 1),
        "currency_code": "USD",
        "tax_amount": Decimal("0.00"),
        "invoice_line": [{"line_kind": "sales"}],
    }
    return {**row, **changes}


def payment(**changes: Any) -> dict[str, Any]:
    row = {"is_void": False, "payment_kind": "payment", "currency_code": "USD"}
    return {**row, "payment_date": date(2026, 9, 1), **changes}


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
    agreed = policy_of("inventory_item", item(), settings=theirs, agreed={"quantity": "3"})
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
    said = [
        problem.message for problem in RECORD_TYPES["invoice"].why_not_representable(settings, row)
    ]
    assert len(said) == (0 if reason is None else 1)
    assert (reason or "") in "".join(said)


def test_a_payment_in_another_currency_is_not_pushed() -> None:
    assert "EUR" in str(
        RECORD_TYPES["payment"].why_not_representable(SETTINGS, payment(currency_code="EUR"))
    )
    assert RECORD_TYPES["payment"].why_not_representable(SETTINGS, payment()) == ()


def test_tax_that_quickbooks_would_leave_out_is_not_pushed() -> None:
    """QuickBooks ignores a tax that it was sent where sales tax is off: the invoice would be too low."""
    settings = CompanySettings({"home_currency": "USD", "tax": "total_tax", "sales_tax": "false"})
    (refused,) = RECORD_TYPES["invoice"].why_not_representable(
        settings, invoice(tax_amount=Decimal(8))
    )
    assert refused.field == "tax_amount"
    assert "sales tax is switched off" in refused.message


@pytest.mark.parametrize(
    ("day", "rules"),
    [
        (date(2024, 12, 31), ["is after the closed period"]),
        (date(2025, 1, 1), []),
        (None, []),
    ],
)
def test_a_new_record_of_a_closed_period_is_not_pushed(day: date | None, rules: list[str]) -> None:
    settings = CompanySettings({"home_currency": "USD", "book_close_date": "2024-12-31"})
    rows = {"invoice": invoice(invoice_date=day), "payment": payment(payment_date=day)}
    for record_type, row in rows.items():
        problems = RECORD_TYPES[record_type].why_not_representable(settings, row)
        assert [problem.rule for problem in problems] == rules


def test_every_reason_of_a_row_is_named_at_once() -> None:
    row = invoice(currency_code="EUR", tax_amount=Decimal(8), invoice_line=[{"line_kind": "group"}])
    problems = RECORD_TYPES["invoice"].why_not_representable(SETTINGS, row)
    assert [problem.field for problem in problems] == ["currency", "tax_amount", "lines"]


def test_no_stock_is_sent_where_quickbooks_counts_none() -> None:
    settings = CompanySettings({"home_currency": "USD", "track_quantity": "false"})
    (problem,) = RECORD_TYPES["inventory_item"].why_not_representable(settings, item())
    assert problem.field == "quantity"
    assert "counting of stock is switched off" in problem.message


CLOSED = CompanySettings({"home_currency": "USD", "book_close_date": "2024-12-31"})
EUROS = CompanySettings({"home_currency": "USD", "multi_currency": "true"})


def said(problems: tuple[Problem, ...]) -> list[tuple[str | None, str]]:
    return [(problem.field, str(problem.severity)) for problem in problems]


def refusals_of(
    record_type: str,
    row: dict[str, Any],
    *fields: str,
    quickbooks: dict[str, Any] | None = None,
    settings: CompanySettings = SETTINGS,
    **facts: Any,
) -> list[tuple[str | None, str]]:
    pair = LinkedPair(settings, row, "loupe", quickbooks or {}, facts.pop("document", {}), **facts)
    return said(RECORD_TYPES[record_type].why_not_changeable(pair, fields))


@pytest.mark.parametrize(
    ("there", "fields", "severities"),
    [
        ("2024-12-31", ("lines",), ["rejected"]),
        ("2024-12-31", ("is_void",), ["rejected"]),
        ("2024-12-31", ("invoice_date",), ["rejected"]),
        ("2024-12-31", ("due_date", "invoice_number"), ["warning"]),
        ("2025-01-01", ("lines", "invoice_date"), []),
        (None, ("lines",), []),
    ],
)
def test_the_closed_books_keep_their_money(
    there: str | None, fields: tuple[str, ...], severities: list[str]
) -> None:
    found = refusals_of(
        "invoice", invoice(), *fields, quickbooks={"invoice_date": there}, settings=CLOSED
    )
    assert found == [("invoice_date", severity) for severity in severities]


def test_nothing_is_moved_into_the_closed_books_but_by_the_date_that_is_sent() -> None:
    # A date that is held stays in Loupe.
    row, there = payment(payment_date=date(2024, 6, 1)), {"payment_date": "2026-09-01"}
    moved = refusals_of("payment", row, "payment_date", quickbooks=there, settings=CLOSED)
    assert moved == [("payment_date", "rejected")]
    assert refusals_of("payment", row, "amount", quickbooks=there, settings=CLOSED) == []


@pytest.mark.parametrize(
    ("here", "there", "severities"),
    [(True, True, []), (False, True, ["warning"]), (True, False, ["warning"])],
)
def test_a_customer_who_is_inactive_on_one_side_is_left_to_quickbooks(
    here: bool, there: bool, severities: list[str]
) -> None:
    party = Party(7, is_active=here, is_active_there=there)
    found = RECORD_TYPES["invoice"].why_not_representable(SETTINGS, invoice(), party)
    assert said(found) == [("customer", severity) for severity in severities]


def test_nothing_new_goes_to_a_customer_who_is_inactive_on_both_sides() -> None:
    party = Party(7, is_active=False, is_active_there=False)
    for record_type, row in (("invoice", invoice()), ("payment", payment())):
        kind = RECORD_TYPES[record_type]
        assert said(kind.why_not_representable(SETTINGS, row, party)) == [("customer", "rejected")]
        moved = refusals_of(record_type, row, "customer", party=party)
        assert moved == [("customer", "rejected")]
        assert refusals_of(record_type, row, "customer_memo", party=party) == [
            ("customer", "warning")
        ]
        assert refusals_of(record_type, row, "is_void", party=party) == []


def test_a_record_is_in_the_currency_of_its_customer() -> None:
    party = Party(7, is_active=True, is_active_there=True, currency="USD")
    row = payment(currency_code="EUR")
    new = RECORD_TYPES["payment"].why_not_representable(EUROS, row, party)
    assert said(new) == [("currency", "rejected")]
    for fields in (("currency",), ("customer",)):
        found = refusals_of("payment", row, *fields, settings=EUROS, party=party)
        assert found == [("currency", "rejected")]
    # What is not sent is not judged.
    assert refusals_of("payment", row, "amount", settings=EUROS, party=party) == []


@pytest.mark.parametrize(
    ("balance", "open_amount", "severities"),
    [("0", "0", []), ("12.50", "0", ["warning"]), ("0", "12.50", ["warning"])],
)
def test_a_customer_with_something_open_is_made_inactive_with_a_warning(
    balance: str, open_amount: str, severities: list[str]
) -> None:
    found = refusals_of(
        "customer",
        {"is_active": False},
        "is_active",
        document={"Balance": Decimal(balance)},
        open_amount=Decimal(open_amount),
    )
    assert found == [("is_active", severity) for severity in severities]
    assert refusals_of("customer", {"is_active": True}, "is_active", document={"Balance": 5}) == []


@pytest.mark.parametrize(
    ("holder", "severities"),
    [
        (Holder(1, "58", "Falk", is_there=True, is_kept=True), ["rejected"]),
        (Holder(9, "58", "Falk", is_there=True, is_kept=True), ["rejected"]),
        (Holder(3, "58", "Falk", is_there=True, is_kept=True), []),  # the row itself
        (Holder(1, "58", "FALK", is_there=True, is_kept=True), ["warning"]),
        (Holder(1, "58", "Falk", is_there=True, is_kept=False), ["warning"]),
        (Holder(1, None, "Falk", is_there=False, is_kept=True), ["warning"]),
        (Holder(9, None, "Falk", is_there=False, is_kept=True), []),  # goes after it
    ],
)
def test_a_name_is_taken_where_both_sides_have_it(holder: Holder, severities: list[str]) -> None:
    found = refuse_taken(RECORD_TYPES["customer"], "Falk", 3, {"falk": [holder]})
    assert said(found) == [("display_name", severity) for severity in severities]
