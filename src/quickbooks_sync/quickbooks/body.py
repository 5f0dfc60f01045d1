"""Reads an answer's body within limits: of bytes, unpacked, and of seconds for the whole of it.

The time limit of `requests` holds for each part that arrives, so a server that sends a byte a minute would hold
a task for ever; and a few kilobytes may unpack to gigabytes.
"""

import time

import requests
from urllib3.exceptions import HTTPError

from quickbooks_sync.errors import UnexpectedAnswerError, UnreachableError
from quickbooks_sync.quickbooks.patience import Patience

_PART = 1 << 16


def read_body(response: requests.Response, patience: Patience, started: float) -> bytes:
    """Read and unpack the body of a response that was asked for with `stream=True`.

    Args:
        response: Headers read, body not.
        patience: The limits.
        started: The monotonic clock when the request was sent.

    Raises:
        UnreachableError: It broke off, or did not end within the deadline.
        UnexpectedAnswerError: It is longer than any answer of QuickBooks.
    """
    parts, length = [], 0
    try:
        while part := response.raw.read1(_PART, decode_content=True):
            parts.append(part)
            length += len(part)
            _check(length, time.monotonic() - started, patience)
    except (HTTPError, OSError) as error:
        response.close()
        raise UnreachableError(
            f"QuickBooks' answer broke off after {length} bytes ({type(error).__name__}). Try again later.",
            server="QuickBooks",
        ) from None
    except (UnreachableError, UnexpectedAnswerError):
        response.close()
        raise
    return b"".join(parts)


def _check(length: int, seconds: float, patience: Patience) -> None:
    if length > patience.longest_answer:
        raise UnexpectedAnswerError(
            f"QuickBooks' answer is longer than {patience.longest_answer} bytes, which no answer that Intuit "
            "documents is; the rest was not read. Check api_url of the QuickBooks connection."
        )
    if seconds > patience.deadline:
        raise UnreachableError(
            f"QuickBooks' answer was not complete after {patience.deadline:.0f} s ({length} bytes). "
            "Try again later; if it goes on, look at the network and at a proxy on the way.",
            server="QuickBooks",
        )
