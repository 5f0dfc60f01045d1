"""Intuit's discovery document, which names the addresses of its OAuth service.

The document is public and fetched without any secret. What it names is checked again before it is used: whoever
can serve a document must not thereby choose where tokens go.
"""

from functools import lru_cache
from typing import Any

import requests

from quickbooks_sync.model.errors import ConfigurationError, UnreachableError
from quickbooks_sync.model.json_text import parse_json
from quickbooks_sync.quickbooks.proxies import proxies_for

TIMEOUT = (5, 60)
_REQUIRED = {"authorization_endpoint", "token_endpoint"}


@lru_cache(maxsize=8)
def fetch_discovery(url: str) -> dict[str, Any]:
    """Fetch a discovery document; a redirect is not followed. Kept for the life of the process.

    Raises:
        ConfigurationError: What answers is no discovery document.
        UnreachableError: Nothing answered.
    """
    try:
        response = requests.get(
            url,
            headers={"Accept": "application/json"},
            timeout=TIMEOUT,
            allow_redirects=False,
            proxies=proxies_for(url),
        )
        document = parse_json(response.content) if response.status_code == 200 else None
    except requests.RequestException as error:
        raise to_unreachable(url, error) from None
    except ValueError:
        document = None
    if not isinstance(document, dict) or not set(document) >= _REQUIRED:
        raise ConfigurationError(
            f"{url} is not an OpenID discovery document; correct the connection's discovery_url."
        )
    return document


def to_unreachable(url: str, error: requests.RequestException) -> UnreachableError:
    """Return the error for an address that did not answer; the request's own text may quote secrets."""
    return UnreachableError(
        f"{url} did not answer ({type(error).__name__}). Check the network and try again.",
        server=url,
    )
