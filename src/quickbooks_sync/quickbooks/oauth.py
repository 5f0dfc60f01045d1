"""OAuth 2.0 with Intuit: the authorize address, code exchange, refresh and revocation.

Facts used (Intuit: OAuth 2.0, sections 1.1 to 1.6): one token address for sandbox and production;
Basic authentication; a code works once and is never sent again; a refresh may be repeated, for
the previous value still answers for a while; only `invalid_grant` means that a person must reconnect.
"""

from urllib.parse import urlencode

from quickbooks_sync.model.grant import Grant
from quickbooks_sync.quickbooks.app import (
    API_URLS,
    AUTHORIZE_URL,
    FREE_READS,
    REDIRECT_URI,
    REVOKE_URL,
    TOKEN_URL,
    App,
)

__all__ = [
    "API_URLS",
    "AUTHORIZE_URL",
    "FREE_READS",
    "REDIRECT_URI",
    "REVOKE_URL",
    "SCOPE",
    "TOKEN_URL",
    "App",
    "authorize_url",
    "exchange_code",
    "refresh",
    "revoke",
]

SCOPE = "com.intuit.quickbooks.accounting"


def authorize_url(app: App, state: str) -> str:
    """Return the address where a person consents; `state` must come back with the answer."""
    asked = {
        "client_id": app.client_id,
        "response_type": "code",
        "scope": SCOPE,
        "redirect_uri": app.redirect_uri,
        "state": state,
    }
    return f"{app.address('authorize')}?{urlencode(asked)}"


def exchange_code(app: App, code: str) -> Grant:
    """As `App.exchange`."""
    return app.exchange(code)


def refresh(app: App, refresh_token: str) -> Grant:
    """As `App.refresh`."""
    return app.refresh(refresh_token)


def revoke(app: App, token: str) -> None:
    """As `App.revoke`."""
    app.revoke(token)
