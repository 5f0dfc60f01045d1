"""The pooled HTTP connections to QuickBooks: tokens set last, no query in a log."""

import logging

import requests

from quickbooks_sync.quickbooks.deadline import TimedAdapter


class Bearer(requests.auth.AuthBase):
    """Sets the token as the last thing before sending, so that no .netrc can replace it."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Set the header."""
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


def _without_query(record: logging.LogRecord) -> bool:
    """Cut the query off the addresses that urllib3 logs at DEBUG: statements name customers."""
    if isinstance(record.args, tuple):
        record.args = tuple(
            arg.partition("?")[0] if isinstance(arg, str) and arg.startswith("/") else arg
            for arg in record.args
        )
    return True


logging.getLogger("urllib3.connectionpool").addFilter(_without_query)


def build_session() -> requests.Session:
    """Build a keep-alive session that leaves repeats to `Transport`."""
    session = requests.Session()
    for scheme in ("https://", "http://"):
        session.mount(scheme, TimedAdapter(pool_connections=2, pool_maxsize=10, max_retries=0))
    return session
