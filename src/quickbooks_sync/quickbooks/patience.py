"""How long the client waits for QuickBooks, and how often it asks again."""

import random
from dataclasses import dataclass

from quickbooks_sync.model.errors import RateLimitedError


@dataclass(frozen=True)
class Patience:
    """Time limits and repeats of one request.

    Attributes:
        attempts: How often it is sent at most.
        first_wait: Seconds after the first failure; doubled with each further one, plus up to half as
            much at random so that processes do not return in step.
        longest_wait: Seconds at most between attempts, unless QuickBooks names a longer time.
        throttled_wait: Seconds after a 429 without Retry-After; Intuit: limits, section 6, says 60.
        longest_retry_after: What more QuickBooks asks for is not waited for here.
        timeout: Seconds to connect, and for each part of the answer (Intuit answers within 120).
        deadline: Seconds for the whole answer, however slowly its parts come.
        longest_answer: Bytes of an answer, unpacked; a page of 1,000 large invoices has some 10 MB.
    """

    attempts: int = 6
    first_wait: float = 0.5
    longest_wait: float = 30
    throttled_wait: float = 60
    longest_retry_after: float = 300
    timeout: tuple[float, float] = (5, 125)
    deadline: float = 300
    longest_answer: int = 64 * 1024 * 1024

    def seconds_after(self, attempt: int, error: BaseException | None) -> float:
        """Return the seconds to wait after failed attempt number `attempt` (from 1)."""
        if isinstance(error, RateLimitedError):
            asked: float | None = error.facts.get("retry_after")
            return min(self.throttled_wait if asked is None else asked, self.longest_retry_after)
        wait = min(self.longest_wait, self.first_wait * 2.0 ** (attempt - 1))
        return wait * (1 + random.random() / 2)  # noqa: S311 - jitter, not a secret
