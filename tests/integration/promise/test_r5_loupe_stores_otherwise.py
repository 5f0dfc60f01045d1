"""R5: a value counts as taken when it was written; what Loupe's own triggers make of it is not an edit to be sent."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from sqlalchemy import text

from tests.support.books import loupe, quickbooks
from tests.support.installation import House


@pytest.fixture(scope="module")
def house(shared_house: House) -> House:
    """One company for the module; every test has records of its own."""
    return shared_house


def execute(house: House, statement: str) -> None:
    with house.workspace.engine.begin() as connection:
        connection.execute(text(statement))


@pytest.fixture
def spell(house: House) -> Callable[[str], None]:
    """Puts a trigger on customers that changes what programs write; people's own screens are left alone."""

    def put(does: str) -> None:
        execute(
            house,
            "create function loupe.spell() returns trigger language plpgsql as $$ begin"
            f" if new.updated_by is distinct from 'operator' then {does}; end if; return new; end $$;"
            " create trigger spell before insert or update on loupe.customer"
            " for each row execute function loupe.spell()",
        )

    yield put
    execute(house, "drop function loupe.spell() cascade")


def linked(house: House, name: str) -> tuple[int, str]:
    customer_id = loupe.add_customer(house, name, phone="1", updated_by="operator")
    house.run("push_customers")
    return customer_id, house.quickbooks_id("customer", customer_id)


def test_a_text_that_loupe_cuts_stays_whole_in_quickbooks(
    house: House, spell: Callable[[str], None]
) -> None:
    customer_id, quickbooks_id = linked(house, "Cut Short")
    spell("new.city := left(new.city, 4)")
    quickbooks.change(house, "Customer", quickbooks_id, BillAddr={"City": "Idar-Oberstein"})
    run = house.run("pull_customers")
    assert house.row("customer", customer_id)["city"] == "Idar"
    assert house.said(run, loupe_id=customer_id) == ["updated", "warning"]
    (told,) = house.records(run, "warning")
    assert "made 'Idar' of QuickBooks' 'Idar-Oberstein'" in told["reason"]
    house.update("customer", customer_id, phone="2", updated_by="operator")
    house.run("push_customers")
    record = quickbooks.fetch(house, "Customer", quickbooks_id)
    assert record["BillAddr"]["City"] == "Idar-Oberstein"
    assert record["PrimaryPhone"]["FreeFormNumber"] == "2"


def test_what_a_trigger_enters_beside_what_is_pulled_is_sent(
    house: House, spell: Callable[[str], None]
) -> None:
    customer_id, quickbooks_id = linked(house, "Derived")
    spell("new.website := 'https://derived.example'")
    quickbooks.change(house, "Customer", quickbooks_id, BillAddr={"City": "Idar"})
    house.run("pull_customers")
    assert house.row("customer", customer_id)["website"] == "https://derived.example"
    house.run("push_customers")
    record = quickbooks.fetch(house, "Customer", quickbooks_id)
    assert record["WebAddr"]["URI"] == "https://derived.example"


def test_lines_that_are_pulled_are_taken_as_they_are(house: House) -> None:
    payer = quickbooks.create(house, "Customer", DisplayName="Lines")["Id"]
    record = quickbooks.create_invoice(house, payer, "R5-LINES", "100.00")
    house.run("pull_customers")
    house.run("pull_invoices")
    detail = {"ItemRef": {"value": "1"}, "Qty": 1, "UnitPrice": Decimal(60)}
    line = {"Amount": Decimal(60), "DetailType": "SalesItemLineDetail"}
    lines = [{**line, "SalesItemLineDetail": detail}]
    quickbooks.change(house, "Invoice", record["Id"], Line=lines)
    run = house.run("pull_invoices")
    assert house.said(run, quickbooks_id=record["Id"]) == ["updated"]
    before = house.writes()
    house.run("push_invoices", mode="full")
    assert house.writes() == before
