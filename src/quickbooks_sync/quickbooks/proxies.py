"""Keeps what is sent over plain http from the proxies that the environment names: a proxy would read the tokens in it.

An https request goes through such a proxy as a tunnel, which shows no token, so there the environment counts.
"""

from typing import Any
from urllib.parse import urlsplit


def proxies_for(url: str) -> dict[str, Any]:
    """Return what `requests` takes as `proxies` of one request.

    Returns:
        For an http address `None` under every name by which requests looks a proxy up, which also overrules those of
        a session; else nothing, which leaves the environment's.
    """
    parts = urlsplit(url)
    if parts.scheme != "http":
        return {}
    host = parts.hostname
    return dict.fromkeys(("http", "all", f"http://{host}", f"all://{host}"))
