"""Faults that a test orders for requests to come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

KINDS = ("status", "cut_before_commit", "cut_after_commit", "expire_token", "slow")


@dataclass
class Injection:
    """One ordered fault.

    Attributes:
        kind: one of `KINDS`.
        method: HTTP method that it waits for, or "".
        path_contains: part of the path (with query string) that it waits for, or "".
        times: how many requests it still strikes.
        skip: how many matching requests it lets pass first.
        status: for ``status``: the HTTP status.
        body: for ``status``: the body, sent as it is.
        content_type: for ``status``: the type of the body.
        headers: for ``status``: further headers, such as Retry-After.
        seconds: for ``slow``: how long the answer is held back.
    """

    kind: str
    method: str = ""
    path_contains: str = ""
    times: int = 1
    skip: int = 0
    status: int = 500
    body: str = ""
    content_type: str = "application/json"
    headers: Mapping[str, str] | None = None
    seconds: float = 1.0

    def matches(self, method: str, path: str) -> bool:
        """Return whether a request is one that this fault waits for."""
        return self.method in ("", method) and self.path_contains in path


def parse_injection(order: Mapping[str, Any]) -> Injection:
    """Return the fault that a side-door request orders.

    Raises:
        ValueError: for a kind or key that does not exist, naming those that do.
    """
    match = order.get("match", {})
    rest = {name: value for name, value in order.items() if name != "match"}
    if rest.get("kind") not in KINDS:
        raise ValueError(f"kind is {rest.get('kind')!r}; expected one of {', '.join(KINDS)}")
    try:
        return Injection(**{**match, **rest})
    except TypeError as error:
        raise ValueError(f"unknown key in the fault: {error}") from None


class Injections:
    """The faults still to strike, first ordered first."""

    def __init__(self) -> None:
        self._waiting: list[Injection] = []

    def order(self, injection: Injection) -> None:
        """Add a fault."""
        self._waiting.append(injection)

    def clear(self) -> None:
        """Forget every fault."""
        self._waiting.clear()

    def take(self, method: str, path: str) -> Injection | None:
        """Return the fault for a request, counting it as struck, or None."""
        for injection in self._waiting:
            if injection.matches(method, path):
                return self._strike(injection)
        return None

    def _strike(self, injection: Injection) -> Injection | None:
        if injection.skip > 0:
            injection.skip -= 1
            return None
        injection.times -= 1
        if injection.times <= 0:
            self._waiting.remove(injection)
        return injection
