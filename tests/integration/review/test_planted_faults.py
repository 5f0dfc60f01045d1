"""Every fault that the review names, planted once: a real push rejects the record for the same reason."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from quickbooks_sync.review import Review, build_review
from quickbooks_sync.settings import confirm_settings, propose_settings
from tests.support.books import loupe
from tests.support.installation import House, build_workspace, furnish

Reasons = dict[tuple[str, int], set[tuple[str | None, str]]]

PRESENT = "is present"
NAMED = "has no colon, tab or line break"
CURRENCY = "is in a currency that the company keeps"
OPEN = "is after the closed period"
STOCK = ("quantity", "is stock only where QuickBooks counts stock")
#: What the company has switched off in QuickBooks.
OFF = {
    "SalesFormsPrefs": {"AllowDiscount": False, "AllowShipping": False},
    "ProductAndServicesPrefs": {"QuantityOnHand": False},
}
LAST_YEAR = date(2024, 12, 31)

CUSTOMERS: Mapping[str, tuple[dict[str, Any], tuple[str, str]]] = {
    "nameless": ({"display_name": " "}, ("display_name", PRESENT)),
    "long name": ({"display_name": "x" * 501}, ("display_name", "has at most 500 characters")),
    "long first name": ({"first_name": "y" * 101}, ("first_name", "has at most 100 characters")),
    "colon": ({"display_name": "Name: with colon"}, ("display_name", NAMED)),
    "no at sign": ({"email": "no at sign"}, ("email", "looks like an e-mail address")),
}
INVOICES: Mapping[str, tuple[dict[str, Any], tuple[str, str]]] = {
    "long number": (
        {"invoice_number": "1" * 22},
        ("invoice_number", "has at most 21 characters"),
    ),
    "undated": ({"invoice_date": None}, ("invoice_date", PRESENT)),
    "no lines": (
        {"lines": (), "total_amount": Decimal(0)},
        ("lines", "has at least one line"),
    ),
    "total": ({"total_amount": Decimal("99.99")}, ("lines", "adds up to the total")),
    "foreign": ({"currency_code": "EUR"}, ("currency", CURRENCY)),
    "closed": ({"invoice_date": LAST_YEAR}, ("invoice_date", OPEN)),
    "taxed": (
        {"tax_amount": Decimal(8), "total_amount": Decimal(108)},
        ("tax_amount", "has tax only where tax is sent"),
    ),
    "due before": (
        {"due_date": date(2026, 8, 31)},
        ("due_date", "is not before the invoice date"),
    ),
}
LINES: Mapping[str, tuple[dict[str, Any], Decimal, tuple[str, str]]] = {
    "wrong line": (
        {"quantity": Decimal(2), "unit_price": Decimal("5.00"), "amount": Decimal("9.99")},
        Decimal("109.99"),
        ("lines", "has amounts that are quantity times unit price"),
    ),
    "bundle": (
        {"line_kind": "group", "amount": Decimal(5)},
        Decimal(105),
        ("lines", "can be represented in QuickBooks"),
    ),
    "discount": (
        {"line_kind": "discount", "amount": Decimal(5)},
        Decimal(95),
        ("lines", "discount lines are allowed"),
    ),
    "shipping": (
        {"line_kind": "shipping", "amount": Decimal(5)},
        Decimal(105),
        ("lines", "shipping lines are allowed"),
    ),
}
PAYMENTS: Mapping[str, tuple[dict[str, Any], tuple[str, str]]] = {
    "undated": ({"payment_date": None}, ("payment_date", PRESENT)),
    "long reference": (
        {"reference_number": "7" * 22},
        ("reference_number", "has at most 21 characters"),
    ),
    "foreign": ({"currency_code": "EUR"}, ("currency", CURRENCY)),
    "closed": ({"payment_date": LAST_YEAR}, ("payment_date", OPEN)),
}
ITEMS: Mapping[str, tuple[dict[str, Any], tuple[str, str]]] = {
    "nameless": ({"item_name": None}, ("item_name", PRESENT)),
    "colon": ({"item_name": "Ring: gold"}, ("item_name", NAMED)),
    "long name": ({"item_name": "z" * 101}, ("item_name", "has at most 100 characters")),
    "by weight": (
        {"price_basis": "carat"},
        ("sell_price", "can be represented in QuickBooks"),
    ),
    "foreign": ({"currency_code": "EUR"}, ("sell_price", CURRENCY)),
    "below zero": ({"sell_price": Decimal(-5)}, ("sell_price", "is at least 0")),
}


@dataclass
class Planted:
    """A company with one record for each fault, before and after its first push.

    Attributes:
        faults: What is wrong with each record, by name.
        ids: The planted records.
        before: The review while nothing was linked or confirmed.
        pushed: Why the first push rejected records.
        house: The company.
    """

    faults: dict[str, tuple[str | None, str]]
    ids: dict[str, tuple[str, int]]
    before: Review
    pushed: Reasons
    house: House


def plant(house: House) -> dict[str, tuple[tuple[str, int], tuple[str, str]]]:
    """Write one record for each fault, beside sound ones that they refer to."""
    planted: dict[str, tuple[tuple[str, int], tuple[str, str]]] = {}
    for name, (columns, fault) in CUSTOMERS.items():
        row = {"display_name": f"Customer {name}", **columns}
        planted[f"customer {name}"] = (
            ("customer", loupe.add_customer(house, row.pop("display_name"), **row)),
            fault,
        )
    several = loupe.add_customer(house, "Two Currencies")
    for currency in ("USD", "EUR"):
        columns = {"currency_code": currency, "lifecycle_status": "Draft"}
        loupe.add_invoice(house, several, f"C-{currency}", **columns)
    planted["customer currencies"] = (
        ("customer", several),
        ("currency", "has invoices in one currency"),
    )
    abroad = loupe.add_customer(house, "Abroad")
    planted["customer abroad"] = (
        ("customer", abroad),
        ("currency", "has invoices in a currency that the company keeps"),
    )
    sound = loupe.add_customer(house, "Sound")
    for name, (columns, fault) in INVOICES.items():
        row = {"invoice_number": f"F-{name}", **columns}
        customer_id = abroad if "currency_code" in columns else sound
        invoice_id = loupe.add_invoice(house, customer_id, row.pop("invoice_number"), **row)
        planted[f"invoice {name}"] = ("invoice", invoice_id), fault
    for name, (line, total, fault) in LINES.items():
        invoice_id = loupe.add_invoice(house, sound, f"L-{name}", total_amount=total)
        house.insert("invoice_line", invoice_id=invoice_id, line_number=2, **line)
        planted[f"invoice {name}"] = ("invoice", invoice_id), fault
    open_invoice = loupe.add_invoice(house, sound, "OPEN")
    for name, (columns, fault) in PAYMENTS.items():
        payment_id = loupe.add_payment(house, sound, "10.00", {open_invoice: "10.00"}, **columns)
        planted[f"payment {name}"] = ("payment", payment_id), fault
    payment_id = loupe.add_payment(house, sound, "10.00", {open_invoice: "10.01"})
    planted["payment too much"] = (
        ("payment", payment_id),
        ("applications", "settles no more than the amount"),
    )
    for number, (name, (columns, fault)) in enumerate(ITEMS.items()):
        row = {"item_name": f"Item {name}", **columns}
        item_id = loupe.add_item(house, row.pop("item_name"), f"T-{number}", **row)
        planted[f"inventory_item {name}"] = ("inventory_item", item_id), fault
    item_id = loupe.add_item(house, "Uncounted", "T-99")
    planted["inventory_item uncounted"] = ("inventory_item", item_id), STOCK
    return planted


def to_reasons(review: Review, effect: str) -> Reasons:
    """Return by record why a review names it."""
    reasons: Reasons = {}
    for finding in review.findings:
        for example in finding.examples:
            if finding.effect == effect:
                key = finding.record_type, example.loupe_id
                reasons.setdefault(key, set()).add((finding.field, finding.rule))
    return reasons


def read_rejected(house: House) -> Reasons:
    """Return by record why the last pushes rejected it."""
    return {
        (row["record_type"], int(row["source_id"])): {
            (cause["field"], cause["rule"]) for cause in row["causes"]
        }
        for row in house.rows("rejected_record")
        if row["direction"] == "push"
    }


@pytest.fixture(scope="module")
def planted(
    database_url: str, start_module_emulator: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Planted]:
    """The planted company, reviewed and pushed."""
    emulator = start_module_emulator(seed=False)
    workspace = build_workspace(database_url, emulator.url, tmp_path_factory.mktemp("docs"))
    house = furnish(House(workspace, emulator.url), seed=False, confirm=False)
    house.side_door("preferences", {"realm": house.realm_id, "preferences": OFF})
    propose_settings(workspace, house.realm_id)
    records = plant(house)
    before = build_review(workspace, house.realm_id)
    chosen = {"tax": "none", "max_rejected_ratio": "1"}
    confirm_settings(workspace, house.realm_id, chosen)
    for flow in ("push_customers", "push_invoices", "push_payments", "push_inventory_items"):
        house.run(flow)
    yield Planted(
        {name: fault for name, (_, fault) in records.items()},
        {name: key for name, (key, _) in records.items()},
        before,
        read_rejected(house),
        house,
    )
    workspace.close()


NAMES = [
    *(f"customer {name}" for name in (*CUSTOMERS, "currencies", "abroad")),
    *(f"invoice {name}" for name in (*INVOICES, *LINES)),
    *(f"payment {name}" for name in (*PAYMENTS, "too much")),
    *(f"inventory_item {name}" for name in (*ITEMS, "uncounted")),
]


@pytest.mark.parametrize("name", NAMES)
def test_a_planted_fault_is_named_and_pushed_in_vain(planted: Planted, name: str) -> None:
    fault, key = planted.faults[name], planted.ids[name]
    named = to_reasons(planted.before, "rejected")
    assert fault in named[key]
    assert fault in planted.pushed[key]


def test_the_review_names_what_the_push_rejects_and_nothing_else(planted: Planted) -> None:
    assert to_reasons(planted.before, "rejected") == planted.pushed


def test_the_review_after_the_push_names_the_same(planted: Planted) -> None:
    after = build_review(planted.house.workspace, planted.house.realm_id)
    assert to_reasons(after, "rejected") == planted.pushed
    # The customer of the foreign invoice is refused, too, so the invoice still waits for it.
    assert set(to_reasons(after, "waiting")) == {planted.ids["invoice foreign"]}
    assert after.missing_settings == ()


def test_what_waits_before_the_first_push_is_named_with_what_it_waits_for(
    planted: Planted,
) -> None:
    waiting = to_reasons(planted.before, "waiting")
    linked = {("customer", "refers to a linked customer")}
    for name, key in planted.ids.items():
        if key[0] == "invoice":
            assert waiting[key] == linked, name
        if key[0] == "payment":
            assert waiting[key] == linked | {
                ("applications.invoice", "refers to a linked invoice")
            }, name
    missing = {
        setting.name: {finding.record_type: finding.count for finding in setting.waiting}
        for setting in planted.before.missing_settings
    }
    assert missing["invoice_line_item"] == {"invoice": len(INVOICES) + len(LINES) + 1}
    assert missing["deposit_account"] == {"payment": len(PAYMENTS) + 1}
    assert missing["stock_owner"] == {"inventory_item": len(ITEMS) + 1}


def test_the_review_states_its_reads(planted: Planted) -> None:
    assert planted.before.metered_reads == 4
