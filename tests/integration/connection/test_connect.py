"""Connecting and disconnecting: what was chosen is confirmed first, and what is not kept is revoked."""

import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
from click.testing import Result
from sqlalchemy import func, insert, select, update
from typer.testing import CliRunner

from quickbooks_sync.cli import app as cli
from quickbooks_sync.commands.steps import check, finish
from quickbooks_sync.connection.connect import Chosen, Expectation, expect
from quickbooks_sync.connection.connect import connect as connect_by_browser
from quickbooks_sync.connection.disconnect import disconnect
from quickbooks_sync.connection.keep_alive import keep_grants
from quickbooks_sync.connection.probe import probe_companies
from quickbooks_sync.model.errors import (
    ConfigurationError,
    ConnectionNeededError,
    GrantMismatchError,
    LeaseHeldError,
    SyncError,
    UnexpectedAnswerError,
)
from quickbooks_sync.model.flow import FlowOptions
from quickbooks_sync.model.grant import Grant
from quickbooks_sync.postgres.connection import pending_grants
from quickbooks_sync.postgres.connection.companies import (
    connect_company,
    mark_needs_attention,
    read_company,
    write_company,
)
from quickbooks_sync.postgres.tables import company, company_grant, link, pending_grant
from quickbooks_sync.quickbooks.oauth import refresh
from quickbooks_sync.record_types.registry import flow_named
from quickbooks_sync.workspace import Workspace, open_workspace
from tests.support.connecting import (
    REALM,
    SECOND_REALM,
    Place,
    ask_to_connect,
    build_place,
    connect,
    play_browser,
)


@pytest.fixture
def place(fresh_database_url: str, emulator: Any) -> Place:
    """A machine on which nothing was connected yet."""
    return build_place(fresh_database_url, emulator.url)


@pytest.fixture
def workspace(place: Place) -> Iterator[Workspace]:
    opened = open_workspace(place.environment)
    yield opened
    opened.close()


@pytest.fixture
def run(place: Place) -> Callable[..., Result]:
    """A function that runs a command in this process."""
    return lambda *arguments: CliRunner().invoke(cli, arguments, env=dict(place.environment))


def issue(workspace: Workspace, realm_id: str) -> Grant:
    """A grant as Intuit issues it after a consent."""
    url = f"{workspace.app.api_url}/_emulator/tokens"
    issued = requests.post(url, json={"realm": realm_id}, timeout=10).json()
    return refresh(workspace.app, issued["refresh_token"])


def is_alive(workspace: Workspace, grant: Grant, realm_id: str = REALM) -> bool:
    """Whether QuickBooks still takes a grant."""
    url = f"{workspace.app.api_url}/v3/company/{realm_id}/companyinfo/{realm_id}"
    headers = {"Authorization": f"Bearer {grant.access_token}", "Accept": "application/json"}
    return requests.get(url, headers=headers, timeout=10).status_code == 200


def count(workspace: Workspace, table: Any) -> int:
    with workspace.engine.connect() as connection:
        return int(connection.scalar(select(func.count()).select_from(table)) or 0)


def choose(
    workspace: Workspace,
    realm_id: str,
    expectation: Expectation,
    confirm: Callable[[Chosen], bool] = lambda _chosen: True,
) -> Any:
    """Connect with a browser in which a company is chosen."""
    browsers: list[threading.Thread] = []

    def announce(url: str) -> None:
        browsers.append(
            threading.Thread(target=play_browser, args=(url,), kwargs={"realm_id": realm_id})
        )
        browsers[0].start()

    try:
        return connect_by_browser(
            workspace, expectation, announce=announce, confirm=confirm, timeout=20
        )
    finally:
        for browser in browsers:
            browser.join()


def pending(workspace: Workspace) -> Grant:
    """The grant that waits to be confirmed."""
    fernet = pending_grants.parse_key(workspace.key)
    with workspace.engine.connect() as connection:
        row = connection.execute(select(pending_grant)).one()
    assert b"eyJ" not in row.access_token
    return Grant(
        fernet.decrypt(row.access_token).decode(),
        fernet.decrypt(row.refresh_token).decode(),
        row.access_expires_at,
        row.refresh_expires_at,
    )


@pytest.mark.parametrize("said", ["n\n", ""])
def test_a_company_that_nobody_confirms_is_not_connected(place: Place, said: str) -> None:
    status, output = ask_to_connect(place, said, realm_id=SECOND_REALM)

    assert status == 2
    assert "Company       Second Facet LLC" in output
    assert f"Realm id      {SECOND_REALM}" in output
    assert "Environment   sandbox" in output
    assert "Organization  1" in output
    assert "was revoked at Intuit and forgotten" in output
    assert "Traceback" not in output


def test_a_company_that_is_confirmed_is_connected(place: Place, workspace: Workspace) -> None:
    status, output = ask_to_connect(place, "y\n", realm_id=SECOND_REALM)

    assert status == 0, output
    assert workspace.client(SECOND_REALM).count("Customer") >= 0
    assert count(workspace, pending_grant) == 0


def test_what_was_settled_beforehand_is_not_shown_again(place: Place) -> None:
    status, output = connect(place, "--realm", REALM, realm_id=REALM)

    assert status == 0, output
    assert "Environment" not in output
    assert f"choose the company with the id {REALM}" in output


def test_a_declined_grant_is_dead_and_no_flow_could_find_it(workspace: Workspace) -> None:
    seen: list[Grant] = []

    def decline(chosen: Chosen) -> bool:
        assert chosen.company_name == "Loupe Gemstones Co."
        assert count(workspace, company) == count(workspace, company_grant) == 0
        seen.append(pending(workspace))
        assert is_alive(workspace, seen[0])
        return False

    with pytest.raises(ConfigurationError, match="revoked at Intuit and forgotten"):
        choose(workspace, REALM, Expectation(1), decline)
    assert not is_alive(workspace, seen[0])
    for table in (company, company_grant, pending_grant):
        assert count(workspace, table) == 0


def test_an_interrupted_question_leaves_no_grant(workspace: Workspace) -> None:
    def interrupt(_chosen: Chosen) -> bool:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        choose(workspace, REALM, Expectation(1), interrupt)
    assert count(workspace, pending_grant) == 0


def test_an_answer_after_ten_minutes_is_too_late(workspace: Workspace) -> None:
    def think_long(_chosen: Chosen) -> bool:
        with workspace.engine.begin() as connection:
            connection.execute(update(pending_grant).values(expires_at=datetime.now(UTC)))
        return True

    with pytest.raises(ConfigurationError, match=r"within 10 minutes.*revoked at Intuit"):
        choose(workspace, REALM, Expectation(1), think_long)
    for table in (company, company_grant, pending_grant):
        assert count(workspace, table) == 0


def test_another_company_than_expected_is_refused_and_its_grant_revoked(
    workspace: Workspace,
) -> None:
    with pytest.raises(
        ConfigurationError, match=f"{REALM} was expected, and {SECOND_REALM} was chosen.*revoked"
    ):
        choose(workspace, SECOND_REALM, Expectation(1, REALM))
    for table in (company, company_grant, pending_grant):
        assert count(workspace, table) == 0


def test_a_realm_id_that_is_none_never_costs_a_code(
    workspace: Workspace,
) -> None:
    def forge(url: str) -> None:
        state = dict(part.split("=") for part in url.partition("?")[2].split("&"))["state"]
        answer = {"code": "AB1", "state": state, "realmId": "../../x"}
        forger = threading.Thread(
            target=requests.get,
            args=(workspace.app.redirect_uri,),
            kwargs={"params": answer, "timeout": 10},
        )
        forger.start()

    with pytest.raises(ConfigurationError, match="digits only"):
        connect_by_browser(
            workspace, Expectation(1), announce=forge, confirm=lambda _chosen: True, timeout=20
        )


def test_a_pending_grant_of_a_dead_process_is_revoked_by_the_next(workspace: Workspace) -> None:
    left = issue(workspace, SECOND_REALM)
    number = pending_grants.write_pending(
        workspace.engine, SECOND_REALM, left, workspace.key, workspace.app.binding
    )
    keep_grants(workspace)
    assert is_alive(workspace, left, SECOND_REALM), "its time is not over"
    with workspace.engine.begin() as connection:
        past = datetime.now(UTC) - timedelta(seconds=1)
        statement = update(pending_grant).where(pending_grant.c.pending_id == number)
        connection.execute(statement.values(expires_at=past))
    keep_grants(workspace)
    assert not is_alive(workspace, left, SECOND_REALM)
    assert count(workspace, pending_grant) == 0


def test_a_grant_that_cannot_be_revoked_is_said_and_kept_for_the_next_time(
    workspace: Workspace,
) -> None:
    def decline(_chosen: Chosen) -> bool:
        fault = {"match": {"path_contains": "/tokens/revoke"}, "kind": "status", "status": 400}
        url = f"{workspace.app.api_url}/_emulator/faults"
        requests.post(url, json={**fault, "body": '{"error": "odd"}'}, timeout=10)
        return False

    with pytest.raises(ConfigurationError, match=r"could NOT be revoked at Intuit.*400 odd"):
        choose(workspace, REALM, Expectation(1), decline)
    assert count(workspace, pending_grant) == 1


def test_a_declined_reconnect_does_not_touch_the_connected_company(workspace: Workspace) -> None:
    choose(workspace, REALM, Expectation(1))

    with pytest.raises(ConfigurationError, match="not revoked, because that might end"):
        choose(workspace, REALM, Expectation(1), lambda _chosen: False)

    assert workspace.client(REALM).count("Customer") > 0
    assert count(workspace, pending_grant) == 0


def test_a_company_chosen_by_mistake_that_is_connected_here_gets_no_second_grant(
    workspace: Workspace,
) -> None:
    """With Intuit holding one grant a company, a second consent would end the first."""
    url = f"{workspace.app.api_url}/_emulator/switches"
    requests.post(url, json={"one_grant": True}, timeout=10).raise_for_status()
    choose(workspace, REALM, Expectation(1))

    with pytest.raises(ConfigurationError, match="already belongs to Loupe organization 1"):
        choose(workspace, REALM, Expectation(2))

    assert workspace.client(REALM).count("Customer") > 0


def test_a_second_company_of_an_organization_is_refused_before_anything_is_read_or_stored(
    workspace: Workspace,
) -> None:
    connect_company(workspace, issue(workspace, REALM), REALM, 1)
    calls = requests.get(f"{workspace.app.api_url}/_emulator/counters", timeout=10).json()

    with pytest.raises(SyncError, match="--also"):
        connect_company(workspace, issue(workspace, SECOND_REALM), SECOND_REALM, 1)

    after = requests.get(f"{workspace.app.api_url}/_emulator/counters", timeout=10).json()
    assert after == calls
    assert count(workspace, company) == count(workspace, company_grant) == 1


def test_a_second_company_is_connected_where_it_is_said(
    place: Place, run: Callable[..., Result]
) -> None:
    assert connect(place, realm_id=REALM)[0] == 0

    status, output = connect(place, realm_id=SECOND_REALM)
    assert status == 2
    assert "--also" in output
    assert "was revoked at Intuit" in output

    status, output = connect(place, "--also", realm_id=SECOND_REALM)
    assert status == 0, output

    listed = run("companies", "--json")
    additional = {row["realm_id"]: row["is_additional"] for row in json.loads(listed.stdout)}
    assert additional == {REALM: False, SECOND_REALM: True}
    assert "Organization 1 has several QuickBooks companies" in listed.stderr
    assert "Organization 1 has several" in run("db", "upgrade").stdout
    assert connect(place, "--realm", REALM, realm_id=REALM)[0] == 0
    assert connect(place, "--realm", SECOND_REALM, realm_id=SECOND_REALM)[0] == 0


def test_the_database_refuses_a_second_company_whoever_writes_it(workspace: Workspace) -> None:
    row = {"organization_id": 1, "company_name": "x", "environment": "sandbox"}
    with workspace.engine.begin() as connection:
        connection.execute(insert(company).values(realm_id="1", **row))
    with (
        pytest.raises(Exception, match="one_company_of_organization"),
        workspace.engine.begin() as connection,
    ):
        connection.execute(insert(company).values(realm_id="2", **row))


def test_of_two_connects_at_the_same_time_one_is_refused(workspace: Workspace) -> None:
    start = threading.Barrier(8)

    def attempt(realm_id: str) -> bool:
        start.wait(10)
        try:
            with workspace.engine.begin() as connection:
                write_company(
                    connection,
                    realm_id=realm_id,
                    organization_id=1,
                    company_name="x",
                    environment="sandbox",
                )
        except ConfigurationError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        ended = list(pool.map(attempt, [str(number) for number in range(1, 9)]))

    assert sorted(ended) == [False] * 7 + [True]
    assert count(workspace, company) == 1


def test_one_company_at_the_same_time_for_two_organizations_goes_to_one(
    workspace: Workspace,
) -> None:
    grants = [issue(workspace, REALM), issue(workspace, REALM)]
    start = threading.Barrier(2)

    def attempt(organization_id: int) -> bool:
        start.wait(10)
        try:
            connect_company(workspace, grants[organization_id - 1], REALM, organization_id)
        except ConfigurationError:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(attempt, [1, 2])) == [False, True]


def test_the_company_that_needs_attention_is_expected(workspace: Workspace) -> None:
    connect_company(workspace, issue(workspace, REALM), REALM, 1)
    connect_company(workspace, issue(workspace, SECOND_REALM), SECOND_REALM, 2)
    mark_needs_attention(workspace.engine, SECOND_REALM, "Reconnect it.")
    with workspace.engine.connect() as connection:
        assert expect(connection) == Expectation(2, SECOND_REALM)
        assert expect(connection, organization_id=1) == Expectation(1)
    mark_needs_attention(workspace.engine, REALM, "Reconnect it.")
    with workspace.engine.connect() as connection:
        with pytest.raises(ConfigurationError, match="several organizations"):
            expect(connection)
        assert expect(connection, realm_id=REALM) == Expectation(1, REALM)
        with pytest.raises(ConfigurationError, match="already belongs"):
            expect(connection, realm_id=REALM, organization_id=2)
        with pytest.raises(ConfigurationError, match="digits"):
            expect(connection, realm_id="x")


def test_disconnecting_ends_the_consent_and_keeps_what_is_known(workspace: Workspace) -> None:
    grant = issue(workspace, REALM)
    connect_company(workspace, grant, REALM, 1)
    with workspace.engine.begin() as connection:
        connection.execute(
            insert(link).values(
                realm_id=REALM,
                record_type="customer",
                loupe_id=1,
                quickbooks_id="58",
                origin="quickbooks",
                loupe_base={},
                quickbooks_base={},
                document={},
                sync_token="0",
            )
        )

    assert disconnect(workspace, REALM) is None

    assert not is_alive(workspace, grant)
    assert count(workspace, company_grant) == 0
    assert count(workspace, link) == 1
    flow = flow_named("pull_customers")
    with pytest.raises(
        ConnectionNeededError, match=rf"disconnected: .*quickbooks-sync connect --realm {REALM}"
    ):
        check(workspace, flow, FlowOptions(), run_key="after")
    mark_needs_attention(workspace.engine, REALM, "a late answer")
    with workspace.engine.connect() as connection:
        assert read_company(connection, REALM).status == "disconnected"
    assert keep_grants(workspace) == []


def test_a_company_that_a_run_is_at_work_on_is_not_disconnected(workspace: Workspace) -> None:
    grant = issue(workspace, REALM)
    connect_company(workspace, grant, REALM, 1)
    held = check(workspace, flow_named("pull_customers"), FlowOptions(), run_key="held")

    with pytest.raises(LeaseHeldError, match="pull_customers held is at work"):
        disconnect(workspace, REALM)

    assert is_alive(workspace, grant)
    finish(workspace, held, failed_steps=["extract"])
    assert disconnect(workspace, REALM) is None


def test_nothing_is_forgotten_where_intuit_cannot_be_asked(workspace: Workspace) -> None:
    connect_company(workspace, issue(workspace, REALM), REALM, 1)
    broken = replace(workspace, app=replace(workspace.app, client_secret="wrong"))

    with pytest.raises(ConfigurationError, match=r"was not disconnected.*--forget-anyway"):
        disconnect(broken, REALM)
    assert count(workspace, company_grant) == 1

    trouble = disconnect(broken, REALM, forget_anyway=True)
    assert "may live on at Intuit" in str(trouble)
    assert count(workspace, company_grant) == 0


def test_another_app_cannot_disconnect_a_company(workspace: Workspace) -> None:
    connect_company(workspace, issue(workspace, REALM), REALM, 1)
    other = replace(workspace, app=replace(workspace.app, client_id="another"))
    with pytest.raises(GrantMismatchError, match="belongs to the Intuit app demo-client"):
        disconnect(other, REALM)


def test_disconnecting_asks_and_says_what_stays(
    place: Place, workspace: Workspace, run: Callable[..., Result]
) -> None:
    connect_company(workspace, issue(workspace, REALM), REALM, 1)

    kept = run("disconnect", REALM)
    ended = run("disconnect", "--yes")
    again = run("disconnect", REALM, "--yes")

    assert kept.exit_code == 2
    assert "stays connected" in kept.stderr
    assert ended.exit_code == 0, ended.stderr
    assert "links, settings and history stay" in ended.stdout
    assert "disconnected already" in again.stdout
    status, output = connect(place, "--realm", REALM, realm_id=REALM)
    assert status == 0, output


def test_an_organization_may_change_its_company_and_is_told_what_that_means(
    place: Place, workspace: Workspace
) -> None:
    connect_company(workspace, issue(workspace, REALM), REALM, 1)
    disconnect(workspace, REALM)

    status, output = connect(place, realm_id=SECOND_REALM)

    assert status == 0, output
    assert f"was synced with Loupe Gemstones Co. ({REALM}) before" in output
    status, output = connect(place, "--realm", REALM, realm_id=REALM)
    assert status == 2
    assert "is connected to Second Facet LLC" in output


def test_an_upgrade_binds_older_grants_where_it_knows_the_app(
    place: Place, workspace: Workspace, run: Callable[..., Result]
) -> None:
    connect_company(workspace, issue(workspace, REALM), REALM, 1)
    unbound = dict.fromkeys(("client_id", "token_host", "api_host"))
    with workspace.engine.begin() as connection:
        connection.execute(update(company_grant).values(**unbound))
    nowhere = {**place.environment, "QUICKBOOKS_SYNC_ALLOW_HOSTS": ""}

    refused = CliRunner().invoke(cli, ["db", "upgrade"], env=nowhere)
    bound = run("db", "upgrade")

    assert refused.exit_code == 0
    assert "Grants are not bound to an app yet" in refused.stderr
    assert "The first run of each company binds its grant" in refused.stderr
    assert f"Bound to the Intuit app demo-client: the grants of {REALM}." in bound.stdout
    with workspace.engine.connect() as connection:
        row = connection.execute(select(company_grant)).one()
    assert row.client_id == "demo-client"
    assert row.token_host == row.api_host == place.emulator_url.partition("://")[2]


@pytest.mark.parametrize("changed", [{"client_id": "another"}, {"environment": "production"}])
def test_a_flow_through_another_app_fails_in_check(
    workspace: Workspace, changed: dict[str, str]
) -> None:
    connect_company(workspace, issue(workspace, REALM), REALM, 1)
    other = replace(workspace, app=replace(workspace.app, **changed))
    with pytest.raises(GrantMismatchError, match="Nothing was sent"):
        check(other, flow_named("pull_customers"), FlowOptions(), run_key="other")


NAMELESS = [
    '{"Id": "1", "SyncToken": "0"}',
    '{"Id": "1", "SyncToken": "0", "CompanyName": null}',
    '{"Id": "1", "SyncToken": "0", "CompanyName": ""}',
    '{"Id": "1", "SyncToken": "0", "CompanyName": " \\t\\u00a0\\u200b"}',
    '{"Id": "1", "SyncToken": "0", "CompanyName": 17}',
    '{"Id": "1", "SyncToken": "0", "CompanyName": true}',
    '{"Id": "1", "SyncToken": "0", "CompanyName": ["Loupe"]}',
]


def answer_without_name(workspace: Workspace, info: str) -> None:
    order = {
        "kind": "status",
        "status": 200,
        "match": {"path_contains": "/companyinfo/"},
        "body": f'{{"CompanyInfo": {info}, "time": "2026-01-02T03:04:05Z"}}',
    }
    url = f"{workspace.app.api_url}/_emulator/faults"
    assert requests.post(url, json=order, timeout=10).status_code == 200


@pytest.mark.parametrize("info", NAMELESS)
def test_a_company_whose_name_is_not_told_is_not_connected(workspace: Workspace, info: str) -> None:
    asked: list[Chosen] = []
    answer_without_name(workspace, info)
    with pytest.raises(UnexpectedAnswerError, match=r"CompanyName.*was revoked at Intuit"):
        choose(workspace, REALM, Expectation(1), lambda chosen: not asked.append(chosen))
    assert asked == []
    assert [count(workspace, table) for table in (company, company_grant, pending_grant)] == [0] * 3


@pytest.mark.parametrize("info", NAMELESS)
def test_a_test_that_is_told_no_name_is_not_passed(workspace: Workspace, info: str) -> None:
    connect_company(workspace, issue(workspace, REALM), REALM, 1)
    answer_without_name(workspace, info)
    [probe] = probe_companies(workspace)
    assert not probe.is_well
    assert "expected the company's name" in probe.message


def test_what_to_do_about_a_company_that_needs_attention_is_said_once(workspace: Workspace) -> None:
    connect_company(workspace, issue(workspace, REALM), REALM, 1)
    reason = "QuickBooks refuses it. Reconnect the company with `quickbooks-sync connect`."
    mark_needs_attention(workspace.engine, REALM, reason)
    with pytest.raises(ConnectionNeededError) as caught:
        check(workspace, flow_named("pull_customers"), FlowOptions(), run_key="x")
    assert caught.value.message == (
        f"Company Loupe Gemstones Co. ({REALM}) needs attention: {reason} Then start the flow again."
    )
    [probe] = probe_companies(workspace)
    assert probe.message in caught.value.message
