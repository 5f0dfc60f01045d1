"""An upgrade in the middle of the work: what an earlier release left open is ended, read again, and lost nowhere.

`revision_0006/README.md` says what the dump holds and how it was made.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from alembic import command

from quickbooks_sync.commands import steps
from quickbooks_sync.model.errors import LeaseLostError
from quickbooks_sync.postgres.migrations import (
    build_config,
    newest_revision,
    read_revision,
    upgrade_database,
)
from quickbooks_sync.workspace import Workspace
from tests.support.earlier_release import EarlierRelease, OpenRun, Restore

REASON = "staged by an earlier release; its records are read again by the next run"
KEPT = (
    *("company", "company_grant", "company_setting", "link", "watermark", "intent", "intent_item"),
    *("conflict", "waiting_record", "rejected_record", "run_record"),
    *("loupe.customer", "loupe.invoice", "loupe.invoice_line", "loupe.payment"),
    *("loupe.payment_application", "loupe.inventory_item"),
)
LISTS = ("waiting_record", "rejected_record")

Step = Callable[[Workspace, OpenRun], object]


@pytest.fixture(scope="module")
def upgraded(restore: Restore) -> EarlierRelease:
    """The installation right after its upgrade; nothing may change it."""
    release = restore()
    assert upgrade_database(release.engine) == newest_revision()
    return release


def test_the_dump_holds_what_an_upgrade_may_meet(before: EarlierRelease) -> None:
    """Without these the other tests would hold nothing."""
    realms = {house.realm_id for house in before.houses}
    for table in (*LISTS, "link", "watermark", "conflict", "intent", "lease"):
        assert {row["realm_id"] for row in before.read(table)} == realms, table
    running = {row["run_id"]: row for row in before.read("run") if row["status"] == "running"}
    assert running.keys() == {entry.run["run_id"] for entry in before.open_runs}
    kinds = {(row["direction"], row["is_preview"]) for row in running.values()}
    assert kinds == {("pull", False), ("push", False), ("push", True)}
    assert running.keys() <= {row["run_id"] for row in before.read("staged_batch")}
    opened = [row for row in before.read("intent") if row["status"] == "open"]
    assert {row["record_type"] for row in opened} == {"customer", "payment"}
    assert {row["decision"] for row in before.read("conflict") if not row["resolved_at"]} == {
        *("loupe", "same", None)
    }


@pytest.mark.parametrize("table", KEPT)
def test_nothing_is_lost(before: EarlierRelease, upgraded: EarlierRelease, table: str) -> None:
    rows = before.read(table)
    assert rows
    columns = rows[0].keys()
    kept = [{column: row[column] for column in columns} for row in upgraded.read(table)]
    # Both databases were restored from one dump; the emulators answer on two ports.
    hosts = ("token_host", "api_host")
    assert _sorted(kept, without=hosts) == _sorted(rows, without=hosts)


def _sorted(rows: list[dict[str, Any]], *, without: tuple[str, ...]) -> list[str]:
    return sorted(
        repr([(name, value) for name, value in sorted(row.items()) if name not in without])
        for row in rows
    )


def test_open_runs_are_abandoned_and_others_stay(
    before: EarlierRelease, upgraded: EarlierRelease
) -> None:
    open_ids = {entry.run["run_id"] for entry in upgraded.open_runs}
    now = {row["run_id"]: row for row in upgraded.read("run")}
    for row in before.read("run"):
        if row["run_id"] not in open_ids:
            assert now[row["run_id"]] == row
    for run_id in open_ids:
        assert (now[run_id]["status"], now[run_id]["reason"]) == ("abandoned", REASON)
        assert now[run_id]["finished_at"]


def test_only_what_abandoned_runs_staged_is_removed(
    before: EarlierRelease, upgraded: EarlierRelease
) -> None:
    open_ids = {entry.run["run_id"] for entry in upgraded.open_runs}
    for table in ("staged_record", "staged_batch"):
        rows = before.read(table)
        kept = [row for row in rows if row["run_id"] not in open_ids]
        assert len(rows) > len(kept) > 0
        assert _sorted(upgraded.read(table), without=()) == _sorted(kept, without=())


def test_every_lease_is_free_and_can_no_longer_be_proven(upgraded: EarlierRelease) -> None:
    fences = {(row["realm_id"], row["record_type"]): row for row in upgraded.read("lease")}
    for entry in upgraded.open_runs:
        row = fences[entry.run["realm_id"], entry.run["record_type"]]
        assert (row["holder"], row["fence"]) == (None, entry.run["fence"] + 1)


STEPS: dict[str, Step] = {
    "extract": lambda workspace, entry: steps.extract(workspace, entry.run),
    "transform": lambda workspace, entry: steps.transform(workspace, entry.run, entry.batches[0]),
    "validate": lambda workspace, entry: steps.validate(workspace, entry.run, entry.batches[0]),
    "gate": lambda workspace, entry: steps.gate(workspace, entry.run),
    "load": lambda workspace, entry: steps.load(workspace, entry.run, entry.batches[0]),
}


@pytest.mark.parametrize("step", STEPS)
def test_a_repeated_step_stops_and_writes_nothing(upgraded: EarlierRelease, step: str) -> None:
    earlier = _everything(upgraded)
    for entry in upgraded.open_runs:
        with pytest.raises(LeaseLostError, match="an upgrade of the database has ended this one"):
            STEPS[step](upgraded.houses[0].workspace, entry)
    assert _everything(upgraded) == earlier


@pytest.mark.parametrize("failed", [(), ("load",)])
def test_an_abandoned_run_that_is_finished_late_stays_abandoned(
    upgraded: EarlierRelease, failed: tuple[str, ...]
) -> None:
    earlier = _everything(upgraded)
    for entry in upgraded.open_runs:
        summary = upgraded.houses[0].finish(entry.run, *failed)
        assert (summary["status"], summary["reason"]) == ("abandoned", REASON)
    assert _everything(upgraded) == earlier


def _everything(release: EarlierRelease) -> dict[str, object]:
    """All rows of both schemas, and the writes that each company has counted."""
    tables = (*KEPT, "run", "lease", "staged_record", "staged_batch")
    rows: dict[str, object] = {name: _sorted(release.read(name), without=()) for name in tables}
    return rows | {house.realm_id: house.writes() for house in release.houses}


def test_every_link_knows_its_two_sides(upgraded: EarlierRelease) -> None:
    made = {
        (record_type, row[f"{record_type}_id"]): row["created_at"]
        for record_type in ("customer", "inventory_item", "invoice", "payment")
        for row in upgraded.read(f"loupe.{record_type}")
    }
    for link in upgraded.read("link"):
        written = link["document"]["MetaData"]["CreateTime"]
        known = datetime.fromisoformat(link["quickbooks_created_at"])
        assert known == datetime.fromisoformat(written)
        there = made.get((link["record_type"], link["loupe_id"]))
        assert link["loupe_created_at"] == there
        assert (link["loupe_seen_version"] is None) is (there is None)


def test_a_downgrade_counts_abandoned_runs_as_failed(restore: Restore) -> None:
    release = restore()
    upgrade_database(release.engine)
    with release.engine.begin() as connection:
        command.downgrade(build_config(connection), "0006")
        assert read_revision(connection) == "0006"
    statuses = {row["run_id"]: row["status"] for row in release.read("run")}
    assert {statuses[entry.run["run_id"]] for entry in release.open_runs} == {"failed"}
    assert upgrade_database(release.engine) == newest_revision()
