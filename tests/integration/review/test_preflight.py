"""The preflight of settings: what is missing, which records wait for it, and what is switched off."""

import json
from decimal import Decimal
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from quickbooks_sync.cli import app
from quickbooks_sync.review.model import Preflight
from quickbooks_sync.review.preflight import build_preflight
from quickbooks_sync.settings import confirm_settings, propose_settings
from tests.support.books import loupe
from tests.support.installation import BuildHouse, House


@pytest.fixture
def house(build_house: BuildHouse) -> House:
    """A company of which nothing was proposed or confirmed yet."""
    return build_house(seed=False, confirm=False)


def check(house: House, *options: str) -> Result:
    return CliRunner().invoke(app, ["settings", "check", *options], env=house.environment())


def waiting(found: Preflight) -> dict[str, list[tuple[str, int]]]:
    return {
        one.name: [(each.record_type, each.count) for each in one.waiting] for one in found.missing
    }


def reads(house: House) -> int:
    counters: Any = house.side_door("counters").get(house.realm_id) or {}
    return int(counters.get("metered_reads", 0))


def test_what_is_missing_is_listed_with_the_records_that_wait_for_it(house: House) -> None:
    customer_id = loupe.add_customer(house, "Preflight")
    for number in range(3):
        loupe.add_invoice(house, customer_id, f"P-{number}")
    loupe.add_invoice(house, customer_id, "P-draft", lifecycle_status="Draft")
    found = build_preflight(house.workspace)
    assert waiting(found)["invoice_line_item"] == [("invoice", 3)]
    assert waiting(found)["deposit_account"] == []
    text = check(house)
    assert text.exit_code == 1
    assert "Missing: invoice_line_item - Item that new invoice lines are sold as" in text.stdout
    assert "- 3 invoices: cannot be sent before it is confirmed (would wait)" in text.stdout
    assert "P-0" in text.stdout
    assert "P-draft" not in text.stdout


def test_a_proposal_is_missing_until_a_person_confirms_it(house: House) -> None:
    propose_settings(house.workspace, house.realm_id)
    (one,) = [m for m in build_preflight(house.workspace).missing if m.name == "deposit_account"]
    assert one.proposed is not None
    assert one.because is not None
    assert one.because.startswith("Undeposited Funds")
    confirm_settings(house.workspace, house.realm_id, {})
    done = check(house)
    assert (done.exit_code, build_preflight(house.workspace).missing) == (0, ())
    assert "Every setting that a push needs is confirmed." in done.stdout


def test_a_setting_that_only_some_records_need_is_missing_once_one_waits_for_it(
    house: House,
) -> None:
    propose_settings(house.workspace, house.realm_id)
    confirm_settings(
        house.workspace, house.realm_id, {"opening_stock": "push", "adjustment_account": ""}
    )
    item_id = loupe.add_item(house, "Counted", "T-1", quantity=Decimal(5))
    house.run("push_inventory_items")
    assert build_preflight(house.workspace).missing == ()
    house.update("inventory_item", item_id, quantity=Decimal(7))
    house.run("push_inventory_items")
    found = build_preflight(house.workspace)
    assert waiting(found) == {"adjustment_account": [("inventory_item", 1)]}
    assert found.missing[0].waiting[0].examples[0].loupe_id == item_id


def test_what_quickbooks_has_switched_off_is_listed_with_the_records(house: House) -> None:
    off = {
        "SalesFormsPrefs": {"AllowDiscount": False, "AllowShipping": False},
        "ProductAndServicesPrefs": {"QuantityOnHand": False},
    }
    house.side_door("preferences", {"realm": house.realm_id, "preferences": off})
    propose_settings(house.workspace, house.realm_id)
    settings = {"tax": "total_tax", "max_rejected_ratio": "1"}
    confirm_settings(house.workspace, house.realm_id, settings)
    customer_id = loupe.add_customer(house, "Featured")
    taxed = {"tax_amount": Decimal(8), "total_amount": Decimal(108)}
    invoices = [
        loupe.add_invoice(house, customer_id, "F-1"),
        loupe.add_invoice(house, customer_id, "F-2"),
        loupe.add_invoice(house, customer_id, "F-3", currency_code="EUR"),
        loupe.add_invoice(house, customer_id, "F-4", **taxed),
    ]
    for invoice_id, kind in zip(invoices, ("discount", "shipping"), strict=False):
        line = {"line_number": 2, "line_kind": kind, "amount": Decimal(5)}
        house.insert("invoice_line", invoice_id=invoice_id, **line)
    loupe.add_item(house, "Uncounted", "T-2")
    answer = check(house, "--json")
    assert answer.exit_code == 0
    found = {
        one["rule"]: [each["text"] for each in one["examples"]]
        for one in json.loads(answer.stdout)["switched_off"]
    }
    assert found == {
        "is in a currency that the company keeps": ["F-3"],
        "has tax only where tax is sent": ["F-4"],
        "discount lines are allowed": ["F-1"],
        "shipping lines are allowed": ["F-2"],
        "is stock only where QuickBooks counts stock": ["T-2 Uncounted"],
    }
    house.run("push_customers")
    pushed = house.run("push_invoices")
    assert pushed["counts"] == {"rejected": 4}


def test_a_fresh_cache_costs_no_metered_read(house: House) -> None:
    propose_settings(house.workspace, house.realm_id)
    before = reads(house)
    assert check(house).exit_code == 1
    assert reads(house) == before
