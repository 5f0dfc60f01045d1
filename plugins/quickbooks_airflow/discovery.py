"""Reads an OAuth discovery document through the HTTP provider, with nothing of the connection sent along.

`HttpHook` sends a connection's login as basic authentication and every extra that it does not know as
a header (seen with provider 6.3: a client secret reached the server). The document is public, so the
hook is given a connection of its own that holds the address and nothing else. The address is checked before it is
asked, and a redirect is not followed: the form that names it must not reach into other machines. The sync's own
requests do not use this hook: it opens a session per call and hides the response of a failed one.
"""

from typing import Any
from urllib.parse import urlsplit

import requests
from airflow.providers.http.hooks.http import HttpHook
from airflow.sdk import Connection
from airflow.sdk.exceptions import AirflowException

from quickbooks_sync.model.errors import ConfigurationError, UnreachableError
from quickbooks_sync.quickbooks.addresses import ensure_address, read_allowed_hosts
from quickbooks_sync.quickbooks.proxies import proxies_for

_TIMEOUT_SECONDS = 15


class DiscoveryHook(HttpHook):
    """An `HttpHook` whose connection is only an address.

    Args:
        url: Address of the discovery document.
    """

    def __init__(self, url: str) -> None:
        super().__init__(method="GET", http_conn_id="quickbooks_discovery")
        self.url = url

    def get_connection(self, conn_id: str) -> Connection:  # type: ignore[override]
        """Return a connection without login, password or extras."""
        parts = urlsplit(self.url)
        return Connection(
            conn_id=conn_id, conn_type="http", host=f"{parts.scheme}://{parts.netloc}"
        )

    def fetch_document(self) -> dict[str, Any]:
        """Fetch the document.

        Raises:
            ConfigurationError: The address is neither Intuit's nor the deployment's, or no document is there.
            UnreachableError: The server did not answer.
        """
        ensure_address(
            self.url,
            "discovery",
            named="The QuickBooks connection's discovery_url",
            allowed=read_allowed_hosts(),
        )
        try:
            return self._fetch()
        except requests.ConnectionError as error:
            raise UnreachableError(
                f"The discovery document at {self.url} did not answer ({type(error).__name__}).",
                server=self.url,
            ) from None
        except (AirflowException, requests.RequestException, TypeError, ValueError):
            raise ConfigurationError(
                f"{self.url} is not an OpenID discovery document; correct the connection's discovery_url."
            ) from None

    def _fetch(self) -> dict[str, Any]:
        answer = self.run(
            urlsplit(self.url).path,
            headers={"Accept": "application/json"},
            extra_options={
                "timeout": _TIMEOUT_SECONDS,
                "allow_redirects": False,
                "proxies": proxies_for(self.url),
            },
        )
        return dict(answer.json())
