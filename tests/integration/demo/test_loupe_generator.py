"""Loupe's side of a generated company: the same business, partly, with contradictions, reproducible."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from demo.generated_rows import Overlap
from demo.loupe_generator import main, write_organization
from quickbooks_emulator.company.store import DATABASE, Store
from quickbooks_emulator.generator import Character, Plan, Sizes, generate_company
from quickbooks_emulator.generator.sales import Sale

SIZES = Sizes(customers=200, invoices=500, payments=400, items=150)
CHARACTER = Character(awkward=0.6)
TABLES = (
    "customer", "inventory_item", "invoice", "invoice_line", "payment", "payment_application",
)  # fmt: skip
# What two writings of the same organization may differ in.
_OWN = {"created_at", "updated_at"}
Rows = list[dict[str, Any]]
Read = Callable[[str], Rows]


def plan(seed: int = 9) -> Plan:
    return Plan(SIZES, seed, CHARACTER)


def reader(url: str, organization: int = 1) -> Read:
    def read(table: str) -> Rows:
        engine = create_engine(url)
        query = f"select * from loupe.{table} where organization_id = {organization} order by 1"
        with engine.connect() as connection:
            found = [dict(row) for row in connection.execute(text(query)).mappings()]
        engine.dispose()
        return [{key: value for key, value in row.items() if key not in _OWN} for row in found]

    return read


@pytest.fixture(scope="module")
def rows(database_url: str) -> Read:
    """Reads a table of the organization; tests must not change it."""
    write_organization(database_url, plan())
    return reader(database_url)


def test_about_half_is_shared_and_a_fifth_is_new(rows: Read) -> None:
    names = {party.name for party in plan().parties()}
    shared = [row for row in rows("customer") if row["display_name"] in names]
    assert 70 < len(shared) < 130
    assert len(rows("customer")) - len(shared) == 40
    numbers = {sale.document_number for sale in plan().events() if isinstance(sale, Sale)}
    invoices = rows("invoice")
    new = [row for row in invoices if row["invoice_number"] not in {*numbers, None}]
    assert 80 <= len(new) <= 100
    assert 80 < len(invoices) - len(new) < 350


def test_shared_records_have_the_same_tags_numbers_and_totals(rows: Read) -> None:
    tags = {product.sku: product.name for product in plan().products() if product.sku}
    items = [row for row in rows("inventory_item") if row["tag_id"] in tags]
    assert len(items) > 30
    assert all(
        row["item_name"] == tags[row["tag_id"]] for row in items if "DOUBLE" not in row["tag_id"]
    )
    planned = {(one.document_number, one.total) for one in plan().events() if isinstance(one, Sale)}
    invoices = [row for row in rows("invoice") if row["invoice_number"]]
    same = [row for row in invoices if (row["invoice_number"], row["total_amount"]) in planned]
    assert len(same) > 80


def test_shared_stock_is_what_quickbooks_has(rows: Read, tmp_path: Path) -> None:
    generate_company(tmp_path, "1", SIZES, 9, CHARACTER)
    store = Store(tmp_path / DATABASE)
    held = {one["Name"]: one for one in store.documents("1", "Item").values()}
    credited = {
        line["SalesItemLineDetail"]["ItemRef"]["name"]
        for memo in store.documents("1", "CreditMemo").values()
        for line in memo["Line"]
        if "SalesItemLineDetail" in line
    }
    store.close()
    stock = [row for row in rows("inventory_item") if "QtyOnHand" in held.get(row["item_name"], {})]
    plain = [row for row in stock if row["item_name"] not in credited]
    same = [row for row in plain if row["quantity"] == held[row["item_name"]]["QtyOnHand"]]
    assert len(plain) > 20
    assert len(same) >= len(plain) * 0.9


def test_a_few_shared_records_contradict(database_url: str) -> None:
    wide = Overlap(shared=0.5, new=0, contradicting=0.5)
    write_organization(database_url, plan(), wide, organization_id=7)
    read = reader(database_url, 7)
    assert any("elsewhere.example" in (row["email"] or "") for row in read("customer"))
    prices = {product.name: product.price for product in plan().products()}
    assert any(row["sell_price"] != prices[row["item_name"]] for row in read("inventory_item"))


def test_balances_are_totals_less_what_loupe_knows_to_be_paid(rows: Read) -> None:
    paid: dict[int, Decimal] = {}
    for row in rows("payment_application"):
        paid[row["invoice_id"]] = paid.get(row["invoice_id"], Decimal(0)) + row["amount"]
    assert len(paid) > 30
    for row in rows("invoice"):
        if row["lifecycle_status"] != "Void":
            expected = row["total_amount"] - paid.get(row["invoice_id"], Decimal(0))
            assert row["balance_amount"] == expected, row["invoice_number"]


def test_payment_status_follows_from_what_is_paid(rows: Read) -> None:
    for row in rows("invoice"):
        if row["payment_status"] == "Paid":
            assert row["balance_amount"] == 0
        if row["payment_status"] == "Unpaid" and row["lifecycle_status"] != "Void":
            assert row["balance_amount"] == row["total_amount"]


AWKWARD: dict[tuple[str, str], Callable[[dict[str, Any]], object]] = {
    ("customer", "no name"): lambda row: (
        not any(row[name] for name in ("display_name", "first_name", "last_name", "company_name"))
    ),
    ("customer", "a name beyond 500"): lambda row: len(row["display_name"] or "") > 500,
    ("customer", "inactive"): lambda row: not row["is_active"],
    ("inventory_item", "a price a carat"): lambda row: row["price_basis"] == "carat",
    ("inventory_item", "no tag"): lambda row: row["tag_id"] is None,
    ("inventory_item", "another currency"): lambda row: row["currency_code"] == "EUR",
    ("invoice", "drafts"): lambda row: row["lifecycle_status"] == "Draft",
    ("invoice", "voids"): lambda row: row["lifecycle_status"] == "Void" and row["void_reason"],
    ("invoice", "an over-long number"): lambda row: len(row["invoice_number"] or "") > 21,
    ("invoice", "no date"): lambda row: row["invoice_date"] is None,
    ("invoice", "no number"): lambda row: row["invoice_number"] is None,
    ("invoice", "an unknown currency"): lambda row: row["currency_code"] == "ZZZ",
    ("invoice", "part payment"): lambda row: row["payment_status"] == "Partial",
    ("invoice_line", "carats"): lambda row: (row["quantity"] or 0) % 1,
    ("invoice_line", "a discount"): lambda row: row["line_kind"] == "discount",
    ("invoice_line", "shipping"): lambda row: row["line_kind"] == "shipping",
    ("invoice_line", "text"): lambda row: row["line_kind"] == "description",
    ("invoice_line", "an item"): lambda row: row["inventory_item_id"],
    ("payment", "unapplied money"): lambda row: row["unapplied_amount"] > 0,
    ("payment", "an over-long reference"): lambda row: len(row["reference_number"] or "") > 21,
}


@pytest.mark.parametrize(("table", "name"), AWKWARD)
def test_the_organization_is_awkward(rows: Read, table: str, name: str) -> None:
    assert any(AWKWARD[table, name](row) for row in rows(table)), f"no {table} with {name}"


def test_some_sums_are_wrong(rows: Read) -> None:
    signs = {"discount": -1, "subtotal": 0}
    sums: dict[int, Decimal] = {}
    for row in rows("invoice_line"):
        amount = signs.get(row["line_kind"], 1) * (row["amount"] or Decimal(0))
        sums[row["invoice_id"]] = sums.get(row["invoice_id"], Decimal(0)) + amount
    wrong = [
        row
        for row in rows("invoice")
        if sums.get(row["invoice_id"], Decimal(0)) + row["tax_amount"] != row["total_amount"]
    ]
    assert 0 < len(wrong) < len(rows("invoice")) / 5


def test_the_same_seed_gives_the_same_organization(rows: Read, fresh_database_url: str) -> None:
    write_organization(fresh_database_url, plan())
    again = reader(fresh_database_url)
    assert {table: again(table) for table in TABLES} == {table: rows(table) for table in TABLES}


def test_an_organization_with_records_is_left_alone(rows: Read, database_url: str) -> None:
    before = rows("customer")
    with pytest.raises(ValueError, match=r"Organization 1 has 1?\d* rows in loupe\.customer"):
        write_organization(database_url, plan())
    assert rows("customer") == before


def test_the_command_says_how_many_rows_it_wrote(
    fresh_database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    sizes = ["--customers", "20", "--invoices", "40", "--payments", "20", "--items", "20"]
    arguments = ["--database-url", fresh_database_url, "--seed", "2", *sizes]
    assert main(arguments) == 0
    assert " customer\n" in capsys.readouterr().out
    assert main(arguments) == 2
    assert "Organization 1 has" in capsys.readouterr().err
