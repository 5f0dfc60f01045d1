"""Flows run as a team's Airflow runs them: real steps, real Postgres, and QuickBooks' stand-in over HTTP."""

from typing import Any

import pytest

from quickbooks_airflow.hooks import QuickBooksHook
from tests.airflow.books import REALM, Books

# Airflow's own scheduler code runs in this process, with deprecations that are not ours.
pytestmark = pytest.mark.filterwarnings("default", "error:::quickbooks_")


def run_flow(dags: dict[str, Any], name: str, **conf: Any) -> tuple[str, dict[str, str]]:
    """Run a flow; returns the run's state, and its tasks' states as `load` or `load[0]`."""
    from airflow.sdk import timezone

    dag_run = dags[f"quickbooks_{name}"].test(run_conf=conf, logical_date=timezone.utcnow())
    states = {
        ti.task_id if ti.map_index < 0 else f"{ti.task_id}[{ti.map_index}]": str(ti.state)
        for ti in dag_run.get_task_instances()
    }
    return str(dag_run.state), states


def read_last_run(books: Books) -> Any:
    """Return the newest run's row."""
    return books.read("select * from quickbooks_sync.run order by run_id desc limit 1")[0]


def read_watermarks(books: Books) -> list[tuple[str, str]]:
    """Return the record types and directions that have a watermark."""
    return [
        (row.record_type, row.direction)
        for row in books.read("select * from quickbooks_sync.watermark")
    ]


def test_a_pull_and_a_push_bring_both_sides_together(
    impatient_dags: dict[str, Any], books: Books
) -> None:
    state, states = run_flow(impatient_dags, "pull_customers")
    pulled = read_last_run(books)

    assert state == "success", states
    assert set(states.values()) == {"success"}
    assert pulled.status == "success"
    assert pulled.counts["created"] > 0
    assert pulled.counts["linked"] > 0
    assert pulled.metered_reads > 0
    assert pulled.writes == 0
    assert read_watermarks(books) == [("customer", "pull")]
    assert (books.data_docs / "index.html").is_file()

    state, states = run_flow(impatient_dags, "push_customers")
    pushed = read_last_run(books)

    assert state == "success", states
    assert pushed.counts["created"] > 0
    assert pushed.writes > 0
    assert sorted(read_watermarks(books)) == [("customer", "pull"), ("customer", "push")]

    before = books.read_counters()
    for name in ("pull_customers", "push_customers"):
        assert run_flow(impatient_dags, name)[0] == "success"
        again = read_last_run(books)
        assert not {"created", "updated", "linked"} & set(again.counts)
        assert again.writes == 0
    assert books.read_counters()["core_writes"] == before["core_writes"]


def test_a_failed_load_is_a_failed_run_and_leaves_the_watermark(
    impatient_dags: dict[str, Any], books: Books
) -> None:
    # A row that is refused is rejected alone; a table that is not as it should be fails the step.
    books.write("alter table loupe.customer rename column city to town")
    rows = books.read("select count(*) from loupe.customer")

    state, states = run_flow(impatient_dags, "pull_customers")

    assert state == "failed"
    assert states["load[0]"] == "failed"
    assert states["finish"] == "failed"
    failed = read_last_run(books)
    assert failed.status == "failed"
    assert "load" in failed.reason
    assert read_watermarks(books) == []
    assert books.read("select count(*) from loupe.customer") == rows
    assert books.read("select holder from quickbooks_sync.lease")[0].holder is None

    books.write("alter table loupe.customer rename column town to city")

    assert run_flow(impatient_dags, "pull_customers")[0] == "success"
    assert read_last_run(books).mode == "full"
    assert read_watermarks(books) == [("customer", "pull")]


def test_a_preview_writes_to_neither_side(impatient_dags: dict[str, Any], books: Books) -> None:
    rows = books.read("select count(*) from loupe.customer")

    state, states = run_flow(impatient_dags, "pull_customers", preview=True)

    assert state == "success", states
    assert read_last_run(books).is_preview
    assert books.read("select count(*) from loupe.customer") == rows
    assert books.read("select * from quickbooks_sync.link") == []
    assert read_watermarks(books) == []


def test_a_limit_narrows_the_run(impatient_dags: dict[str, Any], books: Books) -> None:
    state, states = run_flow(impatient_dags, "pull_customers", limit=3)

    assert state == "success", states
    assert sum(read_last_run(books).counts.values()) <= 3 + read_last_run(books).counts.get(
        "warning", 0
    )
    assert read_watermarks(books) == []


def test_an_answer_lost_on_the_way_creates_nothing_twice(
    impatient_dags: dict[str, Any], books: Books, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("pull_customers", "pull_invoices", "push_customers"):
        assert run_flow(impatient_dags, name)[0] == "success"
    before = QuickBooksHook().get_conn().count("Invoice")
    books.order_fault(kind="cut_after_commit", match={"path_contains": "/batch"})

    state, states = run_flow(impatient_dags, "push_invoices")

    assert state == "success", states
    created = read_last_run(books).counts["created"]
    assert created > 0
    assert "attempt 2" in caplog.text, "no answer was lost"
    assert QuickBooksHook().get_conn().count("Invoice") == before + created


def test_an_unknown_company_fails_with_those_that_there_are(
    impatient_dags: dict[str, Any], books: Books, capfd: pytest.CaptureFixture[str]
) -> None:
    state, states = run_flow(impatient_dags, "pull_customers", company="1111")

    assert state == "failed"
    assert states["check"] == "failed"
    assert states["extract"] == "upstream_failed"
    assert REALM in capfd.readouterr().out
    assert books.read("select * from quickbooks_sync.run") == []


def test_a_database_that_is_down_fails_clearly(
    impatient_dags: dict[str, Any], books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_LOUPE_DEFAULT", "postgres://etl:secret@127.0.0.1:1/loupe")

    state, states = run_flow(impatient_dags, "pull_customers")

    assert state == "failed"
    assert states["check"] == "failed"
    assert books.read("select * from quickbooks_sync.run") == []
