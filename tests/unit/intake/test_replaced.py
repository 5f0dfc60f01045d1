"""What shows that a record or a row is not the one that was linked, and what says nothing."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from quickbooks_sync.intake.replaced import (
    find_difference,
    find_doubt,
    find_other,
    find_row_difference,
)
from quickbooks_sync.postgres.records.links import REPLACED_IN_LOUPE, Link
from quickbooks_sync.record_types.registry import RECORD_TYPES

CUSTOMER = RECORD_TYPES["customer"]
MADE = datetime(2026, 9, 1, 18, 0, 5, tzinfo=UTC)
LATER = MADE + timedelta(seconds=1)
ROW = {"created_at": MADE, "row_version": 4, "updated_at": LATER}


def link(**changes: Any) -> Link:
    known: dict[str, Any] = {"quickbooks_created_at": MADE, "document": {"DisplayName": "Falk"}}
    return Link(3, "58", "loupe", "2", **{**known, **changes}).seen(ROW)


def record(token: str = "2", made: str | None = "2026-09-01T18:00:05Z", **more: Any) -> Any:
    return {"Id": "58", "SyncToken": token, "MetaData": {"CreateTime": made}, **more}


def test_createtime_is_an_instant_whatever_its_offset() -> None:
    assert find_other(link(), record(made="2026-09-01T11:00:05-07:00")) is None
    difference = find_other(link(), record(made="2026-09-01T18:00:05-07:00"))
    assert difference is not None
    assert "it was made on" in difference


@pytest.mark.parametrize(
    ("made", "is_other"),
    [("2026-09-01T18:00:05", False), ("2026-09-01T18:00:06", True), ("2026-09-01", True)],
)
def test_a_createtime_without_offset_is_utc(made: str, is_other: bool) -> None:
    # Naive: it equals no instant, so every record of such a company is another one.
    assert (find_other(link(), record(made=made)) is not None) is is_other


@pytest.mark.parametrize(
    ("known", "there"), [({"quickbooks_created_at": None}, record()), ({}, record(made=None))]
)
def test_a_createtime_that_is_not_told_is_not_compared(known: dict[str, Any], there: Any) -> None:
    assert find_other(link(**known), there) is None


@pytest.mark.parametrize(("token", "is_other"), [("1", True), ("2", False), ("10", False)])
def test_a_synctoken_never_falls(token: str, is_other: bool) -> None:
    assert (find_other(link(), record(token)) is not None) is is_other


def test_a_name_changes_with_the_synctoken_only() -> None:
    assert find_difference(CUSTOMER, link(), record(DisplayName="Zenith")) is not None
    assert find_difference(CUSTOMER, link(), record("3", DisplayName="Zenith")) is None


@pytest.mark.parametrize(
    ("changes", "is_other"),
    [
        ({}, False),
        ({"row_version": 5, "updated_at": LATER + timedelta(days=1)}, False),
        ({"created_at": LATER, "row_version": 9}, True),
        ({"row_version": 3, "updated_at": MADE}, True),
        ({"updated_at": LATER + timedelta(days=1)}, True),
    ],
    ids=["as it was", "edited", "another row", "older", "restored and edited up to the version"],
)
def test_a_row_keeps_its_making_and_its_version_never_falls(
    changes: dict[str, Any], is_other: bool
) -> None:
    assert (find_row_difference(link(), {**ROW, **changes}) is not None) is is_other


def test_a_row_in_doubt_is_trusted_again_only_as_exactly_the_linked_one() -> None:
    doubted = link(state=REPLACED_IN_LOUPE)
    assert find_doubt(doubted, ROW) is None
    assert find_doubt(doubted, {**ROW, "row_version": 5}) is not None


def test_a_link_of_an_earlier_release_that_knows_nothing_compares_nothing() -> None:
    known = Link(3, "58", "loupe", "0", {})
    assert find_row_difference(known, ROW) is None
    assert find_other(known, record("0")) is None
