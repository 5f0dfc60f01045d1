"""Which conflicts end when a record has others by now."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, select

from quickbooks_sync.model.flow import Direction
from quickbooks_sync.model.outcome import FieldConflict, Outcome, RecordOutcome
from quickbooks_sync.postgres.connection.companies import write_company
from quickbooks_sync.postgres.database.engine import build_engine
from quickbooks_sync.postgres.runs.open_lists import update_open_lists
from quickbooks_sync.postgres.runs.scope import RunScope
from quickbooks_sync.postgres.tables import conflict

Record = tuple[int | None, str | None]


@pytest.fixture
def engine(fresh_database_url: str) -> Iterator[Engine]:
    """A database with a company."""
    built = build_engine(fresh_database_url)
    with built.begin() as connection:
        write_company(
            connection,
            realm_id="1",
            organization_id=1,
            company_name="x",
            environment="sandbox",
        )
    yield built
    built.dispose()


def ask(engine: Engine, record: Record, field: str = "record", reason: str = "is it?") -> None:
    """Let a run say that a record is in conflict."""
    loupe_id, quickbooks_id = record
    outcome = RecordOutcome(
        str(loupe_id or quickbooks_id),
        Outcome.CONFLICT,
        loupe_id=loupe_id,
        quickbooks_id=quickbooks_id,
        conflicts=(FieldConflict(field, reason, "ours", "theirs"),),
    )
    with engine.begin() as connection:
        scope = RunScope("1", "payment", Direction.PULL, 1)
        update_open_lists(connection, scope, [outcome])


def read_open(engine: Engine) -> list[Any]:
    with engine.connect() as connection:
        rows = connection.execute(
            select(conflict.c.loupe_id, conflict.c.quickbooks_id, conflict.c.field)
            .where(conflict.c.resolved_at.is_(None))
            .order_by(conflict.c.conflict_id)
        )
        return [tuple(row) for row in rows]


def test_a_question_about_no_single_row_ends_with_one_about_a_row(engine: Engine) -> None:
    ask(engine, (None, "9"))
    ask(engine, (5, "9"))
    assert read_open(engine) == [(5, "9", "record")]


def test_a_question_about_a_row_ends_with_one_about_no_single_row(engine: Engine) -> None:
    ask(engine, (5, "9"))
    ask(engine, (None, "9"))
    ask(engine, (None, "9"))
    assert read_open(engine) == [(None, "9", "record")]


def test_a_row_without_a_record_ends_no_conflict_of_another_one(engine: Engine) -> None:
    ask(engine, (5, None), "applications")
    ask(engine, (6, None), "amount")
    assert read_open(engine) == [(5, None, "applications"), (6, None, "amount")]
