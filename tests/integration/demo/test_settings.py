"""The demo's choices: flags, variables, and a clear word about a busy port."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.errors import UsageError
from demo.processes import HOST, find_free_port
from demo.settings import Settings, ensure_ports_free, parse_settings
from demo.state import locked

REPOSITORY = Path(__file__).parents[3]


@pytest.fixture
def busy_port() -> Iterator[int]:
    with socket.socket() as holder:
        holder.bind((HOST, 0))
        holder.listen()
        yield holder.getsockname()[1]


def _settings(**ports: int) -> Settings:
    flags = [part for name, port in ports.items() for part in (f"--{name}-port", str(port))]
    return parse_settings(flags, environment={})


def test_busy_port_is_named_with_its_flag(busy_port: int) -> None:
    chosen = _settings(airflow=busy_port, emulator=find_free_port(), postgres=find_free_port())
    with pytest.raises(UsageError, match=rf"Port {busy_port}, meant for Airflow,.*--airflow-port"):
        ensure_ports_free(chosen)


def test_all_busy_ports_are_named_at_once(busy_port: int) -> None:
    with socket.socket() as holder:
        holder.bind((HOST, 0))
        other = holder.getsockname()[1]
        chosen = _settings(airflow=busy_port, emulator=find_free_port(), postgres=other)
        with pytest.raises(UsageError, match=rf"(?s){busy_port}.*{other}.*--postgres-port"):
            ensure_ports_free(chosen)


def test_one_port_for_two_parts_is_refused() -> None:
    with pytest.raises(UsageError, match="a port of its own"):
        ensure_ports_free(_settings(airflow=5433))


def test_busy_port_ends_the_start_before_anything_is_started(
    busy_port: int, tmp_path: Path
) -> None:
    summary = tmp_path / "summary.json"
    places = ["--state", tmp_path / "state", "--summary", summary]
    ports = [
        f"--airflow-port={find_free_port()}",
        f"--emulator-port={busy_port}",
        f"--postgres-port={find_free_port()}",
    ]
    done = subprocess.run(
        [sys.executable, "-m", "demo", "--once", *places, *ports],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert f"Port {busy_port}, meant for the QuickBooks emulator, is already in use" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "state").exists()
    assert json.loads(summary.read_text())["status"] == "failed"


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1"])
def test_what_is_no_port_is_refused(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        parse_settings([f"--airflow-port={port}"], environment={})
    assert "is not a port" in capsys.readouterr().err


def test_variables_give_defaults_and_flags_win() -> None:
    environment = {
        "QUICKBOOKS_SYNC_DEMO_AIRFLOW_PORT": "9001",
        "QUICKBOOKS_SYNC_DEMO_POSTGRES_PORT": "9002",
    }
    chosen = parse_settings(["--postgres-port", "9003"], environment)
    assert (chosen.airflow_port, chosen.emulator_port, chosen.postgres_port) == (9001, 8090, 9003)


def test_second_start_on_the_same_state_is_refused_by_process_number(tmp_path: Path) -> None:
    refused = pytest.raises(UsageError, match=f"process {os.getpid()}")
    with locked(tmp_path), refused, locked(tmp_path):
        pytest.fail("the folder was held twice")
    with locked(tmp_path):
        assert (tmp_path / "lock").read_text() == str(os.getpid())
