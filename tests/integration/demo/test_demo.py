"""The whole of `make demo`: a first sync from nothing, a second that changes nothing, no process left."""

import json
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from demo.embedded_postgres import remove_cluster
from demo.processes import Processes, find_free_port
from demo.watchdog import MARK_VARIABLE
from quickbooks_sync.record_types.registry import FLOWS

REPOSITORY = Path(__file__).parents[3]
LIMIT_SECONDS = 1500


@dataclass(frozen=True)
class Run:
    """One `python -m demo --once`."""

    status: int
    said: str
    summary: dict[str, Any]

    def total(self, outcome: str) -> int:
        return sum(flow["outcomes"].get(outcome, 0) for flow in self.summary["flows"].values())


def _run(state: Path, file: Path) -> Run:
    ports = [
        part
        for name in ("airflow", "emulator", "postgres")
        for part in (f"--{name}-port", str(find_free_port()))
    ]
    command = [sys.executable, "-m", "demo", "--once", "--state", state, "--summary", file, *ports]
    with Processes(file.with_suffix(".logs")) as processes:
        child = processes.start("demo", command, folder=REPOSITORY)
        status = child.process.wait(LIMIT_SECONDS)
    return Run(status, child.log.read_text(), json.loads(file.read_text()))


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("demo-state")
    yield folder
    remove_cluster(folder / "postgres")


@pytest.fixture(scope="module")
def first(state: Path) -> Run:
    return _run(state, state / "first.json")


@pytest.fixture(scope="module")
def second(state: Path, first: Run) -> Run:
    assert first.status == 0, first.said
    return _run(state, state / "second.json")


def test_first_sync_succeeds_flow_by_flow(first: Run) -> None:
    assert first.status == 0, first.said
    states = {name: flow["state"] for name, flow in first.summary["flows"].items()}
    assert states == {flow.name: "success" for flow in FLOWS}
    assert first.summary["status"] == "success"


def test_both_sides_are_created_linked_and_told_apart(first: Run) -> None:
    flows = first.summary["flows"]
    for record_type in ("customers", "invoices", "payments", "inventory_items"):
        assert flows[f"pull_{record_type}"]["outcomes"]["created"] > 0
        assert flows[f"pull_{record_type}"]["outcomes"]["linked"] > 0
        assert flows[f"push_{record_type}"]["outcomes"]["created"] > 0
    for outcome in ("rejected", "waiting", "conflict"):
        assert first.total(outcome) > 0, outcome
    assert first.total("failed") == 0
    assert first.summary["writes"] > 0


def test_account_names_what_is_left_to_read_and_nothing_that_is_stopped(first: Run) -> None:
    assert "review before the first push" in first.said
    report = Path(first.summary["data_docs"], "index.html")
    assert report.exists()
    assert f"Reports     {report}" in first.said
    assert "user admin, password " not in first.said


@pytest.mark.usefixtures("first")
def test_a_shell_gets_the_command_line_from_one_file_that_others_cannot_read(state: Path) -> None:
    file = state / "env.sh"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    command = f'. "{file}" && quickbooks-sync db --help && psql --version && env'
    done = subprocess.run(
        ["sh", "-c", command], capture_output=True, text=True, timeout=120, check=True
    )
    for name in ("QUICKBOOKS_SYNC_KEY", "AIRFLOW_CONN_QUICKBOOKS_DEFAULT"):
        assert f"{name}=" in done.stdout


def test_second_run_changes_nothing_on_either_side_and_says_so(second: Run) -> None:
    assert second.status == 0, second.said
    assert {name: second.total(name) for name in ("created", "updated", "linked")} == {
        "created": 0,
        "updated": 0,
        "linked": 0,
    }
    assert second.summary["writes"] == 0
    assert second.summary["is_unchanged"]
    assert "Nothing changed on either side" in second.said


@pytest.mark.usefixtures("second")
@pytest.mark.skipif(sys.platform != "linux", reason="processes are read from /proc")
def test_no_process_is_left(state: Path) -> None:
    wanted = str(state).encode()
    left = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            told = (entry / "cmdline").read_bytes() + (entry / "environ").read_bytes()
        except OSError:
            continue
        if wanted in told and MARK_VARIABLE.encode() in told:
            left.append((entry.name, told[:200]))
    assert left == []
