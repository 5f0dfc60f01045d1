"""The daily task that keeps connections: it renews every company's access and watches the month's reads."""

import json
import os
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowFailException

from quickbooks_airflow.upkeep import KeepConnectionsOperator
from tests.airflow.books import REALM, Books


def keep() -> dict[str, str]:
    context: Any = {}
    return KeepConnectionsOperator(task_id="keep_connections").execute(context)


def test_a_company_is_kept_without_a_metered_read(books: Books) -> None:
    before = books.read_counters()
    assert keep() == {REALM: "ok"}
    assert books.read_counters() == before


@pytest.mark.usefixtures("books")
def test_reads_that_are_used_up_fail_the_task_and_say_what_is_stopped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    name = "AIRFLOW_CONN_QUICKBOOKS_DEFAULT"
    connection = json.loads(os.environ[name])
    connection["extra"]["monthly_reads"] = 1
    monkeypatch.setenv(name, json.dumps(connection))
    with pytest.raises(AirflowFailException, match="of 1; reads are stopped until next month"):
        keep()
