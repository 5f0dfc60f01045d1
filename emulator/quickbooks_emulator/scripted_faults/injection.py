"""Faults that a test orders for requests to come."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_plus

from quickbooks_emulator.model.faults import FaultError

KINDS = (
    "status", "fault", "item_fault", "malformed_xml", "wrong_body_after_commit",
    "cut_before_commit", "cut_after_commit", "expire_token", "slow", "slow_after_commit",
    "empty_list", "null_cdc", "cdc_fault", "ids_as_numbers", "same_page_twice",
    "ignored_property",
    "short_list", "short_cdc", "cdc_without_part",
)  # fmt: skip
#: What the kinds that spoil lists wait for, whatever else an order names.
_LISTS = {
    "empty_list": r"/(query|cdc)(\?|$)",
    "ids_as_numbers": r"/(query|cdc)(\?|$)",
    "null_cdc": r"/cdc\?",
    "cdc_fault": r"/cdc\?",
    "short_cdc": r"/cdc\?",
    "cdc_without_part": r"/cdc\?",
    "short_list": r"(?i)/query\?(?!.*count\()",
    "same_page_twice": r"(?i)/query\?.*( Id > |startposition (?!1\b))",
}


@dataclass
class Injection:
    """One ordered fault.

    Attributes:
        kind: one of `KINDS`.
        method: HTTP method that it waits for, or "".
        path_contains: part of the path (with query string) that it waits for, or "".
        times: how many requests it still strikes.
        skip: how many matching requests it lets pass first.
        status: the HTTP status; default 500 for ``status``, 400 for ``fault`` and
            ``malformed_xml``, 200 for ``wrong_body_after_commit``.
        body: for ``status`` and ``wrong_body_after_commit``: the body, sent as it is.
        content_type: the type of that body.
        headers: for ``status``: further headers, such as Retry-After.
        seconds: for ``slow`` and ``slow_after_commit``: how long the answer is held back.
        code: for ``fault`` and ``item_fault``: Intuit's code, such as 6000 or 10200.
        message: the title of the code.
        detail: the rest of the text.
        fault_type: such as ValidationFault or SystemFault.
        item: for ``item_fault``: the place of the batch item that it strikes, from 0.
        ignored: for ``ignored_property``: the property of a record that is taken as if it had not been sent.
    """

    kind: str
    method: str = ""
    path_contains: str = ""
    times: int = 1
    skip: int = 0
    status: int = 0
    body: str = ""
    content_type: str = "application/json"
    headers: Mapping[str, str] | None = None
    seconds: float = 1.0
    code: str = "6000"
    message: str = "A business validation error has occurred while processing your request"
    detail: str = "Business Validation Error: Please wait a few minutes and try again."
    fault_type: str = "ValidationFault"
    item: int = 0
    ignored: str = ""

    @property
    def answered_status(self) -> int:
        """The HTTP status that was ordered, or the usual one of the kind."""
        usual = {"status": 500, "wrong_body_after_commit": 200}
        return self.status or usual.get(self.kind, 400)

    def to_fault(self) -> FaultError:
        """Return the ordered Fault."""
        return FaultError(
            self.code,
            self.message,
            self.detail,
            kind=self.fault_type,
            status=self.answered_status,
        )

    def matches(self, method: str, path: str) -> bool:
        """Return whether a request is one that this fault waits for."""
        if self.kind in _LISTS and not re.search(_LISTS[self.kind], unquote_plus(path)):
            return False
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

    def waiting(self) -> tuple[Injection, ...]:
        """Return the faults still to strike."""
        return tuple(self._waiting)

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
