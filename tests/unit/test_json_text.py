"""JSON text: numbers stay exact, and what PostgreSQL cannot store is marked."""

from decimal import Decimal

import pytest

from quickbooks_sync.json_text import NUL_MARK, SURROGATE_MARK, parse_json, to_json


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
