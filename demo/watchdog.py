"""Stops the processes of a start whose own process is gone, however it ended.

Runs as a small process of its own, with the standard library alone. It reads `<process group> <signal>` lines from
its standard input, which the start keeps open; the end of that input means that the start has ended (also by
SIGKILL), and whatever it left is stopped. A process group does not hold a child that opened a session of its own, so
on Linux every process that carries the start's mark in its environment is stopped as well.
"""

import os
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

MARK_VARIABLE = "QUICKBOOKS_SYNC_DEMO_MARK"
"""Environment variable that every process of one start carries; its value is unique to the start."""

GRACE_SECONDS = 10.0
"""How long a group may take to end by itself before it is killed."""

Group = tuple[int, signal.Signals]
"""A process group id and the signal that asks it to end in an orderly way."""


def main(mark: str) -> None:
    """Wait for the end of standard input, then stop every registered group and every marked process."""
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    groups: list[Group] = []
    for line in sys.stdin:
        group, number = line.split()
        groups.append((int(group), signal.Signals(int(number))))
    stop_groups(groups, mark)


def stop_groups(groups: list[Group], mark: str, grace_seconds: float = GRACE_SECONDS) -> None:
    """End process groups, and then every process that still carries the mark.

    The group that was started first, which the others build on, is asked last; the others are asked all at once.

    Args:
        groups: The groups in the order in which they were started.
        mark: The value of `MARK_VARIABLE` in the processes that belong to this start.
        grace_seconds: How long the groups may take to end by themselves before they are killed.
    """
    for wave in (groups[1:], groups[:1]):
        _end_groups(list(reversed(wave)), grace_seconds)
    for process in marked_processes(mark):
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


def _end_groups(groups: list[Group], grace_seconds: float) -> None:
    for group, number in groups:
        _signal_group(group, number)
    deadline = time.monotonic() + grace_seconds
    while (alive := [group for group, _number in groups if group_is_alive(group)]) and (
        time.monotonic() < deadline
    ):
        time.sleep(0.05)
    for group in alive:
        _signal_group(group, signal.SIGKILL)


def group_is_alive(group: int) -> bool:
    """Say whether a process group still has a member that is not a zombie."""
    _reap(group)
    if not Path("/proc/self/stat").exists():
        return _signal_group(group, None)
    return any(_is_running_member(entry, group) for entry in Path("/proc").glob("[0-9]*"))


def marked_processes(mark: str) -> list[int]:
    """Find the processes, other than this one, whose environment carries the mark (Linux only)."""
    wanted = f"{MARK_VARIABLE}={mark}".encode()
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if wanted in (entry / "environ").read_bytes().split(b"\0"):
                found.append(int(entry.name))
    return [process for process in found if process != os.getpid()]


def _is_running_member(entry: Path, group: int) -> bool:
    try:
        state, _parent, member_of = (entry / "stat").read_text().rpartition(")")[2].split()[:3]
    except OSError:
        return False
    return int(member_of) == group and state not in "ZX"


def _signal_group(group: int, number: signal.Signals | None) -> bool:
    try:
        os.killpg(group, number or 0)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def _reap(group: int) -> None:
    with suppress(ChildProcessError):
        os.waitpid(group, os.WNOHANG)


if __name__ == "__main__":
    main(sys.argv[1])
