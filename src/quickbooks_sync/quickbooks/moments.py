"""Times in answers: QuickBooks' clock, those of records, and how long it asks to be left alone."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any


def parse_server_time(document: Mapping[str, Any], headers: Mapping[str, str]) -> datetime | None:
    """Return QuickBooks' clock, from the answer or, failing that, from the Date header.

    It keeps the offset that QuickBooks writes, which tells what day it is for the company. A time
    without an offset is none: nobody knows which clock it is of.
    """
    return _parse_iso(document.get("time")) or _parse_http_date(headers.get("Date"))


def parse_moment(value: Any) -> datetime | None:
    """Return an instant of ISO 8601, or a day, as Intuit has it for some entities; `None` for anything else.

    One without an offset is UTC: a record's times are compared with each other, so whose clock it was matters little.
    """
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
        return moment and (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def parse_retry_after(value: str | None) -> float | None:
    """Return the seconds that a Retry-After header asks for, in either of its forms."""
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        return float(text)
    moment = _parse_http_date(text)
    return None if moment is None else max(0.0, (moment - datetime.now(UTC)).total_seconds())


def _parse_iso(value: Any) -> datetime | None:
    try:
        return _checked(datetime.fromisoformat(value)) if isinstance(value, str) else None
    except ValueError:
        return None


def _parse_http_date(value: str | None) -> datetime | None:
    try:
        return _checked(parsedate_to_datetime(value)) if value else None
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _checked(moment: datetime) -> datetime | None:
    """Return a moment that has an offset and exists in UTC, too."""
    if moment.tzinfo is None:
        return None
    try:
        moment.astimezone(UTC)
    except OverflowError:
        return None
    return moment
