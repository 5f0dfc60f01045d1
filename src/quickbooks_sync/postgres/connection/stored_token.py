"""The stored access token of a company, for a use that only looks: nothing is renewed, stored, bound or marked."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import Engine

from quickbooks_sync.model.errors import ConfigurationError, ConnectionNeededError
from quickbooks_sync.model.grant import Issuer
from quickbooks_sync.postgres.connection.grant_rows import (
    GRANT_OF_COMPANY,
    decrypt,
    ensure_fits,
    parse_key,
)
from quickbooks_sync.postgres.tables import company_grant


class StoredTokenUnusableError(ConfigurationError):
    """The stored access token cannot be used, and that is no fault: the next run sees to it."""


@dataclass(frozen=True)
class StoredToken:
    """A `TokenSource` that gives what is stored and renews nothing."""

    engine: Engine
    app: Issuer
    realm_id: str
    key: str = field(repr=False)

    def access_token(self) -> str:
        """Return the stored access token.

        Raises:
            ConnectionNeededError: The company has no grant.
            GrantMismatchError: The grant is not for what the connection names.
            StoredTokenUnusableError: It has run out, or is not bound to an app yet.
        """
        with self.engine.connect() as connection:
            row = connection.execute(
                GRANT_OF_COMPANY.where(company_grant.c.realm_id == self.realm_id)
            ).one_or_none()
        if row is None:
            raise ConnectionNeededError(
                f"QuickBooks company {self.realm_id} has no grant. Connect it with "
                f"`quickbooks-sync connect --realm {self.realm_id}`.",
                realm_id=self.realm_id,
                reason="it has no grant",
            )
        ensure_fits(row, self.app, self.app.known_binding)
        if row.client_id is None:
            raise StoredTokenUnusableError(
                "its grant is from before grants were bound to an app, and the next run binds it"
            )
        if row.access_expires_at <= datetime.now(UTC):
            raise StoredTokenUnusableError(
                f"its access token has run out ({row.access_expires_at:%Y-%m-%d %H:%M} UTC), and the next run "
                "renews it"
            )
        return decrypt(row.access_token, parse_key(self.key), self.realm_id)

    def refreshed(self, after: str) -> str:  # noqa: ARG002 - the port's signature
        """Raise `ConfigurationError`: what QuickBooks refused is not renewed here."""
        raise ConfigurationError(
            f"QuickBooks does not accept the stored access token of company {self.realm_id}. Nothing was renewed: "
            "the next run does that, and says so if the company must be connected again."
        )
