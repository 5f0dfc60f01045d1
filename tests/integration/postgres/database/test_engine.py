"""The database connection: exact numbers, UTC, and clear words when it fails."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import bindparam, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import make_url

from quickbooks_sync.model.errors import ConfigurationError, UnreachableError
from quickbooks_sync.model.unreadable import Unreadable
from quickbooks_sync.postgres.database.engine import build_engine


def test_json_numbers_are_decimal_both_ways(database_url: str) -> None:
    engine = build_engine(database_url)
    document = {"amount": Decimal("12.50"), "name": "Étoile"}
    with engine.connect() as connection:
        statement = select(bindparam("value", document, JSONB))
        assert connection.execute(statement).scalar_one() == document
        as_text = text("select cast(:value as jsonb)::text").bindparams(
            bindparam("value", document, JSONB)
        )
        assert "12.50" in connection.execute(as_text).scalar_one()
    engine.dispose()


def test_sessions_are_in_utc_and_time_limited(database_url: str) -> None:
    engine = build_engine(database_url)
    with engine.connect() as connection:
        assert connection.execute(text("show timezone")).scalar_one() == "UTC"
        assert connection.execute(text("show statement_timeout")).scalar_one() == "10min"
    engine.dispose()


def test_a_bare_url_means_psycopg2(database_url: str) -> None:
    engine = build_engine(database_url.replace("+psycopg2", ""))
    assert engine.url.drivername == "postgresql+psycopg2"
    engine.dispose()


def test_a_server_that_is_down_is_unreachable() -> None:
    engine = build_engine("postgresql://u:hush@127.0.0.1:9/x")
    with pytest.raises(UnreachableError, match=r"127\.0\.0\.1:9/x did not answer") as caught:
        engine.connect()
    assert "hush" not in str(caught.value)


def test_a_server_that_goes_away_is_unreachable(postgres_url: str, database_url: str) -> None:
    engine, outside = build_engine(database_url), build_engine(postgres_url)
    with engine.connect() as connection:
        pid = connection.execute(text("select pg_backend_pid()")).scalar_one()
        with outside.connect() as other:
            other.execute(text("select pg_terminate_backend(:pid)"), {"pid": pid})
        with pytest.raises(UnreachableError):
            connection.execute(text("select 1"))
    with engine.connect() as connection:
        assert connection.execute(text("select 1")).scalar_one() == 1
    engine.dispose()
    outside.dispose()


def test_a_connection_that_was_cut_while_it_was_idle_is_replaced(
    postgres_url: str, database_url: str
) -> None:
    engine, outside = build_engine(database_url), build_engine(postgres_url)
    with engine.connect() as connection:
        pid = connection.execute(text("select pg_backend_pid()")).scalar_one()
    with outside.connect() as other:
        other.execute(text("select pg_terminate_backend(:pid)"), {"pid": pid})
    with engine.connect() as connection:
        assert connection.execute(text("select pg_backend_pid()")).scalar_one() != pid
    engine.dispose()
    outside.dispose()


def test_a_value_that_python_cannot_hold_spoils_no_other(database_url: str) -> None:
    engine = build_engine(database_url)
    statement = text(
        "select date 'infinity', date '20261-10-01', date '0001-10-01 BC', numeric 'NaN',"
        " timestamptz '-infinity', date '2026-10-01', timestamptz '2026-10-01 12:00:00.5+02', numeric '1.50'"
    )
    with engine.connect() as connection:
        *bad, day, moment, number = connection.execute(statement).one()
    assert all(isinstance(value, Unreadable) for value in bad)
    assert [str(value) for value in bad] == [
        "infinity",
        "20261-10-01",
        "0001-10-01 BC",
        "NaN",
        "-infinity",
    ]
    assert (day, number) == (date(2026, 10, 1), Decimal("1.50"))
    assert moment == datetime(2026, 10, 1, 10, 0, 0, 500000, tzinfo=UTC)
    engine.dispose()


def test_a_database_that_is_not_there_is_a_matter_of_configuration(database_url: str) -> None:
    missing = make_url(database_url).set(database="no_such_database")
    engine = build_engine(missing.render_as_string(hide_password=False))
    with pytest.raises(ConfigurationError, match="no_such_database"):
        engine.connect()
