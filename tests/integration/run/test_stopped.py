"""A run that is stopped says what was found, where, and what to do next, and leaves nothing half-written."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlalchemy import text, update

from quickbooks_sync.commands import steps
from quickbooks_sync.model.errors import (
    CompanyStoppedError,
    ConnectionNeededError,
    GateClosedError,
    MappingError,
    UnreachableError,
)
from quickbooks_sync.model.flow import FlowOptions
from quickbooks_sync.postgres.database.engine import build_engine
from quickbooks_sync.postgres.tables import company_grant
from quickbooks_sync.record_types.registry import flow_named
from quickbooks_sync.workspace import Workspace
from tests.support.books import loupe, quickbooks
from tests.support.installation import House
from tests.support.outcomes import state


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


def test_a_copy_that_fails_midway_leaves_out_the_one_row(refusing_loupe: House) -> None:
    house = refusing_loupe
    names = [f"Refused {number}" for number in range(3)]
    for name in names:
        quickbooks.create(house, "Customer", DisplayName=name)
    counts = house.run("pull_customers")["counts"]
    assert (counts["created"], counts["rejected"]) == (2, 1)
    with house.workspace.engine.begin() as connection:
        connection.execute(text("drop trigger refuse_one on loupe.customer"))
    assert house.run("pull_customers")["counts"]["created"] == 1


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
