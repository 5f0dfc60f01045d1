"""The demo's processes: whatever ends the demo, none of them is left."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.errors import DemoError
from demo.processes import HOST, Processes, find_free_port, is_free, wait_until
from demo.watchdog import marked_processes

REPOSITORY = Path(__file__).parents[3]

# A child that ignores SIGTERM, with a grandchild in a session of its own: the hardest tree to clear.
STUBBORN = """
import os, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
subprocess.Popen(["sleep", "600"], start_new_session=True)
subprocess.Popen(["sleep", "600"])
print("ready", flush=True)
time.sleep(600)
"""

# What a shell starts in the background ignores SIGINT, and so would everything that it starts.
START = """
import signal, sys, time
from pathlib import Path
from demo.processes import Processes
signal.signal(signal.SIGINT, signal.default_int_handler)
with Processes(Path(sys.argv[1])) as processes:
    processes.start("sleeper", ["sleep", "600"])
    processes.start("tree", [sys.executable, "-c", '''
import subprocess, time
subprocess.Popen(["sleep", "600"], start_new_session=True)
subprocess.Popen(["sleep", "600"])
time.sleep(600)
'''])
    print(processes.mark, flush=True)
    time.sleep(600)
"""


@pytest.fixture
def starter(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-c", START, str(tmp_path / "logs")],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield process
        process.kill()


def _wait_for_count(mark: str, count: int, seconds: float = 20) -> list[int]:
    deadline = time.monotonic() + seconds
    while len(found := marked_processes(mark)) != count and time.monotonic() < deadline:
        time.sleep(0.05)
    return found


@pytest.mark.skipif(sys.platform != "linux", reason="the count of processes is read from /proc")
@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_no_process_survives_the_start(
    starter: subprocess.Popen[str], ending: signal.Signals
) -> None:
    assert starter.stdout is not None
    mark = starter.stdout.readline().strip()
    assert len(_wait_for_count(mark, 4)) == 4
    starter.send_signal(ending)
    starter.wait(timeout=30)
    assert _wait_for_count(mark, 0) == []


def test_stop_kills_what_ignores_the_signal(tmp_path: Path) -> None:
    with Processes(tmp_path) as processes:
        child = processes.start("stubborn", [sys.executable, "-c", STUBBORN])
        wait_until(lambda: "ready" in child.log.read_text(), child, seconds=20)
        processes.stop(grace_seconds=0.2)
        assert child.process.returncode == -signal.SIGKILL
    assert _wait_for_count(processes.mark, 0) == []


def test_child_that_ended_is_named_with_the_end_of_its_log(tmp_path: Path) -> None:
    with Processes(tmp_path) as processes:
        child = processes.start("fragile", [sys.executable, "-c", "raise SystemExit('no luck')"])
        with pytest.raises(DemoError, match=r"(?s)fragile ended with status 1 .*no luck"):
            wait_until(lambda: False, child, seconds=20)


def test_deadline_is_named(tmp_path: Path) -> None:
    with Processes(tmp_path) as processes:
        child = processes.start("slow", ["sleep", "600"])
        with pytest.raises(DemoError, match="slow did not answer within 0 seconds"):
            wait_until(lambda: False, child, seconds=0.2)


def test_children_are_leaders_of_their_own_session(tmp_path: Path) -> None:
    with Processes(tmp_path) as processes:
        child = processes.start("sleeper", ["sleep", "600"])
        assert os.getsid(child.process.pid) == child.process.pid


def test_bound_port_is_not_free() -> None:
    with socket.socket() as holder:
        holder.bind((HOST, 0))
        holder.listen()
        assert not is_free(holder.getsockname()[1])
    assert is_free(find_free_port())
