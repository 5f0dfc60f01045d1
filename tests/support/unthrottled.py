"""A throttle for clients whose server sets no pace."""


class Unthrottled:
    """No pace at all, for servers that set none."""

    def wait_for_request(self, *, is_batch: bool = False) -> None:
        """Go on at once."""

    def pause(self, seconds: float) -> None:
        """Hold nobody."""
