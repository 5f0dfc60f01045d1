"""Runs a flow in a process of its own, which can be killed or held at any request and any commit."""

import contextlib
import logging
import os
import pickle
import select
import signal
import time
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import requests

from quickbooks_sync.commands import steps
from quickbooks_sync.commands.decide import decide
from quickbooks_sync.model.flow import Flow, FlowOptions
from quickbooks_sync.quickbooks.session import build_session
from quickbooks_sync.workspace import Workspace
from tests.chaos.quick_rules import use_quick_rules
from tests.chaos.small_pages import use_small_pages

#: Longer than any run of a few dozen records; a child that is silent for so long hangs.
PATIENCE_SECONDS = 120


@dataclass(frozen=True)
class Break:
    """What happens to a child, and when.

    Attributes:
        kind: `kill` (SIGKILL) or `hold` (until the parent lets it go on).
        event: `request` or `commit`.
        is_after: After the event instead of before it.
        number: At which event, from 1.
    """

    kind: str
    event: str
    is_after: bool
    number: int

    def __str__(self) -> str:
        """Say it in a few words."""
        return f"{self.kind} {'after' if self.is_after else 'before'} {self.event} {self.number}"


@dataclass(frozen=True)
class Ended:
    """How a child ended.

    Attributes:
        result: What it returned, if it did.
        error: The error's class and text, if there was one.
        is_killed: It ended without a word.
        kinds: Names of the error's classes, most special first.
        trace: Where the error was raised.
    """

    result: Any = None
    error: str | None = None
    is_killed: bool = False
    kinds: tuple[str, ...] = ()
    trace: str = ""


#: Children that were started and have not been waited for.
_alive: set[int] = set()


def end_all() -> None:
    """Kill the children that are left: one that is held would keep the servers from stopping."""
    while _alive:
        pid = _alive.pop()
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


class Child:
    """A forked process; the parent's modules are loaded in it already."""

    def __init__(
        self, work: Callable[[Workspace], Any], workspace: Workspace, at: Break | None
    ) -> None:
        told, tell = os.pipe()
        go, release = os.pipe()
        self.pid = os.fork()
        _alive.add(self.pid)
        if self.pid == 0:
            os.close(told)
            os.close(release)
            _live(work, workspace, at, tell, go)
        os.close(tell)
        os.close(go)
        self._told, self._release = told, release
        self._said = b""
        self._is_over = False

    def wait_until_held(self) -> bool:
        """Wait until the child is held (True) or has ended (False)."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not self._said.startswith(_HELD):
            if not self._read(deadline):
                return False
        self._said = self._said[len(_HELD) :]
        return True

    def let_go(self) -> None:
        """Let a held child go on."""
        with contextlib.suppress(BrokenPipeError):
            os.write(self._release, b"g")

    def kill_after(self, seconds: float) -> None:
        """Kill it some time from now, unless it has ended."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and self._read(deadline):
            pass
        if not self._is_over:
            self._signal()

    def end(self) -> Ended:
        """Wait for its end and say how it was."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self._read(deadline):
            pass
        hangs = not self._is_over
        if hangs:
            self._signal()
        os.waitpid(self.pid, 0)
        _alive.discard(self.pid)
        os.close(self._told)
        os.close(self._release)
        if hangs:
            return Ended(error=f"no answer in {PATIENCE_SECONDS} s", kinds=("HangsError",))
        said = self._said.removeprefix(_HELD)
        return pickle.loads(said) if said else Ended(is_killed=True)

    def _signal(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    def _read(self, deadline: float) -> bool:
        """Read what the child says; False at its end or at the deadline."""
        ready, _, _ = select.select([self._told], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            return False
        part = os.read(self._told, 1 << 16)
        self._said += part
        self._is_over = not part
        return bool(part)


_HELD = b"held\n"


def run_flow(flow: Flow, options: FlowOptions, run_key: str) -> Callable[[Workspace], Any]:
    """Return the work of running one flow; one in 24 with Great Expectations, one in three by small pages."""

    def work(workspace: Workspace) -> Any:
        number = zlib.crc32(run_key.encode())
        if number % 24:
            use_quick_rules()
        if number % 3 == 0:
            use_small_pages()
        return steps.run_flow(workspace, flow, options, run_key=run_key, triggered_by="chaos")

    return work


def carry_out(conflict_id: int, choice: str) -> Callable[[Workspace], Any]:
    """Return the work of deciding a conflict."""
    return lambda workspace: decide(workspace, conflict_id, choice, by="chaos")


def _live(
    work: Callable[[Workspace], Any], workspace: Workspace, at: Break | None, tell: int, go: int
) -> None:
    """Do the work, say how it ended, and leave without any of the parent's clean-up."""
    try:
        logging.disable(logging.ERROR)
        fresh = _fresh(workspace)
        if at is not None:
            _Breaker(at, tell, go).arm(fresh)
        ended = _attempt(work, fresh)
        _say(tell, pickle.dumps(ended))
    finally:
        os._exit(0)


def _attempt(work: Callable[[Workspace], Any], workspace: Workspace) -> Ended:
    import traceback

    try:
        return Ended(result=work(workspace))
    except Exception as error:  # noqa: BLE001 - the parent judges every error there is
        kinds = tuple(one.__name__ for one in type(error).__mro__)
        return Ended(error=repr(error)[:600], kinds=kinds, trace=traceback.format_exc()[-3000:])


def _fresh(workspace: Workspace) -> Workspace:
    """Return the workspace with connections of the child's own.

    The engine stays, for what it has compiled; the parent keeps no connection open in it.
    """
    workspace.engine.dispose(close=False)
    return replace(workspace, session=build_session())


def _say(tell: int, text: bytes) -> None:
    while text:
        text = text[os.write(tell, text) :]


class _Breaker:
    """Counts requests and commits, and strikes at the chosen one."""

    def __init__(self, at: Break, tell: int, go: int) -> None:
        self._at = at
        self._tell, self._go = tell, go
        self._count = 0

    def arm(self, workspace: Workspace) -> None:
        """Hook into the events of the chosen kind."""
        if self._at.event == "commit":
            dialect: Any = workspace.engine.dialect
            dialect.do_commit = self._around(dialect.do_commit)
            return
        plain = self._around(requests.Session.request)
        session: Any = requests.Session

        def request(*args: Any, **kwargs: Mapping[str, Any]) -> Any:
            return plain(*args, **kwargs)

        session.request = request

    def _around(self, event: Callable[..., Any]) -> Callable[..., Any]:
        def struck(*args: Any, **kwargs: Any) -> Any:
            self._count += 1
            is_due = self._count == self._at.number
            if is_due and not self._at.is_after:
                self._strike()
            result = event(*args, **kwargs)
            if is_due and self._at.is_after:
                self._strike()
            return result

        return struck

    def _strike(self) -> None:
        if self._at.kind == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        _say(self._tell, _HELD)
        os.read(self._go, 1)
