"""The sample company holds what Loupe's sample data relies on, and adds up."""

from collections import defaultdict
from decimal import Decimal
from typing import Any

import pytest
import requests

from tests.contract.emulator.driver import Driver


def everything(company: Driver, entity: str) -> list[dict[str, Any]]:
    active = (
        "" if entity in ("Invoice", "Payment", "CreditMemo") else "WHERE Active IN (true, false)"
    )
    statement = f"SELECT * FROM {entity} {active} ORDERBY Id MAXRESULTS 1000"
    return company.query(statement)[entity]


@pytest.mark.parametrize(
    ("number", "customer", "total", "balance", "dates"),
    [
        ("INV-1001", "Aurora Fine Jewelry", 1250, 1250, ("2026-08-03", "2026-09-02")),
        ("INV-1002", "Bellini & Figli S.r.l.", 3412.5, 2412.5, ("2026-08-10", "2026-09-09")),
        ("INV-1003", "Kusuma Gems Pte Ltd", 780, 0, ("2026-08-17", "2026-09-16")),
    ],
)
def test_the_shared_invoices(
    sample: Driver, number: str, customer: str, total: float, balance: float, dates: tuple[str, str]
) -> None:
    (invoice,) = sample.query(f"SELECT * FROM Invoice WHERE DocNumber = '{number}'")["Invoice"]
    assert invoice["CustomerRef"]["name"] == customer
    assert (invoice["TotalAmt"], invoice["Balance"]) == (total, balance)
    assert (invoice["TxnDate"], invoice["DueDate"]) == dates
    items = {line["SalesItemLineDetail"]["ItemRef"]["name"] for line in invoice["Line"][:-1]}
    assert items == {"Sales"}


@pytest.mark.parametrize(
    ("sku", "name", "price", "cost", "quantity"),
    [
        ("LF-AQUA0054", "Aquamarine oval 7x5 mm", 87.5, 41, 5),
        ("GEMDIA0001", "Round Diamond 0.50 ct", 1250, 820, 3),
        ("LF-TANZ0007", "Pear Tanzanite 2.10 ct", 1050, 640, 4),
        ("LF-OPAL0012", "Opal cabochon parcel", 65, 28, 120),
        ("LF-RING0003", "Solitaire ring 18k", 2400, 1310, 2),
        ("LF-CHAIN001", "Cable chain 45 cm", 145, 62, 30),
    ],
)
def test_the_shared_items(
    sample: Driver, sku: str, name: str, price: float, cost: float, quantity: float
) -> None:
    (item,) = sample.query(f"SELECT *, Sku FROM Item WHERE Sku = '{sku}'")["Item"]
    values = [item[key] for key in ("Name", "UnitPrice", "PurchaseCost", "QtyOnHand", "Type")]
    assert values == [name, price, cost, quantity, "Inventory"]


def test_the_books_add_up(sample: Driver) -> None:
    """Customers' balances are their open invoices less their unapplied money and open credits."""
    expected: dict[str, Decimal] = defaultdict(Decimal)
    for invoice in everything(sample, "Invoice"):
        expected[invoice["CustomerRef"]["value"]] += Decimal(str(invoice["Balance"]))
    for payment in everything(sample, "Payment"):
        expected[payment["CustomerRef"]["value"]] -= Decimal(str(payment["UnappliedAmt"]))
    for memo in everything(sample, "CreditMemo"):
        expected[memo["CustomerRef"]["value"]] -= Decimal(str(memo["RemainingCredit"]))
    found = {each["Id"]: Decimal(str(each["Balance"])) for each in everything(sample, "Customer")}
    assert found == {number: expected[number] for number in found}


def test_the_awkward_cases_are_there(sample: Driver) -> None:
    customers, invoices = everything(sample, "Customer"), everything(sample, "Invoice")
    payments, items = everything(sample, "Payment"), everything(sample, "Item")
    assert any(len(each.get("CompanyName", "")) == 100 for each in customers)
    assert any(not each["Active"] for each in customers)
    assert any(not each["Active"] for each in items)
    assert any("DocNumber" not in each for each in invoices)
    assert any(each.get("PrivateNote", "").startswith("Voided") for each in invoices)
    assert any(each.get("PrivateNote", "").startswith("Voided") for each in payments)
    assert any(0 < each["Balance"] < each["TotalAmt"] for each in invoices)
    assert any(len(each["Line"]) > 1 for each in payments)
    assert any(not each["Line"] and each["UnappliedAmt"] for each in payments)
    kinds = {line["DetailType"] for each in invoices for line in each["Line"]}
    assert kinds >= {
        "DescriptionOnly",
        "DiscountLineDetail",
        "GroupLineDetail",
        "SubTotalLineDetail",
    }
    assert {each["Type"] for each in items} == {
        "Inventory",
        "NonInventory",
        "Service",
        "Category",
        "Group",
    }
    assert any(each.get("Level") == 2 for each in customers)
    assert any(each["TotalAmt"] == 0 and len(each["Line"]) == 2 for each in payments)
    assert any(each.get("LinkedTxn") for each in payments), "none was taken to the bank"
    memos = everything(sample, "CreditMemo")
    assert {(each["RemainingCredit"], each["TotalAmt"]) for each in memos} == {
        (48, 48),
        (0, 95),
        (0, 0),
    }


def test_vendors_and_employees_hold_names(sample: Driver) -> None:
    for entity, name in (("Vendor", "Idar Lapidary Supplies"), ("Employee", "Rui Braga")):
        assert sample.ids(f"SELECT Id FROM {entity} WHERE DisplayName = '{name}'", entity)


def test_a_third_company_keeps_several_currencies(served: str) -> None:
    realm = "9341450000000003"
    tokens = requests.post(f"{served}/_emulator/tokens", json={"realm": realm}, timeout=10).json()
    invoices = everything(Driver(served, realm, tokens), "Invoice")
    kept = {
        each["DocNumber"]: (each["CurrencyRef"]["value"], each["Balance"], each["HomeBalance"])
        for each in invoices
    }
    assert kept["PA-101"] == ("EUR", 230, 249.44)
    assert kept["PA-102"] == ("GBP", 120.5, 152.49)
    assert kept["PA-103"] == ("USD", 0, 0)


def test_the_chart_of_accounts_has_what_settings_need(sample: Driver) -> None:
    found = {each["Name"]: each["AccountSubType"] for each in everything(sample, "Account")}
    assert (
        found.items()
        >= {
            "Sales of Product Income": "SalesOfProductIncome",
            "Cost of Goods Sold": "SuppliesMaterialsCogs",
            "Inventory Asset": "Inventory",
            "Undeposited Funds": "UndepositedFunds",
            "Opening Balance Equity": "OpeningBalanceEquity",
        }.items()
    )
    assert {"Inventory Shrinkage", "Checking", "Accounts Receivable (A/R)"} <= found.keys()
