"""Grants are kept alive, and their hard end is announced in time."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from quickbooks_sync.connection.keep_alive import keep_grants
from quickbooks_sync.postgres.tables import company_grant
from tests.support.installation import House


def set_grant(house: House, **values: datetime) -> None:
    with house.workspace.engine.begin() as connection:
        connection.execute(update(company_grant).values(**values))


def test_an_idle_companys_access_is_renewed_without_a_metered_read(house: House) -> None:
    set_grant(house, access_expires_at=datetime.now(UTC) - timedelta(days=3))
    before = house.side_door("counters")
    [state] = keep_grants(house.workspace)
    assert state.level == "ok"
    [grant] = house.rows("company_grant")
    assert grant["access_expires_at"] > datetime.now(UTC)
    assert house.side_door("counters") == before


@pytest.mark.parametrize(
    ("days", "level"), [(200, "ok"), (30, "warning"), (8, "warning"), (7, "urgent"), (-1, "urgent")]
)
def test_the_hard_end_is_announced_at_thirty_and_seven_days(
    house: House, days: int, level: str
) -> None:
    set_grant(house, refresh_hard_expires_at=datetime.now(UTC) + timedelta(days=days, hours=1))
    [state] = keep_grants(house.workspace)
    assert state.level == level
    assert ("reconnect" in state.message) == (level != "ok")


def test_a_dead_grant_is_said_with_its_remedy(house: House) -> None:
    house.side_door("reset", {"tokens": True})
    set_grant(house, access_expires_at=datetime.now(UTC) - timedelta(days=3))
    [state] = keep_grants(house.workspace)
    assert state.level == "urgent"
    assert "quickbooks-sync connect" in state.message
    [again] = keep_grants(house.workspace)
    assert again.level == "urgent"
    assert "Intuit refused to renew the access" in again.message


def test_a_renewal_that_cannot_be_used_is_said_and_ends_nothing(house: House) -> None:
    set_grant(house, access_expires_at=datetime.now(UTC) - timedelta(days=3))
    body = '{"access_token": "A", "refresh_token": null, "expires_in": 3600}'
    house.order_fault("status", "/oauth2/v1/tokens/bearer", status=200, body=body)
    [state] = keep_grants(house.workspace)
    assert (state.level, "refresh_token is missing" in state.message) == ("urgent", True)
    [again] = keep_grants(house.workspace)
    assert again.level == "ok"
