"""Canonical values: one text for one fact, exact to the last digit."""

import unicodedata
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quickbooks_sync.mapping import Field
from quickbooks_sync.transform.canonical import (
    comparable,
    parse_boolean,
    parse_date,
    parse_decimal,
    parse_enum,
    parse_money,
    parse_reference,
    parse_text,
    to_money,
)
from quickbooks_sync.transform.unreadable import UnreadableValueError

AMOUNTS = st.decimals(
    min_value=-(10**13), max_value=10**13, allow_nan=False, allow_infinity=False, places=7
)


@pytest.mark.parametrize(
    ("raw", "canonical"),
    [
        (12, "12.00"),
        (Decimal("12.5"), "12.50"),
        ("12.5", "12.50"),
        (Decimal("1861.075"), "1861.08"),
        (Decimal("-1861.075"), "-1861.08"),
        (Decimal("0.005"), "0.01"),
        (Decimal("-0.001"), "0.00"),
        (Decimal("1E+3"), "1000.00"),
        (0, "0.00"),
        (None, None),
        ("", None),
    ],
)
def test_money_has_two_decimals_rounded_half_up(raw: Any, canonical: str | None) -> None:
    assert parse_money(raw) == canonical


def test_sums_of_tenths_stay_exact() -> None:
    assert parse_money(Decimal("0.1") + Decimal("0.2")) == "0.30"
    assert parse_decimal(Decimal("0.1") + Decimal("0.2")) == "0.3"
    assert to_money(Decimal("128.35") * Decimal("14.50")) == "1861.08"


@pytest.mark.parametrize(
    ("raw", "canonical"),
    [
        (Decimal("12.50"), "12.5"),
        (Decimal(100), "100"),
        (Decimal("1E+2"), "100"),
        (Decimal("0.12345675"), "0.1234568"),
        (Decimal("-0.00"), "0"),
        (0, "0"),
        ("4.000", "4"),
        (None, None),
    ],
)
def test_other_numbers_are_plain_with_at_most_seven_decimals(
    raw: Any, canonical: str | None
) -> None:
    assert parse_decimal(raw) == canonical


@given(AMOUNTS)
def test_a_canonical_number_is_its_own_canonical_form(number: Decimal) -> None:
    money, plain = parse_money(number), parse_decimal(number)
    assert parse_money(money) == money
    assert parse_decimal(plain) == plain
    assert Decimal(str(plain)) == number
    assert abs(Decimal(str(money)) - number) <= Decimal("0.005")


@pytest.mark.parametrize(
    "raw", [0.1, float("nan"), "1,234.56", "twelve", "NaN", Decimal("Infinity"), True, {}, "1e9999"]
)
def test_what_is_no_exact_number_is_refused(raw: Any) -> None:
    with pytest.raises(UnreadableValueError):
        parse_money(raw)


@pytest.mark.parametrize("raw", [Decimal(10) ** 17, "1e300"])
def test_an_amount_that_no_column_holds_is_refused(raw: Any) -> None:
    with pytest.raises(UnreadableValueError, match="more than 17 digits"):
        parse_money(raw)


@pytest.mark.parametrize(
    ("raw", "canonical"),
    [
        ("  Falk  ", "Falk"),
        ("", None),
        (" \t ", None),
        (None, None),
        ("one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("Zu\u0308rich", "Z\u00fcrich"),
        ("\U0001f48e ring", "\U0001f48e ring"),
        (1043, "1043"),
    ],
)
def test_text_is_composed_trimmed_and_never_blank(raw: Any, canonical: str | None) -> None:
    assert parse_text(raw) == canonical


@given(st.text(st.characters(codec="utf-8", exclude_characters="\x00")))
def test_canonical_text_is_its_own_canonical_form(raw: str) -> None:
    text = parse_text(raw)
    assert parse_text(text) == text
    assert text is None or unicodedata.is_normalized("NFC", text)


@pytest.mark.parametrize("raw", ["a\x00b", "\ud83d", ["a"], True])
def test_text_that_postgres_cannot_store_is_refused(raw: Any) -> None:
    with pytest.raises(UnreadableValueError) as caught:
        parse_text(raw)
    assert "\x00" not in str(caught.value.value)


@pytest.mark.parametrize(
    ("raw", "canonical"),
    [
        ("2026-02-28", "2026-02-28"),
        ("2026-02-28-08:00", "2026-02-28"),
        ("2026-02-28T23:59:59-08:00", "2026-02-28"),
        (date(2026, 2, 28), "2026-02-28"),
        (datetime(2026, 2, 28, 12, tzinfo=UTC), "2026-02-28"),
        ("", None),
        (None, None),
    ],
)
def test_dates_are_days(raw: Any, canonical: str | None) -> None:
    assert parse_date(raw) == canonical


@pytest.mark.parametrize("raw", ["2026-02-30", "28/02/2026", "soon", 20260228, "2026-02-28 junk"])
def test_what_is_no_day_of_the_calendar_is_refused(raw: Any) -> None:
    with pytest.raises(UnreadableValueError, match="2026-01-31"):
        parse_date(raw)


def test_booleans_enums_and_references_take_only_what_they_are() -> None:
    assert parse_boolean("true") is True
    assert parse_enum("Paid", ("Paid", "Unpaid")) == "Paid"
    assert parse_reference(58) == "58"
    with pytest.raises(UnreadableValueError):
        parse_boolean("yes")
    with pytest.raises(UnreadableValueError, match="expected one of Paid, Unpaid"):
        parse_enum("Overdue", ("Paid", "Unpaid"))
    with pytest.raises(UnreadableValueError):
        parse_reference({"value": "58"})


def test_lines_are_compared_without_what_is_only_pulled() -> None:
    lines = Field(
        "lines",
        "two_way",
        "lines",
        fields=(Field("amount", "two_way", "money"), Field("item", "pull_only", "reference")),
    )
    one, other = [{"amount": "1.00", "item": "4"}], [{"amount": "1.00", "item": None}]
    assert comparable(lines, one) == comparable(lines, other)
    assert comparable(lines, one) != comparable(lines, [{"amount": "2.00", "item": "4"}])
    assert comparable(lines, None) is None
