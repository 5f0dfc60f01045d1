"""The port through which the client keeps to Intuit's pace; `postgres/throttle.py` is the shared one."""

from typing import Protocol


class Throttle(Protocol):
    """Decides when the next request may be sent."""

    def wait_for_request(self, *, is_batch: bool = False) -> None:
        """Wait until the next request may be sent; a batch counts against both limits."""
        ...

    def pause(self, seconds: float) -> None:
        """Hold everyone's requests for `seconds`: QuickBooks said that it is too much."""
        ...
