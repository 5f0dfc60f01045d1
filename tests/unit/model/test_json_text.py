"""JSON text: numbers stay exact, and what PostgreSQL cannot store is marked."""

from decimal import Decimal

import pytest

from quickbooks_sync.model.json_text import (
    NUL_MARK,
    NUMBER_MARK,
    SURROGATE_MARK,
    parse_json,
    to_json,
)


def test_numbers_keep_all_their_digits() -> None:
    assert parse_json('{"a": 0.10000000000000000001}') == {"a": Decimal("0.10000000000000000001")}


@pytest.mark.parametrize("text", ['["a\\u0000b"]', b'["a\\u0000b"]'])
def test_nul_is_marked_in_text_and_bytes(text: str | bytes) -> None:
    assert parse_json(text) == [f"a{NUL_MARK}b"]


def test_a_lone_surrogate_is_marked_at_any_depth_and_in_names() -> None:
    text = '{"x\\uDC00": [{"y": "\\ud83d and more"}]}'
    assert parse_json(text) == {f"x{SURROGATE_MARK}": [{"y": f"{SURROGATE_MARK} and more"}]}


def test_a_surrogate_pair_is_one_character() -> None:
    assert parse_json('["\\ud83d\\udc8e"]') == ["\N{GEM STONE}"]


def test_a_backslash_before_u0000_is_text() -> None:
    assert parse_json('["C:\\\\u0000"]') == ["C:\\u0000"]


def test_what_was_parsed_can_always_be_encoded() -> None:
    assert to_json(parse_json('["\\ud800\\u0000"]')).encode()


@pytest.mark.parametrize("number", ["1e1001", "-1E-99999", "1e999999999999999999999", "7" * 5000])
def test_a_number_of_too_many_digits_is_marked(number: str) -> None:
    (marked,) = parse_json(f"[{number}]")
    assert marked == f"{NUMBER_MARK}{number[:20]}"


@pytest.mark.parametrize("number", ["1e999", "1e0001", "1.5e-999", "-" + "7" * 900])
def test_a_long_number_that_can_be_stored_keeps_its_value(number: str) -> None:
    assert parse_json(f"[{number}]") == [Decimal(number)]
    assert parse_json(f'["ae1234", {number}]') == ["ae1234", Decimal(number)]


@pytest.mark.parametrize(
    "text",
    ["", "nul", "[NaN]", "[Infinity]", "[-Infinity]", "[" * 200_000, b"\xff", '{"a": 1'],
)
def test_what_is_not_json_is_a_value_error(text: str | bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - any of them
        parse_json(text)


def test_two_properties_of_one_name_are_refused_where_that_is_asked() -> None:
    assert parse_json('{"a": 1, "a": 2}') == {"a": 2}
    with pytest.raises(ValueError, match="same name"):
        parse_json('[{"a": 1, "a": 2}]', unique_names=True)
