"""Reads an answer's body, and no more of it than an answer may have: a few kilobytes may unpack to gigabytes."""

import requests

from quickbooks_sync.model.errors import TooMuchAskedError

_PART = 1 << 16


def read_body(response: requests.Response, longest: int) -> bytes:
    """Read and unpack the body of a response that was asked for with `stream=True`.

    Args:
        response: Headers read, body not.
        longest: The most bytes that it may have, unpacked.

    Raises:
        TooMuchAskedError: It is longer; the rest was not read.
        requests.RequestException: It broke off, came too slowly, or could not be unpacked.
    """
    parts, length = [], 0
    is_read = False
    try:
        for part in response.iter_content(_PART):
            parts.append(part)
            length += len(part)
            if length > longest:
                raise TooMuchAskedError(
                    f"QuickBooks' answer is longer than {longest} bytes, as no answer that Intuit documents is; "
                    "the rest was not read. Check api_url of the QuickBooks connection."
                )
        is_read = True
    finally:
        if not is_read:
            response.close()
    return b"".join(parts)
