"""No value of a row reaches a log, an error's text, or a run's reason, whatever PostgreSQL refuses and why."""

import logging
import traceback
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, insert, select, text, update

from quickbooks_sync.model.errors import FatalError, RetryableError
from quickbooks_sync.postgres import tables
from quickbooks_sync.postgres.database.copying import copy_rows
from quickbooks_sync.postgres.database.engine import build_engine
from tests.support.books import quickbooks
from tests.support.installation import House
from tests.support.outcomes import causes

SECRET = "leaky.person@pii.example"

_ERP_TRIGGER = """
create function loupe.vet() returns trigger language plpgsql as $$ begin
  if new.email like 'leaky%' then {does}; end if; return new;
end $$;
create trigger vet before insert or update on loupe.customer for each row execute function loupe.vet();
"""
_WAYS = {
    "raises": "raise exception 'customer % is refused', new.email using detail = new.email, hint = new.email",
    "raises as a constraint": "raise exception '%', new.email using errcode = 'unique_violation', "
    "constraint = new.email, column = new.email, table = new.email",
    "raises as a lost connection": "raise exception '%', new.email using errcode = '08006'",
    "casts": "perform new.email::int",
    "builds SQL": "execute 'select ' || quote_literal(new.email) || '::date'",
    "builds bad SQL": "execute 'select from ' || new.email",
    "calls itself": "insert into loupe.customer (organization_id, email) values (1, new.email || 'x')",
}


@pytest.fixture(scope="module")
def house(shared_house: House) -> House:
    """One company for the module, with a linked customer."""
    quickbooks.create(shared_house, "Customer", DisplayName="Linked")
    shared_house.run("pull_customers")
    return shared_house


@pytest.fixture(params=_WAYS)
def vetting(house: House, request: pytest.FixtureRequest) -> Iterator[House]:
    """Loupe, with a trigger that fails on one address."""
    run(house.workspace.engine, _ERP_TRIGGER.format(does=_WAYS[request.param]))
    yield house
    run(house.workspace.engine, "drop function loupe.vet() cascade")


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """The module's database, as the product opens it."""
    built = build_engine(database_url)
    yield built
    built.dispose()


def run(engine: Engine, statement: str) -> None:
    with engine.begin() as connection:
        connection.execute(text(statement))


def texts_of(error: BaseException | None) -> Iterator[str]:
    """Everything of an error, and of what is chained to it, that something may print."""
    while error is not None:
        yield from (str(error), repr(error), repr(error.args), repr(getattr(error, "facts", "")))
        yield from (repr(getattr(error, name, "")) for name in ("params", "orig", "pgerror"))
        yield "".join(traceback.format_exception(error))
        assert error.__context__ is None or error.__suppress_context__
        error = error.__cause__


def assert_clean(error: BaseException, logs: pytest.LogCaptureFixture) -> None:
    for said in (*texts_of(error), logs.text, *(record.getMessage() for record in logs.records)):
        assert "leaky" not in said
        assert "pii.example" not in said


def assert_clean_lists(house: House, logs: pytest.LogCaptureFixture) -> None:
    """What a run says to people: its log, its reason, what it notes of records, and why they are rejected."""
    listed = [row["causes"] for row in house.rows("rejected_record")]
    assert "leaky" not in repr((logs.text, house.rows("run"), house.rows("run_record"), listed))


def test_a_trigger_that_fails_on_an_update_is_reported_without_the_row(
    vetting: House, caplog: pytest.LogCaptureFixture
) -> None:
    (link,) = [one for one in vetting.rows("link") if one["record_type"] == "customer"]
    address = {"Address": SECRET}
    quickbooks.change(vetting, "Customer", link["quickbooks_id"], PrimaryEmailAddr=address)
    caplog.set_level(logging.DEBUG)
    run_id = vetting.run("pull_customers")["run_id"]
    assert_clean_lists(vetting, caplog)
    [said] = [row for row in vetting.rows("run_record") if row["run_id"] == run_id]
    assert said["outcome"] == "rejected"
    assert f"Loupe's customer {link['loupe_id']}: " in said["reason"]
    quickbooks.change(vetting, "Customer", link["quickbooks_id"], PrimaryEmailAddr={"Address": ""})


def test_a_trigger_that_fails_on_a_copy_names_the_quickbooks_record(
    vetting: House, caplog: pytest.LogCaptureFixture
) -> None:
    name = f"New {len(vetting.runs)}"
    address = {"Address": SECRET}
    made = quickbooks.create(vetting, "Customer", DisplayName=name, PrimaryEmailAddr=address)
    caplog.set_level(logging.DEBUG)
    vetting.run("pull_customers")
    assert_clean_lists(vetting, caplog)
    (cause,) = causes(vetting, "pull", made["Id"])
    assert f"QuickBooks' customer {made['Id']}: " in cause["message"]
    assert "loupe.customer" in cause["message"]
    quickbooks.change(
        vetting, "Customer", made["Id"], Active=False, PrimaryEmailAddr={"Address": ""}
    )


def test_the_record_of_a_refused_copy_is_named(house: House) -> None:
    run(house.workspace.engine, _ERP_TRIGGER.format(does=_WAYS["raises"]))
    quickbooks.create(house, "Customer", DisplayName="Sound")
    made = quickbooks.create(
        house, "Customer", DisplayName="Unsound", PrimaryEmailAddr={"Address": SECRET}
    )
    house.run("pull_customers")
    (cause,) = causes(house, "pull", made["Id"])
    assert f"QuickBooks' customer {made['Id']}: " in cause["message"]
    assert "vet()" in cause["message"]
    run(house.workspace.engine, "drop function loupe.vet() cascade")
    assert house.run("pull_customers")["status"] == "success"


_ROWS = [{"organization_id": 9, "email": "fine"}, {"organization_id": 9, "email": SECRET}]
_STATEMENTS: dict[str, tuple[Any, ...]] = {
    "insert": (insert(tables.customer).values(organization_id=9, email=SECRET),),
    "insert of many": (insert(tables.customer), _ROWS),
    "update": (update(tables.customer).values(email=SECRET),),
    "update of many": (
        text("update loupe.customer set email = :email where organization_id = :organization_id"),
        _ROWS,
    ),
    "delete": (text("delete from loupe.customer where email::int = 3"),),
    "select": (text("select cast(:value as int)").bindparams(value=SECRET),),
    "select of a column": (text("select email::int from loupe.customer"),),
    "null": (
        text(
            "insert into loupe.customer (organization_id, email) values (null, :value)"
        ).bindparams(value=SECRET),
    ),
}


@pytest.fixture
def unique_addresses(engine: Engine) -> Iterator[Engine]:
    """Two customers, and a rule that no two have one address."""
    run(
        engine,
        f"insert into loupe.customer (organization_id, email) values (9, '{SECRET}'), (9, 'b')",
    )
    run(
        engine,
        "create unique index one_address on loupe.customer (email) where organization_id = 9",
    )
    yield engine
    run(
        engine, "drop index loupe.one_address; delete from loupe.customer where organization_id = 9"
    )


@pytest.mark.parametrize("kind", _STATEMENTS)
def test_every_kind_of_statement_is_refused_without_its_values(
    unique_addresses: Engine, caplog: pytest.LogCaptureFixture, kind: str
) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, "sqlalchemy")
    refused = pytest.raises(FatalError, match="SQLSTATE")
    with refused as caught, unique_addresses.begin() as connection:
        connection.execute(*_STATEMENTS[kind])
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    assert_clean(caught.value, caplog)
    if kind in ("insert", "update"):
        assert "loupe.customer, constraint one_address: unique violation" in str(caught.value)


def test_rows_are_not_logged_at_any_level(
    unique_addresses: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, "sqlalchemy")
    with unique_addresses.connect() as connection:
        found = connection.execute(
            select(tables.customer.c.email).where(tables.customer.c.organization_id == 9)
        )
        assert SECRET in found.scalars().all()
    assert "select" in caplog.text.lower()
    assert "leaky" not in caplog.text


def test_a_constraint_that_is_checked_at_commit_is_reported_without_the_row(
    engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    run(
        engine,
        "create table loupe.note (body text, constraint once unique (body) deferrable initially deferred)",
    )
    caplog.set_level(logging.DEBUG)
    refused = pytest.raises(FatalError, match="COMMIT, constraint once: unique violation")
    with refused as caught, engine.begin() as connection:
        for _ in range(2):
            connection.execute(text("insert into loupe.note values (:body)"), {"body": SECRET})
    assert_clean(caught.value, caplog)
    run(engine, "drop table loupe.note")


def test_a_copy_is_refused_without_its_values(
    unique_addresses: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    refused = pytest.raises(
        FatalError, match=r"row 2 of a COPY into loupe\.customer, constraint one_address"
    )
    with refused as caught, unique_addresses.begin() as connection:
        copy_rows(connection, tables.customer, ("organization_id", "email"), _ROWS)
    assert caught.value.__context__ is None
    assert_clean(caught.value, caplog)


def test_a_lock_that_is_not_given_can_be_waited_for_again(unique_addresses: Engine) -> None:
    engine = unique_addresses
    locked = text("select email from loupe.customer for update nowait")
    refused = pytest.raises(RetryableError, match="lock not available")
    with engine.begin() as holder, refused, engine.begin() as other:
        holder.execute(locked)
        other.execute(locked)
