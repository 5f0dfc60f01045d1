"""A record that breaks a rule is rejected alone, with its field, its rule and its value."""

from decimal import Decimal

import pytest

from tests.support.books import loupe, quickbooks
from tests.support.installation import House
from tests.support.outcomes import causes


@pytest.fixture(scope="module")
def house(shared_house: House) -> House:
    """One company for the module, with a linked customer."""
    loupe.add_customer(shared_house, "Regular")
    for name in ("pull_customers", "push_customers", "pull_invoices", "pull_inventory_items"):
        shared_house.run(name)
    return shared_house


@pytest.fixture
def regular(house: House) -> int:
    """A customer that is linked."""
    (found,) = [one for one in house.rows("customer") if one["display_name"] == "Regular"]
    return int(found["customer_id"])


def test_a_record_without_a_name(house: House) -> None:
    customer_id = loupe.add_customer(house, None, email="walk@in.example")
    run = house.run("push_customers")
    assert run["status"] == "success"
    assert house.said(run, loupe_id=customer_id) == ["rejected"]
    (cause,) = causes(house, "push", customer_id)
    assert (cause["field"], cause["rule"], cause["value"]) == ("display_name", "is present", None)
    assert house.link("customer", loupe_id=customer_id) is None


def test_an_amount_that_does_not_add_up(house: House, regular: int) -> None:
    invoice_id = loupe.add_invoice(
        house, regular, "SUM-1", [("Opal", "2", "10.00")], total_amount=Decimal("21.00")
    )
    good = loupe.add_invoice(house, regular, "SUM-2")
    run = house.run("push_invoices")
    assert house.said(run, loupe_id=invoice_id) == ["rejected"]
    assert house.said(run, loupe_id=good) == ["created"]
    (cause,) = causes(house, "push", invoice_id)
    assert (cause["field"], cause["rule"]) == ("lines", "adds up to the total")
    assert cause["value"] == "lines and tax make 20.00, the total is 21.00"
    house.update("invoice", invoice_id, total_amount=Decimal("20.00"))
    assert house.said(house.run("push_invoices"), loupe_id=invoice_id) == ["created"]


def test_an_unknown_currency(house: House, regular: int) -> None:
    invoice_id = loupe.add_invoice(house, regular, "CUR-1", currency_code="XQZ")
    assert house.said(house.run("push_invoices"), loupe_id=invoice_id) == ["rejected"]
    said = " ".join(one["message"] for one in causes(house, "push", invoice_id))
    assert "XQZ" in said
    assert quickbooks.find(house, "Invoice", "DocNumber = 'CUR-1'") == []


def test_a_sku_of_sixty_characters(house: House) -> None:
    sku = "T" * 60
    made = quickbooks.create_stock(house, "Long Sku", Sku=sku)["Id"]
    good = quickbooks.create_stock(house, "Short Sku", Sku="T")["Id"]
    run = house.run("pull_inventory_items")
    assert house.said(run, quickbooks_id=made) == ["rejected"]
    assert house.said(run, quickbooks_id=good) == ["created"]
    (cause,) = causes(house, "pull", made)
    assert cause["field"] == "tag_id"
    assert "50" in cause["rule"]
    assert cause["value"] == sku
    quickbooks.change(house, "Item", made, Sku="T60")
    assert house.said(house.run("pull_inventory_items"), quickbooks_id=made) == ["created"]


def test_a_number_too_long_for_quickbooks(house: House, regular: int) -> None:
    invoice_id = loupe.add_invoice(house, regular, "N" * 22)
    assert house.said(house.run("push_invoices"), loupe_id=invoice_id) == ["rejected"]
    (cause,) = causes(house, "push", invoice_id)
    assert cause["field"] == "invoice_number"
    assert "21" in cause["rule"]
