"""Holds companies to Intuit's request rates and counts their calls.

Intuit: limits, section 6: 500 requests a minute and 120 batch calls a minute for a company; 10
requests a second, 40 batch calls a minute and 10 requests in flight for an app in a company.
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from quickbooks_emulator.model.faults import GatewayError


@dataclass(frozen=True)
class Rate:
    """So many calls in so many seconds."""

    calls: int
    seconds: float


COMPANY_RATE, COMPANY_BATCH_RATE = Rate(500, 60), Rate(120, 60)
APP_RATE, APP_BATCH_RATE = Rate(10, 1), Rate(40, 60)
MOST_IN_FLIGHT = 10


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
        self._in_flight: Counter[str] = Counter()

    def admit(self, realm: str, client: str, *, batch: bool) -> None:
        """Let a call through, or refuse it without counting it.

        Raises:
            GatewayError: 429, code 3001, as XML.
        """
        app = f"{realm}/{client}"
        rates = [(realm, COMPANY_RATE), (app, APP_RATE)]
        if batch:
            rates += [(realm, COMPANY_BATCH_RATE), (app, APP_BATCH_RATE)]
        buckets = [self._bucket(holder, rate) for holder, rate in rates]
        if self.on and any(bucket.level < 1 for bucket in buckets):
            raise throttled()
        for bucket in buckets:
            bucket.level -= 1

    @contextmanager
    def in_flight(self, realm: str) -> Iterator[None]:
        """Count a call of a company while it is being answered.

        Raises:
            GatewayError: 429 for the eleventh at once.
        """
        if self.on and self._in_flight[realm] >= MOST_IN_FLIGHT:
            raise throttled()
        self._in_flight[realm] += 1
        try:
            yield
        finally:
            self._in_flight[realm] -= 1

    def reset(self) -> None:
        """Fill every bucket."""
        self._buckets.clear()

    def _bucket(self, holder: str, rate: Rate) -> _Bucket:
        now = self._monotonic()
        full = _Bucket(rate, now, float(rate.calls))
        bucket = self._buckets.setdefault((holder, rate), full)
        bucket.refill(now)
        return bucket


@dataclass
class Quota:
    """The reads that the month has left over all companies of a workspace (section 6.1).

    Attributes:
        remaining: None for as many as one likes.
    """

    remaining: int | None = None

    def take(self) -> bool:
        """Use up one read; return whether there was one."""
        if self.remaining is None:
            return True
        if self.remaining <= 0:
            return False
        self.remaining -= 1
        return True


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
    """The call counts of every company, and the reads that are left for all of them."""

    by_realm: dict[str, CallCounts] = field(default_factory=lambda: defaultdict(CallCounts))
    quota: Quota = field(default_factory=Quota)

    def meter(self, realm: str) -> Meter:
        """Return what counts a call of a company."""
        return Meter(self.by_realm[realm], self.quota)


@dataclass(frozen=True)
class Meter:
    """Counts what one call of a company does (Intuit: metering, section 6.1)."""

    counts: CallCounts
    quota: Quota

    def read(self) -> None:
        """Count a metered read.

        Raises:
            GatewayError: 429 once the month's reads are used up; its body is a guess.
        """
        if not self.quota.take():
            self.counts.refused += 1
            raise throttled()
        self.counts.metered_reads += 1

    def write(self) -> None:
        """Count a write."""
        self.counts.core_writes += 1

    def batch(self) -> None:
        """Count a call of ``/batch``."""
        self.counts.batch_calls += 1
