"""Reads an answer's body within limits: of bytes, unpacked, and of seconds for the whole of it.

The time limit of `requests` holds for each part that arrives, so a server that sends a byte a minute would hold
a task for ever; and a few kilobytes may unpack to gigabytes. Unpacking is done here, because urllib3 goes on reading
until a part has unpacked to something.
"""

import time
import zlib
from collections.abc import Iterator

import requests
from urllib3.exceptions import HTTPError

from quickbooks_sync.errors import UnexpectedAnswerError, UnreachableError
from quickbooks_sync.quickbooks.patience import Patience

#: What `read_body` unpacks; a request must not ask for another encoding.
ENCODING = "gzip"

_PART = 1 << 16
_GZIP_OR_ZLIB = 47


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
    is_read = False
    try:
        body = b"".join(_parts(response, patience, started + patience.deadline))
        is_read = True
    except (HTTPError, OSError, EOFError, zlib.error) as error:
        raise UnreachableError(
            f"QuickBooks' answer broke off or could not be unpacked ({type(error).__name__}). Try again later.",
            server="QuickBooks",
        ) from None
    finally:
        if not is_read:
            response.close()
    return body


def _parts(response: requests.Response, patience: Patience, deadline: float) -> Iterator[bytes]:
    """Yield the unpacked parts as they arrive."""
    left = patience.longest_answer
    is_packed = response.headers.get("Content-Encoding", "").lower() in (ENCODING, "x-gzip")
    unpacker = zlib.decompressobj(_GZIP_OR_ZLIB) if is_packed else None
    is_whole = True  # of nothing at all, as gateways answer
    while packed := response.raw.read1(_PART, decode_content=False):
        if time.monotonic() > deadline:
            raise UnreachableError(
                f"QuickBooks' answer was not complete after {patience.deadline:g} s. Try again later; if it "
                "goes on, look at the network and at a proxy on the way.",
                server="QuickBooks",
            )
        part = unpacker.decompress(packed, left + 1) if unpacker else packed
        left -= len(part)
        if left < 0:
            raise UnexpectedAnswerError(
                f"QuickBooks' answer is longer than {patience.longest_answer} bytes, as no answer that Intuit "
                "documents is; the rest was not read. Check api_url of the QuickBooks connection."
            )
        is_whole = unpacker is None or unpacker.eof
        yield part
    if not is_whole:
        raise EOFError
