"""The command line against a real database and a running emulator, connected by a played browser."""

import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
import requests
from click.testing import Result
from sqlalchemy import Connection, insert
from typer.testing import CliRunner

from quickbooks_sync.cli import app
from quickbooks_sync.postgres import tables
from quickbooks_sync.postgres.database.engine import build_engine
from quickbooks_sync.postgres.migrations import newest_revision
from tests.support.connecting import REALM, SECRET, Place, build_place, connect, free_port

Command = Callable[..., Result]


@pytest.fixture(scope="module")
def place(database_url: str, start_module_emulator: Any) -> Place:
    """The environment of a machine on which nothing was connected yet."""
    return build_place(database_url, start_module_emulator().url)


@pytest.fixture
def run(place: Place) -> Command:
    """A function that runs a command in this process: `run("runs", "--json")`."""

    def run_command(*arguments: str, **environment: str) -> Result:
        return CliRunner().invoke(app, arguments, env={**place.environment, **environment})

    return run_command


@pytest.fixture(scope="module")
def connected(place: Place) -> Place:
    """As `place`, with the sample company connected."""
    status, output = connect(place, realm_id=REALM)
    assert status == 0, output
    return place


@pytest.fixture
def database(place: Place) -> Iterator[Connection]:
    """A connection to the database."""
    engine = build_engine(place.environment["QUICKBOOKS_SYNC_DATABASE_URL"])
    with engine.connect() as connection:
        yield connection
    engine.dispose()


@pytest.mark.usefixtures("connected")
def test_a_company_is_connected_by_consent_and_its_name_printed(
    run: Command, database: Connection
) -> None:
    listed = json.loads(run("companies", "--json").stdout)

    assert [(one["realm_id"], one["company_name"]) for one in listed] == [
        (REALM, "Loupe Gemstones Co.")
    ]
    assert listed[0]["status"] == "connected"
    grant = database.execute(tables.company_grant.select()).one()
    assert b"RT1-" not in bytes(grant.refresh_token)


def test_connecting_again_keeps_one_company(connected: Place, run: Command) -> None:
    status, output = connect(connected, realm_id=REALM)

    assert status == 0
    assert "Connected Loupe Gemstones Co. (9341450000000001) to organization 1." in output
    assert SECRET not in output
    assert len(json.loads(run("companies", "--json").stdout)) == 1


def test_a_forwarded_redirect_uri_is_waited_for_at_a_loopback_address(connected: Place) -> None:
    """Production keys take https addresses only, so the answer arrives through a proxy."""
    here = f"http://127.0.0.1:{free_port()}/callback"

    status, output = connect(connected, "--listen-at", here, forwarded_to=here, realm_id=REALM)

    assert status == 0, output


def test_declined_consent_is_said_without_a_traceback(connected: Place) -> None:
    status, output = connect(connected, decision="decline")

    assert status == 2
    assert "declined" in output
    assert "Traceback" not in output


def test_another_environment_than_the_connections_is_refused(connected: Place) -> None:
    status, output = connect(connected, "--environment", "production")

    assert status == 2
    assert "is for sandbox, not production" in output


@pytest.mark.usefixtures("connected")
def test_proposed_settings_are_confirmed_with_changes(run: Command) -> None:
    proposed = run("settings", "propose")
    confirmed = run("settings", "confirm", "--set", "opening_stock=push", "--json")

    assert proposed.exit_code == 0, proposed.stderr
    assert "Sales of Product Income" in proposed.stdout
    by_name = {one["name"]: one for one in json.loads(confirmed.stdout)}
    assert by_name["opening_stock"]["value"] == "push"
    assert by_name["income_account"]["called"] == "Sales of Product Income"
    assert by_name["opening_stock"]["state"] == "confirmed"
    assert by_name["home_currency"] == {
        "name": "home_currency",
        "value": "USD",
        "called": None,
        "state": "fact",
        "because": None,
        "meaning": "Currency of the company's books.",
    }
    assert not [one for one in by_name.values() if one["state"] == "missing"]


@pytest.mark.usefixtures("connected")
def test_an_impossible_setting_names_the_nearest_and_exits_2(run: Command) -> None:
    run("settings", "propose")

    refused = run("settings", "confirm", "--set", "stock_owner=lupe", "--set", "taxes=none")

    assert refused.exit_code == 2
    assert "did you mean 'loupe'" in refused.stderr
    assert "There is no setting 'taxes'; did you mean 'tax'" in refused.stderr
    assert "Nothing was confirmed." in refused.stderr


@pytest.mark.usefixtures("connected")
def test_a_change_without_value_is_refused(run: Command) -> None:
    refused = run("settings", "confirm", "--set", "tax")

    assert refused.exit_code == 2
    assert "write --set NAME=VALUE" in refused.stderr


def test_the_review_counts_both_sides_and_changes_nothing(
    connected: Place, run: Command, database: Connection
) -> None:
    database.execute(insert(tables.customer).values(organization_id=1, email="a@b.example"))
    database.commit()
    before = _read_counters(connected)

    answered = run("review", "--json")
    text = run("review")

    review = json.loads(answered.stdout)
    counts = {one["record_type"]: one for one in review["counts"]}
    assert counts["customer"]["loupe"] == 1
    assert counts["customer"]["quickbooks"] > 30
    assert counts["payment"]["quickbooks"] > 30
    assert review["metered_reads"] == 4
    assert [one["rule"] for one in review["findings"]] == ["name_missing"]
    assert "1 customer: have no name of any kind (would be rejected)" in text.stdout
    after = _read_counters(connected)
    assert after == {**before, "metered_reads": before["metered_reads"] + 8}


@pytest.mark.usefixtures("connected")
def test_runs_and_what_happened_to_their_records_are_listed(
    run: Command, database: Connection
) -> None:
    run_id = database.scalar(
        insert(tables.run)
        .values(
            realm_id=REALM,
            run_key="manual",
            record_type="customer",
            direction="pull",
            mode="full",
            fence=1,
            status="failed",
            reason="Failed: load",
            counts={"created": 2, "rejected": 1},
            metered_reads=3,
        )
        .returning(tables.run.c.run_id)
    )
    database.execute(
        insert(tables.run_record).values(
            run_id=run_id, quickbooks_id="58", outcome="rejected", rule="required", field="name"
        )
    )
    database.commit()

    listed = json.loads(run("runs", "--json").stdout)
    table = run("runs").stdout
    later = json.loads(run("runs", "--json", "--since-run", str(run_id)).stdout)
    records = json.loads(run("records", str(run_id), "--outcome", "rejected", "--json").stdout)

    assert listed[-1]["flow"] == "pull_customers"
    assert listed[-1]["counts"] == {"created": 2, "rejected": 1}
    assert listed[-1]["metered_reads"] == 3
    assert "created 2, rejected 1" in table
    assert later == []
    assert [one["quickbooks_id"] for one in records] == ["58"]
    assert "has no such records" in run("records", str(run_id), "--outcome", "created").stdout


def test_the_months_reads_are_told_by_kind_of_call_and_held_against_the_budget(
    connected: Place, run: Command
) -> None:
    told = json.loads(run("reads", "--json").stdout)
    connection = json.loads(connected.environment["AIRFLOW_CONN_QUICKBOOKS_DEFAULT"])
    connection["extra"]["monthly_reads"] = 1
    spent = run("reads", AIRFLOW_CONN_QUICKBOOKS_DEFAULT=json.dumps(connection)).stdout

    used = sum(one["calls"] for one in told["calls"] if one["is_metered"])
    assert used == told["budget"]["used"] == _read_counters(connected)["metered_reads"] > 0
    assert "company_info" in {one["kind"] for one in told["calls"]}
    assert told["budget"]["monthly_reads"] is None
    assert f"{used} metered reads used" in spent
    assert "reads are stopped until next month" in spent
    assert "No calls in January 2020" in run("reads", "--month", "2020-01").stdout
    assert run("reads", "--month", "January").exit_code == 2


@pytest.mark.usefixtures("connected")
def test_open_lists_are_shown_with_exact_amounts(run: Command, database: Connection) -> None:
    key = {"realm_id": REALM, "record_type": "invoice", "direction": "push", "source_id": "7"}
    cause = {"field": "lines", "rule": "lines_add_up", "value": Decimal("99.90"), "message": "no"}
    customer_id = database.scalar(
        insert(tables.customer)
        .values(organization_id=1, display_name="Opal Ridge Trading")
        .returning(tables.customer.c.customer_id)
    )
    raw = {"secret": 1, "invoice_number": "INV-7", "total_amount": "99.90"}
    database.execute(
        insert(tables.rejected_record).values(**key, causes=[cause, cause], retry_key="x", raw=raw)
    )
    database.execute(
        insert(tables.waiting_record).values(
            **key, waits_for="customer", waits_for_id="3", reason="not linked", raw={}
        )
    )
    database.execute(
        insert(tables.conflict).values(
            realm_id=REALM,
            record_type="customer",
            loupe_id=customer_id,
            field="phone",
            reason="changed on both sides",
            loupe_value="1",
            quickbooks_value="2",
        )
    )
    database.commit()

    rejected = json.loads(run("rejected", "--json").stdout, parse_float=Decimal)
    waiting = json.loads(run("waiting", "--json", "--company", REALM).stdout)

    assert [one["rule"] for one in rejected] == ["lines_add_up", "lines_add_up"]
    assert rejected[0]["value"] == Decimal("99.90")
    assert "raw" not in rejected[0]
    assert waiting[0]["waits_for"] == "customer"
    assert {one["called"] for one in rejected} == {"INV-7, 99.90"}
    told = run("conflicts").stdout
    assert "changed on both sides" in told
    assert "Opal Ridge Trading" in told


@pytest.mark.usefixtures("connected")
def test_a_run_and_an_outcome_that_there_are_not_are_refused(run: Command) -> None:
    assert run("records", "999999").exit_code == 2
    refused = run("records", "1", "--outcome", "refused")
    assert refused.exit_code == 2
    assert "there are created, updated" in refused.stderr


@pytest.mark.usefixtures("connected")
@pytest.mark.parametrize("command", ["settings show", "runs", "waiting", "rejected", "conflicts"])
def test_an_unknown_company_is_refused_with_those_there_are(run: Command, command: str) -> None:
    refused = run(*command.split(), "--company", "1")

    assert refused.exit_code == 2
    assert f"{REALM} (Loupe Gemstones Co.)" in refused.stderr


def test_an_upgrade_may_be_repeated_from_the_command_line(run: Command) -> None:
    upgraded = run("db", "upgrade")
    shown = run("db", "revision")

    assert upgraded.exit_code == 0
    assert upgraded.stdout == f"The database is at revision {newest_revision()}.\n"
    assert f"the newest is {newest_revision()}" in shown.stdout


def test_postgres_down_is_one_message_and_no_traceback(run: Command) -> None:
    url = f"postgresql+psycopg2://etl:hidden@127.0.0.1:{free_port()}/loupe"

    failed = run("companies", QUICKBOOKS_SYNC_DATABASE_URL=url)

    assert failed.exit_code == 1
    assert "did not answer" in failed.stderr
    assert "hidden" not in failed.stderr
    assert "Traceback" not in failed.output


def test_a_missing_variable_is_named(run: Command) -> None:
    failed = run("companies", QUICKBOOKS_SYNC_DATABASE_URL="")

    assert failed.exit_code == 2
    assert "set QUICKBOOKS_SYNC_DATABASE_URL" in failed.stderr


def test_a_database_without_schema_asks_for_the_upgrade(run: Command, postgres_url: str) -> None:
    failed = run("companies", QUICKBOOKS_SYNC_DATABASE_URL=postgres_url)

    assert failed.exit_code == 2
    assert "Run `quickbooks-sync db upgrade`" in failed.stderr


def _read_counters(place: Place) -> dict[str, int]:
    """Return how many calls of each kind the company has answered."""
    answer = requests.get(f"{place.emulator_url}/_emulator/counters", timeout=30).json()
    counts: dict[str, int] = answer[REALM]
    return counts
