"""Waiting on this machine for the browser to come back from Intuit's consent page."""

import hmac
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from quickbooks_sync.model.errors import ConfigurationError, ConnectionNeededError

_LOOPBACK = {"localhost": "127.0.0.1", "127.0.0.1": "127.0.0.1"}
_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>QuickBooks</title>
<body><p>{text}</p></body></html>"""


@dataclass(frozen=True)
class Callback:
    """What the browser brought back; the realm id comes nowhere else (Intuit: OAuth 2.0, section 0)."""

    code: str = field(repr=False)
    realm_id: str


@contextmanager
def listen_for_callback(redirect_uri: str, state: str) -> Iterator["Listener"]:
    """Listen at the loopback `redirect_uri` while the block runs; print the authorize address in it.

    An answer with another state is refused and the wait goes on: it may be an old tab, or someone
    else's page.

    Args:
        redirect_uri: As registered with the app; an http address on this machine.
        state: What `authorize_url` was given.

    Raises:
        ConfigurationError: The URI is not on this machine, or its port is taken.
    """
    with _open_server(redirect_uri, state) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.1,), daemon=True)
        thread.start()
        try:
            yield Listener(server)
        finally:
            server.shutdown()
            thread.join()


def receive_callback(
    redirect_uri: str,
    state: str,
    timeout: float,
    on_listening: Callable[[], None] | None = None,
) -> Callback:
    """Listen, call `on_listening` once the answer can be received, and wait. Raises as both do."""
    with listen_for_callback(redirect_uri, state) as listener:
        if on_listening is not None:
            on_listening()
        return listener.wait(timeout)


class Listener:
    """An open loopback address."""

    def __init__(self, server: "_Server") -> None:
        self._server = server

    def wait(self, timeout: float) -> Callback:
        """Return what the browser brought back.

        Args:
            timeout: Seconds to wait for the person.

        Raises:
            ConnectionNeededError: The person declined, or did not come back in time.
        """
        if not self._server.answered.wait(timeout):
            raise _not_connected(f"nobody consented within {timeout:.0f} s")
        if self._server.callback is None:
            raise _not_connected(f"the consent was declined ({self._server.declined})")
        return self._server.callback


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], path: str, state: str) -> None:
        super().__init__(address, _Handler)
        self.path = path
        self.state = state
        self.answered = threading.Event()
        self.callback: Callback | None = None
        self.declined = ""

    def judge(self, fields: dict[str, str]) -> tuple[int, str]:
        """Take the redirect's fields; returns the page's status and text."""
        if not hmac.compare_digest(fields.get("state", "").encode(), self.state.encode()):
            return 400, "This answer belongs to another attempt. Start connecting again."
        if "error" in fields:
            self.declined = fields["error"]
            return 200, "QuickBooks was not connected. You can close this page."
        if not fields.get("code") or not fields.get("realmId"):
            return 400, "This answer lacks code or realmId. Start connecting again."
        self.callback = Callback(fields["code"], fields["realmId"])
        return 200, "QuickBooks has answered. You can close this page and go back to the terminal."


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = 10

    def do_GET(self) -> None:
        """Answer the browser."""
        asked = urlsplit(self.path)
        if asked.path != self.server.path:
            status, text = 404, "There is nothing here."
        else:
            fields = {name: values[0] for name, values in parse_qs(asked.query).items()}
            status, text = self.server.judge(fields)
        try:
            self._send_page(status, text)
        finally:
            # Only now: the program may end as soon as it knows, and the browser must have its page.
            if self.server.callback or self.server.declined:
                self.server.answered.set()

    def _send_page(self, status: int, text: str) -> None:
        page = _PAGE.format(text=escape(text)).encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(page)))
        self.send_header("Referrer-Policy", "no-referrer")
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Log nothing: the request line holds the code."""


def _open_server(redirect_uri: str, state: str) -> _Server:
    parts = urlsplit(redirect_uri)
    host = _LOOPBACK.get(parts.hostname or "")
    if host is None or parts.scheme != "http":
        raise ConfigurationError(
            f"The redirect URI {redirect_uri} is not an http address on this machine, so the answer cannot be "
            "received here. Register http://localhost:8765/callback with the app's development keys."
        )
    try:
        return _Server((host, parts.port or 80), parts.path or "/", state)
    except OSError as error:
        raise ConfigurationError(
            f"Cannot listen at {redirect_uri}: {error.strerror}. Stop what uses port {parts.port or 80}, "
            "or register and configure another redirect URI."
        ) from None


def _not_connected(reason: str) -> ConnectionNeededError:
    return ConnectionNeededError(
        f"QuickBooks was not connected: {reason}. Run `quickbooks-sync connect` again.",
        reason=reason,
    )
