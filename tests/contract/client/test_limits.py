"""Answers without measure: too long, too slow, or the same page for ever."""

import gzip
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from quickbooks_sync.model.errors import (
    LateAnswerError,
    RateLimitedError,
    TooMuchAskedError,
    UnexpectedAnswerError,
    UnreachableError,
)
from quickbooks_sync.quickbooks.client import QuickBooksClient
from quickbooks_sync.quickbooks.paging import Counted
from tests.contract.client.conftest import ScriptedServer, Setup

TIME = "2026-09-02T09:12:25.101-07:00"
Build = Callable[..., QuickBooksClient]


def page(*ids: int) -> dict[str, Any]:
    records = [{"Id": str(number), "SyncToken": "0"} for number in ids]
    return {"QueryResponse": {"Customer": records}, "time": TIME}


def total(count: int) -> dict[str, Any]:
    return {"QueryResponse": {"totalCount": count}, "time": TIME}


def read_ids(client: QuickBooksClient, size: int = 2) -> list[str]:
    return [
        one["Id"] for answer in client.pages("Customer", page_size=size) for one in answer.records
    ]


@pytest.mark.parametrize("is_packed", [True, False])
def test_an_answer_longer_than_any_is_not_read_to_its_end(
    scripted: ScriptedServer, talk_to: Build, is_packed: bool
) -> None:
    body = json.dumps({"QueryResponse": {}, "filler": " " * 5_000_000}).encode()
    scripted.answers = [gzip.compress(body) if is_packed else body]
    scripted.headers = {"Content-Encoding": "gzip"} if is_packed else {}
    with pytest.raises(UnexpectedAnswerError, match="longer than 1000000 bytes"):
        talk_to(longest_answer=1_000_000).count("Customer")
    assert len(scripted.asked) == 1


def test_an_ordinary_packed_answer_is_unpacked(
    scripted: ScriptedServer, reader: QuickBooksClient
) -> None:
    scripted.answers = [gzip.compress(json.dumps(total(7)).encode())]
    scripted.headers = {"Content-Encoding": "gzip"}
    assert reader.count("Customer") == 7


def test_a_broken_packed_answer_is_asked_again(
    scripted: ScriptedServer, reader: QuickBooksClient
) -> None:
    good = gzip.compress(json.dumps(total(7)).encode())
    scripted.answers = [b"not gzip at all", good]
    scripted.headers = {"Content-Encoding": "gzip"}
    assert reader.count("Customer") == 7


def test_an_answer_that_drips_is_not_waited_for_without_end(
    scripted: ScriptedServer, talk_to: Build
) -> None:
    scripted.answers = [json.dumps(total(7)).encode() + b" " * 500]
    scripted.pause = 0.05
    started = time.monotonic()
    with pytest.raises(UnreachableError, match="not complete"):
        talk_to(attempts=1, deadline=0.3).count("Customer")
    assert time.monotonic() - started < 3


def test_a_packed_answer_that_drips_is_not_waited_for_without_end(
    scripted: ScriptedServer, talk_to: Build
) -> None:
    nothing = bytes([0, 0, 0, 255, 255]) * 500
    scripted.answers = [gzip.compress(b"")[:10] + nothing]
    scripted.headers, scripted.pause = {"Content-Encoding": "gzip"}, 0.05
    started = time.monotonic()
    with pytest.raises(UnreachableError, match="not complete"):
        talk_to(attempts=1, deadline=0.3).count("Customer")
    assert time.monotonic() - started < 3


@pytest.mark.parametrize(
    "preface", [b"X: " + b"x" * 500, b"Transfer-Encoding: chunked\r\n\r\n1;" + b"x" * 500]
)
def test_headers_that_drip_are_not_waited_for_without_end(
    scripted: ScriptedServer, talk_to: Build, preface: bytes
) -> None:
    scripted.answers, scripted.preface, scripted.pause = [total(7)], preface, 0.01
    started = time.monotonic()
    with pytest.raises(UnreachableError, match="not complete"):
        talk_to(attempts=1, deadline=0.6).count("Customer")
    assert time.monotonic() - started < 3


def test_a_packed_answer_without_its_end_is_refused(
    scripted: ScriptedServer, reader: QuickBooksClient
) -> None:
    scripted.answers = [gzip.compress(json.dumps(total(7)).encode())[:-12]]
    scripted.headers = {"Content-Encoding": "gzip"}
    with pytest.raises(UnexpectedAnswerError, match="JSON"):
        reader.count("Customer")


def test_nothing_at_all_counts_by_its_status_also_where_it_should_be_packed(
    scripted: ScriptedServer, reader: QuickBooksClient
) -> None:
    scripted.status, scripted.answers = 429, [b""]
    scripted.headers = {"Content-Encoding": "gzip"}
    with pytest.raises(RateLimitedError):
        reader.count("Customer")


def test_an_answer_cut_short_is_asked_again(
    scripted: ScriptedServer, reader: QuickBooksClient
) -> None:
    scripted.answers = [total(7)]
    scripted.headers = {"Content-Length": "500", "Connection": "close"}
    with pytest.raises(UnreachableError):
        reader.count("Customer")
    assert len(scripted.asked) == 3


@pytest.mark.parametrize("asked", ["\xb2", "soon", "-5", "1e9", "99 Foo 9999 99:99:99 GMT", ""])
def test_a_retry_after_that_says_nothing_means_the_usual_wait(setup: Setup, asked: str) -> None:
    setup.door.fault("status", path="/query", status=429, headers={"Retry-After": asked})
    assert setup.client.count("Customer") > 0
    assert setup.throttle.pauses == [0.02]


def test_a_throttle_in_words_of_another_alphabet_is_one(
    scripted: ScriptedServer, reader: QuickBooksClient
) -> None:
    scripted.status, scripted.answers = 429, [b""]
    scripted.headers = {"Retry-After": "\xb2"}
    with pytest.raises(RateLimitedError):
        reader.count("Customer")


def test_one_page_for_ever_ends_well_where_it_is_everything(
    scripted: ScriptedServer, reader: QuickBooksClient
) -> None:
    scripted.answers = [page(1, 2), page(1, 2), total(2), page(1, 2)]
    assert read_ids(reader) == ["1", "2"]
    assert len(scripted.asked) == 3


def test_one_page_for_ever_ends_and_says_what_is_missing(
    scripted: ScriptedServer, reader: QuickBooksClient
) -> None:
    scripted.answers = [page(1, 2), page(1, 2), total(5), page(1, 2), page(1, 2), total(5)]
    with pytest.raises(
        UnexpectedAnswerError, match=r"counts more Customer records.*: 5, but 4 pages held 2"
    ):
        read_ids(reader)
    assert len(scripted.asked) == 6


def test_pages_out_of_order_are_made_up_for(
    scripted: ScriptedServer, reader: QuickBooksClient
) -> None:
    scripted.answers = [page(1, 9), page(), total(4), page(1, 9), page(2, 3), page(), total(4)]
    assert sorted(read_ids(reader)) == ["1", "2", "3", "9"]


def test_a_page_with_more_records_than_asked_for_is_taken(
    scripted: ScriptedServer, reader: QuickBooksClient
) -> None:
    scripted.answers = [page(1, 2, 3), page(4), total(4)]
    assert read_ids(reader) == ["1", "2", "3", "4"]


def test_a_record_twice_in_a_page_does_not_end_the_reading(
    scripted: ScriptedServer, reader: QuickBooksClient
) -> None:
    scripted.answers = [page(1, 1), page(2), total(2)]
    assert read_ids(reader) == ["1", "2"]


def test_a_record_twice_in_the_only_page_makes_the_records_be_counted(
    scripted: ScriptedServer, reader: QuickBooksClient
) -> None:
    scripted.answers = [page(1, 1), total(2), page(1, 2), total(2)]
    assert read_ids(reader, size=3) == ["1", "2"]


# What was too much is asked for by halves.

BROKEN = {"Fault": {"Error": [{"Message": "Error while processing query", "code": "4002"}]}}


def padded(document: dict[str, Any], length: int = 2000) -> bytes:
    return json.dumps(document).encode() + b" " * length


@pytest.mark.parametrize("too_much", [padded(page(1, 2, 3, 4)), json.dumps(BROKEN).encode()])
def test_a_page_that_is_too_much_is_asked_for_by_halves(
    scripted: ScriptedServer, talk_to: Build, too_much: bytes
) -> None:
    scripted.answers = [too_much, page(1, 2), page(3, 4), page(), total(4)]
    assert read_ids(talk_to(longest_answer=2000), size=4) == ["1", "2", "3", "4"]
    sizes = [statement.rpartition(" ")[2] for statement in scripted.asked[:4]]
    assert sizes == ["4", "2", "2", "2"]


def test_a_page_that_drips_is_asked_for_by_halves(scripted: ScriptedServer, talk_to: Build) -> None:
    late = padded(page(1, 2), 500)
    scripted.answers, scripted.pause = [late, late, page(1), page(), total(1)], 0.001
    client = talk_to(attempts=6, deadline=0.3)
    assert read_ids(client) == ["1"]
    assert [statement.rpartition(" ")[2] for statement in scripted.asked[:3]] == ["2", "2", "1"]


@pytest.mark.parametrize("too_much", [padded(page(4)), json.dumps(BROKEN).encode()])
def test_a_record_that_is_too_much_alone_is_told(
    scripted: ScriptedServer, talk_to: Build, too_much: bytes
) -> None:
    scripted.answers = [too_much, page(1, 2), too_much, page(3), too_much]
    with pytest.raises(TooMuchAskedError, match="number 1 of Customer after Id 3 in"):
        read_ids(talk_to(longest_answer=2000), size=4)
    assert len(scripted.asked) == 5


def test_what_was_asked_for_is_not_told(scripted: ScriptedServer, reader: QuickBooksClient) -> None:
    scripted.answers = [BROKEN]
    with pytest.raises(TooMuchAskedError, match="number 1 of Customer in the order") as caught:
        list(reader.pages("Customer", where="DisplayName IN ('Ann Secret')"))
    assert "Secret" not in repr(caught.value)


def test_changes_that_are_too_much_are_read_as_everything(
    scripted: ScriptedServer, talk_to: Build
) -> None:
    scripted.answers = [padded({"CDCResponse": [{"QueryResponse": [{}]}], "time": TIME})]
    client = talk_to(longest_answer=2000)
    assert client.changes("Customer", datetime(2026, 9, 1, tzinfo=UTC)) is None


def test_a_late_answer_is_not_waited_for_six_times(
    scripted: ScriptedServer, talk_to: Build
) -> None:
    scripted.answers, scripted.pause = [json.dumps(total(7)).encode() + b" " * 500], 0.05
    with pytest.raises(LateAnswerError, match="not complete"):
        talk_to(attempts=6, deadline=0.2).count("Customer")
    assert len(scripted.asked) == 2


# A short page is believed only where nobody concludes from it.


@pytest.mark.parametrize("first", [page(1, 2), page()])
def test_a_short_first_page_is_counted_where_nothing_may_be_left_out(
    scripted: ScriptedServer, reader: QuickBooksClient, first: dict[str, Any]
) -> None:
    scripted.answers = [first, total(3), page(1, 2, 3), total(3)]
    pages = reader.pages("Customer", page_size=9, counted=Counted.ALWAYS)
    assert sorted(record["Id"] for answer in pages for record in answer.records) == ["1", "2", "3"]


def test_a_page_that_stays_short_is_refused_where_nothing_may_be_left_out(
    scripted: ScriptedServer, reader: QuickBooksClient
) -> None:
    scripted.answers = [page(1, 2), total(3), page(1, 2), total(3)]
    with pytest.raises(UnexpectedAnswerError, match="counts more Customer records"):
        list(reader.pages("Customer", page_size=9, counted=Counted.ALWAYS))
