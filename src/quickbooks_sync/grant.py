"""A company's consent as Intuit issues it, and the port through which the client asks for it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


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


class Refresher(Protocol):
    """What can turn a refresh token into the next grant."""

    def refresh(self, refresh_token: str) -> Grant:
        """Ask Intuit for the next grant.

        Raises:
            GrantRefusedError: The refresh token is dead.
        """
        ...
