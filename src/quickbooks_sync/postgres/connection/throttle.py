"""One pace for all processes that talk to a company: token buckets in Postgres rows.

Intuit allows 10 requests a second, 500 a minute and 40 batches a minute per company and app (Intuit:
limits, section 6). A bucket of size c refilled at r a second lets at most c + r*t through in any t
seconds, so 2 and 8/s keep both request limits (10 in a second, 482 in a minute) whatever window Intuit counts
in, and 5 and 35/min keep the batch limit.

A bucket may run into debt: each caller takes its token at once and is told how long to wait, so callers
are served in turn and none polls.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Engine, text

from quickbooks_sync.model.errors import RateLimitedError

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Bucket:
    """A named limit: at most `size` at once, `rate` a second in the long run."""

    name: str
    size: float
    rate: float


REQUESTS = Bucket("requests", 2, 8)
BATCHES = Bucket("batches", 5, 35 / 60)

#: Nobody queues for longer; by then the other processes' work should be waited for, not joined.
LONGEST_WAIT_SECONDS = 600

# clock_timestamp(), not now(): the row may have been waited for.
_TAKE = text(
    """
    insert into quickbooks_sync.throttle as t (realm_id, limit_name, tokens, updated_at)
    values (:realm_id, :name, :size - :number, clock_timestamp())
    on conflict (realm_id, limit_name) do update set
        tokens = least(:size, t.tokens + :rate
            * greatest(0, extract(epoch from clock_timestamp() - t.updated_at))) - :number,
        updated_at = greatest(t.updated_at, clock_timestamp())
    returning tokens
    """
)
_DRAIN = text(
    """
    insert into quickbooks_sync.throttle as t (realm_id, limit_name, tokens, updated_at)
    values (:realm_id, :name, :debt, clock_timestamp())
    on conflict (realm_id, limit_name) do update set
        tokens = least(t.tokens, :debt), updated_at = clock_timestamp()
    """
)


class PostgresThrottle:
    """The throttle of one company, shared by every process on this database."""

    def __init__(
        self,
        engine: Engine,
        realm_id: str,
        *,
        requests: Bucket = REQUESTS,
        batches: Bucket = BATCHES,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._engine = engine
        self._realm_id = realm_id
        self._requests = requests
        self._batches = batches
        self._sleep = sleep

    def wait_for_request(self, *, is_batch: bool = False) -> None:
        """Wait until the next request may be sent.

        Raises:
            RateLimitedError: So many requests queue that the turn would come after ten minutes.
        """
        seconds = self._take(self._requests, 1)
        if is_batch:
            seconds = max(seconds, self._take(self._batches, 1))
        if seconds > 0:
            if seconds > 1:
                logger.info("company %s: waiting %.1f s for a turn", self._realm_id, seconds)
            self._sleep(seconds)

    def pause(self, seconds: float) -> None:
        """Hold every process's requests for `seconds`, since QuickBooks said that it is too much."""
        values = {
            "realm_id": self._realm_id,
            "name": self._requests.name,
            "debt": -seconds * self._requests.rate,
        }
        with self._engine.begin() as connection:
            connection.execute(_DRAIN, values)

    def _take(self, bucket: Bucket, number: int) -> float:
        """Take tokens and return the seconds to wait until they are really there."""
        values = {
            "realm_id": self._realm_id,
            "name": bucket.name,
            "size": bucket.size,
            "rate": bucket.rate,
            "number": number,
        }
        with self._engine.begin() as connection:
            left = float(connection.execute(_TAKE, values).scalar_one())
            seconds = max(0.0, -left / bucket.rate)
            if seconds > LONGEST_WAIT_SECONDS:
                # Leaving the transaction by an error gives the tokens back.
                raise RateLimitedError(
                    f"So many {bucket.name} to company {self._realm_id} queue that this one would wait "
                    f"{seconds:.0f} s. Try again when the other runs have finished.",
                    retry_after=seconds,
                )
        return seconds
