"""A company's consent as Intuit issues it, and the port through which the client asks for it."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

#: The visible characters of ASCII, of which tokens are made (RFC 6749, appendix A), and as many as Intuit may use
#: (Intuit: OAuth 2.0, section 1.4).
_TOKEN = re.compile(r"[!-~]{1,4096}")


def is_token(value: object) -> bool:
    """Whether a value can be a token at all; any other breaks the request, and the error for that quotes it."""
    return isinstance(value, str) and _TOKEN.fullmatch(value) is not None


@dataclass(frozen=True)
class Grant:
    """The tokens of one company. Its `repr` shows none of them.

    Attributes:
        access_token: Sent with every request; lives an hour (Intuit: OAuth 2.0, section 1.4).
        refresh_token: Buys the next access token; its value changes about once a day.
        access_expires_at: When the access token ends, UTC.
        refresh_expires_at: When the refresh token ends unless it is used before, UTC.
        refresh_hard_expires_at: When the consent ends in any case (five years), UTC, if told.
    """

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    access_expires_at: datetime
    refresh_expires_at: datetime
    refresh_hard_expires_at: datetime | None = None


@dataclass(frozen=True)
class GrantBinding:
    """Whom a grant may be shown to: the app and the hosts that it was issued for.

    Attributes:
        client_id: The app's client id.
        token_host: Where it was issued and is renewed; empty where that is not known yet.
        api_host: Where its access tokens are good for.
    """

    client_id: str
    token_host: str
    api_host: str

    def fits(self, other: "GrantBinding") -> bool:
        """Whether both name the same; a token host that is not known yet fits any."""
        mine, theirs = self.token_host, other.token_host
        is_same_token_host = not mine or not theirs or mine == theirs
        same = (self.client_id, self.api_host) == (other.client_id, other.api_host)
        return same and is_same_token_host


class GrantRefusedError(Exception):
    """Intuit does not honour a refresh token or code (`invalid_grant`); ours to interpret."""


class TokenSource(Protocol):
    """Where the client gets access tokens from."""

    def access_token(self) -> str:
        """Return a token that is valid for at least some minutes."""
        ...

    def refreshed(self, after: str) -> str:
        """Return a token newer than `after`, which QuickBooks refused."""
        ...


class Issuer(Protocol):
    """The Intuit app that grants come from: what renews them, ends them, and what they are bound to."""

    @property
    def environment(self) -> str:
        """`sandbox` or `production`."""
        ...

    @property
    def binding(self) -> GrantBinding:
        """What its grants are bound to; may have to ask for the token host."""
        ...

    @property
    def known_binding(self) -> GrantBinding:
        """As `binding`, without asking: the token host may be empty."""
        ...

    def refresh(self, refresh_token: str) -> Grant:
        """Ask Intuit for the next grant.

        Raises:
            GrantRefusedError: The refresh token is dead.
        """
        ...

    def revoke(self, token: str) -> None:
        """Ask Intuit to end the consent that a token belongs to."""
        ...
