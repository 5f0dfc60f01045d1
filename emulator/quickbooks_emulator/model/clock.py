"""The emulator's sense of time: the machine's clock, which the side door can move, and how times are written."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Protocol
from zoneinfo import ZoneInfo

PACIFIC = ZoneInfo("America/Los_Angeles")


class Clock(Protocol):
    """Anything that knows what time it is."""

    def now(self) -> datetime:
        """Return the current moment, aware and in UTC."""


class MovableClock:
    """A clock that runs on from wherever it was last put."""

    def __init__(self, source: Callable[[], datetime] | None = None) -> None:
        self._source = source or _machine_time
        self._shift = timedelta(0)
        self._frozen: datetime | None = None

    def now(self) -> datetime:
        """Return the current moment in UTC."""
        return self._frozen or self._source() + self._shift

    def put(self, moment: datetime, *, frozen: bool = False) -> None:
        """Make ``moment`` the present; with ``frozen`` time stands still there."""
        self._shift = moment - self._source()
        self._frozen = moment.astimezone(UTC) if frozen else None

    def advance(self, seconds: float) -> None:
        """Move forward (or, below zero, back) by ``seconds``."""
        step = timedelta(seconds=seconds)
        self._shift += step
        if self._frozen is not None:
            self._frozen += step

    def restore(self) -> None:
        """Follow the machine's clock again."""
        self._shift = timedelta(0)
        self._frozen = None


def _machine_time() -> datetime:
    return datetime.now(UTC)


def to_stamp(moment: datetime) -> str:
    """Return a moment as it is stored in MetaData: UTC, whole seconds, sortable as text."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse_stamp(text: str) -> datetime:
    """Return the moment that `to_stamp` wrote."""
    return datetime.fromisoformat(text)


def company_date(moment: datetime) -> date:
    """Return the calendar day in the companies' time zone (US Pacific)."""
    return moment.astimezone(PACIFIC).date()


def pacific_millis(moment: datetime) -> str:
    """Return the ``time`` of a response: milliseconds and the Pacific offset of that day."""
    return moment.astimezone(PACIFIC).isoformat(timespec="milliseconds")


@lru_cache(maxsize=65_536)
def pacific_seconds(stamp: str) -> str:
    """Return a stored MetaData time as it is shown: whole seconds, Pacific offset."""
    return parse_stamp(stamp).astimezone(PACIFIC).isoformat()
