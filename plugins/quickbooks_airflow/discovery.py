"""Reads an OAuth discovery document through the HTTP provider, with nothing of the connection sent along.

`HttpHook` sends a connection's login as basic authentication and every extra that it does not know as
a header (seen with provider 6.3: a client secret reached the server). The document is public, so the
hook is given a connection of its own that holds the address and nothing else. The sync's own requests do
not use this hook: it opens a session per call and hides the response of a failed one.
"""

from typing import Any
from urllib.parse import urlsplit

from airflow.providers.http.hooks.http import HttpHook
from airflow.sdk import Connection

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
            AirflowException: The server answered with an error status.
            requests.RequestException: The server did not answer, or not with JSON.
        """
        parts = urlsplit(self.url)
        answer = self.run(
            parts.path + (f"?{parts.query}" if parts.query else ""),
            headers={"Accept": "application/json"},
            extra_options={"timeout": _TIMEOUT_SECONDS},
        )
        return dict(answer.json())
