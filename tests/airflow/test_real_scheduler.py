"""The orders under a real Airflow: API server, scheduler, DAG processor, triggerer and task processes.

One Airflow serves the module, and the tests build on each other in the order of the file, as the days of a
company do: first sync, a quiet night, a retry, a mishap; the last one needs none before it. A flow takes seconds here,
so each test runs few.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.airflow.deployment import FIRST_SYNC, NAMES, NIGHTLY, Deployment, deployed


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    with deployed(tmp_path_factory.mktemp("deployment")) as started:
        yield started


def test_the_first_sync_brings_all_record_types_together(deployment: Deployment) -> None:
    run_id = deployment.run(FIRST_SYNC)

    assert deployment.task_states(FIRST_SYNC, run_id) == dict.fromkeys(
        [*NAMES, "report"], "success"
    )
    accounts = deployment.accounts()
    assert {flow: account["status"] for flow, account in accounts.items()} == dict.fromkeys(
        NAMES, "success"
    )
    for name in NAMES:
        assert accounts[name]["counts"].get("created"), f"{name} created nothing"
    for name in ("pull_customers", "pull_invoices", "pull_payments", "pull_inventory_items"):
        assert accounts[name]["counts"].get("linked"), f"{name} linked nothing"


def test_the_night_does_nothing_unless_a_company_asks_for_it(deployment: Deployment) -> None:
    known = deployment.newest_run()

    run_id = deployment.run(NIGHTLY)

    assert deployment.state(NIGHTLY, run_id) == "success"
    assert deployment.newest_run() == known


def test_the_night_runs_every_flow_of_a_company_that_asks_and_finds_nothing_to_change(
    deployment: Deployment,
) -> None:
    known = deployment.newest_run()
    deployment.execute("update quickbooks_sync.company set is_nightly = true")

    run_id = deployment.run(NIGHTLY)

    assert deployment.state(NIGHTLY, run_id) == "success"
    accounts = deployment.accounts(known)
    assert set(accounts) == set(NAMES)
    for name, account in accounts.items():
        assert account["mode"] == "incremental", name
        assert account["writes"] == 0, name
        assert not {"created", "updated", "linked"} & set(account["counts"]), name


def test_deselected_flows_are_skipped_and_the_others_run(deployment: Deployment) -> None:
    known = deployment.newest_run()

    run_id = deployment.run(
        FIRST_SYNC,
        {"record_types": ["customer", "inventory_item"], "directions": ["pull"]},
    )

    chosen = {"pull_customers", "pull_inventory_items", "report"}
    assert deployment.state(FIRST_SYNC, run_id) == "success"
    assert deployment.task_states(FIRST_SYNC, run_id) == {
        name: "success" if name in chosen else "skipped" for name in [*NAMES, "report"]
    }
    assert set(deployment.accounts(known)) == {"pull_customers", "pull_inventory_items"}


def test_a_task_that_is_tried_again_attaches_to_the_run_of_its_flow(
    deployment: Deployment,
) -> None:
    parent, child = "tried-again", "order__tried-again__pull_customers"
    chosen = {"record_types": ["customer"], "directions": ["pull"]}
    deployment.api.call(
        "POST",
        "dags/quickbooks_pull_customers/dagRuns",
        {"dag_run_id": child, "logical_date": None, "conf": {}},
    )

    deployment.api.call(
        "POST",
        f"dags/{FIRST_SYNC}/dagRuns",
        {"dag_run_id": parent, "logical_date": None, "conf": chosen},
    )
    deployment.wait(FIRST_SYNC, parent)

    assert deployment.state(FIRST_SYNC, parent) == "success"
    assert deployment.run_ids("quickbooks_pull_customers").count(child) == 1
    assert deployment.state("quickbooks_pull_customers", child) == "success"


def test_a_flow_that_cannot_run_stops_those_after_it_but_not_the_items(
    deployment: Deployment,
) -> None:
    deployment.pause("quickbooks_pull_customers", True)
    try:
        run_id = deployment.run(FIRST_SYNC, {"directions": ["pull"]})
    finally:
        deployment.pause("quickbooks_pull_customers", False)

    assert deployment.state(FIRST_SYNC, run_id) == "failed"
    assert deployment.task_states(FIRST_SYNC, run_id) == {
        "pull_customers": "failed",
        "pull_invoices": "upstream_failed",
        "push_customers": "upstream_failed",
        "push_invoices": "upstream_failed",
        "pull_payments": "upstream_failed",
        "push_payments": "upstream_failed",
        "pull_inventory_items": "success",
        "push_inventory_items": "skipped",
        "report": "failed",
    }


def test_a_run_that_a_person_clears_runs_its_failed_flow_again(deployment: Deployment) -> None:
    chosen = {"record_types": ["customer"], "directions": ["pull"]}
    deployment.execute("update quickbooks_sync.company set status = 'needs_attention'")
    run_id = deployment.run(FIRST_SYNC, chosen)
    child = f"order__{run_id}__pull_customers"
    assert deployment.state("quickbooks_pull_customers", child) == "failed"
    deployment.execute("update quickbooks_sync.company set status = 'connected'")

    deployment.api.call(
        "POST",
        f"dags/{FIRST_SYNC}/clearTaskInstances",
        {"dry_run": False, "dag_run_id": run_id, "only_failed": True, "reset_dag_runs": True},
    )
    deployment.wait(FIRST_SYNC, run_id)

    assert deployment.state(FIRST_SYNC, run_id) == "success"
    assert deployment.state("quickbooks_pull_customers", child) == "success"


def test_airflow_serves_the_reports_to_signed_in_users_only(deployment: Deployment) -> None:
    address = f"{deployment.api.url}/quickbooks/data-docs/index.html"
    token = deployment.api.authorization()

    assert requests.get(address, timeout=30).status_code == 401
    assert requests.get(f"{address}/../x", timeout=30).status_code == 401
    shown = requests.get(address, headers={"Authorization": token}, timeout=30)
    assert shown.status_code == 200
    assert "html" in shown.headers["Content-Type"]
    assert "no-store" in shown.headers["Cache-Control"]
    outside = requests.get(
        f"{deployment.api.url}/quickbooks/data-docs/%2e%2e/%2e%2e/secrets/grants",
        headers={"Authorization": token},
        timeout=30,
    )
    assert outside.status_code == 404


def test_the_test_button_works_through_airflows_api(deployment: Deployment) -> None:
    quickbooks = json.loads(deployment.product.environment["AIRFLOW_CONN_QUICKBOOKS_DEFAULT"])

    answer = deployment.api.call(
        "POST",
        "connections/test",
        {
            "connection_id": "quickbooks_tested",
            **{name: quickbooks[name] for name in ("conn_type", "login", "password")},
            "extra": json.dumps(quickbooks["extra"]),
        },
    )

    assert answer["status"] is True, answer["message"]
    assert "one metered read" in answer["message"]


def test_at_night_companies_run_side_by_side_and_stay_apart(deployment: Deployment) -> None:
    known = deployment.newest_run()
    _connect_another(deployment)
    before = _count_records(deployment, organization_id=1)

    run_id = deployment.run(NIGHTLY)

    assert deployment.state(NIGHTLY, run_id) == "success"
    runs = deployment.execute(
        f"select realm_id, status, started_at, finished_at from quickbooks_sync.run where run_id > {known}"
    )
    one, two = ([run for run in runs if run["realm_id"] == realm] for realm in (REALM, OTHER_REALM))
    assert len(one) == len(two) == len(NAMES)
    assert {run["status"] for run in runs} == {"success"}
    assert any(
        mine["started_at"] < theirs["finished_at"] and theirs["started_at"] < mine["finished_at"]
        for mine in one
        for theirs in two
    ), "one company waited for the other"
    _assert_apart(deployment)
    assert _count_records(deployment, organization_id=1) == before
    assert _count_records(deployment, organization_id=2)["customer"] > 10


REALM, OTHER_REALM = "9341450000000001", "9341450000000002"
TABLES = ("customer", "invoice", "payment", "inventory_item")


def _connect_another(deployment: Deployment) -> None:
    """Connect a second company, whose Ids overlap and whose Loupe organization has the same names."""
    deployment.product.connect(OTHER_REALM, organization_id=2)
    deployment.product.run("settings", "propose", "--company", OTHER_REALM)
    deployment.product.run("settings", "confirm", "--company", OTHER_REALM)
    deployment.execute(
        "insert into loupe.customer (organization_id, display_name, email)"
        " select 2, display_name, email from loupe.customer where organization_id = 1 limit 20"
    )
    deployment.execute("update quickbooks_sync.company set is_nightly = true")


def _count_records(deployment: Deployment, organization_id: int) -> dict[str, int]:
    return {
        table: deployment.execute(
            f"select count(*) from loupe.{table} where organization_id = {organization_id}"
        )[0]["count"]
        for table in TABLES
    }


def _assert_apart(deployment: Deployment) -> None:
    """No link of a company leads to a row of another's organization, though their Ids are the same."""
    for table in TABLES:
        strangers = deployment.execute(
            f"""select link.* from quickbooks_sync.link
                join quickbooks_sync.company using (realm_id)
                left join loupe.{table} as one on one.{table}_id = link.loupe_id
                    and one.organization_id = company.organization_id
                where link.record_type = '{table}' and one.{table}_id is null"""
        )
        assert strangers == [], table
    shared = deployment.execute(
        """select record_type, quickbooks_id from quickbooks_sync.link
           group by 1, 2 having count(distinct realm_id) = 2"""
    )
    assert shared, "the companies have no Id in common"


def test_two_airflows_that_start_the_same_flow_at_once_write_once(
    deployment: Deployment, tmp_path: Path
) -> None:
    other = deployment.start_another(tmp_path)
    deployment.run_here("pull_customers", "push_customers")
    dag_id, name = "quickbooks_push_customers", "Twice Asked Gems"
    deployment.execute(
        f"insert into loupe.customer (organization_id, display_name) values (1, '{name}')"
    )
    known = deployment.newest_run()
    order = {"kind": "slow", "seconds": 5, "match": {"path_contains": "/batch"}, "times": 1}
    requests.post(
        f"{deployment.emulator_url}/_emulator/faults", json=order, timeout=10
    ).raise_for_status()

    both = [(one, str(one.api.trigger(dag_id, {"company": REALM}))) for one in (deployment, other)]
    for airflow, run_id in both:
        airflow.wait(dag_id, run_id)

    assert [airflow.state(dag_id, run_id) for airflow, run_id in both] == ["success", "success"]
    runs = deployment.product.read("runs", "--since-run", str(known))
    assert [run["counts"].get("created", 0) for run in runs if run["counts"]].count(1) == 1
    assert sum(run["writes"] for run in runs) == 1
    (row,) = deployment.execute(
        f"select customer_id from loupe.customer where display_name = '{name}'"
    )
    links = deployment.execute(
        "select quickbooks_id from quickbooks_sync.link where record_type = 'customer'"
        f" and loupe_id = {row['customer_id']}"
    )
    assert len(links) == 1
