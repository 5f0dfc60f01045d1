"""Child processes of the start: their logs, their health, and their certain end."""

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import requests

from demo import watchdog
from demo.errors import DemoError

HOST = "127.0.0.1"


@dataclass
class Child:
    """A started process, the leader of its own process group."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path
    stop_signal: signal.Signals = signal.SIGTERM

    def ensure_running(self) -> None:
        """Refuse to go on when the process has ended.

        Raises:
            DemoError: The process has ended; the message holds the end of its log.
        """
        status = self.process.poll()
        if status is not None:
            raise DemoError(
                f"{self.name} ended with status {status} while it was expected to serve.\n"
                f"The end of {self.log}:\n{read_tail(self.log)}"
            )


@dataclass
class Processes:
    """The children of one start; leaving the context stops them all, last started first.

    A watchdog process stops them when this process is killed and cannot do so itself.
    """

    log_folder: Path
    mark: str = field(default_factory=lambda: secrets.token_hex(16))
    children: list[Child] = field(default_factory=list)
    _watchdog: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        self.log_folder.mkdir(parents=True, exist_ok=True)
        self._watchdog = subprocess.Popen(
            [sys.executable, "-S", watchdog.__file__, self.mark],
            stdin=subprocess.PIPE,
            start_new_session=True,
            cwd="/",
            text=True,
        )
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        environment: Mapping[str, str] | None = None,
        folder: Path = Path("/"),
        stop_signal: signal.Signals = signal.SIGTERM,
        account: "Account | None" = None,
    ) -> Child:
        """Start a child in its own session, its output appended to `<log folder>/<name>.log`.

        Args:
            name: What messages and the log file call the child.
            command: Program and arguments.
            environment: The whole environment of the child; this process's by default.
            folder: Working directory of the child.
            stop_signal: What asks it to end in an orderly way.
            account: The user to run it as; only root may name one.
        """
        log = self.log_folder / f"{name}.log"
        with log.open("ab") as output:
            process = subprocess.Popen(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**(environment or os.environ), watchdog.MARK_VARIABLE: self.mark},
                cwd=folder,
                start_new_session=True,
                user=account.user if account else None,
                group=account.group if account else None,
                extra_groups=[] if account else None,
            )
        child = Child(name, process, log, stop_signal)
        self.children.append(child)
        self._register(child)
        return child

    def ensure_running(self) -> None:
        """Refuse to go on when any child has ended."""
        for child in self.children:
            child.ensure_running()

    def stop(self, grace_seconds: float = watchdog.GRACE_SECONDS) -> None:
        """Stop every child, last started first; safe to call twice.

        Args:
            grace_seconds: How long the children may take to end by themselves before they are killed.
        """
        groups = [(child.process.pid, child.stop_signal) for child in self.children]
        watchdog.stop_groups(groups, self.mark, grace_seconds)
        for child in self.children:
            child.process.wait()
        self.children.clear()
        if self._watchdog and self._watchdog.stdin:
            self._watchdog.stdin.close()
            self._watchdog.wait()
            self._watchdog = None

    def _register(self, child: Child) -> None:
        if self._watchdog is None or self._watchdog.stdin is None:
            raise DemoError("Processes.start was called outside of its context.")
        self._watchdog.stdin.write(f"{child.process.pid} {int(child.stop_signal)}\n")
        self._watchdog.stdin.flush()


@dataclass(frozen=True)
class Account:
    """A user and a group of the operating system, by number."""

    user: int
    group: int


def wait_until(
    is_ready: Callable[[], bool], child: Child, seconds: float, interval: float = 0.1
) -> None:
    """Poll until a child answers.

    Raises:
        DemoError: The child ended, or the deadline passed.
    """
    deadline = time.monotonic() + seconds
    while not is_ready():
        child.ensure_running()
        if time.monotonic() > deadline:
            raise DemoError(
                f"{child.name} did not answer within {seconds:.0f} seconds.\n"
                f"The end of {child.log}:\n{read_tail(child.log)}"
            )
        time.sleep(interval)


def answers(url: str, timeout: float = 5.0) -> bool:
    """Say whether an address answers a GET with a status below 400."""
    try:
        return requests.get(url, timeout=timeout).ok
    except requests.RequestException:
        return False


def find_free_port() -> int:
    """Let the operating system pick a free loopback port."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def is_free(port: int) -> bool:
    """Say whether a loopback port can be bound.

    A test by connecting, or by a health check, would also be satisfied by somebody else's server.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def read_tail(log: Path, lines: int = 20) -> str:
    """Return the last lines of a log, or a note that it is empty."""
    if not log.exists():
        return "(no log was written)"
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:]) or "(empty)"
