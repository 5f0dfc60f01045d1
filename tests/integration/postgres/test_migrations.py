"""The migrations give the schema that the code declares, may be repeated, and keep row versions."""

import threading
from collections.abc import Iterator
from typing import Any

import psycopg2
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, create_engine, text

from quickbooks_sync.model.errors import ConfigurationError
from quickbooks_sync.postgres.connection.one_company import read_crowded
from quickbooks_sync.postgres.database.engine import build_engine
from quickbooks_sync.postgres.migrations import (
    VERSION_TABLE,
    build_config,
    newest_revision,
    read_revision,
    upgrade_database,
)
from quickbooks_sync.postgres.tables import LOUPE_SCHEMA, SYNC_SCHEMA, metadata


@pytest.fixture
def empty_url(postgres_url: str) -> Iterator[str]:
    """URL of a database in which nothing was created yet."""
    name = "test_migrations_empty"
    _administer(postgres_url, f"create database {name}")
    yield f"{postgres_url.rpartition('/')[0]}/{name}"
    _administer(postgres_url, f"drop database {name} with (force)")


@pytest.fixture
def empty(empty_url: str) -> Iterator[Engine]:
    """Engine of the empty database."""
    engine = create_engine(empty_url)
    yield engine
    engine.dispose()


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    """A connection to a migrated database."""
    engine = create_engine(database_url)
    with engine.connect() as connection:
        yield connection
        connection.rollback()
        connection.execute(text("truncate loupe.customer cascade"))
        connection.commit()
    engine.dispose()


def test_an_upgrade_gives_exactly_the_declared_tables(empty: Engine) -> None:
    upgrade_database(empty)

    with empty.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "include_schemas": True,
                "include_name": lambda name, kind, _parents: (
                    kind != "schema" or name in (LOUPE_SCHEMA, SYNC_SCHEMA)
                ),
                "version_table": VERSION_TABLE,
                "version_table_schema": SYNC_SCHEMA,
                "compare_type": True,
                "compare_server_default": True,
            },
        )
        assert compare_metadata(context, metadata) == []


def test_an_upgrade_gives_exactly_the_declared_checks(empty: Engine) -> None:
    """Alembic compares no check constraints, so they are compared here."""
    upgrade_database(empty)
    migrated = _read_checks(empty)
    with empty.begin() as connection:
        connection.execute(text(f"drop schema {LOUPE_SCHEMA} cascade"))
        connection.execute(text(f"drop schema {SYNC_SCHEMA} cascade"))
        connection.execute(text(f"create schema {LOUPE_SCHEMA}"))
        connection.execute(text(f"create schema {SYNC_SCHEMA}"))
        metadata.create_all(connection)

    assert migrated == _read_checks(empty)
    assert len(migrated) > 20


def test_an_upgrade_can_be_repeated(empty: Engine) -> None:
    assert upgrade_database(empty) == newest_revision()
    assert upgrade_database(empty) == newest_revision()
    with empty.connect() as connection:
        assert read_revision(connection) == newest_revision()


def test_upgrades_started_at_once_wait_for_each_other(empty_url: str) -> None:
    ended: list[str] = []

    def upgrade() -> None:
        engine = create_engine(empty_url)
        ended.append(upgrade_database(engine))
        engine.dispose()

    threads = [threading.Thread(target=upgrade) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    assert ended == [newest_revision()] * 4


def test_a_table_made_otherwise_stops_the_upgrade_and_nothing_is_left(empty: Engine) -> None:
    with empty.begin() as connection:
        connection.execute(text("create schema loupe"))
        connection.execute(text("create table loupe.payment (payment_id int)"))

    with pytest.raises(ConfigurationError, match=r'"payment" already exists.*Nothing was changed'):
        upgrade_database(empty)

    with empty.connect() as connection:
        tables = connection.scalars(
            text("select tablename from pg_tables where schemaname in ('loupe', 'quickbooks_sync')")
        )
        assert list(tables) == ["payment"]


def test_the_products_own_engine_says_what_stands_in_the_way_of_an_upgrade(empty: Engine) -> None:
    engine = build_engine(empty.url.render_as_string(hide_password=False))
    with engine.begin() as connection:
        connection.execute(text("create schema loupe"))
        connection.execute(text("create table loupe.payment (payment_id int)"))

    with pytest.raises(ConfigurationError, match=r'"payment" already exists.*Nothing was changed'):
        upgrade_database(engine)

    engine.dispose()


def test_organizations_with_two_companies_keep_them_and_are_listed(empty: Engine) -> None:
    _upgrade_to(empty, "0004")
    with empty.begin() as connection:
        connection.execute(
            text(
                "insert into quickbooks_sync.company"
                " (realm_id, organization_id, company_name, environment, status, created_at) values"
                " ('3', 1, 'Later', 'sandbox', 'connected', '2026-02-01'),"
                " ('4', 1, 'First', 'sandbox', 'needs_attention', '2026-01-01'),"
                " ('5', 1, 'Gone', 'sandbox', 'disconnected', '2025-01-01'),"
                " ('6', 2, 'Alone', 'sandbox', 'connected', '2026-03-01')"
            )
        )

    assert upgrade_database(empty) == newest_revision()

    with empty.connect() as connection:
        rows = connection.execute(
            text("select realm_id, is_additional from quickbooks_sync.company order by realm_id")
        )
        assert [tuple(row) for row in rows] == [
            ("3", True),
            ("4", False),
            ("5", False),
            ("6", False),
        ]
        [told] = read_crowded(connection)
    assert "Organization 1 has several" in told
    assert "Gone" not in told


def _upgrade_to(engine: Engine, revision: str) -> None:
    with engine.begin() as connection:
        for schema in (LOUPE_SCHEMA, SYNC_SCHEMA):
            connection.execute(text(f"create schema {schema}"))
        command.upgrade(build_config(connection), revision)


def test_a_change_of_a_row_raises_its_version_whatever_it_sets(connection: Connection) -> None:
    _insert_customer(connection, 1)

    connection.execute(text("update loupe.customer set city = 'Lyon', row_version = 99"))

    assert _scalar(connection, "select row_version from loupe.customer") == 2


def test_an_update_that_changes_nothing_keeps_the_version(connection: Connection) -> None:
    _insert_customer(connection, 1)

    connection.execute(text("update loupe.customer set city = city, display_name = 'Aurora'"))

    assert _scalar(connection, "select row_version from loupe.customer") == 1


@pytest.mark.parametrize(
    "change",
    [
        "insert into loupe.invoice_line (organization_id, invoice_id, line_number) values (1, 1, 2)",
        "update loupe.invoice_line set description = 'Ring' where invoice_id = 1",
        "delete from loupe.invoice_line where invoice_id = 1",
    ],
)
def test_a_change_of_a_line_raises_its_invoices_version(
    connection: Connection, change: str
) -> None:
    _insert_invoices(connection)

    connection.execute(text(change))

    assert _versions(connection, "invoice") == {1: 2, 2: 1}


def test_a_line_moved_between_invoices_raises_both_versions(connection: Connection) -> None:
    _insert_invoices(connection)

    connection.execute(text("update loupe.invoice_line set invoice_id = 2, line_number = 7"))

    assert _versions(connection, "invoice") == {1: 2, 2: 2}


def test_lines_updated_to_the_same_values_keep_the_version(connection: Connection) -> None:
    _insert_invoices(connection)

    connection.execute(text("update loupe.invoice_line set description = description"))

    assert _versions(connection, "invoice") == {1: 1, 2: 1}


def test_invoice_and_lines_written_together_raise_the_version_once(connection: Connection) -> None:
    _insert_invoices(connection)

    connection.execute(text("update loupe.invoice set invoice_number = 'A' where invoice_id = 1"))
    connection.execute(text("delete from loupe.invoice_line where invoice_id = 1"))

    assert _versions(connection, "invoice") == {1: 2, 2: 1}


def test_lines_raise_the_version_after_an_empty_update_of_their_invoice(
    connection: Connection,
) -> None:
    _insert_invoices(connection)

    connection.execute(text("update loupe.invoice set invoice_number = invoice_number"))
    connection.execute(text("delete from loupe.invoice_line where invoice_id = 1"))

    assert _versions(connection, "invoice") == {1: 2, 2: 1}


def test_a_change_of_an_application_raises_its_payments_version(connection: Connection) -> None:
    _insert_invoices(connection)
    connection.execute(
        text(
            "insert into loupe.payment (payment_id, organization_id, customer_id, amount,"
            " currency_code) values (1, 1, 1, 10, 'USD');"
            "insert into loupe.payment_application (organization_id, payment_id, invoice_id,"
            " amount) values (1, 1, 1, 10)"
        )
    )
    connection.commit()
    assert _versions(connection, "payment") == {1: 1}

    connection.execute(text("update loupe.payment_application set amount = 9"))

    assert _versions(connection, "payment") == {1: 2}
    assert _versions(connection, "invoice") == {1: 1, 2: 1}


def _insert_customer(connection: Connection, customer_id: int) -> None:
    connection.execute(
        text(
            "insert into loupe.customer (customer_id, organization_id, display_name)"
            " values (:customer_id, 1, 'Aurora')"
        ),
        {"customer_id": customer_id},
    )


def _insert_invoices(connection: Connection) -> None:
    _insert_customer(connection, 1)
    connection.execute(
        text(
            "insert into loupe.invoice (invoice_id, organization_id, customer_id, currency_code)"
            " values (1, 1, 1, 'USD'), (2, 1, 1, 'USD');"
            "insert into loupe.invoice_line (organization_id, invoice_id, line_number)"
            " values (1, 1, 1)"
        )
    )
    connection.commit()


def _versions(connection: Connection, table: str) -> dict[int, int]:
    rows = connection.execute(text(f"select {table}_id, row_version from loupe.{table}"))
    return {row[0]: row[1] for row in rows}


def _scalar(connection: Connection, statement: str) -> Any:
    return connection.scalar(text(statement))


def _read_checks(engine: Engine) -> set[tuple[str, str, str]]:
    statement = text(
        "select conrelid::regclass::text, conname, pg_get_constraintdef(oid) from pg_constraint"
        " where contype = 'c' and connamespace in ('loupe'::regnamespace,"
        " 'quickbooks_sync'::regnamespace)"
    )
    with engine.connect() as connection:
        return {(row[0], row[1], row[2]) for row in connection.execute(statement)}


def _administer(postgres_url: str, statement: str) -> None:
    connection = psycopg2.connect(postgres_url.replace("+psycopg2", "", 1), connect_timeout=10)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(statement)
    connection.close()
