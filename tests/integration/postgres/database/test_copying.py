"""COPY: every text survives it, and a refused row leaves nothing behind."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, select, text

from quickbooks_sync.model.errors import FatalError
from quickbooks_sync.postgres import tables
from quickbooks_sync.postgres.database.copying import copy_rows, next_ids
from quickbooks_sync.postgres.database.engine import build_engine

NAMES = [
    "\\N",
    "\\.",
    "first\n\\.\nthird",
    'He said "no", twice: ""',
    "tab\tcomma,semicolon;",
    "windows\r\nline",
    "back\\slash \\n \\t \\\\",
    "emoji 💎👩🏽‍🔧 and مجوهرات 周大福",
    "'; drop table loupe.customer; --",
    " ",
]


@pytest.fixture(scope="module")
def engine(database_url: str) -> Iterator[Engine]:
    """The module's database."""
    built = build_engine(database_url)
    yield built
    built.dispose()


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    """A transaction that is undone after the test."""
    with engine.connect() as opened, opened.begin() as transaction:
        yield opened
        transaction.rollback()


def copy(connection: Connection, rows: list[dict[str, Any]]) -> list[str | None]:
    """Copy customers; returns the display names that arrived, in order."""
    columns = ("organization_id", "display_name", "notes")
    assert copy_rows(connection, tables.customer, columns, rows) == len(rows)
    found = connection.execute(
        select(tables.customer.c.display_name).order_by(tables.customer.c.customer_id)
    )
    return list(found.scalars())


def test_every_text_survives(connection: Connection) -> None:
    rows = [{"organization_id": 1, "display_name": name, "notes": name} for name in NAMES]
    assert copy(connection, rows) == NAMES


def test_empty_text_and_null_stay_apart(connection: Connection) -> None:
    rows: list[dict[str, Any]] = [
        {"organization_id": 1, "display_name": "", "notes": "x"},
        {"organization_id": 1, "display_name": None, "notes": "x"},
        {"organization_id": 1, "notes": "x"},
    ]
    assert copy(connection, rows) == ["", None, None]


def test_json_keeps_its_digits_and_its_characters(connection: Connection) -> None:
    raw = {"Amount": Decimal("1234567890123.10"), "Name": '\\N "x"\n💎', "Nothing": None}
    key = {"realm_id": "1", "record_type": "customer", "direction": "pull", "source_id": "7"}
    connection.execute(
        tables.company.insert().values(
            realm_id="1", organization_id=1, company_name="x", environment="sandbox"
        )
    )
    columns = (*key, "waits_for", "reason", "raw")
    row = {**key, "waits_for": "customer", "reason": "r", "raw": raw}
    copy_rows(connection, tables.waiting_record, columns, [row])
    assert connection.execute(select(tables.waiting_record.c.raw)).scalar_one() == raw


def test_large_batches_arrive_whole(connection: Connection) -> None:
    names = [f"Customer {number} " + "é" * 200 for number in range(3000)]
    rows = [{"organization_id": 1, "display_name": name} for name in names]
    assert copy(connection, rows) == names


def test_reserved_keys_are_handed_out_once(connection: Connection) -> None:
    first = next_ids(connection, tables.customer, "customer_id", 3)
    second = next_ids(connection, tables.customer, "customer_id", 2)
    assert len({*first, *second}) == 5
    assert next_ids(connection, tables.customer, "customer_id", 0) == []


def test_a_nul_character_is_refused_by_row_and_nothing_is_written(engine: Engine) -> None:
    rows = [
        {"organization_id": 1, "display_name": "good"},
        {"organization_id": 1, "display_name": "secret\x00name"},
    ]
    with pytest.raises(FatalError) as caught, engine.begin() as connection:
        copy(connection, rows)
    message = str(caught.value)
    assert message.startswith("PostgreSQL refused row 2 of a COPY into loupe.customer")
    assert "Nothing of this batch was written." in message
    assert "secret" not in message
    with engine.connect() as connection:
        assert connection.execute(select(tables.customer)).all() == []


def test_a_value_of_the_wrong_kind_is_named_without_showing_it(engine: Engine) -> None:
    rows = [{"organization_id": "private value"}]
    refused = pytest.raises(FatalError, match="column organization_id")
    with refused as caught, engine.begin() as connection:
        copy_rows(connection, tables.customer, ("organization_id",), rows)
    assert "private value" not in str(caught.value)
    assert caught.value.facts == {"table": "loupe.customer", "sqlstate": "22P02", "row": 1}
    assert caught.value.__cause__ is None


def test_a_trigger_that_refuses_the_third_row_leaves_nothing(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(
            text(
                "create function loupe.refuse() returns trigger language plpgsql as $$ begin"
                " if new.display_name = 'third' then raise exception 'no thirds'; end if;"
                " return new; end $$"
            )
        )
        connection.execute(
            text(
                "create trigger refuse before insert on loupe.customer"
                " for each row execute function loupe.refuse()"
            )
        )
    rows = [{"organization_id": 1, "display_name": name} for name in ("first", "second", "third")]
    refused = pytest.raises(FatalError, match=r"row 3 of a COPY into loupe\.customer: .*refuse\(\)")
    with refused, engine.begin() as connection:
        copy(connection, rows)
    with engine.connect() as connection:
        assert connection.execute(select(tables.customer)).all() == []
