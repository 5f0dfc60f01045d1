"""Items, as quickbooks-api.md section 8.6 describes them."""

from typing import Any

import pytest

from tests.contract.emulator.driver import Driver, head, sales_line


def test_an_inventory_item_comes_back_whole(company: Driver) -> None:
    """Intuit facts 8.6: accounts named, numbers trimmed."""
    item = company.stock_item(Sku="TP-2L", UnitPrice=48.5, PurchaseCost=21.25)
    assert item["AssetAccountRef"]["name"] == "Inventory Asset"
    assert (item["UnitPrice"], item["QtyOnHand"], item["Sku"]) == (48.5, 25, "TP-2L")
    assert item["FullyQualifiedName"] == "Trail Pump 2L"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"Name": ""}, "2020"),
        ({"Type": None}, "2020"),
        ({"AssetAccountRef": None}, "2020"),
        ({"IncomeAccountRef": None}, "2020"),
        ({"QtyOnHand": None}, "2020"),
        ({"InvStartDate": None}, "2020"),
        ({"TrackQtyOnHand": False}, "6000"),
        ({"IncomeAccountRef": {"value": "13"}}, "6430"),
        ({"ExpenseAccountRef": {"value": "999"}}, "2500"),
        ({"Name": "Pump: large"}, "2040"),
        ({"Name": "x" * 101}, "2050"),
        ({"Sku": "x" * 101}, "2050"),
        ({"UnitPrice": "1e12"}, "2110"),
        ({"UnitPrice": "cheap"}, "2010"),
        ({"Type": "Gadget"}, "2170"),
    ],
)
def test_what_an_inventory_item_may_not_be(
    company: Driver, change: dict[str, Any], code: str
) -> None:
    """Intuit facts 7.2 and 8.6: required fields, account types, lengths, illegal characters."""
    body = {**company.stock_item_body("Pump"), **change}
    assert company.fault("Item", body)["code"] == code


def test_item_names_differ_and_the_fault_names_the_holder(company: Driver) -> None:
    """Intuit facts 7.2: 6240 with "Id=.." for items; free again once inactive."""
    item = company.stock_item("Pump")
    error = company.fault("Item", company.stock_item_body("PUMP"))
    assert error["code"] == "6240"
    assert error["Detail"].endswith(f"Id={item['Id']}")
    gone = company.write("Item", {**head(item), "sparse": True, "Active": False})
    assert gone["Name"] == "Pump (deleted)"
    company.stock_item("pump")


def test_services_have_no_stock(company: Driver) -> None:
    """Intuit facts 8.6: inventory fields on a service are refused, 2010."""
    income = company.account("Services")
    body = {"Name": "Site survey", "Type": "Service", "IncomeAccountRef": income}
    assert company.write("Item", body)["TrackQtyOnHand"] is False
    stocked = {**body, "Name": "B", "QtyOnHand": 1}
    assert company.fault("Item", stocked)["code"] == "2010"
    assert company.fault("Item", {"Name": "C", "Type": "Service"})["code"] == "2020"


def test_the_type_of_an_inventory_item_is_fixed(company: Driver) -> None:
    """Intuit facts 8.6: Inventory cannot change to another type."""
    item = company.stock_item()
    assert (
        company.fault("Item", {**head(item), "sparse": True, "Type": "Service"})["code"] == "6000"
    )


def test_a_sale_lowers_the_stock_and_bumps_nothing(company: Driver) -> None:
    """Intuit facts 8.2: neither SyncToken nor LastUpdatedTime of the item moves."""
    item = company.stock_item()
    company.side_door("clock", {"advance_seconds": 5})
    customer = company.customer()["Id"]
    line = sales_line(20, ItemRef={"value": item["Id"]}, Qty=2, UnitPrice=10)
    invoice = company.write("Invoice", {"CustomerRef": {"value": customer}, "Line": [line]})
    assert company.read("Item", item["Id"]) == {**item, "QtyOnHand": 23}
    more = {**line, "Amount": 30, "SalesItemLineDetail": {**line["SalesItemLineDetail"], "Qty": 3}}
    updated = company.write("Invoice", {**head(invoice), "sparse": True, "Line": [more]})
    assert company.read("Item", item["Id"])["QtyOnHand"] == 22
    company.write("Invoice", head(updated), operation="void")
    assert company.read("Item", item["Id"]) == item


@pytest.mark.parametrize(
    ("detail", "date", "code"),
    [({}, "2026-03-01", "6520"), ({"Qty": 1, "UnitPrice": 20}, "2025-12-31", "6270")],
)
def test_stock_lines_need_a_quantity_and_a_date_after_the_start(
    company: Driver, detail: dict[str, Any], date: str, code: str
) -> None:
    """Intuit facts 8.4.1 and 8.6: 6520 without Qty, 6270 before InvStartDate."""
    item = company.stock_item()
    line = sales_line(20, ItemRef={"value": item["Id"]}, **detail)
    pointer = {"value": company.customer()["Id"]}
    body = {"CustomerRef": pointer, "TxnDate": date, "Line": [line]}
    assert company.fault("Invoice", body)["code"] == code
    assert company.read("Item", item["Id"])["QtyOnHand"] == 25


def test_quantity_in_an_update_is_ignored(company: Driver) -> None:
    """Intuit facts 8.6: reports disagree; silence is what a client notices last."""
    item = company.stock_item()
    change = {**head(item), "sparse": True, "QtyOnHand": 99, "Description": "d"}
    assert company.write("Item", change)["QtyOnHand"] == 25


def test_a_company_without_stock_keeping_takes_no_inventory_items(company: Driver) -> None:
    """Intuit facts 8.6: inventory needs ProductAndServicesPrefs.QuantityOnHand."""
    body = company.stock_item_body("Pump")
    company.prefer("ProductAndServicesPrefs", QuantityOnHand=False)
    assert company.fault("Item", body)["code"] == "5030"


def test_sku_must_be_asked_for_in_a_query(company: Driver) -> None:
    """Intuit facts 8.6: a plain ``select *`` leaves Sku out, a GET has it."""
    item = company.stock_item(Sku="TP-2L")
    where = f"FROM Item WHERE Id = '{item['Id']}'"
    assert "Sku" not in company.query(f"SELECT * {where}")["Item"][0]
    assert company.query(f"SELECT *, Sku {where}")["Item"][0]["Sku"] == "TP-2L"
