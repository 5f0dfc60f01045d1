"""Holds companies to Intuit's request rates and counts their calls.

Intuit: limits, section 6: 500 requests a minute, 10 a second, 40 batch calls a minute.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from quickbooks_emulator.faults import GatewayError


@dataclass(frozen=True)
class Rate:
    """So many calls in so many seconds."""

    calls: int
    seconds: float


REQUEST_RATES = (Rate(500, 60), Rate(10, 1))
BATCH_RATE = Rate(40, 60)


@dataclass
class _Bucket:
    rate: Rate
    filled_at: float
    level: float

    def refill(self, now: float) -> None:
        gained = (now - self.filled_at) * self.rate.calls / self.rate.seconds
        self.level = min(float(self.rate.calls), self.level + gained)
        self.filled_at = now


class Limits:
    """Token buckets of every company; they follow real time, not the emulator's clock."""

    def __init__(self, *, on: bool, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.on = on
        self._monotonic = monotonic
        self._buckets: dict[tuple[str, Rate], _Bucket] = {}

    def admit(self, realm: str, *, batch: bool) -> None:
        """Let a call through, or refuse it without counting it.

        Raises:
            GatewayError: 429, code 3001, as XML.
        """
        rates = (*REQUEST_RATES, BATCH_RATE) if batch else REQUEST_RATES
        buckets = [self._bucket(realm, rate) for rate in rates]
        if self.on and any(bucket.level < 1 for bucket in buckets):
            raise throttled()
        for bucket in buckets:
            bucket.level -= 1

    def reset(self) -> None:
        """Fill every bucket."""
        self._buckets.clear()

    def _bucket(self, realm: str, rate: Rate) -> _Bucket:
        now = self._monotonic()
        full = _Bucket(rate, now, float(rate.calls))
        bucket = self._buckets.setdefault((realm, rate), full)
        bucket.refill(now)
        return bucket


def throttled() -> GatewayError:
    """429 as Intuit's gateway words it (Intuit: errors, section 7.4)."""
    message = "message=ThrottleExceeded; errorCode=003001; statusCode=429"
    detail = "The request limit was reached.  Try again later"
    return GatewayError(429, "3001", message, detail, "SERVICE", xml=True)


@dataclass
class CallCounts:
    """How a company was used since the start or the last reset.

    Attributes:
        core_writes: creates, updates, deletes, voids; each write of a batch counts.
        metered_reads: GET, query, CDC; each query of a batch counts.
        batch_calls: calls of ``/batch``, whatever they held.
        refused: calls answered with 401 or 429 before they reached the company.
    """

    core_writes: int = 0
    metered_reads: int = 0
    batch_calls: int = 0
    refused: int = 0


@dataclass
class Counters:
    """The call counts of every company."""

    by_realm: dict[str, CallCounts] = field(default_factory=lambda: defaultdict(CallCounts))
