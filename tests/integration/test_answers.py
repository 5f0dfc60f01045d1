"""What goes wrong is answered with what was found, where, and what to do next; nothing is half-written."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from sqlalchemy import text, update

from quickbooks_sync.commands import steps
from quickbooks_sync.model.errors import (
    CompanyStoppedError,
    ConnectionNeededError,
    FatalError,
    GateClosedError,
    MappingError,
    UnreachableError,
)
from quickbooks_sync.model.flow import FlowOptions, flow_named
from quickbooks_sync.postgres.database.engine import build_engine
from quickbooks_sync.postgres.tables import company_grant
from quickbooks_sync.workspace import Workspace
from tests.support.books import loupe, quickbooks
from tests.support.installation import House

SCRIPTS = "Gem & Co «الواحة» 周大福 Ёлка"


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


@pytest.fixture
def broken_mapping(house: House, tmp_path: Path) -> House:
    """The company, with a typo in the customers' mapping."""
    folder = tmp_path / "mappings"
    shutil.copytree(house.workspace.mappings, folder)
    path = folder / "customer.yaml"
    written = path.read_text(encoding="utf-8")
    path.write_text(written.replace("loupe: email\n", "loupe: emial\n"), encoding="utf-8")
    return replace(house, workspace=replace(house.workspace, mappings=folder), runs=[])


def state(house: House) -> dict[str, Any]:
    """Everything that a run which stops must leave as it was."""
    tables = ("customer", "invoice", "payment", "inventory_item", "link", "watermark")
    return {**{name: house.rows(name) for name in tables}, "writes": house.writes()}


def causes(house: House, direction: str, source_id: Any) -> list[dict[str, Any]]:
    """Why a record is on the list of the rejected."""
    (found,) = [
        one
        for one in house.rows("rejected_record")
        if (one["direction"], one["source_id"]) == (direction, str(source_id))
    ]
    return list(found["causes"])


def test_a_typo_in_a_mapping(broken_mapping: House) -> None:
    before = state(broken_mapping)
    with pytest.raises(MappingError) as caught:
        broken_mapping.run("pull_customers")
    message = str(caught.value)
    assert "customer.yaml" in message
    assert (
        f"line {caught.value.facts['line']}" in message
        or f":{caught.value.facts['line']}" in message
    )
    assert "'emial'" in message
    assert "email" in message
    assert broken_mapping.runs[-1]["status"] == "failed"
    assert state(broken_mapping) == before


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


def test_scripts_survive_both_ways(house: House) -> None:
    customer_id = loupe.add_customer(house, SCRIPTS, city="Zürich")
    house.run("push_customers")
    there = house.quickbooks_id("customer", customer_id)
    assert quickbooks.fetch(house, "Customer", there)["DisplayName"] == SCRIPTS
    made = quickbooks.create(house, "Customer", DisplayName=f"From {SCRIPTS}")["Id"]
    house.run("pull_customers")
    row = house.row("customer", house.loupe_id("customer", made))
    assert row["display_name"] == f"From {SCRIPTS}"


def test_emoji_that_quickbooks_refuses_are_refused_alone(house: House) -> None:
    customer_id = loupe.add_customer(house, "Gem 💎 & Co")
    good = loupe.add_customer(house, "Gem & Co")
    run = house.run("push_customers")
    assert run["status"] == "success"
    assert house.said(run, loupe_id=customer_id) == ["rejected"]
    assert house.said(run, loupe_id=good) == ["created"]
    (cause,) = causes(house, "push", customer_id)
    assert cause["rule"] == "accepted by QuickBooks (fault 2040)"
    assert "intuit_tid" in cause["message"]
    house.update("customer", customer_id, display_name="Gem and Co")
    assert house.said(house.run("push_customers"), loupe_id=customer_id) == ["created"]


def test_an_expired_token_is_renewed_in_passing(house: House) -> None:
    customer_id = loupe.add_customer(house, "Token")
    house.order_fault("expire_token")
    assert house.said(house.run("push_customers"), loupe_id=customer_id) == ["created"]


def test_a_wrong_realm(house: House) -> None:
    before = state(house)
    options = FlowOptions(realm_id="1234567890")
    with pytest.raises(
        ConnectionNeededError, match=r"1234567890 is not connected; these are: 93414"
    ):
        steps.check(house.workspace, flow_named("pull_customers"), options, run_key="wrong")
    assert state(house) == before


def test_quickbooks_down(house: House) -> None:
    down = _moved_to_nobody(house)
    before = state(house)
    for name in ("pull_customers", "pull_invoices"):
        with pytest.raises(UnreachableError) as caught:
            replace(house, workspace=down).run(name)
        assert "QuickBooks did not answer for company" in str(caught.value)
        assert "Check the network and api_url of the QuickBooks connection" in str(caught.value)
        assert house.runs[-1]["status"] == "failed"
    assert state(house) == before
    _bind_to(house, urlsplit(house.emulator_url).netloc)
    assert house.run("pull_customers")["status"] == "success"


def _moved_to_nobody(house: House) -> Workspace:
    """The workspace of a deployment whose QuickBooks is at an address where nothing answers."""
    nobody = "127.0.0.1:9"
    _bind_to(house, nobody)
    trusted = house.workspace.app.allowed_hosts | {nobody}
    app = replace(house.workspace.app, api_url=f"http://{nobody}", allowed_hosts=trusted)
    return replace(house.workspace, app=app)


def _bind_to(house: House, host: str) -> None:
    with house.workspace.engine.begin() as connection:
        connection.execute(update(company_grant).values(api_host=host))


def test_postgres_down(house: House) -> None:
    engine = build_engine("postgresql+psycopg2://nobody@127.0.0.1:9/none")
    down = replace(house.workspace, engine=engine)
    before = state(house)
    with pytest.raises(UnreachableError, match=r"PostgreSQL at 127\.0\.0\.1:9/none did not answer"):
        replace(house, workspace=down).run("pull_customers")
    engine.dispose()
    assert state(house) == before


def test_a_company_that_quickbooks_refuses_needs_attention(house: House) -> None:
    body = (
        '{"Fault": {"Error": [{"Message": "message=AuthorizationFailed", "code": "003100", '
        '"Detail": "Application authorization failed"}], "type": "AUTHORIZATION"}}'
    )
    house.order_fault("status", "/v3/company", status=403, body=body)
    before = state(house)
    with pytest.raises(CompanyStoppedError) as caught:
        house.run("pull_customers")
    assert "QuickBooks refuses company 9341450000000001" in str(caught.value)
    (company,) = house.rows("company")
    assert (company["status"], bool(company["status_reason"])) == ("needs_attention", True)
    with pytest.raises(ConnectionNeededError, match="quickbooks-sync connect"):
        house.run("pull_customers")
    with house.workspace.engine.begin() as connection:
        statement = "update quickbooks_sync.company set status = 'connected', status_reason = null"
        connection.execute(text(statement))
    assert state(house) == before


@pytest.fixture
def refusing_loupe(house: House) -> Iterator[House]:
    """A trigger of Loupe's own that refuses one customer."""
    function = (
        "create or replace function loupe.refuse_one() returns trigger language plpgsql as $$"
        " begin if new.display_name = 'Refused 1' then raise exception 'no such customer'; end if;"
        " return new; end $$"
    )
    trigger = (
        "create trigger refuse_one before insert on loupe.customer"
        " for each row execute function loupe.refuse_one()"
    )
    with house.workspace.engine.begin() as connection:
        connection.execute(text(function))
        connection.execute(text(trigger))
    yield house
    with house.workspace.engine.begin() as connection:
        connection.execute(text("drop trigger if exists refuse_one on loupe.customer"))


def test_a_copy_that_fails_midway_leaves_nothing(refusing_loupe: House) -> None:
    house = refusing_loupe
    names = [f"Refused {number}" for number in range(3)]
    for name in names:
        quickbooks.create(house, "Customer", DisplayName=name)
    before = state(house)
    with pytest.raises(
        FatalError, match=r"PostgreSQL refused row 2 of a COPY into loupe\.customer"
    ):
        house.run("pull_customers")
    assert house.runs[-1]["status"] == "failed"
    assert house.runs[-1]["counts"] == {}
    assert state(house) == before
    with house.workspace.engine.begin() as connection:
        connection.execute(text("drop trigger refuse_one on loupe.customer"))
    assert house.run("pull_customers")["counts"]["created"] == 3


def test_a_run_that_is_mostly_rejected_loads_nothing(house: House, regular: int) -> None:
    bad = [
        loupe.add_invoice(house, regular, f"BAD-{n:02d}", total_amount=Decimal("1.00"))
        for n in range(25)
    ]
    good = loupe.add_invoice(house, regular, "GOOD-1")
    before = state(house)
    with pytest.raises(GateClosedError) as caught:
        house.run("push_invoices")
    assert "were rejected, more than the allowed share of 0.2. Nothing was loaded." in str(
        caught.value
    )
    assert "max_rejected_ratio" in str(caught.value)
    assert state(house) == before
    with house.workspace.engine.begin() as connection:
        connection.execute(
            text("update loupe.invoice set total_amount = 100 where invoice_id = any(:ids)"),
            {"ids": bad},
        )
    run = house.run("push_invoices")
    assert all(house.said(run, loupe_id=one) == ["created"] for one in (*bad, good))


def test_a_setting_that_is_missing_makes_a_push_wait(house: House) -> None:
    with house.workspace.engine.begin() as connection:
        taken = "delete from quickbooks_sync.company_setting where name = 'income_account'"
        connection.execute(text(taken))
    item_id = loupe.add_item(house, "Waiting item", "WAIT-1")
    run = house.run("push_inventory_items")
    assert house.said(run, loupe_id=item_id) == ["waiting"]
    (record,) = [one for one in house.records(run, "waiting") if one["loupe_id"] == item_id]
    assert "--set income_account=" in record["reason"]
    (waiting,) = [one for one in house.rows("waiting_record") if one["source_id"] == str(item_id)]
    assert (waiting["waits_for"], waiting["waits_for_id"]) == ("setting", "income_account")
