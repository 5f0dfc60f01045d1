"""The pace that all processes keep together."""

from collections.abc import Iterator
from itertools import count

import pytest
from sqlalchemy import Engine

from quickbooks_sync.model.errors import RateLimitedError
from quickbooks_sync.postgres.connection.throttle import BATCHES, REQUESTS, Bucket, PostgresThrottle
from quickbooks_sync.postgres.database.engine import build_engine
from tests.support.many_processes import run_in_processes, take_turns

_realms = count(1000)


@pytest.fixture(scope="module")
def engine(database_url: str) -> Iterator[Engine]:
    made = build_engine(database_url)
    yield made
    made.dispose()


@pytest.fixture
def realm() -> str:
    return str(next(_realms))


class Clock:
    """Notes the waits instead of waiting."""

    def __init__(self) -> None:
        self.waits: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)


def _throttle(engine: Engine, realm: str, clock: Clock, **buckets: Bucket) -> PostgresThrottle:
    return PostgresThrottle(engine, realm, sleep=clock.sleep, **buckets)


def test_intuits_limits_hold_in_whatever_window_they_are_counted() -> None:
    for seconds, limit in [(1, 10), (60, 500)]:
        assert REQUESTS.size + REQUESTS.rate * seconds <= limit
    assert BATCHES.size + BATCHES.rate * 60 <= 40


def test_a_burst_goes_at_once_and_the_rest_in_turn(engine: Engine, realm: str) -> None:
    clock = Clock()
    throttle = _throttle(engine, realm, clock, requests=Bucket("requests", 3, 0.5))
    for _ in range(5):
        throttle.wait_for_request()
    assert len(clock.waits) == 2
    assert clock.waits[0] == pytest.approx(2, abs=0.5)
    assert clock.waits[1] == pytest.approx(4, abs=0.5)


def test_batches_keep_to_both_limits(engine: Engine, realm: str) -> None:
    clock = Clock()
    throttle = _throttle(
        engine,
        realm,
        clock,
        requests=Bucket("requests", 100, 100),
        batches=Bucket("batches", 1, 0.1),
    )
    throttle.wait_for_request(is_batch=True)
    throttle.wait_for_request()
    assert clock.waits == []
    throttle.wait_for_request(is_batch=True)
    assert clock.waits == [pytest.approx(10, abs=0.5)]


def test_a_pause_holds_everyone(engine: Engine, realm: str) -> None:
    clock = Clock()
    _throttle(engine, realm, clock).pause(60)
    _throttle(engine, realm, clock).wait_for_request()
    assert clock.waits == [pytest.approx(60, abs=1)]


def test_a_shorter_pause_does_not_end_a_longer_one(engine: Engine, realm: str) -> None:
    clock = Clock()
    throttle = _throttle(engine, realm, clock)
    throttle.pause(60)
    throttle.pause(1)
    throttle.wait_for_request()
    assert clock.waits == [pytest.approx(60, abs=1)]


def test_companies_do_not_wait_for_each_other(engine: Engine, realm: str) -> None:
    clock = Clock()
    _throttle(engine, realm, clock).pause(60)
    _throttle(engine, str(next(_realms)), clock).wait_for_request()
    assert clock.waits == []


def test_nobody_queues_for_more_than_ten_minutes(engine: Engine, realm: str) -> None:
    clock = Clock()
    throttle = _throttle(engine, realm, clock, requests=Bucket("requests", 1, 1 / 400))
    throttle.wait_for_request()
    throttle.wait_for_request()
    for _ in range(2):
        with pytest.raises(RateLimitedError, match="queue") as caught:
            throttle.wait_for_request()
        assert caught.value.facts["retry_after"] == pytest.approx(800, abs=5)


def test_processes_share_one_pace(database_url: str, realm: str) -> None:
    bucket = Bucket("requests", 2, 40)
    given = (database_url, realm, bucket, 8)
    each = run_in_processes(take_turns, [given] * 5)
    times = sorted(moment for times in each for moment in times)
    assert len(times) == 40
    for first, moment in enumerate(times):
        within = [one for one in times[first:] if one <= moment + 0.25]
        assert len(within) <= bucket.size + bucket.rate * 0.25 + 2, "more than the limit in 0.25 s"
    assert times[-1] - times[0] >= (40 - bucket.size) / bucket.rate - 0.1
