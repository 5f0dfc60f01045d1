"""Metered reads are counted by company, day, kind and run; they are forecast, and stopped before Intuit does."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from quickbooks_sync.connection.read_budget import Budget, read_budget
from quickbooks_sync.model.errors import ConfigurationError, ReadBudgetSpentError
from quickbooks_sync.postgres.runs.api_usage import read_calls_of_month
from quickbooks_sync.postgres.tables import api_call
from quickbooks_sync.quickbooks.oauth import FREE_READS, App
from tests.support.installation import REALM, House

MIDDLE = date(2026, 6, 15)


def spend(house: House, day: date, number: int, realm_id: str = REALM) -> None:
    row = {"realm_id": realm_id, "day": day, "kind": "read", "is_metered": True, "number": number}
    with house.workspace.engine.begin() as connection:
        connection.execute(insert(api_call).values(**row))


def budget(house: House, monthly_reads: int | None, today: date = MIDDLE) -> Budget:
    with house.workspace.engine.connect() as connection:
        return read_budget(connection, monthly_reads, today)


def limited(house: House, monthly_reads: int) -> House:
    app = replace(house.workspace.app, monthly_reads=monthly_reads)
    return replace(house, workspace=replace(house.workspace, app=app))


def app_of(**extra: Any) -> App:
    return App.from_connection({"login": "id", "password": "secret", "extra": extra})


def test_the_ledger_agrees_with_what_quickbooks_counted(house: House) -> None:
    house.insert("customer", display_name="Counted Gems")
    before = house.side_door("counters")[REALM]
    run = house.run("pull_customers")
    pushed = house.run("push_customers")
    after = house.side_door("counters")[REALM]

    with house.workspace.engine.connect() as connection:
        calls = read_calls_of_month(connection, datetime.now(UTC).date(), REALM)
    by_flow = {
        flow: sum(one["calls"] for one in calls if one["flow"] == flow and one["is_metered"])
        for flow in ("pull_customers", "push_customers")
    }
    assert by_flow == {
        "pull_customers": run["metered_reads"],
        "push_customers": pushed["metered_reads"],
    }
    metered = run["metered_reads"] + pushed["metered_reads"]
    assert after["metered_reads"] - before["metered_reads"] == metered
    written = sum(one["calls"] for one in calls if one["kind"] == "batch")
    assert written == after["core_writes"] - before["core_writes"] == pushed["writes"] > 0


def test_a_persons_commands_are_counted_too(house: House) -> None:
    house.workspace.client(REALM).company_info()
    (told,) = [one for one in house.rows("api_call") if one["kind"] == "company_info"]
    before = told["number"]
    house.workspace.client(REALM).company_info()
    (told,) = [one for one in house.rows("api_call") if one["kind"] == "company_info"]
    assert told["number"] == before + 1
    assert told["run_id"] is None


def test_reads_stop_before_the_budget_is_spent_and_nothing_is_lost(house: House) -> None:
    spend(house, datetime.now(UTC).date(), 980)
    counted = house.side_door("counters")
    with pytest.raises(ReadBudgetSpentError, match=r"used up: 9\d\d of 1000") as refused:
        limited(house, 1000).run("pull_customers")
    assert "monthly_reads" in refused.value.message
    assert house.side_door("counters") == counted
    assert not house.rows("watermark")
    assert house.run("pull_customers", mode="full")["counts"]["created"] > 0


def test_writes_go_on_when_reads_are_stopped(house: House) -> None:
    client = limited(house, 1).workspace.client(REALM)
    with pytest.raises(ReadBudgetSpentError):
        client.company_info()
    assert client.send("Customer", {"DisplayName": "Free of charge"}, request_id="free-1")["Id"]


def test_another_companys_reads_and_not_last_months_count(house: House) -> None:
    already = budget(house, None, MIDDLE).used
    spend(house, MIDDLE, 40, "9341450000000099")
    spend(house, date(2026, 5, 31), 500)
    spend(house, date(2026, 7, 1), 500)
    assert budget(house, None, MIDDLE).used == already + 40


def test_the_forecast_goes_on_as_the_last_seven_days_did(house: House) -> None:
    for days in range(1, 8):
        spend(house, MIDDLE - timedelta(days=days), 100)
    spend(house, MIDDLE - timedelta(days=8), 9000)
    spend(house, MIDDLE, 30)
    found = budget(house, None)
    assert (found.used, found.forecast) == (9730, 9730 + 15 * 100)


@pytest.mark.parametrize(
    ("monthly_reads", "level"),
    [(32_000, "ok"), (31_000, "warning"), (12_000, "warning"), (10_000, "urgent")],
)
def test_a_budget_warns_when_it_will_not_last_and_says_when_it_is_spent(
    house: House, monthly_reads: int, level: str
) -> None:
    for days in range(1, 8):
        spend(house, MIDDLE - timedelta(days=days), 1400)
    found = budget(house, monthly_reads)
    assert (found.used, found.forecast, found.level) == (9800, 30_800, level)
    assert ("reads stop" in found.message) == (level == "warning")


@pytest.mark.parametrize(
    ("extra", "expected"),
    [
        ({"environment": "production"}, FREE_READS),
        ({"environment": "sandbox"}, None),
        ({"environment": "sandbox", "monthly_reads": 1000}, 1000),
        ({"environment": "production", "monthly_reads": "1_000_000"}, 1_000_000),
        ({"environment": "production", "monthly_reads": "unlimited"}, None),
    ],
)
def test_production_has_intuits_free_reads_unless_told_otherwise(
    extra: dict[str, Any], expected: int | None
) -> None:
    assert app_of(**extra).monthly_reads == expected


@pytest.mark.parametrize("wrong", ["many", "-5", "0", "1.5"])
def test_a_budget_that_is_no_number_is_refused_by_name(wrong: str) -> None:
    with pytest.raises(ConfigurationError, match="monthly_reads"):
        app_of(monthly_reads=wrong)
