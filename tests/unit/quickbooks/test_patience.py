"""How long the client waits."""

from quickbooks_sync.model.errors import RateLimitedError, UnreachableError
from quickbooks_sync.quickbooks.patience import Patience


def test_waits_grow_with_jitter_up_to_a_limit() -> None:
    patience = Patience(first_wait=1, longest_wait=4)
    for attempt, least in [(1, 1), (2, 2), (3, 4), (9, 4)]:
        assert least <= patience.seconds_after(attempt, UnreachableError()) <= least * 1.5


def test_processes_do_not_return_in_step() -> None:
    waits = {Patience().seconds_after(1, UnreachableError()) for _ in range(20)}
    assert len(waits) > 10


def test_a_throttle_is_waited_for_as_long_as_quickbooks_says() -> None:
    assert Patience().seconds_after(1, RateLimitedError(retry_after=7.0)) == 7
    assert Patience().seconds_after(1, RateLimitedError(retry_after=None)) == 60
    assert Patience().seconds_after(1, RateLimitedError(retry_after=0.0)) == 0
    assert Patience().seconds_after(1, RateLimitedError(retry_after=86400.0)) == 300
